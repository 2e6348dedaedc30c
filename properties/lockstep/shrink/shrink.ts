// Shrinking: first fast, by leaving things out; then for sure, by looking at everything that is shorter. The result says how far the proof goes.

import { setImmediate } from 'node:timers/promises';
import { guarded, NO_ANSWER } from '../../../checker/guard.ts';
import type { Controller } from '../../../impl/controller/index.ts';
import { ALIVE, fromList, Judge, Lockstep, type Patience } from '../../../lockstep/index.ts';
import { type Move, type ProfileName, profiles, type Scope } from '../../../model/index.ts';
import { domainOf, type Rss, type Violation } from '../../domain/index.ts';
import type { Subject } from '../../subjects/subject.ts';
import { isInside, scopeOf, scopeText } from '../../trace/move.ts';
import { keyOf, movesInOrder, textOf } from './canonical.ts';
import { Likeness } from './likeness.ts';
import { memoryKey, memoryOf } from './memory.ts';
import { type Reduction, reduce } from './reduce.ts';
import { type Insight, Search } from './search.ts';

export interface ShrinkOptions extends Patience {
  /** How long the exhaustive search may take, in seconds: 2 if left out, 0 for the fast phase alone. */
  readonly proofSeconds?: number;
  /** Only this claim counts, and nothing is compared: for what the specification itself does, by design of a profile or against a false claim. */
  readonly claim?: string;
  /** Ends the search early: the result says how far it came. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then by shrinkInTurns how far the search is. */
  readonly progress?: (search: {
    readonly scope: Scope;
    readonly clear: number;
    readonly tried: number;
  }) => void;
}

export interface Proof {
  /** Every shorter trace of the scope was looked at. */
  readonly complete: boolean;
  /** No trace of up to so many moves fails. */
  readonly upTo: number;
  readonly scope: Scope;
  /** Pairs of situations (of subject and specification) that were met, and moves that were tried on them. */
  readonly situations: number;
  readonly tried: number;
  readonly text: string;
}

export interface ShrinkResult {
  readonly violation: Violation;
  /** The smallest scope that holds the trace. */
  readonly scope: Scope;
  /** The moves, one a line; the same for every trace that one bug was found by. */
  readonly text: string;
  /** Traces that the fast phase ran. */
  readonly executions: number;
  readonly proof: Proof;
}

/** Shrinks one violation. @throws NotReproduced */
export const shrink = (
  make: () => Subject,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): ShrinkResult => shrinkerOf(make, profile, options).shrink(violation);

/** The same, letting others have their turn meanwhile: signals are heard, and the search can be told of. */
export async function shrinkInTurns(
  make: () => Subject,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): Promise<ShrinkResult> {
  const turns = shrinkerOf(make, profile, options).turns(violation);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
    await setImmediate();
  }
}

/** For several violations of one subject: what was searched for one need not be searched again for the next. */
export const shrinkerOf = (
  make: () => Subject,
  profile: ProfileName,
  options: ShrinkOptions = {},
): Shrinker => new Shrinker(make, profile, options);

/** The trace does not fail when it is run again: the subject decides by something that is not in its moves. */
export class NotReproduced extends Error {
  override readonly name = 'NotReproduced';
}

/** Always searched, so that one bug found in different scopes ends as one text. */
const USUAL: Scope = { containers: 2, tasks: 2, pages: 3, limit: 3 };
/** For bugs that need three tasks. */
const FAMILY: Scope = { containers: 1, tasks: 3, pages: 2, limit: 2 };
/** So long traces are looked at in both before any other scope is: that takes no time. */
const AT_ONCE = 7;
/** Traces that are longer are looked for in the narrow scopes first. */
const USUAL_LENGTH = 8;
/** For bugs that need more moves: few names, so that long traces are soon looked at. */
const NARROW: readonly Scope[] = [
  { containers: 1, tasks: 1, pages: 7, limit: 2 },
  { containers: 2, tasks: 1, pages: 3, limit: 2 },
  { containers: 2, tasks: 2, pages: 2, limit: 1 },
];
const MOST_LIMIT = 8;
const SLICE_MS = 150;
const STUCK_MS = 2000;

export class Shrinker {
  readonly #make: () => Subject;
  readonly #profile: ProfileName;
  readonly #options: ShrinkOptions;
  readonly #searches = new Map<string, Search>();

  constructor(make: () => Subject, profile: ProfileName, options: ShrinkOptions) {
    this.#make = make;
    this.#profile = profile;
    this.#options = options;
  }

  /** `seconds`: how long this search may take, if not as long as all. */
  shrink(original: Violation, seconds?: number): ShrinkResult {
    const turns = this.turns(original, seconds);
    for (;;) {
      const turn = turns.next();
      if (turn.done) return turn.value;
    }
  }

  /** The same, turn by turn. */
  *turns(original: Violation, seconds = this.#options.proofSeconds ?? 2): Generator<void, ShrinkResult> {
    const { claim } = this.#options;
    const runner = new Runner(this.#make, this.#profile, claim);
    const again = runner.reproduce(original);
    const fast = runner.drive(reduce(again));
    const searched = claim === undefined && seconds > 0;
    const { violation, proof } = searched
      ? yield* this.#prove(fast, runner, seconds)
      : { violation: fast, proof: noProof(fast.moves) };
    const scope = scopeOf(violation.moves);
    return { violation, scope, text: textOf(violation.moves), executions: runner.executions, proof };
  }

  /** Looks at everything shorter, and at what is as short but comes first in order: in the usual scopes, in narrow ones if it is long, in its own. */
  *#prove(
    fast: Violation,
    runner: Runner,
    seconds: number,
  ): Generator<void, { violation: Violation; proof: Proof }> {
    const deadline = performance.now() + seconds * 1000;
    let best: { violation: Violation; proof: Proof } | null = null;
    let length = fast.moves.length;
    let last: Proof = noProof(fast.moves);
    for (const { scope, most } of stagesOf(fast.moves)) {
      // What is as short was found before, in a scope that comes first; but of the short ones those of the usual scope count.
      const again = scope === USUAL && length <= USUAL_LENGTH;
      const upTo = Math.min(most, best && !again ? length - 1 : length);
      // Within the usual scope nothing so short is left.
      if (best && upTo <= AT_ONCE && isInside(scope, USUAL)) continue;
      for (const kind of this.#kinds) {
        const search = this.#search(fast, scope, kind);
        yield* this.#walk(search, scope, upTo, deadline);
        const trace = search.found && search.found.length <= upTo ? search.found : null;
        const found = trace && runner.run(trace);
        if (found) {
          length = found.moves.length;
          best = { violation: found, proof: proofOf(search, scope, length, kind) };
          if ((scope === USUAL || scope === FAMILY) && length <= USUAL_LENGTH) return best;
          break;
        }
        last = proofOf(search, scope, length, kind);
        const misses =
          !best && (!isUsual(scope) || isWithin(fast.moves, scope)) && search.clear >= fast.moves.length;
        if (!misses && !trace) break;
        // It must find at least the trace that is known. If it does not, it took two situations for one that are not: look closer.
        last = {
          ...last,
          complete: false,
          upTo: 0,
          text: 'no proof: the search misses the trace that is known',
        };
      }
    }
    return best ?? { violation: fast, proof: last };
  }

  /** After each slice of the search others have their turn. */
  *#walk(search: Search, scope: Scope, upTo: number, deadline: number): Generator<void> {
    const { signal, progress } = this.#options;
    if (signal?.aborted) return;
    for (const _ of search.until(upTo, deadline)) {
      progress?.({ scope, clear: search.clear, tried: search.tried });
      yield;
      if (signal?.aborted) return;
    }
  }

  get #kinds(): Kind[] {
    return memoryOf(this.#make()) ? ['alike', 'equal'] : ['traces'];
  }

  /** The usual scopes have the usual moves; only the trace's own has what it alone has: parents, the root, huge limits. */
  #search(fast: Violation, scope: Scope, kind: Kind): Search {
    const usual = movesInOrder(scope);
    const exotic = isUsual(scope) ? [] : exoticOf(fast.moves, usual);
    const key = `${scopeText(scope)} ${keyOf(exotic)} ${kind}`;
    let search = this.#searches.get(key);
    if (search) return search;
    search = new Search(this.#make, {
      profile: this.#profile,
      root: profiles[this.#profile].root,
      size: scope,
      moves: [...usual, ...exotic],
      insight: this.#insight(scope, kind),
      renaming: kind === 'alike',
    });
    this.#searches.set(key, search);
    return search;
  }

  #insight({ tasks }: Scope, kind: Kind): Insight | null {
    if (kind === 'traces') return null;
    const memory = (subject: Subject) => memoryOf(subject) as Controller;
    if (kind === 'equal') return { memory, key: (subject) => memoryKey(memory(subject)) };
    const likeness = new Likeness(memory(this.#make()), tasks);
    return { memory, key: (subject) => likeness.key(memory(subject)) };
  }
}

/** alike: up to names, and to what is written before it is read. equal: the whole memory. traces: no two situations are taken for one. */
type Kind = 'alike' | 'equal' | 'traces';

interface Stage {
  readonly scope: Scope;
  /** The longest traces that are looked at. */
  readonly most: number;
}

function stagesOf(moves: readonly Move[]): Stage[] {
  const { containers, tasks, pages, limit } = scopeOf(moves);
  const own: Scope = {
    containers: Math.max(containers, 1),
    tasks: Math.max(tasks, 1),
    pages: Math.max(pages, 1),
    limit: limit <= MOST_LIMIT ? limit : 0,
  };
  const most = moves.length;
  // Move by move longer, in all of them: one of them alone would use up the time for a trace that another one has soon.
  const deeper = most > USUAL_LENGTH ? most - USUAL_LENGTH + 1 : 0;
  const lengths = Array.from({ length: deeper }, (_, i) => USUAL_LENGTH + i);
  const narrow = lengths.flatMap((longest) => NARROW.map((scope) => ({ scope, most: longest })));
  const last = isWithin(moves, USUAL) ? [] : [{ scope: own, most }];
  const usual = (longest: number) => ({ scope: USUAL, most: Math.min(most, longest) });
  const family = { scope: FAMILY, most: Math.min(most, AT_ONCE) };
  return [usual(AT_ONCE), family, ...narrow, usual(last.length > 0 ? USUAL_LENGTH + 1 : most), ...last];
}

const isUsual = (scope: Scope): boolean => scope === USUAL || scope === FAMILY || NARROW.includes(scope);

function exoticOf(moves: readonly Move[], usual: readonly Move[]): Move[] {
  const known = new Set(usual.map((move) => keyOf([move])));
  return moves.filter((move) => !known.has(keyOf([move])));
}

/** Is it a trace of the scope's moves? */
const isWithin = (moves: readonly Move[], scope: Scope): boolean =>
  exoticOf(moves, movesInOrder(scope)).length === 0;

const noProof = (moves: readonly Move[]): Proof => ({
  complete: false,
  upTo: 0,
  scope: scopeOf(moves),
  situations: 0,
  tried: 0,
  text: 'leaving out any one or two moves mends it; shorter ones were not searched for',
});

function proofOf({ clear, situations, tried }: Search, scope: Scope, length: number, kind: Kind): Proof {
  const complete = clear >= length - 1;
  const upTo = Math.min(clear, length - 1);
  const looked = `${situations} situations, ${tried} moves tried, scope ${scopeText(scope)}`;
  const names = kind === 'alike' ? ', up to names' : '';
  const text = complete
    ? `nothing shorter fails: ${looked}${names}`
    : `no shorter one found up to length ${upTo}: ${looked}${names}`;
  return { complete, upTo, scope, situations, tried, text };
}

/** Runs traces on a subject, and makes a new one when it hangs. */
class Runner {
  readonly #make: () => Subject;
  readonly #profile: ProfileName;
  readonly #claim: string | undefined;
  #lockstep: Lockstep<Rss>;
  #close = false;
  #moves: Move[] = [];
  readonly #known = new Map<string, Violation | null>();
  executions = 0;

  constructor(make: () => Subject, profile: ProfileName, claim?: string) {
    this.#make = make;
    this.#profile = profile;
    this.#claim = claim;
    this.#lockstep = this.#fresh();
  }

  #fresh(): Lockstep<Rss> {
    const profile = profiles[this.#profile];
    const subject = this.#make();
    const only = this.#claim;
    const asked = only === undefined ? {} : { only: [only], excuse: false };
    const judge = new Judge(domainOf(profile), subject.observed, asked);
    return new Lockstep(subject, judge, {
      compare: only === undefined,
      before: (move) => this.#moves.push(move),
    });
  }

  /** The violation, run again; what only the closing moves show is closed from then on. */
  reproduce(violation: Violation): Violation {
    for (const close of [false, true]) {
      this.#close = close;
      this.#known.clear();
      const again = this.run(violation.moves);
      if (again) return again;
    }
    throw new NotReproduced(
      `the trace of ${violation.moves.length} moves that broke ${violation.claim} does not fail again`,
    );
  }

  run(moves: readonly Move[]): Violation | null {
    return guarded(
      STUCK_MS,
      () => this.#execute(moves),
      () => this.#hung(),
    );
  }

  #execute(moves: readonly Move[]): Violation | null {
    this.executions++;
    this.#moves = [];
    return this.#lockstep.run(roomFor(moves), fromList(moves), this.#close);
  }

  #hung(): Violation {
    this.#lockstep = this.#fresh();
    return { claim: ALIVE, witness: NO_ANSWER, moves: [...this.#moves], answers: [] };
  }

  /** Answers a reduction until it has its result. */
  drive(reduction: Reduction): Violation {
    let step = reduction.next();
    while (!step.done) {
      const until = performance.now() + SLICE_MS;
      step = guarded(
        SLICE_MS + STUCK_MS,
        () => {
          while (!step.done && performance.now() < until) step = reduction.next(this.#recall(step.value));
          return step;
        },
        () => {
          const hung = this.#hung();
          this.#known.set(keyOf(step.value as readonly Move[]), hung);
          return reduction.next(hung);
        },
      );
    }
    return step.value;
  }

  #recall(moves: readonly Move[]): Violation | null {
    const key = keyOf(moves);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const violation = this.#execute(moves);
    this.#known.set(key, violation);
    return violation;
  }
}

/** The smallest scope with at least one of each that holds the moves. */
export const roomFor = (moves: readonly Move[]): Scope => {
  const { containers, tasks, pages, limit } = scopeOf(moves);
  return { containers: Math.max(containers, 1), tasks: Math.max(tasks, 1), pages: Math.max(pages, 1), limit };
};
