// The fast phase of shrinking: leaves out moves, and tries what says the same with less, as long as the trace still fails. A generator, so that
// whoever runs the traces may wait for answers.

import type { Domain, Kinds } from '../domain.ts';
import type { Violation } from '../lockstep.ts';
import { textOf } from '../referee.ts';

/** Yields a trace to be tried, is given its violation or null, and returns the shortest that fails. */
export type Reduction<K extends Kinds> = Generator<readonly K['move'][], Violation<K>, Violation<K> | null>;

/** A list of moves as a key: by what they are, not by `text`, in which two may read alike. */
export const keyOf = <K extends Kinds>(moves: readonly K['move'][]): string => textOf(moves);

/** Of longer traces pairs are not left out: there are too many. */
export const PAIRS_UP_TO = 12;

export function* reduce<K extends Kinds>(domain: Domain<K>, violation: Violation<K>): Reduction<K> {
  const { simpler = nothing, renamings = nothing } = domain.shrinking ?? {};
  let best = yield* withoutChunks(violation);
  for (;;) {
    const before = best;
    best = yield* improved(best, simpler);
    best = yield* withoutChunks(best, 1);
    if (best.moves.length <= PAIRS_UP_TO) best = yield* withoutPairs(best);
    if (best !== before) continue;
    best = yield* improved(best, renamings);
    if (best === before) return best;
  }
}

/** Leaves out half of the moves, a quarter, and so on down to single ones, from the end, until no single one can go. */
function* withoutChunks<K extends Kinds>(
  violation: Violation<K>,
  from = violation.moves.length >> 1,
): Reduction<K> {
  let best = violation;
  for (let size = Math.max(from, 1); ; size = Math.max(size >> 1, 1)) {
    let shorter = false;
    for (let end = best.moves.length; end > 0; end -= size) {
      const found: Violation<K> | null = yield best.moves.toSpliced(
        Math.max(end - size, 0),
        Math.min(size, end),
      );
      if (!found) continue;
      best = found;
      shorter = true;
      end = Math.min(end, best.moves.length + size);
    }
    if (size === 1 && !shorter) return best;
  }
}

/** Leaves out any two moves: a container that is made and filled for nothing is more than one. */
function* withoutPairs<K extends Kinds>(violation: Violation<K>): Reduction<K> {
  const { moves } = violation;
  for (let i = 0; i < moves.length; i++) {
    for (let j = i + 1; j < moves.length; j++) {
      const found: Violation<K> | null = yield moves.filter((_, k) => k !== i && k !== j);
      if (found) return found;
    }
  }
  return violation;
}

/** Takes the first of the traces offered that fails, has others offered for that one, and so on until none does. */
type Offer<K extends Kinds> = (moves: readonly K['move'][]) => Iterable<readonly K['move'][]>;

const nothing = () => [];

function* improved<K extends Kinds>(violation: Violation<K>, offered: Offer<K>): Reduction<K> {
  for (let best = violation; ; ) {
    const found: Violation<K> | null = yield* firstOf(best, offered(best.moves));
    if (!found) return best;
    best = found;
  }
}

function* firstOf<K extends Kinds>(
  { moves }: Violation<K>,
  traces: Iterable<readonly K['move'][]>,
): Generator<readonly K['move'][], Violation<K> | null, Violation<K> | null> {
  const same = keyOf(moves);
  for (const trace of traces) {
    if (keyOf(trace) === same) continue;
    const found: Violation<K> | null = yield trace;
    // A trace that fails before its end is the shorter one.
    if (found) return found;
  }
  return null;
}
