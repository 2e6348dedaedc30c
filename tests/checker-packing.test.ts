// What a packing may leave out, and what it may not: history is no part of a state, a sign that matters is.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Model, ModelDefect, type Move } from '../checker/index.ts';
import { drawer } from './checker-models.ts';
import { counters, type Vector, with1 } from './checker-toys.ts';

/** A lock that names its holder; nobody is -1, which a word gives back as 4294967295. */
const holder: Model<{ readonly holder: number }> = {
  name: 'holder',
  initial: () => [{ holder: -1 }],
  moves: ['take', 'drop'].map((name) => ({ name, args: [] })),
  guard: ({ holder }, { name }) => ((holder === -1) === (name === 'take') ? null : 'not now'),
  effect: (_state, { name }) => ({ state: { holder: name === 'take' ? 0 : -1 } }),
  width: 1,
  pack: ({ holder }, words, at) => {
    words[at] = holder;
  },
  unpack: (words, at) => ({ holder: words[at]! }),
  claims: [],
};

test('nobody is -1, and comes back as 4294967295', async () => {
  const error = await check(holder).catch((e) => e);
  assert.instance(error, ModelDefect);
  assert.match(
    error.message,
    'the packing loses what matters: take() is enabled, in the state unpacked refused',
  );
  const signed = { ...holder, unpack: (words: Uint32Array, at: number) => ({ holder: words[at]! | 0 }) };
  assert.is((await check(signed)).states, 2);
});

/** What a value is, and the value that a packing makes of it, the same each time it is packed. */
const losses: readonly {
  readonly what: string;
  readonly value: number;
  readonly comes: (x: number) => number;
}[] = [
  { what: 'a sign', value: -1, comes: (x) => x >>> 0 },
  { what: 'a sign, by its size', value: -3, comes: Math.abs },
  { what: 'a fraction', value: 1.5, comes: Math.trunc },
  { what: 'what is beyond 4 bits', value: 19, comes: (x) => x & 15 },
  { what: 'what is beyond 32 bits', value: 2 ** 32 + 2, comes: (x) => x >>> 0 },
  { what: 'no number', value: Number.NaN, comes: (x) => x >>> 0 },
  { what: 'what is beyond a bound', value: 12, comes: (x) => Math.min(x, 3) },
];

/**
 * Counters that a random walk moves about; one place is given the special value by one move, some moves after the start. The next move of
 * that place goes by a table: what it does to the special value differs from what it does to the value that comes back.
 */
function lossy(seed: number, { value, comes }: (typeof losses)[number], places: number): Model<Vector> {
  const draw = drawer(seed);
  const at = draw(places);
  const after = 1 + draw(3);
  const base = counters(places, 3, true);
  const back = comes(value);
  const refuses = draw(2) === 0;
  const isSpecial = (state: Vector) => Object.is(state[at], value);
  return {
    ...base,
    name: `lossy ${seed}`,
    moves: [...base.moves, { name: 'set', args: [] }],
    guard: (state, { name }) => {
      if (name === 'set')
        return state.every((x, k) => k === at || x >= Math.min(after, 2)) ? null : 'too early';
      return refuses && isSpecial(state) ? 'the value is special' : null;
    },
    effect: (state, move: Move) => {
      if (move.name === 'set') return { state: with1(state, at, value) };
      const k = Number(move.args[0]);
      const from = k === at && isSpecial(state) ? back : state[k]!;
      return { state: with1(state, k, (from + (isSpecial(state) ? 2 : 1)) % 4) };
    },
    pack: (state, words, from) => words.set(state.map(comes), from),
  };
}

test('random packings that lose a sign, a fraction, high bits, NaN: each is found, whichever engine visits first', async () => {
  for (const loss of losses) {
    for (let seed = 1; seed <= 12; seed++) {
      const error = await check(lossy(seed, loss, 1 + (seed % 3))).catch((e) => e);
      assert.instance(error, ModelDefect, `${loss.what}, seed ${seed}: no defect`);
      assert.match(error.message, 'the packing loses what matters', `${loss.what}, seed ${seed}`);
    }
  }
});

test('what is lost matters only some moves later: found by runs of the model that are never unpacked', async () => {
  interface Tired {
    readonly at: number;
    readonly taken: number;
  }
  const tired: Model<Tired> = {
    name: 'tired',
    initial: () => [{ at: 0, taken: 0 }],
    moves: [{ name: 'go', args: [] }],
    guard: ({ taken }) => (taken >= 5 ? 'tired' : null),
    effect: ({ at, taken }) => ({ state: { at: (at + 1) % 9, taken: taken + 1 } }),
    width: 1,
    pack: ({ at }, words, place) => {
      words[place] = at;
    },
    unpack: (words, place) => ({ at: words[place]!, taken: 0 }),
    claims: [],
  };
  const error = await check(tired).catch((e) => e);
  assert.match(error.message, 'go() is refused (tired), in the state unpacked enabled');
});

test('what is lost only where no short run comes: found in the states that are sampled', async () => {
  const [DEEP, ROW] = [40, 16];
  const deep: Model<{ readonly at: number; readonly depth: number; readonly holder: number }> = {
    name: 'deep',
    initial: () => [{ at: 0, depth: 0, holder: 0 }],
    moves: ['deeper', 'aside', 'use'].map((name) => ({ name, args: [] })),
    guard: ({ depth, holder }, { name }) =>
      name === 'deeper' ? (depth < DEEP ? null : 'deep') : name === 'aside' || holder === -1 ? null : 'held',
    // From 30 moves deep on nobody is -1, and a word gives it back as 4294967295.
    effect: ({ at, depth, holder }, { name }) =>
      name === 'deeper'
        ? { state: { at, depth: depth + 1, holder: depth < 30 ? 0 : -1 } }
        : { state: { at: name === 'aside' ? (at + 1) % ROW : at, depth, holder } },
    width: 2,
    pack: ({ at, depth, holder }, words, place) => words.set([at + ROW * depth, holder], place),
    unpack: (words, place) => ({
      at: words[place]! % ROW,
      depth: Math.floor(words[place]! / ROW),
      holder: words[place + 1]!,
    }),
    claims: [],
  };
  const error = await check(deep).catch((e) => e);
  assert.match(error.message, 'use() is enabled, in the state unpacked refused (held)');
});

test('history may be left out: a count of moves that nothing asks for', async () => {
  interface Counted {
    readonly at: Vector;
    readonly moves: number;
    readonly last: string;
  }
  const base = counters(3, 3, true);
  const counted: Model<Counted> = {
    name: 'counted',
    moves: base.moves,
    width: base.width,
    initial: () => [{ at: [0, 0, 0], moves: 0, last: '' }],
    guard: ({ at }, move) => base.guard(at, move),
    effect: ({ at, moves }, move, choose) => {
      const { state } = base.effect(at, move, choose);
      return { state: { at: state, moves: moves + 1, last: move.name }, outcome: `after ${moves}` };
    },
    pack: ({ at }, words, place) => base.pack(at, words, place),
    unpack: (words, place) => ({ at: base.unpack(words, place), moves: 0, last: '' }),
    claims: [],
  };
  assert.is((await check(counted)).states, 64);
});

test.run();
