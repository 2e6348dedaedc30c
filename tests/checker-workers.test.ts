// Worker threads over one shared table: the same counts and the same shortest counterexample as one thread, and honest failures.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, ModelDefect, OptionError, type Report, WorkerDied } from '../checker/index.ts';
import { commit, grid, trap } from './checker-models.ts';

const module = new URL('./checker-models.ts', import.meta.url).href;

const numbers = ({ verdict, states, transitions, refused, depth, levels, claims, coverage }: Report) => ({
  verdict,
  states,
  transitions,
  refused,
  depth,
  levels,
  claims,
  coverage,
});

test('two-phase commit with 5 managers: one thread and three agree in every number, and all have worked', async () => {
  const args = { managers: 5 };
  const one = await check(commit(args));
  const three = await check(commit(args), {
    workers: 3,
    awaitWorkers: true,
    spec: { module, export: 'commit', args },
  });
  assert.is(one.states, 8832);
  assert.equal(numbers(three), numbers(one));
  assert.is(three.shares.length, 3);
  assert.ok(
    three.shares.every((share) => share > 0),
    `shares ${three.shares}`,
  );
  assert.is(
    three.shares.reduce((a, b) => a + b),
    three.states,
  );
});

test('on the packed twin, over many growths of the table', async () => {
  const args = { n: 5, top: 9 };
  const { model, twin } = grid(args);
  const report = await check(model, {
    twin,
    workers: 2,
    awaitWorkers: true,
    spec: { module, export: 'grid', args },
  });
  assert.is(report.engine, 'twin');
  assert.is(report.states, 10 ** 5);
  assert.is(report.transitions, 5 * 10 ** 5);
  assert.is(report.depth, 45);
  assert.is(
    report.shares.reduce((a, b) => a + b),
    report.states,
  );
});

test('the counterexample is as short, and ends in the same state', async () => {
  const args = { n: 4, top: 11, bad: 8 };
  const { model, twin } = grid(args);
  for (const workers of [1, 2]) {
    const report = await check(model, {
      twin,
      workers,
      awaitWorkers: true,
      spec: { module, export: 'grid', args },
    });
    assert.is(report.counterexample!.trace.length, 32);
    assert.is(report.counterexample!.trace.at(-1)!.show, '8 8 8 8');
  }
});

test('a defect met in a worker is named as in one thread', async () => {
  const args = { n: 5, top: 6 };
  for (const workers of [1, 2]) {
    const error = await check(trap(args), {
      workers,
      awaitWorkers: true,
      spec: { module, export: 'trap', args },
    }).catch((e) => e);
    assert.instance(error, ModelDefect);
    assert.is(error.message, 'the effect throws: sprung, at move step(0), in state 6 6 6 6 6');
  }
});

test('a model that workers cannot find, or that is another one there, ends the search', async () => {
  const args = { managers: 5 };
  const run = (spec: object) =>
    check(commit(args), {
      workers: 2,
      awaitWorkers: true,
      spec: { module, export: 'commit', args, ...spec },
    }).catch((e) => e);
  const missing = await run({ export: 'comit' });
  assert.instance(missing, WorkerDied);
  assert.match(missing.message, 'no function comit');
  const other = await run({ args: { managers: 4 } });
  assert.instance(other, WorkerDied);
  assert.match(other.message, 'another model');
  const without = await check(commit(args), { workers: 2 }).catch((e) => e);
  assert.instance(without, OptionError);
});

test.run();
