// Models that break the rules of a model: each is named with the move and the state, and none passes for a verdict.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANSWER } from '../checker/guard.ts';
import { type Choose, check, ModelDefect, type Move } from '../checker/index.ts';
import { counters, toy, type Vector, with1 } from './checker-toys.ts';

const base = counters(2, 3, true);

async function defect(model: object, what: string, move: string | null, state: string): Promise<void> {
  const error = await check({ ...base, ...model }).catch((e) => e);
  assert.instance(error, ModelDefect, `no defect: ${what}`);
  assert.match(error.message, what);
  assert.is(error.move, move);
  assert.is(error.state, state);
  assert.is(error.exit, 70);
}

const bump = (state: Vector, { args }: Move) => ({
  state: with1(state, Number(args[0]), (state[Number(args[0])]! + 1) % 4),
});

test('a guard, an effect, a claim, a pack that throws', async () => {
  const fuse = () => {
    throw new Error('boom');
  };
  await defect(
    { guard: (s: Vector, m: Move) => (s[0] === 2 && m.args[0] === 1 ? fuse() : null) },
    'the guard throws: boom',
    'step(1)',
    '2 0',
  );
  await defect(
    { effect: (s: Vector, m: Move) => (s[1] === 3 ? fuse() : bump(s, m)) },
    'the effect throws: boom',
    'step(0)',
    '0 3',
  );
  const claim = {
    kind: 'state',
    name: 'Fine',
    claim: 'fine',
    judge: (s: Vector) => (s[1] === 2 ? fuse() : { met: true, violation: null }),
  };
  await defect({ claims: [claim] }, 'claim Fine throws: boom', null, '0 2');
});

test('a guard, an effect or a claim that writes to the state it is given', async () => {
  const late = (state: Vector) => state[0] === 3 && state[1] === 2;
  await defect(
    {
      guard(state: number[], { args }: Move) {
        if (late(state) && args[0] === 1) state[1] = 0;
        return null;
      },
    },
    'the guard changes the state',
    'step(1)',
    '3 2',
  );
  await defect(
    {
      effect(state: number[], { args }: Move) {
        state[Number(args[0])] = (state[Number(args[0])]! + 1) % 4;
        return { state };
      },
    },
    'the effect changes the state it is given',
    'step(0)',
    '0 0',
  );
  const judge = (state: number[]) => {
    state[0] = 9;
    return { met: true, violation: null };
  };
  await defect(
    { claims: [{ kind: 'state', name: 'W', claim: 'w', judge }] },
    'a claim changes the state',
    null,
    '0 0',
  );
});

test('an effect or a guard that is not deterministic for given choices', async () => {
  let tick = 0;
  await defect(
    { effect: (s: Vector) => ({ state: with1(s, 0, tick++ % 4) }) },
    'not deterministic',
    'step(0)',
    '0 0',
  );
  await defect(
    { guard: () => (tick++ % 2 === 0 ? 'no' : null) },
    'the guard is not deterministic',
    'step(0)',
    '0 0',
  );
  const restless = (s: Vector, _m: Move, choose: Choose) => ({
    state: with1(s, 0, choose(2 + (tick++ % 2))),
  });
  await defect({ effect: restless }, 'not deterministic', 'step(0)', '0 0');
  await defect(
    { effect: (s: Vector, _m: Move, choose: Choose) => ({ state: with1(s, 0, choose(0)) }) },
    'one of 0 candidates',
    'step(0)',
    '0 0',
  );
});

test('unequal arguments, a move listed twice, two claims of one name', async () => {
  const none = '(no state yet)';
  await defect(
    {
      moves: [
        { name: 'go', args: [1] },
        { name: 'go', args: [1, 2] },
      ],
    },
    'unequal arguments: go has 1 elsewhere and 2 here',
    'go(1, 2)',
    none,
  );
  await defect(
    {
      moves: [
        { name: 'go', args: [1] },
        { name: 'go', args: [1] },
      ],
    },
    'listed twice',
    'go(1)',
    none,
  );
  const claim = { kind: 'state', name: 'A', claim: 'a', judge: () => ({ met: true, violation: null }) };
  await defect({ claims: [claim, claim] }, 'two claims are named A', null, none);
  await defect({ width: 0 }, 'width is 0', null, none);
  await defect({ initial: () => [] }, 'no initial state', null, '(none)');
});

test('a packing that loses something, or writes beyond its width', async () => {
  const forgetful = { unpack: (words: Uint32Array, at: number) => [words[at]!, 0] };
  await defect(forgetful, 'unpack and pack do not give the same words again, but [0 0]', null, '[0 1]');
  const wide = (state: Vector, words: Uint32Array, at: number) => {
    words.set(state, at);
    words[at + 2] = 7;
  };
  await defect({ pack: wide }, 'pack writes outside its 2 words', null, '0 0');
});

test('initial states that change from call to call', async () => {
  let calls = 0;
  const model = toy({
    initial: [[0]],
    moves: base.moves.slice(0, 1),
    effect: (state) => ({ state: [state[0]! + 1] }),
    claims: [
      {
        kind: 'state',
        name: 'Small',
        claim: 'small',
        judge: (s) => ({ met: true, violation: s[0]! > 130 ? 'big' : null }),
      },
    ],
  });
  const error = await check({ ...model, initial: () => [[calls++]] }).catch((e) => e);
  assert.instance(error, ModelDefect);
  assert.match(error.message, 'initial() does not give the same states again');
});

test('what does not come to an end: a claim is violated by it, a guard is a defect of the model', async () => {
  const loop = () => {
    for (;;);
  };
  const judge = (s: Vector) => ({ met: true, violation: s[0] === 2 ? loop() : null });
  const claim = { kind: 'state', name: 'Asks', claim: 'it answers', judge } as const;
  const report = await check({ ...base, claims: [claim] }, { patience: 200 });
  assert.is(report.verdict, 'violated');
  assert.is(report.counterexample?.witness, NO_ANSWER);
  assert.is(report.counterexample?.trace.length, 2, 'the shortest way to a counter of 2');

  const guard = (s: Vector, m: Move) => (s[0] === 2 && m.args[0] === 1 ? loop() : null);
  const error = await check({ ...base, guard }, { patience: 200 }).catch((e) => e);
  assert.match(error.message, 'a move does not come to an end');
  assert.is(error.state, '2 0');
});

test.run();
