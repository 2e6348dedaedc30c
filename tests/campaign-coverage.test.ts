// What a campaign counts as seen: hashes that tell states apart and nothing else, and samples whose order is nothing.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BEYOND, fits, HASH_BITS, Hasher, usesOf } from '../campaign/hash.ts';
import { Collector, mergeSamples, noSample, type Sample } from '../campaign/sample.ts';
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

const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => p.toSpliced(i, 0, n - 1)));

/** The least of all renamings' texts: a canonical form by brute force. */
function canonical(state: State, scope: Scope, view: View): string {
  let least = '';
  for (const c of permutations(scope.containers)) {
    for (const t of permutations(scope.tasks)) {
      for (const p of permutations(scope.pages)) {
        const text = identity(viewOfState(renamed(state, c, t, p), view));
        if (least === '' || text < least) least = text;
      }
    }
  }
  return least;
}

function renamed(state: State, c: number[], t: number[], p: number[]): State {
  const container = (id: number) => (id < 0 ? id : c[id]);
  const pages = (list: readonly number[]) => list.map((page) => p[page]);
  return {
    ...state,
    containers: new Map(
      [...state.containers].map(([id, one]) => [
        container(id),
        { ...one, active: pages(one.active), inactive: pages(one.inactive) },
      ]),
    ),
    tasks: new Map(
      [...state.tasks].map(([id, task]) => [
        t[id],
        { container: container(task.container), maps: pages(task.maps), pins: pages(task.pins) },
      ]),
    ),
    referenced: pages(state.referenced),
  };
}

for (const [text, scope, states] of [
  ['1/2/2/2', { containers: 1, tasks: 2, pages: 2, limit: 2 }, 4385],
  ['2/2/1/1', { containers: 2, tasks: 2, pages: 1, limit: 1 }, 0],
  ['1/1/3/1', { containers: 1, tasks: 1, pages: 3, limit: 1 }, 0],
] as [string, Scope, number][]) {
  test(`scope ${text}: as many hashes as states, as many up to renaming as orbits, each orbit one hash`, () => {
    const all = reachable(scope);
    if (states > 0) assert.is(all.length, states);
    const view = new View(scope);
    const hasher = new Hasher();
    const hashes = new Set<number>();
    const orbits = new Map<string, number>();
    for (const state of all) {
      hasher.look(viewOfState(state, view));
      hashes.add(hasher.view);
      const { orbit } = hasher;
      const form = canonical(state, scope, view);
      assert.is(orbits.get(form) ?? orbit, orbit);
      orbits.set(form, orbit);
    }
    assert.is(hashes.size, all.length);
    assert.is(new Set(orbits.values()).size, orbits.size);
    assert.ok(orbits.size < all.length);
  });
}

test('a view with more room is the same view', () => {
  const scope = { containers: 2, tasks: 2, pages: 2, limit: 2 };
  const small = new View({ containers: 1, tasks: 2, pages: 2 });
  const large = new View({ containers: 8, tasks: 12, pages: 48 });
  const [a, b] = [new Hasher(), new Hasher()];
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
    a.look(viewOfState(state, small));
    b.look(viewOfState(state, large));
    assert.equal([a.view, a.orbit, a.uses], [b.view, b.orbit, b.uses]);
  }
  assert.equal(usesOf(a.uses), { containers: 1, tasks: 1, pages: 2, limit: 2 });
  assert.ok(fits(usesOf(a.uses), scope));
  assert.not.ok(fits(usesOf(a.uses), { ...scope, limit: 1 }));
  assert.not.ok(fits(usesOf(BEYOND), scope));
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
  for (const [k, run] of runs.entries()) {
    collector.nextRun(k % 3);
    for (const hash of run) collector.see(hash, hash % 7);
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
    const armless = ({ level, entries }: Sample) => ({ level, entries: entries.map((e) => e.slice(0, 4)) });
    const orders = [parts, [...parts].reverse(), [3, 1, 7, 0, 5, 2, 6, 4].map((k) => parts[k])];
    for (const order of orders) {
      const pairs = [mergeSamples(order.slice(0, 5), most), mergeSamples(order.slice(5), most)];
      assert.equal(mergeSamples(order, most), mergeSamples(parts, most));
      assert.equal(mergeSamples(pairs, most), mergeSamples(parts, most));
      assert.equal(armless(mergeSamples([noSample, ...order], most)), armless(whole));
    }
  });
}

test('a sample of one in 2^level has the counts of the whole, and stands for about as many', () => {
  const whole = new Map(collected(runs, 10_000).entries.map((entry) => [entry[0], entry]));
  const part = collected(runs, 10_000, 2);
  assert.ok(part.entries.length > 0);
  for (const entry of part.entries) assert.equal(entry, whole.get(entry[0]));
  const ratio = (part.entries.length * 4) / whole.size;
  assert.ok(ratio > 0.6 && ratio < 1.6, `${ratio}`);
});

test.run();
