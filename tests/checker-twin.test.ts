// The packed twin: the same numbers as the readable model, proved state by state on request, and every kind of difference named.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, ModelDefect, type PackedTwin } from '../checker/index.ts';
import { grid, gridTwin } from './checker-models.ts';
import { toy } from './checker-toys.ts';

test('the twin gives the same numbers, and the proof passes', async () => {
  const { model, twin } = grid({ n: 4, top: 5 });
  const readable = await check(model);
  const fast = await check(model, { twin, proveTwin: true });
  assert.equal([readable.engine, fast.engine, fast.twinProved], ['readable', 'twin', true]);
  for (const field of ['states', 'transitions', 'refused', 'depth', 'levels', 'coverage'] as const) {
    assert.equal(fast[field], readable[field], field);
  }
});

test('step claims need the readable model; state claims are judged on the twin as well', async () => {
  const { model, twin } = grid({ n: 2, top: 5, bad: 4 });
  const report = await check(model, { twin });
  assert.equal([report.engine, report.counterexample!.trace.length], ['twin', 8]);
  const step = {
    kind: 'step' as const,
    name: 'S',
    claim: 's',
    judge: () => ({ met: true, violation: null }),
  };
  assert.is((await check({ ...model, claims: [step] }, { twin })).engine, 'readable');
});

const TOP = 3;
const good = gridTwin(2, TOP);
const differ = (successors: PackedTwin['successors']): PackedTwin => ({ ...good, successors });

async function refused(twin: PackedTwin, what: string, move: string | null): Promise<void> {
  const { model } = grid({ n: 2, top: TOP });
  const error = await check(model, { twin, proveTwin: true }).catch((e) => e);
  assert.instance(error, ModelDefect, what);
  assert.match(error.message, what);
  assert.is(error.move, move);
}

test('a successor too many, too few, another one, another move, wrong refusals, a write, another start', async () => {
  await refused(
    differ((words, at, out, emit) => {
      good.successors(words, at, out, emit);
      if (words[at] === 2) emit(1);
      return 0;
    }),
    'the twin differs: 2 successors instead of 1',
    'step(1)',
  );
  await refused(
    differ((words, at, out, emit) =>
      good.successors(words, at, out, (m) => (words[at] === 3 && m === 0 ? null : emit(m))),
    ),
    '0 successors instead of 1',
    'step(0)',
  );
  await refused(
    differ((words, at, out, emit) =>
      good.successors(words, at, out, (m) => {
        if (words[at + 1] === 3 && m === 0) out[0] = 2;
        emit(m);
      }),
    ),
    'it leads to 2 3 instead of 1 3',
    'step(0)',
  );
  await refused(
    differ((words, at, out, emit) => good.successors(words, at, out, (m) => emit(1 - m))),
    'it leads to 0 1 instead of 1 0',
    'step(0)',
  );
  await refused(
    differ((words, at, out, emit) => good.successors(words, at, out, emit) + 1),
    'counts 1 moves refused instead of 0',
    null,
  );
  await refused(
    differ((words, at, out, emit) => {
      good.successors(words, at, out, emit);
      words[at] = 1;
      return 0;
    }),
    'it writes to the state it is given',
    null,
  );
  await refused(
    {
      ...good,
      initial(words, at) {
        words[at] = 1;
        return 1;
      },
    },
    'initial states, not the same',
    null,
  );
  await refused({ ...good, width: 3 }, 'the twin packs 3 words, the model 2', null);
});

test('the proof compares each move with its multiplicity', async () => {
  // Two choices lead to one state: a twin that emits it once is not equal.
  const model = toy({
    initial: [[0]],
    moves: [{ name: 'go', args: [] }],
    guard: (state) => (state[0] === 1 ? 'there' : null),
    effect: (_state, _move, choose) => ({ state: [1 + 0 * choose(2)] }),
  });
  const twin = (times: number): PackedTwin => ({
    width: 1,
    initial: () => 1,
    successors(words, at, out, emit) {
      if (words[at] === 1) return 1;
      out[0] = 1;
      for (let k = 0; k < times; k++) emit(0);
      return 0;
    },
  });
  assert.is((await check(model, { twin: twin(2), proveTwin: true })).transitions, 2);
  const error = await check(model, { twin: twin(1), proveTwin: true }).catch((e) => e);
  assert.match(error.message, '1 successors instead of 2');
});

test('a symmetry on words is used in place of the slow one', async () => {
  const { model, twin } = grid({ n: 2, top: 4 });
  const swapping: PackedTwin = {
    ...twin,
    images: 2,
    image(words, at, out, symmetry) {
      out[0] = words[at + symmetry]!;
      out[1] = words[at + 1 - symmetry]!;
    },
  };
  const report = await check(model, { twin: swapping, symmetry: true });
  assert.equal([report.orbits, report.states], [15, 25]);
});

test.run();
