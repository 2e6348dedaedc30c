// Partial-order reduction: fewer states, the same verdicts and deadlocks, and no move put off for ever.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Model, ModelDefect, replay } from '../checker/index.ts';
import { counters, never, type Vector } from './checker-toys.ts';

/** Counters do not touch each other: those of the first that can move are ample, if the claims look at another. */
const withAmple = (model: Model<Vector>, seen: readonly number[] = []): Model<Vector> => ({
  ...model,
  ample: (_state, enabled) => {
    const unseen = enabled.find((m) => !seen.includes(m));
    return unseen === undefined ? null : [unseen];
  },
});

test('independent counters: one run instead of all interleavings, and the same deadlock', async () => {
  const model = { ...withAmple(counters(4, 5, false)), mayEnd: (s: Vector) => s.every((x) => x === 5) };
  const full = await check(model);
  const reduced = await check(model, { reduction: true });
  assert.is(full.states, 6 ** 4);
  assert.is(reduced.states, 4 * 5 + 1);
  assert.is(reduced.verdict, 'holds');
  assert.equal(reduced.reduction, { reduced: 15, enabled: 50, expanded: 20 });
  assert.is(full.reduction, null);
  const stuck = await check({ ...model, mayEnd: () => false }, { reduction: true });
  assert.is(stuck.counterexample!.claim, 'NoDeadlock');
  assert.is(stuck.counterexample!.trace.length, 20);
});

test('a counter that runs in a circle does not put off the others for ever', async () => {
  const claims = [never('Last', (s) => s[2] === 3)];
  const model = withAmple(counters(3, 4, true, claims), [2]);
  const reduced = await check(model, { reduction: true });
  assert.is(reduced.verdict, 'violated');
  assert.is(replay(model, 0, reduced.counterexample!.trace).at(-1)![2], 3);
  const all = await check(model, { reduction: true, keepGoing: true });
  assert.ok(all.reduction!.reduced > 0 && all.transitions < 3 * 5 ** 3, JSON.stringify(all.reduction));
});

test('a model with nothing to reduce is searched in full', async () => {
  const model = withAmple(counters(3, 3, true), [0, 1, 2]);
  const { states, reduction } = await check(model, { reduction: true });
  assert.is(states, 64);
  assert.equal(reduction, { reduced: 0, enabled: 192, expanded: 192 });
});

test('without the option `ample` is not asked', async () => {
  const model: Model<Vector> = {
    ...counters(3, 3, true),
    ample: () => {
      throw new Error('asked');
    },
  };
  assert.is((await check(model)).states, 64);
});

test('a set that is empty or not enabled is a defect; symmetry and temporal claims are refused', async () => {
  const model = counters(2, 2, false);
  const refused = async (changes: object, what: string, options = {}) => {
    const error = await check({ ...model, ...changes }, { reduction: true, ...options }).catch((e) => e);
    assert.match(error.message, what);
    return error;
  };
  assert.instance(await refused({ ample: () => [] }, 'ample gives no move'), ModelDefect);
  assert.instance(
    await refused({ ample: () => [0] }, 'ample gives move number 0, which is not enabled'),
    ModelDefect,
  );
  await refused({ ample: () => null, symmetries: [(s: Vector) => s] }, 'not together with symmetry', {
    symmetry: true,
  });
  const claim = { kind: 'temporal', name: 'T', claim: 't', pending: () => false, fair: () => null };
  await refused({ ample: () => null, claims: [claim] }, 'claim T is temporal');
});

test.run();
