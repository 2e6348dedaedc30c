// Models without a packing: the same counts and verdicts as with one, and one clear line for what they cannot have.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Model, type SmallModel, traceAsItf } from '../checker/index.ts';
import { valueText } from '../checker/intern.ts';
import { lock } from '../examples/lock.ts';

function without<State>({ width: _w, pack: _p, unpack: _u, ...rest }: Model<State>): SmallModel<State> {
  return rest;
}

test('a model says the same with a packing and without one', async () => {
  for (const kind of ['queue', 'race', 'broken'] as const) {
    const model = lock({ threads: 3, kind });
    const [own, small] = await Promise.all([check(model), check(without(model))]);
    for (const part of ['verdict', 'states', 'transitions', 'refused', 'depth', 'levels', 'claims'] as const)
      assert.equal(small[part], own[part], `${kind}: ${part}`);
    assert.equal(small.counterexample?.trace, own.counterexample?.trace, kind);
  }
});

test('what does not show all of itself is refused: two states would be one, and a claim would hold that does not', () => {
  class Hidden {
    readonly #n: number;
    constructor(n: number) {
      this.#n = n;
    }
    get n() {
      return this.#n;
    }
  }
  const hidden = [new Hidden(1), new Date(1), /a/, new Error('a'), Object(1), { [Symbol('a')]: 1 }];
  for (const state of hidden) assert.throws(() => valueText({ state }), /of which not all can be compared/);
});

test('maps and sets are values: their order does not count, their members do', () => {
  const map = (...entries: [number, string][]) => new Map(entries);
  assert.is(valueText(map([1, 'a'], [2, 'b'])), valueText(map([2, 'b'], [1, 'a'])));
  assert.is(valueText({ a: 1, b: new Set([1, 2]) }), valueText({ b: new Set([2, 1]), a: 1 }));
  const different = [
    0,
    -0,
    1n,
    1,
    '1',
    null,
    undefined,
    Number.NaN,
    [],
    {},
    map(),
    new Set(),
    [[]],
    [null],
    map([1, 'a']),
  ];
  assert.is(new Set(different.map(valueText)).size, different.length);
});

interface Tree {
  readonly open: ReadonlyMap<string, readonly bigint[]>;
}

/** Each of two names goes in and out: four states, whatever the order in which the map was filled. */
const doors: SmallModel<Tree> = {
  name: 'doors',
  initial: () => [{ open: new Map() }],
  moves: ['in', 'out'].flatMap((name) => ['a', 'b'].map((who) => ({ name, args: [who] }))),
  guard: ({ open }, { name, args: [who] }) => (open.has(String(who)) === (name === 'out') ? null : 'already'),
  effect({ open }, { name, args: [who] }) {
    const next = new Map(open);
    if (name === 'in') next.set(String(who), [1n]);
    else next.delete(String(who));
    return { state: { open: next } };
  },
  claims: [
    {
      kind: 'state',
      name: 'OneAtATime',
      claim: 'One is in at most.',
      judge: ({ open }) => ({ met: open.size > 0, violation: open.size > 1 ? `${open.size} are in` : null }),
    },
  ],
};

test('a small model of maps and bigints is searched, and its counterexample is a trace that others can read', async () => {
  const report = await check(doors, { keepGoing: true });
  assert.equal([report.verdict, report.states], ['violated', 4]);
  assert.is(report.counterexample?.trace.length, 2);
  assert.match(traceAsItf(doors, report.counterexample!), /"states"/);
});

test('threads and saved searches need a packing, and a state must be data', async () => {
  const message = (run: Promise<unknown>) =>
    run.then(
      () => '',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  assert.is(
    await message(check(doors, { workers: 2 })),
    'OptionError: workers: 2 threads need a model with width, pack and unpack',
  );
  assert.match(
    await message(check(doors, { checkpoint: 'x' })),
    /^OptionError: checkpoint: a saved search needs/,
  );
  const live = { ...doors, initial: () => [{ open: new Map(), at: () => 0 }] };
  assert.match(await message(check(live)), /^ModelDefect: a state holds a function.*plain data/);
});

test('the example is a program', () => {
  const file = fileURLToPath(new URL('../examples/lock.ts', import.meta.url));
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8' });
  assert.match(stdout, /^queue: holds, \d+ states/);
  assert.match(stdout, /broken: violated[\s\S]*MutualExclusion violated/);
});

test.run();
