// The fast phase of shrinking: leaves out moves, and tries what says the same with less, as long as the trace still fails. A generator, so that
// whoever runs the traces may wait for answers.

import type { Move } from '../../../model/index.ts';
import type { Violation } from '../../domain/kinds.ts';
import { keyOf, renamings, simpler } from './moves.ts';

/** Yields a trace to be tried, is given its violation or null, and returns the shortest that fails. */
export type Reduction = Generator<readonly Move[], Violation, Violation | null>;

export function* reduce(violation: Violation): Reduction {
  let best = yield* withoutChunks(violation);
  for (;;) {
    const before = best;
    best = yield* improved(best, simpler);
    best = yield* withoutChunks(best, 1);
    if (best.moves.length <= 12) best = yield* withoutPairs(best);
    if (best !== before) continue;
    best = yield* improved(best, renamings);
    if (best === before) return best;
  }
}

/** Leaves out half of the moves, a quarter, and so on down to single ones, from the end, until no single one can go. */
function* withoutChunks(violation: Violation, from = violation.moves.length >> 1): Reduction {
  let best = violation;
  for (let size = Math.max(from, 1); ; size = Math.max(size >> 1, 1)) {
    let shorter = false;
    for (let end = best.moves.length; end > 0; end -= size) {
      const found: Violation | null = yield best.moves.toSpliced(
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
function* withoutPairs(violation: Violation): Reduction {
  const { moves } = violation;
  for (let i = 0; i < moves.length; i++) {
    for (let j = i + 1; j < moves.length; j++) {
      const found: Violation | null = yield moves.filter((_, k) => k !== i && k !== j);
      if (found) return found;
    }
  }
  return violation;
}

/** Takes the first of the traces offered that fails, has others offered for that one, and so on until none does. */
function* improved(violation: Violation, offered: (moves: readonly Move[]) => Iterable<Move[]>): Reduction {
  for (let best = violation; ; ) {
    const found: Violation | null = yield* firstOf(best, offered(best.moves));
    if (!found) return best;
    best = found;
  }
}

function* firstOf(
  { moves }: Violation,
  traces: Iterable<Move[]>,
): Generator<readonly Move[], Violation | null, Violation | null> {
  const same = keyOf(moves);
  for (const trace of traces) {
    if (keyOf(trace) === same) continue;
    const found: Violation | null = yield trace;
    // A trace that fails before its end is the shorter one.
    if (found) return found;
  }
  return null;
}
