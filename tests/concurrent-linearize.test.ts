// The history checker: known histories of a register and of the contract, and thousands of small random ones against brute force.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, lru, type Move, movesOf, profiles, type State, step } from '../model/index.ts';
import { contract } from '../properties/races/linearize/contract.ts';
import type { Call, Sequential } from '../properties/races/linearize/history.ts';
import { linearize } from '../properties/races/linearize/linearize.ts';
import { linearizeInParts, partition } from '../properties/races/linearize/partition.ts';
import type { Answer } from '../properties/view/answer.ts';
import { linearizableByForce } from './linearize-brute.ts';

/** A register: `['write', v]` answers with null, `['read']` with the value. */
type RegisterInput = readonly ['write', number] | readonly ['read'];
const register: Sequential<number, RegisterInput, number | null> = {
  step: (value, input, output) => {
    if (input[0] === 'write') return input[1];
    return output === value ? value : null;
  },
  key: String,
};

/** [thread, invoked, responded, input, output] */
type Row<I, O> = readonly [number, number, number, I, O];
const history = <I, O>(...rows: Row<I, O>[]): Call<I, O>[] =>
  rows.map(([thread, invoked, responded, input, output]) => ({ thread, invoked, responded, input, output }));

test('known histories of a register', () => {
  const write = (v: number): RegisterInput => ['write', v];
  const read: RegisterInput = ['read'] as RegisterInput;
  const cases: [string, boolean, Call<RegisterInput, number | null>[]][] = [
    ['empty', true, []],
    ['reads what is written', true, history([0, 1, 2, write(1), null], [1, 3, 4, read, 1])],
    ['reads the old value after the write', false, history([0, 1, 2, write(1), null], [1, 3, 4, read, 0])],
    [
      'reads either value during the write',
      true,
      history([0, 1, 6, write(1), null], [1, 2, 3, read, 0], [1, 4, 5, read, 1]),
    ],
    [
      'goes back to the old value',
      false,
      history([0, 1, 6, write(1), null], [1, 2, 3, read, 1], [1, 4, 5, read, 0]),
    ],
    [
      'two readers disagree on the order of two writes',
      false,
      history(
        [0, 1, 10, write(1), null],
        [1, 2, 11, write(2), null],
        [2, 3, 4, read, 1],
        [2, 5, 6, read, 2],
        [3, 7, 8, read, 1],
      ),
    ],
    [
      'a write between two overlapping reads',
      true,
      history([0, 1, 8, read, 2], [1, 2, 7, read, 0], [2, 3, 4, write(2), null]),
    ],
    ['a value that nobody wrote', false, history([0, 1, 2, read, 7])],
  ];
  for (const [name, holds, calls] of cases) {
    const result = linearize(calls, register, 0);
    assert.is(result.verdict, holds ? 'holds' : 'violated', name);
    assert.is(linearizableByForce(calls, register, 0), holds, name);
  }
});

test('an order that is returned is an order', () => {
  const calls = history<RegisterInput, number | null>(
    [0, 1, 6, ['write', 1], null],
    [1, 2, 3, ['read'], 0],
    [1, 4, 5, ['read'], 1],
  );
  const result = linearize(calls, register, 0);
  assert.equal(result.verdict === 'holds' && result.order, [1, 0, 2]);
});

test('a search cut off is unknown, not holds and not violated', () => {
  const calls = history<RegisterInput, number | null>(
    ...Array.from(
      { length: 12 },
      (_, i): Row<RegisterInput, number | null> => [i, i + 1, 100 + i, ['write', i], null],
    ),
    [20, 200, 201, ['read'], 99],
  );
  const result = linearize(calls, register, 0, { visits: 1000 });
  assert.is(result.verdict, 'unknown');
  assert.match(result.verdict === 'unknown' ? result.why : '', /first 1000 configurations of 13/);
});

// Known histories of the contract: containers c0 and c1, task t0 in c0, t1 in c1.

const ok: Answer = { outcome: 'ok', killed: [], reclaimed: [] };
const errno = (outcome: string): Answer => ({ ...ok, outcome });
const after = (...moves: Move[]): State =>
  moves.reduce((state, move) => contract().step(state, move, ok) as State, initial(profiles.letter));
const twoTasks: Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['spawn', 0, 0],
  ['spawn', 1, 1],
];

test('known histories of the contract', () => {
  const start = after(...twoTasks);
  const limited = after(...twoTasks, ['setLimit', 0, 1], ['touch', 0, 0]);
  const cases: [string, boolean, State, Row<Move, Answer>[], State?][] = [
    [
      'two first touchers, the second of them owns',
      true,
      start,
      [
        [0, 1, 4, ['touch', 0, 0], ok],
        [1, 2, 3, ['touch', 1, 0], ok],
      ],
      after(...twoTasks, ['touch', 1, 0], ['touch', 0, 0]),
    ],
    [
      'one touch after the other, the second owns',
      false,
      start,
      [
        [0, 1, 2, ['touch', 0, 0], ok],
        [1, 3, 4, ['touch', 1, 0], ok],
      ],
      after(...twoTasks, ['touch', 1, 0], ['touch', 0, 0]),
    ],
    [
      'both stay charged',
      false,
      start,
      [
        [0, 1, 4, ['touch', 0, 0], ok],
        [1, 2, 3, ['touch', 1, 0], ok],
      ],
      after(...twoTasks, ['touch', 1, 1], ['touch', 0, 0]),
    ],
    [
      'a page is reclaimed that was unmapped before',
      false,
      limited,
      [
        [0, 1, 2, ['unmap', 0, 0], ok],
        [0, 3, 4, ['touch', 0, 1], { ...ok, reclaimed: [0] }],
      ],
    ],
    [
      'a page is reclaimed or unmapped at the same time',
      true,
      limited,
      [
        [1, 1, 4, ['unmap', 0, 0], ok],
        [0, 2, 3, ['touch', 0, 1], { ...ok, reclaimed: [0] }],
      ],
    ],
    [
      'rmdir finds what was moved away before',
      false,
      start,
      [
        [0, 1, 2, ['move', 0, 1], ok],
        [0, 3, 4, ['rmdir', 0], errno('EBUSY')],
      ],
    ],
    [
      'rmdir finds what is being moved away',
      true,
      start,
      [
        [0, 1, 4, ['move', 0, 1], ok],
        [1, 2, 3, ['rmdir', 0], errno('EBUSY')],
      ],
    ],
    [
      'a kill where reclaim was possible',
      false,
      limited,
      [[0, 1, 2, ['touch', 0, 1], { outcome: 'KILLED', killed: [0], reclaimed: [] }]],
    ],
    [
      'an outsider is killed',
      false,
      after(...twoTasks, ['setLimit', 0, 0]),
      [[0, 1, 2, ['touch', 0, 1], { outcome: 'KILLED', killed: [1, 0], reclaimed: [] }]],
    ],
  ];
  for (const [name, holds, from, rows, end] of cases) {
    const calls = history(...rows);
    assert.is(linearize(calls, contract(end), from).verdict, holds ? 'holds' : 'violated', name);
    assert.is(linearizableByForce(calls, contract(end), from), holds, name);
    if (end)
      assert.is(
        linearizeInParts(calls, from, end).verdict,
        holds ? 'holds' : 'violated',
        `${name}, in parts`,
      );
  }
});

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (n: number) => number {
  let x = seed;
  return (n) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * n);
  };
}

/** Intervals around the places of a sequential run: the order of the run is one that explains the history. */
function spread<I, O>(run: readonly (readonly [I, O])[], dice: (n: number) => number): Call<I, O>[] {
  const at = (i: number) => 100 * (i + 1);
  const moments = new Set<number>();
  const fresh = (wanted: number): number => {
    let moment = wanted;
    while (moments.has(moment)) moment += 0.01;
    moments.add(moment);
    return moment;
  };
  return run.map(([input, output], i) => ({
    thread: i,
    input,
    output,
    invoked: fresh(at(i) - dice(250) - 1),
    responded: fresh(at(i) + dice(250) + 1),
  }));
}

test('4000 random register histories: the same verdict as brute force, and both verdicts occur', () => {
  const dice = random(1);
  const seen = { holds: 0, violated: 0, unknown: 0 };
  for (let n = 0; n < 4000; n++) {
    let value = 0;
    const run = Array.from({ length: 1 + dice(6) }, (): [RegisterInput, number | null] => {
      if (dice(2) === 0) return [['write', (value = dice(3))], null];
      return [['read'], dice(6) === 0 ? dice(3) : value];
    });
    const calls = spread(run, dice);
    const { verdict } = linearize(calls, register, 0);
    assert.is(verdict === 'holds', linearizableByForce(calls, register, 0), JSON.stringify(calls));
    seen[verdict]++;
  }
  assert.ok(seen.holds > 1000 && seen.violated > 300 && seen.unknown === 0, JSON.stringify(seen));
});

test('2000 random histories of the contract: the same verdict as brute force and in parts', () => {
  const dice = random(2);
  const scope = { containers: 2, tasks: 3, pages: 3, limit: 2 };
  const moves = movesOf(scope);
  const seen = { holds: 0, violated: 0, unknown: 0 };
  let parts = 0;
  for (let n = 0; n < 2000; n++) {
    const setup = [...twoTasks, ['touch', 0, 0] as Move, ['setLimit', 1, dice(3)] as Move];
    const from = after(...setup);
    let state = from;
    const run = Array.from({ length: 2 + dice(4) }, (): [Move, Answer] => {
      const move = moves[dice(moves.length)];
      const did = step(state, move, lru);
      state = did.state;
      return [move, dice(10) === 0 ? { ...did, outcome: 'ENOENT' } : did];
    });
    const calls = spread(run, dice);
    const end = dice(8) === 0 ? from : state;
    const { verdict } = linearize(calls, contract(end), from);
    assert.is(verdict === 'holds', linearizableByForce(calls, contract(end), from), JSON.stringify(calls));
    assert.is(linearizeInParts(calls, from, end).verdict, verdict, JSON.stringify(calls));
    if (partition(calls, from, end).filter((part) => part.calls.length > 0).length > 1) parts++;
    seen[verdict]++;
  }
  assert.ok(seen.holds > 500 && seen.violated > 200 && seen.unknown === 0, JSON.stringify(seen));
  assert.ok(parts > 200, `${parts} histories had parts`);
});

test.run();
