// A batch: a few dozen random runs that follow from a seed and a number alone, so that any worker on any machine finds the same.

import fc from 'fast-check';
import {
  ALIVE,
  type Domain,
  type Kinds,
  type OutsideSubject,
  type RunOptions,
  type Specification,
  type Stumble,
  type Subject,
} from '../domain.ts';
import { drawn } from '../draw.ts';
import { Judge } from '../judge.ts';
import { fromRun, Lockstep, OutsideLockstep, type Violation } from '../lockstep.ts';
import { noTally, type Tally } from '../tally.ts';

/** What is hunted: everything that decides which runs there are and how they are judged. Plain data. */
export interface Plan<Size> extends RunOptions<Size> {
  readonly impl: string;
  readonly seed: number;
  /** Only these claims judge; all, if left out. */
  readonly claims?: readonly string[] | undefined;
  /** The specification is compared after every move; true if left out. */
  readonly compare?: boolean | undefined;
  /** After a violation come the next runs; of each mistake the first is kept. */
  readonly keepGoing?: boolean | undefined;
  /** Every run is played on the specification itself, and every claim asked of every step; false if left out. */
  readonly thorough?: boolean | undefined;
}

export const RUNS_A_BATCH = 25;
/** Of so many batches one has a run that the specification itself plays: one run of a hundred, another one each time. */
const BATCHES_A_WHOLE = 4;
/** So many runs before the one that fails are kept, for a program that keeps something over its reset. */
const MOST_EARLIER = 1000;

export interface Found<K extends Kinds> extends Violation<K> {
  /** The domain's name. */
  readonly domain: K['name'];
  readonly size: K['size'];
  readonly batch: number;
  readonly run: number;
  /** The run as it was drawn, if it got so far. */
  readonly drawn?: K['run'];
  /** The runs that the same process had before, if it is one outside. */
  readonly earlier?: readonly (readonly K['move'][])[];
}

export interface BatchResult<K extends Kinds> {
  readonly batch: number;
  readonly tally: Tally;
  readonly found: Found<K> | null;
  /** With `keepGoing`: the first of each other mistake. */
  readonly others?: readonly Found<K>[];
}

/** What two violations of one mistake have in common. */
export const mistakeIn = <K extends Kinds>({ mistake }: Domain<K>, found: Violation<K>): string =>
  mistake?.(found) ?? found.claim;

/** Mixes seed, domain and batch into 32 bits. */
export function batchSeed(seed: number, domain: string, batch: number): number {
  let h = seed | 0;
  for (const part of [...Buffer.from(domain), batch]) {
    h = Math.imul(h ^ part, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

/** The runs of a batch. */
export const runsOf = <K extends Kinds>(
  domain: Domain<K>,
  plan: Plan<K['size']>,
  batch: number,
  count = RUNS_A_BATCH,
): K['run'][] =>
  fc.sample(drawn(domain, plan), { seed: batchSeed(plan.seed, domain.name, batch), numRuns: count });

export interface BatchHooks<K extends Kinds> {
  /** Told before each move: which run of the batch, which move of the run. */
  readonly before?: (run: number, made: number) => void;
  /** Shown every step after it was judged. */
  readonly watch?: (step: K['step'], run: number) => void;
  /** The specification to hold the subject against, if not a new one. */
  readonly spec?: Specification<K> | undefined;
}

/** Judges a batch of a subject in this process; it ends with the first violation, unless the plan is to keep going. */
export function runBatch<K extends Kinds>(
  domain: Domain<K>,
  plan: Plan<K['size']>,
  batch: number,
  runs: readonly K['run'][],
  subject: Subject<K>,
  hooks: BatchHooks<K> = {},
): BatchResult<K> {
  const judge = new Judge(domain, subject.observed, { only: plan.claims });
  let at = 0;
  let made = 0;
  const { watch } = hooks;
  if (watch) judge.watch = (step) => watch(step, at);
  const compare = plan.compare ?? true;
  const before = () => hooks.before?.(at, ++made);
  const whole = new Lockstep(subject, judge, { spec: hooks.spec, compare, before });
  const hasFast =
    !plan.thorough && compare && hooks.spec === undefined && domain.fastSpecification !== undefined;
  const fast = hasFast ? new Lockstep(subject, judge, { spec: domain.fastSpecification?.(), before }) : null;
  const playedWhole = batch % BATCHES_A_WHOLE === 0 ? (batch / BATCHES_A_WHOLE) % RUNS_A_BATCH : null;
  const founds = new Map<string, Found<K>>();
  for (const run of runs) {
    const isWhole = fast === null || at === playedWhole;
    judge.thorough = isWhole;
    const violation = (isWhole ? whole : fast).play(run);
    if (violation) {
      if (!isWhole && !isConfirmed(violation))
        return runBatch(domain, { ...plan, thorough: true }, batch, runs, subject, hooks);
      const found = { ...placeOf(domain, run, batch, at), ...violation };
      if (!plan.keepGoing) return result(judge, at + 1, found);
      const mistake = mistakeIn(domain, found);
      if (!founds.has(mistake)) founds.set(mistake, found);
    }
    at++;
    made = 0;
  }
  const [first = null, ...others] = founds.values();
  return { ...result(judge, at, first, batch), others };

  /** The specification itself finds the same in the same moves. */
  function isConfirmed({ claim, witness, moves }: Violation<K>): boolean {
    made = 0;
    const again = new Judge(domain, subject.observed, { only: plan.claims, thorough: true });
    const told = new Lockstep(subject, again, { before }).play(runs[at]);
    return told?.claim === claim && told.witness === witness && told.moves.length === moves.length;
  }
}

/**
 * The same for a subject outside this process; `earlier` has the runs that it had before, and gets these. Once `signal` is aborted, what was judged
 * until then is the result.
 */
export async function runOutsideBatch<K extends Kinds>(
  domain: Domain<K>,
  plan: Plan<K['size']>,
  batch: number,
  runs: readonly K['run'][],
  subject: OutsideSubject<K>,
  earlier: (readonly K['move'][])[] = [],
  signal?: AbortSignal,
): Promise<BatchResult<K>> {
  const followed = domain.subjects?.followed?.(subject) ?? domain;
  const judge = new Judge(followed, subject.observed, { only: plan.claims });
  const lockstep = new OutsideLockstep(subject, judge);
  for (const [at, run] of runs.entries()) {
    if (signal?.aborted) return result(judge, at, null, batch);
    let violation: Violation<K> | null;
    try {
      violation = await lockstep.run(run.size, fromRun(domain, run));
    } catch (error) {
      if (signal?.aborted) return result(judge, at, null, batch);
      throw error;
    }
    if (violation) {
      const place = { ...placeOf(domain, run, batch, at), earlier: [...earlier] };
      earlier.push(lockstep.moves);
      return result(judge, at + 1, { ...place, ...violation });
    }
    earlier.push(lockstep.moves);
    if (earlier.length > MOST_EARLIER) earlier.shift();
  }
  return result(judge, runs.length, null, batch);
}

const placeOf = <K extends Kinds>({ name }: Domain<K>, drawn: K['run'], batch: number, run: number) => ({
  domain: name,
  size: drawn.size,
  batch,
  run,
  drawn,
});

const result = <K extends Kinds>(
  judge: Judge<K>,
  runs: number,
  found: Found<K> | null,
  batch = found?.batch ?? 0,
): BatchResult<K> => ({ batch, tally: judge.tally(runs), found });

/** A subject that fell silent, or broke the protocol: where, after which moves; and what of it the other claims do not count. */
export function notAlive<K extends Kinds>(
  place: Pick<Found<K>, 'domain' | 'size' | 'batch' | 'run' | 'drawn'>,
  { moves, witness, claim = ALIVE }: Stumble<K>,
  counted: Pick<Tally, 'runs' | 'commands'> = noTally,
): BatchResult<K> & { readonly found: Found<K> } {
  const found: Found<K> = { ...place, claim, witness, moves, answers: [] };
  const claims = { [claim]: { checked: 1, met: 1, known: 0, violated: 1 } };
  const { runs, commands } = counted;
  return { batch: place.batch, tally: { runs, commands, claims, reached: {} }, found };
}

/** The first moves of a run, with those that close it or without: what the specification is given, and a subject that follows it. */
export function movesUpTo<K extends Kinds>(
  domain: Domain<K>,
  run: K['run'],
  made: number,
  close = true,
): K['move'][] {
  const moves: K['move'][] = [];
  const spec = domain.specification();
  const asSubject: Subject<K> = {
    reset: () => spec.reset(),
    apply: (move) => spec.apply(move, undefined),
    look: (into) => spec.look(into),
  };
  const lockstep = new Lockstep(asSubject, new Judge(domain, undefined, { only: [] }), {
    before: (move) => {
      if (moves.length < made) moves.push(move);
    },
  });
  lockstep.run(run.size, fromRun(domain, run), close);
  return moves;
}
