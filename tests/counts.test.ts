// The states of the small scopes, counted by a plain breadth-first loop, equal the table of SEMANTICS section 10.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Chooser, initial, lru, movesOf, ROOT, type State, step } from '../model/index.ts';

interface Counts {
  states: number;
  transitions: number;
  refused: number;
  depth: number;
}

/** A chooser that follows a list of choices, extends it with first ones, and remembers how many there were at each. */
function scripted(path: number[], sizes: number[]): Chooser {
  const pick = (count: number): number => {
    const at = sizes.length;
    sizes.push(count);
    if (at === path.length) path.push(0);
    return path[at];
  };
  return {
    reclaim(state, _c, candidates) {
      if (candidates.length === 0) return { pages: [], state };
      const subset = pick(2 ** candidates.length - 1) + 1;
      return { pages: candidates.filter((_, i) => subset & (1 << i)), state };
    },
    victim: (_state, _c, candidates) => candidates[pick(candidates.length)],
  };
}

/** The next choices in order, or false after the last. */
function advance(path: number[], sizes: number[]): boolean {
  path.length = sizes.length;
  while (path.length > 0 && path[path.length - 1] + 1 === sizes[path.length - 1]) {
    path.pop();
    sizes.pop();
  }
  if (path.length === 0) return false;
  path[path.length - 1]++;
  return true;
}

function count(model: 'contract' | 'lru', [containers, tasks, pages, limit]: number[]): Counts {
  const moves = movesOf({ containers, tasks, pages, limit });
  const identity = model === 'lru' ? lruKey : contractKey;
  const seen = new Set([identity(initial())]);
  const counts = { states: 1, transitions: 0, refused: 0, depth: 0 };
  let frontier = [initial()];
  while (frontier.length > 0) {
    const found: State[] = [];
    const visit = (state: State) => {
      counts.transitions++;
      const key = identity(state);
      if (seen.has(key)) return;
      seen.add(key);
      found.push(state);
    };
    for (const state of frontier) {
      for (const move of moves) {
        const path: number[] = [];
        for (;;) {
          const sizes: number[] = [];
          const next = step(state, move, model === 'lru' ? lru : scripted(path, sizes));
          if (next.outcome === 'ok' || next.outcome === 'KILLED') visit(next.state);
          else counts.refused++;
          if (!advance(path, sizes)) break;
        }
      }
    }
    if (found.length > 0) counts.depth++;
    counts.states += found.length;
    frontier = found;
  }
  return counts;
}

const sorted = (items: Iterable<unknown>) => JSON.stringify([...items].sort());

function tasksKey(state: State): string {
  return sorted(
    [...state.tasks].map(
      ([t, { container, maps, pins }]) => `${t}@${container}:${sorted(maps)}${sorted(pins)}`,
    ),
  );
}

function contractKey(state: State): string {
  const of = [...state.containers].map(
    ([c, { limit, active, inactive }]) => `${c}<${limit}:${sorted([...active, ...inactive])}`,
  );
  return sorted(of) + tasksKey(state);
}

function lruKey(state: State): string {
  const of = [...state.containers].map(
    ([c, { limit, active, inactive }]) => `${c}<${limit}:${active}|${inactive}`,
  );
  return sorted(of) + tasksKey(state) + sorted(state.referenced);
}

const table: [
  model: 'contract' | 'lru',
  scope: number[],
  states: number,
  transitions: number,
  refused: number,
  depth: number,
][] = [
  ['contract', [1, 1, 1, 1], 13, 92, 90, 5],
  ['contract', [1, 2, 2, 2], 401, 8_623, 7_914, 10],
  ['lru', [1, 1, 1, 1], 19, 146, 120, 6],
  ['lru', [1, 2, 2, 2], 4_385, 96_863, 82_922, 16],
];

for (const [model, scope, states, transitions, refused, depth] of table) {
  test(`${model} ${scope.join('/')}: ${states} states, as an independent program found`, () => {
    assert.equal(count(model, scope), { states, transitions, refused, depth });
  });
}

test('the root container is there from the start exactly in the linux profiles', () => {
  assert.is(initial().containers.has(ROOT), false);
});

test.run();
