// The fast phase of shrinking: leaves out moves, merges names, lowers numbers, as long as the trace still fails. A generator, so that whoever
// runs the traces may wait for answers.

import type { Move } from '../../../model/index.ts';
import type { Violation } from '../../domain/kinds.ts';
import { argKind } from '../../trace/args.ts';
import { renamed } from './canonical.ts';

/** Yields a trace to be tried, is given its violation or null, and returns the shortest that fails. */
export type Reduction = Generator<readonly Move[], Violation, Violation | null>;

export function* reduce(violation: Violation): Reduction {
  let best = yield* withoutChunks(violation);
  for (;;) {
    const before = best;
    best = yield* simpler(best);
    best = yield* withoutChunks(best, 1);
    if (best.moves.length <= 12) best = yield* withoutPairs(best);
    if (best === before) return yield* withNames(best);
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

/** Merges names and lowers limits, one change at a time; a change that helps is kept and the rest tried on it. */
function* simpler(violation: Violation): Reduction {
  let best = violation;
  for (const kind of ['container', 'task', 'page'] as const) {
    for (const [high, low] of pairsOf(best.moves, kind)) {
      const found: Violation | null = yield withName(best.moves, kind, high, low);
      if (found) best = found;
    }
  }
  for (let i = 0; i < best.moves.length; i++) {
    for (const move of alternatives(best.moves[i])) {
      const found: Violation | null = yield best.moves.with(i, move);
      if (!found) continue;
      best = found;
      break;
    }
  }
  return best;
}

const LIMITS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

function alternatives([name, a, b, c]: Move): Move[] {
  if (name === 'copy') return [['touch', a, c]];
  if (name === 'setLimit')
    return LIMITS.filter((n) => BigInt(n) < BigInt(b) || b < 0).map((n) => [name, a, n]);
  return [];
}

function pairsOf(moves: readonly Move[], kind: 'container' | 'task' | 'page'): [number, number][] {
  const used = new Set<number>();
  for (const [name, ...args] of moves) {
    args.forEach((arg, i) => {
      if (argKind(name, i) === kind && Number(arg) >= 0) used.add(Number(arg));
    });
  }
  const names = [...used].sort((a, b) => b - a);
  return names.flatMap((high) =>
    names.filter((low) => low < high).map((low): [number, number] => [high, low]),
  );
}

const withName = (moves: readonly Move[], kind: string, high: number, low: number): Move[] =>
  moves.map(
    ([name, ...args]): Move => [
      name,
      ...args.map((arg, i) => (argKind(name, i) === kind && arg === high ? low : arg)),
    ],
  );

/** The same trace with its names in order of first use, if it still fails: most bugs do not care what things are called. */
function* withNames(violation: Violation): Reduction {
  const found: Violation | null = yield renamed(violation.moves);
  return found ?? violation;
}
