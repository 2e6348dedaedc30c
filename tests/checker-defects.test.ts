// Models that break the rules of a model: each is named with the move and the state, and none passes for a verdict.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANSWER } from '../checker/guard.ts';
import { type Choose, check, ModelDefect, type Move, StoodStill } from '../checker/index.ts';
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

test('a process that was stopped is no model that loops: nothing is said of the model', async () => {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  const guard = () => (Atomics.wait(asleep, 0, 0, 2000) === 'timed-out' ? null : 'awake');
  const error = await check({ ...base, guard }, { patience: 200 }).catch((e) => e);
  assert.instance(error, StoodStill);
  assert.match(error.message, /^unknown \(cut off\): the process stood still for \d+ s/);
  assert.is(error.exit, 3);
});

test('answers outside the types, from plain JavaScript: each with what would be legal', async () => {
  const none = '(no state yet)';
  const claim = (parts: object) => ({ claims: [{ kind: 'state', name: 'C', claim: 'c', ...parts }] });
  const judge = () => ({ met: true, violation: null });
  const legalAnswer = /^claim C answers .* \(legal: \{ met, violation \}/;
  const plain: [what: string, model: object, said: RegExp, move: string | null, state: string][] = [
    [
      'unknown kind',
      claim({ kind: 'always', judge }),
      /is of kind always \(legal: state, step, run, temporal/,
      null,
      none,
    ],
    ['inherited kind', claim({ kind: 'toString', judge }), /is of kind toString \(legal: state/, null, none],
    ['no kind', claim({ kind: undefined, judge }), /is of kind undefined/, null, none],
    ['no judge', claim({}), /claim C, of kind state, has not .* \(legal: the function judge/, null, none],
    [
      'two ways',
      claim({ kind: 'reachable', holds: judge, holdsIn: judge }),
      /holds or holdsIn, one of/,
      null,
      none,
    ],
    [
      'half a claim',
      claim({ kind: 'temporal', pending: () => false }),
      /\(legal: the function fair/,
      null,
      none,
    ],
    [
      'no name',
      { claims: [{ kind: 'state', judge }] },
      /a claim is \{ kind, judge \} \(legal: it has a name/,
      null,
      none,
    ],
    [
      'built-in name',
      { claims: [{ kind: 'state', name: 'NoDeadlock', judge }] },
      /as the one that is built in/,
      null,
      none,
    ],
    [
      'a guard without a word',
      { guard: () => undefined },
      /the guard answers undefined \(legal: null if/,
      'step(0)',
      '0 0',
    ],
    [
      'a guard that agrees',
      { guard: () => true },
      /the guard answers true \(legal: null if/,
      'step(0)',
      '0 0',
    ],
    [
      'a guard that denies',
      { guard: (s: Vector) => s[0] === 3 && false },
      /the guard answers false/,
      'step(0)',
      '0 0',
    ],
    ['an async guard', { guard: async () => null }, /the guard answers a promise/, 'step(0)', '0 0'],
    [
      'an async effect',
      { effect: async () => ({ state: [0, 0] }) },
      /the effect answers a promise \(legal: \{ state/,
      'step(0)',
      '0 0',
    ],
    ['no effect', { effect: () => undefined }, /the effect answers undefined/, 'step(0)', '0 0'],
    ['a bare state', { effect: (s: Vector) => s }, /the effect answers a list/, 'step(0)', '0 0'],
    [
      'an outcome',
      { effect: (s: Vector) => ({ state: s, outcome: 3 }) },
      /outcome answers 3 \(legal: a text/,
      'step(0)',
      '0 0',
    ],
    ['an async judge', claim({ judge: async () => judge() }), legalAnswer, null, '0 0'],
    ['a judge that says true', claim({ judge: () => true }), legalAnswer, null, '0 0'],
    ['a judge without met', claim({ judge: () => ({ violation: null }) }), legalAnswer, null, '0 0'],
    ['a violation left out', claim({ judge: () => ({ met: true }) }), legalAnswer, null, '0 0'],
    [
      'a violation of true',
      claim({ judge: () => ({ met: true, violation: true }) }),
      legalAnswer,
      null,
      '0 0',
    ],
    [
      'an async step claim',
      claim({ kind: 'step', judge: async () => judge() }),
      legalAnswer,
      'step(0)',
      '0 0',
    ],
    ['an async run claim', claim({ kind: 'run', judge: async () => judge() }), legalAnswer, null, '0 0'],
    [
      'an async situation',
      claim({ kind: 'reachable', holdsIn: async () => true }),
      /claim C answers a promise \(legal: true or false/,
      null,
      '0 0',
    ],
    [
      'an async situation of a step',
      claim({ kind: 'reachable', holds: async () => true }),
      /claim C answers a promise/,
      'step(0)',
      '0 0',
    ],
    [
      'async pending',
      claim({ kind: 'temporal', pending: async () => true, fair: () => null }),
      /pending of claim C answers a promise/,
      null,
      '0 0',
    ],
    [
      'fair for all',
      claim({ kind: 'temporal', pending: () => true, fair: () => true }),
      /fair of claim C answers true \(legal: null, or a text/,
      null,
      none,
    ],
    [
      'an async end',
      { mayEnd: async () => true, guard: () => 'no' },
      /mayEnd answers a promise/,
      null,
      '0 0',
    ],
    ['moves as a map', { moves: new Map() }, /moves is no list/, null, none],
    [
      'a move without arguments',
      { moves: [{ name: 'go' }] },
      /a move is \{ name \} \(legal: \{ name, args \}/,
      null,
      none,
    ],
    ['async initial', { initial: async () => [[0, 0]] }, /initial gives no list/, null, '(none)'],
    [
      'async unpack',
      { unpack: async () => [0, 0] },
      /unpack gives a promise \(legal: a state/,
      null,
      '[0x0 0x0]',
    ],
    ['no guard at all', { guard: undefined }, /the model has no guard \(legal: a function/, null, none],
    ['symmetries as names', { symmetries: ['all'] }, /a symmetry is no function/, null, none],
  ];
  for (const [what, model, said, move, state] of plain) {
    const error = await check({ ...base, ...model } as typeof base).catch((e) => e);
    assert.instance(error, ModelDefect, `${what}: no defect, but ${error}`);
    assert.match(error.message, said, what);
    assert.equal([error.move, error.state], [move, state], what);
  }
});

test.run();
