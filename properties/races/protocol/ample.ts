// The reduction: of the threads, a group whose next steps nobody outside the group can ever interfere with goes first, alone.

import type { Move } from '../../../checker/index.ts';
import type { Scope, State } from '../../../model/protocol/index.ts';
import { conflict, type Footprint, footprints, union } from './footprint.ts';

/**
 * A persistent set for each state: the enabled moves of the smallest closed group of threads, or null if that is everybody. A group is closed if
 * no thread outside it may, in all the rest of its life, touch what a thread inside would touch next. So every order of dependent steps
 * is still explored, one representative of each; and since begins and ends of operations depend on each other, so is every state at rest and
 * every history.
 */
export function ampleOf(scope: Scope, moves: readonly Move[]) {
  const { now, ever } = footprints(scope);
  const threads = scope.threads.map((_, k) => k);
  const threadOf = moves.map(({ args }) => Number(String(args[0]).slice(1)));

  return (state: State, enabled: readonly number[]): readonly number[] | null => {
    const able = new Set(enabled.map((m) => threadOf[m]));
    if (able.size < 2) return null;
    const next = threads.map((k) => now(state, k));
    const rest = threads.map((k) => ever(state, k));
    let best: readonly number[] | null = null;
    for (const seed of able) {
      const group = closed(seed, next, rest);
      if (group.size === threads.length) continue;
      const chosen = enabled.filter((m) => group.has(threadOf[m]));
      if (chosen.length < (best ?? enabled).length) best = chosen;
    }
    return best;
  };
}

function closed(seed: number, next: readonly Footprint[], rest: readonly Footprint[]): Set<number> {
  const group = new Set([seed]);
  const touched: Footprint = { ...next[seed] };
  for (let grown = true; grown; ) {
    grown = false;
    for (const [j, footprint] of rest.entries()) {
      if (group.has(j) || !conflict(touched, footprint)) continue;
      group.add(j);
      union(touched, next[j]);
      grown = true;
    }
  }
  return group;
}
