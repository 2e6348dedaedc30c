// The sure phase of shrinking: first it looks for something shorter where situations that are alike are one, which is quick and proves nothing;
// then it proves that nothing shorter fails, where only situations whose whole memory is equal are one.

import type { Controller } from '../../../impl/controller/index.ts';
import { type Move, type ProfileName, profiles, type Scope } from '../../../model/index.ts';
import type { Violation } from '../../domain/kinds.ts';
import type { Subject } from '../../subjects/subject.ts';
import { isInside, scopeOf, scopeText } from '../../trace/move.ts';
import { Likeness } from './likeness.ts';
import { memoryKey, memoryOf } from './memory.ts';
import { keyOf, movesInOrder, renamed } from './moves.ts';
import { type Insight, Search } from './search.ts';
import {
  AT_ONCE,
  exoticOf,
  FAMILY,
  homesOf,
  isUsual,
  type Stage,
  stagesOf,
  USUAL,
  USUAL_LENGTH,
} from './stages.ts';

export interface Proof {
  /** Every shorter trace of the scope was looked at, or differs from one that was by names alone. */
  readonly complete: boolean;
  /** No trace of up to so many moves fails. */
  readonly upTo: number;
  readonly scope: Scope;
  /** Situations of the subject that were met, and moves that were tried on them. */
  readonly situations: number;
  readonly tried: number;
  readonly text: string;
}

export interface ProofOptions {
  /** The most situations that one search may meet: what is found and proved does not depend on how busy the machine is. */
  readonly situations: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (search: {
    readonly scope: Scope;
    readonly clear: number;
    readonly tried: number;
  }) => void;
}

/**
 * When two situations are one. `alike`: up to names, and to what the controller that ships writes before it reads it; a mistake may read it all the
 * same. `whole`: the memory is equal, word by word. `named`: so, too, of traces that name containers and pages in the order of first use.
 */
type Kind = 'alike' | 'whole' | 'named';

export interface Proven {
  readonly violation: Violation;
  readonly proof: Proof;
}

type Run = (moves: readonly Move[]) => Violation | null;

export class Prover {
  readonly #make: () => Subject;
  readonly #profile: ProfileName;
  readonly #options: ProofOptions;
  readonly #searches = new Map<string, Search>();

  /** Searches are kept: what was looked at for one violation of a subject need not be looked at again for the next. */
  constructor(make: () => Subject, profile: ProfileName, options: ProofOptions) {
    this.#make = make;
    this.#profile = profile;
    this.#options = options;
  }

  /** The shortest trace that fails, and of equally short ones the first in order; with how far that is proved. */
  *shortest(fast: Violation, run: Run): Generator<void, Proven> {
    if (!memoryOf(this.#make())) return yield* this.#proved(fast, run, true);
    const found = yield* this.#find(fast, run);
    return yield* this.#proved(found ?? fast, run, found !== null);
  }

  /** Looks where it is likely: in the usual scopes, in narrow ones if the trace is long, in its own. */
  *#find(fast: Violation, run: Run): Generator<void, Violation | null> {
    let best: Violation | null = null;
    let length = fast.moves.length;
    for (const { scope, most } of stagesOf(fast.moves)) {
      // What is as short was found before, in a scope that comes first; but of the short ones those of the usual scope count.
      const again = scope === USUAL && length <= USUAL_LENGTH;
      const upTo = Math.min(most, best && !again ? length - 1 : length);
      // Within the usual scope nothing so short is left.
      if (best && upTo <= AT_ONCE && isInside(scope, USUAL)) continue;
      const search = this.#search(fast, scope, 'alike');
      yield* this.#walk(search, { scope, most: upTo });
      const found = foundBy(search, upTo, run);
      if (!found) continue;
      best = found;
      length = found.moves.length;
      if ((scope === USUAL || scope === FAMILY) && length <= USUAL_LENGTH) return best;
    }
    return best;
  }

  /** Looks at all that is shorter. A trace that no search has found yet is looked for, too: a search that misses what is known proves nothing. */
  *#proved(best: Violation, run: Run, isMet: boolean): Generator<void, Proven> {
    const upTo = isMet ? best.moves.length - 1 : best.moves.length;
    let proof = noProof(best.moves);
    const ways = homesOf(best.moves).flatMap((scope) =>
      kindsFor(best.moves).map((kind) => ({ scope, kind })),
    );
    for (const [i, { scope, kind }] of ways.entries()) {
      const search = this.#search(best, scope, kind);
      yield* this.#walk(search, { scope, most: Math.min(upTo, PROBE) });
      const isLast = i === ways.length - 1;
      if (isLast || !search.isHopeless(upTo, this.#options.situations))
        yield* this.#walk(search, { scope, most: upTo });
      const found = foundBy(search, upTo, run);
      if (found) return { violation: found, proof: proofOf(search, scope, found.moves, kind) };
      if (search.clear >= best.moves.length) return { violation: best, proof: missed(best.moves, scope) };
      proof = better(proof, proofOf(search, scope, best.moves, kind));
      if (proof.complete) return { violation: best, proof };
    }
    return { violation: best, proof: this.#withLikely(proof, best) };
  }

  /** How far it was looked where situations that are alike are one: no proof, but worth telling. */
  #withLikely(proof: Proof, { moves }: Violation): Proof {
    const alike = homesOf(moves).map(
      (scope) => this.#searches.get(keyFor(scope, moves, 'alike'))?.clear ?? 0,
    );
    const likely = Math.min(Math.max(...alike), moves.length - 1);
    if (likely <= proof.upTo) return proof;
    return {
      ...proof,
      text: `${proof.text}; nor up to length ${likely} if situations that are alike are one`,
    };
  }

  /** After each slice of the search others have their turn. */
  *#walk(search: Search, { scope, most }: Stage): Generator<void> {
    const { signal, progress, situations } = this.#options;
    if (signal?.aborted) return;
    for (const _ of search.until(most, situations)) {
      progress?.({ scope, clear: search.clear, tried: search.tried });
      yield;
      if (signal?.aborted) return;
    }
  }

  /** The usual scopes have the usual moves; only the trace's own has what it alone has: parents, the root, huge limits. */
  #search({ moves }: Violation, scope: Scope, kind: Kind): Search {
    const key = keyFor(scope, moves, kind);
    let search = this.#searches.get(key);
    if (search) return search;
    search = new Search(this.#make, {
      profile: this.#profile,
      root: profiles[this.#profile].root,
      size: scope,
      moves: [...movesInOrder(scope), ...exoticIn(scope, moves)],
      insight: this.#insight(scope, kind),
      renaming: kind !== 'whole',
    });
    this.#searches.set(key, search);
    return search;
  }

  #insight({ tasks }: Scope, kind: Kind): Insight | null {
    const fresh = memoryOf(this.#make());
    if (!fresh) return null;
    const memory = (subject: Subject) => memoryOf(subject) as Controller;
    if (kind !== 'alike') return { memory, key: (subject) => memoryKey(memory(subject)), nameless: false };
    const likeness = new Likeness(fresh, tasks);
    return { memory, key: (subject) => likeness.key(memory(subject)), nameless: true };
  }
}

/** So long traces are looked at before it is told how many more there would be. */
const PROBE = 5;

/** A trace whose names are not those of first use may need its names: then no others stand for it. */
const kindsFor = (moves: readonly Move[]): Kind[] =>
  keyOf(renamed(moves, ['container', 'page'])) === keyOf(moves) ? ['whole', 'named'] : ['whole'];

const exoticIn = (scope: Scope, moves: readonly Move[]): Move[] =>
  isUsual(scope) ? [] : exoticOf(moves, scope);

const keyFor = (scope: Scope, moves: readonly Move[], kind: Kind): string =>
  `${scopeText(scope)} ${keyOf(exoticIn(scope, moves))} ${kind}`;

function foundBy({ found }: Search, upTo: number, run: Run): Violation | null {
  return found && found.length <= upTo ? run(found) : null;
}

const better = (a: Proof, b: Proof): Proof => (b.complete || b.upTo > a.upTo ? b : a);

export const noProof = (moves: readonly Move[]): Proof => ({
  complete: moves.length === 0,
  upTo: 0,
  scope: scopeOf(moves),
  situations: 0,
  tried: 0,
  text:
    moves.length === 0
      ? 'it fails before the first move'
      : 'leaving out any one or two moves mends it; shorter ones were not searched for',
});

/** The subject remembers something that is not in its memory. */
const missed = (moves: readonly Move[], scope: Scope): Proof => ({
  ...noProof(moves),
  complete: false,
  scope,
  text: 'no proof: the search misses the trace that is known',
});

function proofOf(
  { clear, situations, tried }: Search,
  scope: Scope,
  moves: readonly Move[],
  kind: Kind,
): Proof {
  const shorter = moves.length - 1;
  const complete = clear >= shorter;
  const upTo = Math.min(clear, shorter);
  const others = exoticOf(moves, scope).length;
  const more = others > 0 ? ` and ${others === 1 ? 'one move' : `${others} moves`} of the trace` : '';
  const names = kind === 'named' ? ', up to names' : '';
  const looked = `${situations} situations, ${tried} moves tried, scope ${scopeText(scope)}${more}${names}`;
  const text = complete
    ? `nothing shorter fails: ${looked}`
    : `no shorter one found up to length ${upTo}: ${looked}`;
  return { complete, upTo, scope, situations, tried, text };
}
