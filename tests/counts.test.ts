// The states of the small scopes, counted by a plain breadth-first loop, equal the tables of SEMANTICS sections 10 (flat) and 11 (nested).

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Chooser,
  initial,
  lru,
  movesOf,
  type ProfileName,
  profiles,
  ROOT,
  type State,
  step,
} from '../model/index.ts';
import { nested, type Row } from './nested-counts.ts';

interface Counts {
  states: number;
  transitions: number;
  refused: number;
  depth: number;
  /** Transitions that end KILLED; and the mapped pages after each transition, added up. */
  killed: number;
  mapped: number;
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

function count(model: 'contract' | 'lru', scope: string, profile: ProfileName, nested: boolean): Counts {
  const [containers, tasks, pages, limit] = scope.split('/').map(Number);
  const moves = movesOf({ containers, tasks, pages, limit }, nested);
  const identity = model === 'lru' ? lruKey : contractKey;
  const first = initial(profiles[profile]);
  const seen = new Set([identity(first)]);
  const counts = { states: 1, transitions: 0, refused: 0, depth: 0, killed: 0, mapped: 0 };
  let frontier = [first];
  while (frontier.length > 0) {
    const found: State[] = [];
    const visit = (state: State) => {
      counts.transitions++;
      counts.mapped += new Set([...state.tasks.values()].flatMap(({ maps }) => maps)).size;
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
          // A lowering that ends EBUSY may have changed the lists: a transition, too.
          const lowered = next.outcome === 'EBUSY' && move[0] === 'setLimit';
          if (next.outcome === 'ok' || next.outcome === 'KILLED' || lowered) visit(next.state);
          else counts.refused++;
          if (next.outcome === 'KILLED') counts.killed++;
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
    ([c, { parent, limit, active, inactive }]) =>
      `${c}^${parent}<${limit}:${sorted([...active, ...inactive])}`,
  );
  return sorted(of) + tasksKey(state);
}

function lruKey(state: State): string {
  const of = [...state.containers].map(
    ([c, { parent, limit, active, inactive }]) => `${c}^${parent}<${limit}:${active}|${inactive}`,
  );
  return sorted(of) + tasksKey(state) + sorted(state.referenced);
}

const flat: Record<'contract' | 'lru', Record<string, Row>> = {
  contract: { '1/1/1/1': [13, 92, 90, 5], '1/2/2/2': [401, 8_623, 7_914, 10] },
  lru: { '1/1/1/1': [19, 146, 120, 6], '1/2/2/2': [4_385, 96_863, 82_922, 16] },
};

/** What the plain loop takes seconds for is counted by hand only: the whole table was. */
const LOOP = 60_000;

for (const model of ['contract', 'lru'] as const) {
  for (const [scope, [states, transitions, refused, depth]] of Object.entries(flat[model])) {
    test(`${model} ${scope}: ${states} states, as an independent program found`, () => {
      const { killed: _, mapped: __, ...found } = count(model, scope, 'letter', false);
      assert.equal(found, { states, transitions, refused, depth });
    });
  }

  for (const profile of ['linux-v1', 'linux-v2'] as const) {
    for (const [scope, row] of Object.entries(nested[model][profile] ?? {})) {
      const [states, transitions, refused, depth, killed, mapped] = row;
      if (transitions > LOOP) continue;
      test(`${model} ${profile} ${scope}, nested: ${states} states, as an independent program found`, () => {
        const found = count(model, scope, profile, true);
        assert.equal(found, { states, transitions, refused, depth, killed, mapped });
      });
    }
  }
}

test('with every container under the root, the nested rules are the flat ones', () => {
  const { states, transitions, depth } = count('lru', '2/1/2/1', 'linux-v1', false);
  assert.equal([states, transitions, depth], [9_128, 158_886, 19]);
  const v2 = count('lru', '2/1/2/1', 'linux-v2', false);
  assert.equal([v2.states, v2.transitions, v2.depth], [12_504, 218_342, 20]);
});

test('the root container is there from the start exactly in the linux profiles', () => {
  assert.is(initial().containers.has(ROOT), false);
});

test.run();
