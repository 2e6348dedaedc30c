// The sure phase of shrinking: first it looks for something shorter where situations that are alike are one, which is quick and proves nothing;
// then it proves that nothing shorter fails, where only situations whose whole memory is equal are one.

import type { Domain, Kinds, Shrinking, Subject } from '../domain.ts';
import { guarded } from '../guard.ts';
import type { Violation } from '../lockstep.ts';
import { Audit, type Doubt, type Parting } from './audit.ts';
import { keyOf, PAIRS_UP_TO } from './reduce.ts';
import { type Insight, Search } from './search.ts';
import { unseen } from './unseen.ts';

export interface Proof<K extends Kinds> {
  /** Every shorter trace of the scope was looked at, or differs from one that was by names alone. */
  readonly complete: boolean;
  /** No trace of up to so many moves fails. */
  readonly upTo: number;
  readonly size: K['size'];
  /** Situations of the subject that were met, and moves that were tried on them. */
  readonly situations: number;
  readonly tried: number;
  readonly text: string;
}

export interface ProofOptions<K extends Kinds> {
  /** The most situations that one search may meet: what is found and proved does not depend on how busy the machine is. */
  readonly situations: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (search: {
    readonly size: K['size'];
    readonly clear: number;
    readonly tried: number;
  }) => void;
}

/**
 * When two situations are one. `alike`: up to names, and to what the controller that ships writes before it reads it; a mistake may read it all the
 * same. `whole`: the memory is equal, word by word. `named`: so, too, of traces that name containers and pages in the order of first use.
 */
type Kind = 'alike' | 'whole' | 'named';

export interface Proven<K extends Kinds> {
  readonly violation: Violation<K>;
  readonly proof: Proof<K>;
}

type Try<K extends Kinds> = (moves: readonly K['move'][]) => Violation<K> | null;

export class Prover<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #known: Shrinking<K>;
  readonly #make: () => Subject<K>;
  readonly #options: ProofOptions<K>;
  readonly #searches = new Map<string, Search<K>>();
  /** Why the search does without what the domain offers it: it does not hold what it promises. */
  readonly #without: { memory?: string; state?: string } = {};
  /** With nothing taken on trust a trace went otherwise when it was made again. */
  #isFickle = false;
  /** The domain's `memory` sees what the subject remembers. */
  #isSeen = false;
  /** How far each search was audited: its moves, and the length of the proof. */
  readonly #audited = new Map<Search<K>, string>();

  /** Searches are kept: what was looked at for one violation of a subject need not be looked at again for the next. */
  constructor(domain: Domain<K>, known: Shrinking<K>, make: () => Subject<K>, options: ProofOptions<K>) {
    this.#domain = domain;
    this.#known = known;
    this.#make = make;
    this.#options = options;
  }

  /** The shortest trace that fails, and of equally short ones the first in order; with how far that is proved. */
  *shortest(start: Violation<K>, run: Try<K>): Generator<void, Proven<K>> {
    this.#look(this.#make());
    for (let fast = start; ; ) {
      const before = Object.keys(this.#without).length;
      const found = this.#memory && this.#known.alike ? yield* this.#find(fast, run) : null;
      const isMet = found !== null || !this.#memory;
      const proven = yield* this.#proved(found ?? fast, run, isMet);
      if (Object.keys(this.#without).length === before) return { ...proven, proof: this.#told(proven.proof) };
      this.#searches.clear();
      fast = proven.violation;
    }
  }

  /** The domain's `memory`, as long as nothing speaks against it. */
  get #memory(): Shrinking<K>['memory'] | null {
    const isTold =
      (this.#known.stateIsSeen || this.#without.state !== PARTIAL) && this.#without.memory === undefined;
    return isTold && this.#isSeen ? this.#known.memory : null;
  }

  #look(subject: Subject<K>): void {
    const memory = this.#known.memory?.(subject);
    this.#isSeen = Boolean(memory);
    const hidden = memory && (unseen(memory) ?? this.#unseenState());
    if (hidden) this.#without.memory ??= hidden;
  }

  /** Why situations of the specification cannot be told apart by its `state`, or null. */
  #unseenState(): string | null {
    if (this.#known.stateIsSeen) return null;
    const spec = this.#domain.specification();
    spec.reset();
    if (spec.state === undefined) return 'the specification has no `state`';
    const hidden = unseen(spec.state);
    return hidden && `in the specification's \`state\`, ${hidden}`;
  }

  #told(proof: Proof<K>): Proof<K> {
    if (this.#isFickle)
      return {
        ...proof,
        complete: false,
        upTo: 0,
        text: 'no proof: one and the same trace goes otherwise each time',
      };
    const { memory, state } = this.#without;
    // A state that does not hold all tells no situations apart either.
    const isBoth =
      state === PARTIAL && memory === undefined && this.#known.memory && !this.#known.stateIsSeen;
    const reasons = Object.entries(this.#without).map(
      ([what, why]) => `; without ${isBoth ? '`memory` and `state`' : `\`${what}\``}: ${why}`,
    );
    return reasons.length === 0 ? proof : { ...proof, text: proof.text + reasons.join('') };
  }

  /** Looks where it is likely, in the stages that the domain names. */
  *#find(fast: Violation<K>, run: Try<K>): Generator<void, Violation<K> | null> {
    let best: Violation<K> | null = null;
    for (const stage of this.#known.stages?.(fast.moves) ?? []) {
      const length: number = best ? best.moves.length : fast.moves.length;
      const upTo: number = stage.upTo(length, best !== null);
      if (upTo <= 0) continue;
      const search = this.#search(fast, stage.size, 'alike');
      yield* this.#walk(search, stage.size, upTo);
      const found = foundBy(search, upTo, run);
      if (!found) continue;
      best = found;
      if (stage.isEnough(found.moves.length)) return best;
    }
    return best;
  }

  /** Looks at all that is shorter. A trace that no search has found yet is looked for, too: a search that misses what is known proves nothing. */
  *#proved(best: Violation<K>, run: Try<K>, isMet: boolean): Generator<void, Proven<K>> {
    const upTo = isMet ? best.moves.length - 1 : best.moves.length;
    let proof = noProof(this.#known, best.moves);
    const ways = this.#homes(best.moves).flatMap((size) =>
      this.#kinds(best.moves).map((kind) => ({ size, kind })),
    );
    for (const [i, { size, kind }] of ways.entries()) {
      const search = this.#search(best, size, kind);
      // Of several ways each is left, after any level, when it would come to no end.
      const isLast = i === ways.length - 1;
      yield* this.#walk(search, size, isLast ? upTo : Math.min(upTo, PROBE));
      for (let length = PROBE + 1; length <= upTo && !isLast; length++)
        if (!search.isHopeless(upTo, this.#options.situations)) yield* this.#walk(search, size, length);
      const found = foundBy(search, upTo, run);
      const isFalse = !found && search.found !== null && search.found.length <= upTo;
      const misses = search.clear >= best.moves.length;
      if (this.#isInDoubt(search, size, isFalse || (misses && kind === 'whole')))
        return { violation: found ?? best, proof };
      if (found) return { violation: found, proof: this.#proofOf(search, size, found.moves, kind) };
      if (misses) return { violation: best, proof: missed(this.#known, best.moves, size) };
      proof = better(proof, this.#proofOf(search, size, best.moves, kind));
      if (proof.complete) return { violation: best, proof };
    }
    return { violation: best, proof: this.#withLikely(proof, best) };
  }

  /** How far it was looked where situations that are alike are one: no proof, but worth telling. */
  #withLikely(proof: Proof<K>, { moves }: Violation<K>): Proof<K> {
    const alike = this.#homes(moves).map(
      (size) => this.#searches.get(this.#keyFor(size, moves, 'alike'))?.clear ?? 0,
    );
    const likely = Math.min(Math.max(...alike), moves.length - 1);
    if (likely <= proof.upTo) return proof;
    return {
      ...proof,
      text: `${proof.text}; nor up to length ${likely} if situations that are alike are one`,
    };
  }

  /** Does a search not see what it is shown? Then it says why, and the next one does without. */
  #isInDoubt(search: Search<K>, size: K['size'], isFalse: boolean): boolean {
    const trusted = this.#memory ? 'memory' : search.recalls ? 'state' : null;
    if (search.isStateWritten) {
      this.#without.state = 'the specification writes to it, and is to put a new one there';
      return true;
    }
    const doubt = this.#audit(search, size);
    if (!doubt && !isFalse) return false;
    if (trusted === null) {
      this.#isFickle = true;
      return false;
    }
    if (doubt && 'next' in doubt) this.#without.memory = this.#partingText(doubt);
    else this.#without[search.recalls ? 'state' : trusted] = PARTIAL;
    return true;
  }

  #audit(search: Search<K>, size: K['size']): Doubt<K> | null {
    const length = search.found ? search.found.length - 1 : search.clear;
    const done = `${search.tried} ${length}`;
    if (this.#audited.get(search) === done) return null;
    this.#audited.set(search, done);
    const budget = Math.min(Math.max(search.tried / 20, 1000), 20_000);
    const options = { size, moves: search.moves, length, budget };
    const audit = new Audit(this.#domain, this.#make, options);
    return guarded(
      AUDIT_MS,
      () => audit.of(search.legs),
      () => null,
    );
  }

  #partingText({ one, other, next }: Parting<K>): string {
    const text = (moves: readonly K['move'][]) => moves.map((move) => this.#domain.text(move)).join(', ');
    const after = other.length === 0 ? 'at the start' : `after "${text(other)}"`;
    return `it shows the same after "${text(one)}" as ${after}, and "${text(next)}" goes otherwise`;
  }

  /** After each slice of the search others have their turn. */
  *#walk(search: Search<K>, size: K['size'], most: number): Generator<void> {
    const { signal, progress, situations } = this.#options;
    if (signal?.aborted) return;
    for (const _ of search.until(most, situations)) {
      progress?.({ size, clear: search.clear, tried: search.tried });
      yield;
      if (signal?.aborted) return;
    }
  }

  /** Sizes in which a trace can be proved to be the shortest, the one that says most first. */
  #homes(moves: readonly K['move'][]): readonly K['size'][] {
    return this.#known.homes?.(moves) ?? [this.#known.room(moves)];
  }

  /** A trace whose names are not those of first use may need its names: then no others stand for it. */
  #kinds(moves: readonly K['move'][]): Kind[] {
    const { names, isRenamed } = this.#known;
    return names && (isRenamed?.(moves) ?? true) ? ['whole', 'named'] : ['whole'];
  }

  #search({ moves }: Violation<K>, size: K['size'], kind: Kind): Search<K> {
    const key = this.#keyFor(size, moves, kind);
    let search = this.#searches.get(key);
    if (search) return search;
    search = new Search(this.#domain, this.#make, {
      size,
      moves: [...this.#known.moves(size), ...(this.#known.beyond?.(size, moves) ?? [])],
      insight: this.#insight(size, kind),
      recalls: this.#without.state === undefined,
      renaming: kind !== 'whole' && this.#known.names !== undefined,
    });
    this.#searches.set(key, search);
    return search;
  }

  #keyFor(size: K['size'], moves: readonly K['move'][], kind: Kind): string {
    const beyond = this.#known.beyond?.(size, moves) ?? [];
    return `${JSON.stringify(size)} ${keyOf(beyond)} ${kind}`;
  }

  #insight(size: K['size'], kind: Kind): Insight<K> | null {
    const { alike } = this.#known;
    const memory = this.#memory;
    if (!memory) return null;
    const of = (subject: Subject<K>) => memory(subject) as object;
    if (kind !== 'alike' || !alike) return { memory: of, alike: null };
    const like = alike(of(this.#make()), size);
    return { memory: of, alike: (subject) => like(of(subject)) };
  }

  #proofOf(
    { clear, situations, tried }: Search<K>,
    size: K['size'],
    moves: readonly K['move'][],
    kind: Kind,
  ): Proof<K> {
    const shorter = moves.length - 1;
    const complete = clear >= shorter;
    const upTo = Math.min(clear, shorter);
    const others = this.#known.foreign?.(moves, size) ?? 0;
    const more = others > 0 ? ` and ${others === 1 ? 'one move' : `${others} moves`} of the trace` : '';
    const names = kind === 'named' ? ', up to names' : '';
    const looked = `${situations} situations, ${tried} moves tried${scopeText(this.#known, size)}${more}${names}`;
    return {
      complete,
      upTo,
      size,
      situations,
      tried,
      text: complete
        ? `nothing shorter fails: ${looked}`
        : `no shorter one found up to length ${upTo}: ${looked}`,
    };
  }
}

/** So long traces are looked at before it is told how many more there would be. */
const PROBE = 5;
/** Why that is done without which does not hold all that is remembered. */
const PARTIAL = 'from the start a trace goes otherwise than by it';
/** An audit that takes longer is of a subject that hangs. */
const AUDIT_MS = 10_000;

function foundBy<K extends Kinds>({ found }: Search<K>, upTo: number, run: Try<K>): Violation<K> | null {
  return found && found.length <= upTo ? run(found) : null;
}

/** ` in scope ...`, and nothing where worlds have no size. */
export const scopeText = <K extends Kinds>(known: Shrinking<K> | undefined, size: K['size']): string =>
  size === null || size === undefined ? '' : ` in scope ${known?.sizeText?.(size) ?? JSON.stringify(size)}`;

const better = <K extends Kinds>(a: Proof<K>, b: Proof<K>): Proof<K> =>
  b.complete || b.upTo > a.upTo ? b : a;

export const noProof = <K extends Kinds>(
  known: Shrinking<K> | undefined,
  moves: readonly K['move'][],
): Proof<K> => ({
  complete: moves.length === 0,
  upTo: 0,
  size: known?.room(moves),
  situations: 0,
  tried: 0,
  text:
    moves.length === 0
      ? 'it fails before the first move'
      : `leaving out any one ${moves.length > PAIRS_UP_TO ? 'move' : 'or two moves'} mends it; shorter ones were not searched for`,
});

/** The subject remembers something that is not in its memory. */
const missed = <K extends Kinds>(
  known: Shrinking<K>,
  moves: readonly K['move'][],
  size: K['size'],
): Proof<K> => ({
  ...noProof(known, moves),
  complete: false,
  size,
  text: 'no proof: the search misses the trace that is known',
});
