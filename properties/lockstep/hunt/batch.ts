// A batch: a few dozen random runs that follow from a seed and a number alone, so that any worker on any machine finds the same.

import fc from 'fast-check';
import {
  ALIVE,
  fromRun,
  Judge,
  Lockstep,
  noTally,
  OutsideLockstep,
  type Tally,
} from '../../../lockstep/index.ts';
import { type ProfileName, profiles } from '../../../model/index.ts';
import type { Observation } from '../../claims/claim.ts';
import { domainOf, type Rss, type Violation } from '../../domain/index.ts';
import { type PortfolioOptions, portfolio, type Run } from '../../draw/portfolio.ts';
import { type OutsideSubject, Specification, type Stumble, type Subject } from '../../subjects/subject.ts';
import type { Size } from '../../view/view.ts';

/** What is hunted: everything that decides which runs there are and how they are judged. Plain data. */
export interface Plan {
  readonly impl: string;
  readonly seed: number;
  /** The longest run, in moves. */
  readonly length?: number;
  readonly size?: Size;
  /** Only these claims judge; all, if left out. */
  readonly claims?: readonly string[];
  /** The specification is compared after every move; true if left out. */
  readonly compare?: boolean;
  readonly exotic?: boolean;
}

export const RUNS_A_BATCH = 25;

/** The largest run of the portfolio, for subjects that need to know. */
export const LARGEST: Size = { containers: 8, tasks: 12, pages: 48 };

/** What a program outside is asked for, unless --scope says otherwise. */
export const OUTSIDE: Size = { containers: 3, tasks: 4, pages: 8 };

export interface Found extends Violation {
  readonly profile: ProfileName;
  readonly size: Size;
  readonly batch: number;
  readonly run: number;
}

export interface BatchResult {
  readonly profile: ProfileName;
  readonly batch: number;
  readonly tally: Tally;
  readonly found: Found | null;
}

/** Mixes seed, profile and batch into 32 bits. */
export function batchSeed(seed: number, profile: ProfileName, batch: number): number {
  let h = seed | 0;
  for (const part of [...Buffer.from(profile), batch]) {
    h = Math.imul(h ^ part, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

/** The runs of a batch. */
export function runsOf(plan: Plan, profile: ProfileName, batch: number, count = RUNS_A_BATCH): Run[] {
  const options: PortfolioOptions = {
    ...(plan.length === undefined ? {} : { length: plan.length }),
    ...(plan.size === undefined ? {} : { size: plan.size }),
    ...(plan.exotic === undefined ? {} : { exotic: plan.exotic }),
  };
  return fc.sample(portfolio(options), { seed: batchSeed(plan.seed, profile, batch), numRuns: count });
}

export interface BatchHooks {
  /** Told before each move: which run of the batch, which move of the run. */
  readonly before?: (run: number, made: number) => void;
  /** Shown every step after it was judged. */
  readonly watch?: (step: Observation, run: number) => void;
  /** The specification to hold the subject against, if not a new one. */
  readonly spec?: Specification;
}

/** Judges a batch of a subject in this process; it ends with the first violation. */
export function runBatch(
  plan: Plan,
  profile: ProfileName,
  batch: number,
  runs: readonly Run[],
  subject: Subject,
  hooks: BatchHooks = {},
): BatchResult {
  const domain = domainOf(profiles[profile]);
  const judge = new Judge(domain, subject.observed, { only: plan.claims });
  let at = 0;
  let made = 0;
  const { watch } = hooks;
  if (watch) judge.watch = (step) => watch(step, at);
  const lockstep = new Lockstep(subject, judge, {
    spec: hooks.spec,
    compare: plan.compare ?? true,
    before: () => hooks.before?.(at, ++made),
  });
  for (const run of runs) {
    const { size } = run;
    const violation = lockstep.run(size, fromRun(domain, run));
    if (violation) return result(profile, batch, judge, at + 1, { violation, size, run: at });
    at++;
    made = 0;
  }
  return result(profile, batch, judge, at, null);
}

/** The same for a subject outside this process. */
export async function runOutsideBatch(
  plan: Plan,
  profile: ProfileName,
  batch: number,
  runs: readonly Run[],
  subject: OutsideSubject,
): Promise<BatchResult> {
  const domain = domainOf(profiles[profile], subject.relation);
  const judge = new Judge(domain, subject.observed, { only: plan.claims });
  const lockstep = new OutsideLockstep(subject, judge);
  for (const [at, run] of runs.entries()) {
    const { size } = run;
    const violation = await lockstep.run(size, fromRun(domain, run));
    if (violation) return result(profile, batch, judge, at + 1, { violation, size, run: at });
  }
  return result(profile, batch, judge, runs.length, null);
}

function result(
  profile: ProfileName,
  batch: number,
  judge: Judge<Rss>,
  runs: number,
  failed: { violation: Violation; size: Size; run: number } | null,
): BatchResult {
  const found = failed && { ...failed.violation, profile, size: failed.size, batch, run: failed.run };
  return { profile, batch, tally: judge.tally(runs), found };
}

/** A subject that fell silent, or broke the protocol: where, after which moves; and what of it the other claims do not count. */
export function notAlive(
  { profile, size, batch, run }: Pick<Found, 'profile' | 'size' | 'batch' | 'run'>,
  { moves, witness }: Stumble,
  counted: Pick<Tally, 'runs' | 'commands'> = noTally,
): BatchResult & { readonly found: Found } {
  const found: Found = { claim: ALIVE, witness, moves, answers: [], profile, size, batch, run };
  const claims = { [ALIVE]: { checked: 1, met: 1, known: 0, violated: 1 } };
  const { runs, commands } = counted;
  return { profile, batch, tally: { runs, commands, claims, reached: {} }, found };
}

/** The moves that a run had made when its subject fell silent: what the specification would have been given. */
export function movesUpTo(plan: Plan, profile: ProfileName, run: Run, made: number): Violation['moves'] {
  const domain = domainOf(profiles[profile]);
  const judge = new Judge(domain, undefined, { only: [] });
  const moves: Violation['moves'][number][] = [];
  const lockstep = new Lockstep(new Specification(profiles[profile]), judge, {
    before: (move) => {
      if (moves.length < made) moves.push(move);
    },
  });
  lockstep.run(plan.size ?? run.size, fromRun(domain, run));
  return moves;
}
