// The packed twins equal the readable models: on every reachable state of small scopes, in every profile, the same successors, each as often.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, ModelDefect, type PackedTwin } from '../checker/index.ts';
import { type ProfileName, profileNames, type Scope } from '../model/index.ts';
import { type Asked, controllerModel, type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';

/** Between them: two of each, three pages (two words packed), a limit that can be passed by one and by two. */
const scopes: Scope[] = [
  { containers: 1, tasks: 2, pages: 2, limit: 2 },
  { containers: 2, tasks: 1, pages: 2, limit: 1 },
  { containers: 1, tasks: 1, pages: 3, limit: 2 },
  { containers: 2, tasks: 2, pages: 1, limit: 1 },
];

/** States of these scopes by model and profile: other scopes and profiles than the table of SEMANTICS, pinned. */
const states: Record<ModelKind, Record<ProfileName, number[]>> = {
  contract: {
    letter: [401, 520, 113, 898],
    'v3.1': [401, 520, 113, 898],
    'linux-v1': [233, 688, 59, 1_066],
    'linux-v2': [233, 1_048, 59, 1_330],
  },
  lru: {
    letter: [4_385, 2_296, 2_301, 1_690],
    'v3.1': [4_385, 2_296, 3_453, 2_746],
    'linux-v1': [3_761, 9_128, 2_193, 3_946],
    'linux-v2': [1_985, 12_504, 837, 4_474],
  },
};

/** Scopes this small have a twin. */
function both(asked: Asked) {
  const { model, twin } = modelAndTwin(asked);
  if (!twin) throw new Error('no twin');
  return { model, twin };
}

for (const kind of ['contract', 'lru'] as const) {
  for (const profile of profileNames) {
    test(`${kind} ${profile}: words and specification agree on every state`, async () => {
      const found: number[] = [];
      for (const scope of scopes) {
        const { model, twin } = both({ kind, profile, scope });
        const report = await check(model, { twin, claims: [], proveTwin: true });
        assert.ok(report.twinProved);
        found.push(report.states);
      }
      assert.equal(found, states[kind][profile]);
    });

    test(`${kind} ${profile}: the images of packed states are the images of readable ones`, () => {
      for (const scope of scopes) sameImages({ kind, profile, scope });
    });
  }
}

/** Walks some states and compares every renaming of each in both forms. */
function sameImages(asked: Asked): void {
  const { model, twin } = both(asked);
  const symmetries = model.symmetries ?? [];
  assert.is(twin.images, symmetries.length);
  const words = new Uint32Array(model.width);
  const ours = new Uint32Array(model.width);
  const theirs = new Uint32Array(model.width);
  let frontier: Uint32Array[] = [words.slice()];
  for (let depth = 0; depth < 6; depth++) {
    const next: Uint32Array[] = [];
    for (const state of frontier) {
      symmetries.forEach((symmetry, s) => {
        model.pack(symmetry(model.unpack(state, 0)), ours, 0);
        twin.image?.(state, 0, theirs, s);
        assert.equal(theirs, ours);
      });
      twin.successors(state, 0, words, () => next.push(words.slice()));
    }
    frontier = next.filter((_, i) => i % Math.ceil(next.length / 40) === 0);
  }
}

test('a twin that is wrong in one place is found out', async () => {
  const asked: Asked = { kind: 'lru', profile: 'letter', scope: scopes[0] };
  const { twin } = both(asked);
  const model = controllerModel(asked);
  const evict = model.moves.findIndex(({ name }) => name === 'evict');
  const wrong: PackedTwin = {
    width: twin.width,
    initial: (words, at) => twin.initial(words, at),
    successors: (words, at, out, emit) =>
      twin.successors(words, at, out, (move) => {
        if (move === evict) out.set(words.subarray(at, at + twin.width));
        emit(move);
      }),
  };
  try {
    await check(model, { twin: wrong, claims: [], proveTwin: true });
    assert.unreachable('the wrong twin passed');
  } catch (error) {
    assert.instance(error, ModelDefect);
    assert.match((error as Error).message, 'the twin differs');
    assert.match((error as Error).message, 'evict');
  }
});

test.run();
