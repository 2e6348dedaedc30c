// What a campaign counts as seen: hashes that tell states apart and nothing else, and samples whose order is nothing.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HASH_BITS, hashOf } from '../campaign/hash.ts';
import { Collector, mergeSamples, type Sample } from '../campaign/sample.ts';
import { initial, lru, type Move, movesOf, profiles, type Scope, type State, step } from '../model/index.ts';
import { View, viewOfState } from '../properties/view/view.ts';

/** Every state of the LRU spec in a scope, by a plain breadth-first walk: no part of the checker. */
function reachable(scope: Scope, profile = profiles.letter): State[] {
  const view = new View(scope);
  const moves: Move[] = movesOf(scope);
  const seen = new Map<string, State>();
  const key = (state: State) => identity(viewOfState(state, view));
  const first = initial(profile);
  seen.set(key(first), first);
  for (const state of seen.values()) {
    for (const move of moves) {
      const next = step(state, move, lru).state;
      const k = key(next);
      if (!seen.has(k)) seen.set(k, next);
    }
  }
  return [...seen.values()];
}

/** Section 10's identity as text: the whole view without the two counters of history. */
function identity(view: View): string {
  view.failcnt.fill(0);
  view.reclaims.fill(0);
  return view.words.join();
}

for (const [text, scope, states] of [
  ['1/2/2/2', { containers: 1, tasks: 2, pages: 2, limit: 2 }, 4385],
  ['2/2/1/1', { containers: 2, tasks: 2, pages: 1, limit: 1 }, 0],
  ['1/1/3/1', { containers: 1, tasks: 1, pages: 3, limit: 1 }, 0],
] as [string, Scope, number][]) {
  test(`scope ${text}: as many hashes as states`, () => {
    const all = reachable(scope);
    if (states > 0) assert.is(all.length, states);
    const view = new View(scope);
    assert.is(new Set(all.map((state) => hashOf(viewOfState(state, view)))).size, all.length);
  });
}

test('a view with more room is the same view', () => {
  const small = new View({ containers: 1, tasks: 2, pages: 2 });
  const large = new View({ containers: 8, tasks: 12, pages: 48 });
  const moves: Move[] = [
    ['mkdir', 0],
    ['setLimit', 0, 2],
    ['spawn', 1, 0],
    ['touch', 1, 0],
    ['touch', 1, 1],
    ['pin', 1, 0],
  ];
  let state = initial(profiles.letter);
  for (const move of moves) {
    state = step(state, move, lru).state;
    assert.is(hashOf(viewOfState(state, small)), hashOf(viewOfState(state, large)));
  }
});

/** Runs of things seen, most of them seldom. */
function madeUpRuns(count: number): number[][] {
  let x = 1;
  const random = () => (x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b1) >>> 0;
  const hash = (id: number) => (Math.imul(id + 1, 0x9e3779b1) >>> 0) * 2 ** (HASH_BITS - 32) + id;
  return Array.from({ length: count }, () =>
    Array.from({ length: 20 }, () => hash(Math.floor(1000 * (random() / 2 ** 32) ** 3))),
  );
}

function collected(runs: readonly number[][], most: number, level = 0): Sample {
  const collector = new Collector(level, most);
  for (const run of runs) {
    collector.nextRun();
    for (const hash of run) collector.see(hash);
  }
  return collector.sample();
}

const runs = madeUpRuns(120);
for (const most of [10_000, 100, 7]) {
  test(`samples of at most ${most} merge in any order and grouping to what one collector sees`, () => {
    const whole = collected(runs, most);
    assert.ok(whole.entries.length <= most);
    assert.is(whole.level > 0, most < 10_000);
    const parts = Array.from({ length: 8 }, (_, k) => collected(runs.slice(k * 15, k * 15 + 15), most));
    const orders = [parts, [...parts].reverse(), [3, 1, 7, 0, 5, 2, 6, 4].map((k) => parts[k])];
    for (const order of orders) {
      const pairs = [mergeSamples(order.slice(0, 5), most), mergeSamples(order.slice(5), most)];
      assert.equal(mergeSamples(order, most), mergeSamples(parts, most));
      assert.equal(mergeSamples(pairs, most), mergeSamples(parts, most));
      assert.equal(mergeSamples([mergeSamples([]), ...order], most), whole);
    }
  });
}

test('a sample of one in 2^level has the counts of the whole, and stands for about as many', () => {
  const whole = new Map(collected(runs, 10_000).entries.map((entry) => [entry[0], entry]));
  const part = collected(runs, 10_000, 2);
  assert.ok(part.entries.length > 0);
  for (const entry of part.entries) assert.equal(entry, whole.get(entry[0]));
  assert.equal([whole.size, part.entries.length], [735, 187]);
});

test.run();
