// When a random state lies in a scope that check has closed: whatever uses no more than the scope has is reachable in it. Counted, not argued.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Chooser,
  initial,
  type Move,
  movesOf,
  own,
  type ProfileName,
  profileNames,
  profiles,
  ROOT,
  type Scope,
  type State,
  step,
} from '../model/index.ts';

/** Section 10's identity of a contract state, as text. */
function identity({ containers, tasks }: State): string {
  const owners = [...containers].map(
    ([id, c]) => `${id}:${c.limit}:${[...c.active, ...c.inactive].sort().join()}`,
  );
  const mappers = [...tasks].map(
    ([id, t]) => `${id}:${t.container}:${[...t.maps].sort().join()}:${[...t.pins].sort().join()}`,
  );
  return `${owners.sort().join(' ')} | ${mappers.sort().join(' ')}`;
}

/** Every outcome of a move that the contract allows: choices are tried out like the digits of a number. */
function outcomes(state: State, move: Move): State[] {
  const found: State[] = [];
  for (let digits: number[] | null = []; digits !== null; ) {
    const radices: number[] = [];
    const given: readonly number[] = digits;
    const digit = (radix: number): number => {
      radices.push(radix);
      return given[radices.length - 1] ?? 0;
    };
    const choose: Chooser = {
      reclaim: (now, _c, candidates) => {
        if (candidates.length === 0) return { pages: [], state: now };
        const set = 1 + digit(2 ** candidates.length - 1);
        return { pages: candidates.filter((_, i) => set & (1 << i)), state: now };
      },
      victim: (_now, _c, candidates) => candidates[digit(candidates.length)],
    };
    found.push(step(state, move, choose).state);
    const tried: number[] = radices.map((_, i) => given[i] ?? 0);
    while (tried.length > 0 && (tried.at(-1) as number) + 1 === radices[tried.length - 1]) tried.pop();
    if (tried.length === 0) digits = null;
    else digits = [...tried.slice(0, -1), (tried.at(-1) as number) + 1];
  }
  return found;
}

function reachable(scope: Scope, profile: ProfileName): Map<string, State> {
  const first = initial(profiles[profile]);
  const seen = new Map([[identity(first), first]]);
  for (const state of seen.values()) {
    for (const move of movesOf(scope)) {
      for (const next of outcomes(state, move)) {
        const key = identity(next);
        if (!seen.has(key)) seen.set(key, next);
      }
    }
  }
  return seen;
}

/** How many states fit into a scope: each mapped page has an owner among the containers, each task a container, a page or more, or none. */
function howManyFit({ containers, tasks, pages, limit }: Scope): number {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  let sum = 1;
  for (let c = 1; c <= containers; c++) {
    let inThem = 0;
    for (let t = 0; t <= tasks; t++) {
      const ofAPage = 1 + (3 ** t - 1) * c;
      inThem += choose(tasks, t) * c ** t * ofAPage ** pages;
    }
    sum += choose(containers, c) * (limit + 2) ** c * inThem;
  }
  return sum;
}

test('of the published scopes as many states are reachable as fit', () => {
  const of = (containers: number, tasks: number, pages: number, limit: number) =>
    howManyFit({ containers, tasks, pages, limit });
  assert.equal([of(1, 1, 1, 1), of(1, 2, 2, 2), of(2, 2, 2, 2)], [13, 401, 20_913]);
});

const scope = { containers: 2, tasks: 1, pages: 1, limit: 1 };
const larger = { containers: 2, tasks: 1, pages: 2, limit: 1 };

for (const profile of profileNames) {
  test(`${profile}: what a larger world leads to and uses no more, the smaller one leads to as well`, () => {
    const small = reachable(scope, profile);
    const rootOwns = ({ containers }: State) => {
      const root = containers.get(ROOT);
      return root !== undefined && own(root) > 0;
    };
    let fitting = 0;
    let outside = 0;
    for (const [key, state] of reachable(larger, profile)) {
      const mapped = new Set([...state.tasks.values()].flatMap(({ maps }) => maps));
      if (mapped.has(1) || rootOwns(state)) continue;
      fitting++;
      if (!small.has(key)) outside++;
    }
    assert.ok(fitting > 30, `${fitting}`);
    assert.is(outside, 0);
    if (profile === 'letter') assert.is(small.size, howManyFit(scope));
  });
}

test.run();
