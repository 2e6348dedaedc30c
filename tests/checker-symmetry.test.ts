// Orbits: counted exactly, all numbers those of the full search, traces real runs.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Model, ModelDefect, replay } from '../checker/index.ts';
import { lock } from '../examples/lock.ts';
import { drawer } from './checker-models.ts';
import { counters, never, plainly, type Vector, with1 } from './checker-toys.ts';

/** All orders of the counters. */
function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, k) => rest.toSpliced(n - 1 - k, 0, n - 1)),
  );
}

const symmetric = (model: Model<Vector>, n: number): Model<Vector> => ({
  ...model,
  symmetries: orders(n).map((order) => (state: Vector) => order.map((from) => state[from]!)),
});

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

test('counters have as many orbits as there are multisets, and the full numbers come back from the orbit sizes', async () => {
  for (const [n, top] of [
    [2, 4],
    [3, 3],
    [4, 3],
  ] as const) {
    const model = symmetric(counters(n, top, true), n);
    const full = await check(model);
    const reduced = await check(model, { symmetry: true });
    assert.is(reduced.orbits, choose(n + top, n));
    assert.is(full.states, (top + 1) ** n);
    for (const field of ['states', 'transitions', 'refused', 'depth', 'levels'] as const) {
      assert.equal(reduced[field], full[field], field);
    }
    assert.equal(reduced.coverage.actions, full.coverage.actions);
  }
});

test('a lock: claims are counted over states, not orbits', async () => {
  const model = lock({ threads: 4, kind: 'queue' });
  const full = await check(model, { claims: ['MutualExclusion'] });
  const reduced = await check(model, { claims: ['MutualExclusion'], symmetry: true });
  assert.ok(reduced.orbits! < full.states / 10);
  assert.is(reduced.states, full.states);
  assert.equal(reduced.claims, full.claims);
});

test('a counterexample is a run of the model itself, and as short as without symmetry', async () => {
  const bad = never('Sorted', (s) => s[0] === 2 && s[1] === 1 && s[2] === 0);
  const all = never('Sum', (s) => s.includes(2) && s.includes(1) && s.includes(0));
  const plain = symmetric(counters(3, 3, true, [all]), 3);
  const report = await check(plain, { symmetry: true });
  const { initial, trace } = report.counterexample!;
  assert.is(trace.length, 3);
  const states = replay(plain, initial, trace);
  assert.equal([...states.at(-1)!].sort(), [0, 1, 2]);
  assert.is((await check(symmetric(counters(3, 3, true, [bad]), 3))).counterexample!.trace.length, 3);
  assert.is(plainly(plain).depths.get('2 1 0'), 3);
});

test('a step claim under symmetry: its step is looked for again from the real state', async () => {
  const model = {
    ...symmetric(counters(3, 4, true), 3),
    claims: [
      {
        kind: 'step' as const,
        name: 'NoOvertaking',
        claim: 'Nobody passes from 2 to 3 while two others are at 1.',
        judge: (before: Vector, _move: unknown, { state }: { state: Vector }) => {
          const passes =
            before.filter((x) => x === 1).length === 2 && before.includes(2) && state.includes(3);
          return { met: passes, violation: passes ? 'passed' : null };
        },
      },
    ],
  };
  const report = await check(model, { symmetry: true });
  const full = await check(model);
  assert.is(report.counterexample!.trace.length, full.counterexample!.trace.length);
  const states = replay(model, 0, report.counterexample!.trace);
  assert.ok(model.claims[0]!.judge(states.at(-2)!, null, { state: states.at(-1)! }).violation !== null);
});

test('temporal claims are not observed under symmetry', async () => {
  const report = await check(lock({ threads: 2, kind: 'race' }), { symmetry: true });
  assert.equal(
    report.claims.map((c) => c.verdict),
    ['holds', 'not observed', 'not observed', 'holds'],
  );
});

test('a list of symmetries that is no group, or does not begin with the identity, is a defect', async () => {
  const base = counters(3, 2, true);
  const rotate = (state: Vector) => [state[1]!, state[2]!, state[0]!];
  const refused = async (symmetries: ((state: Vector) => Vector)[], what: string) => {
    const error = await check({ ...base, symmetries }, { symmetry: true }).catch((e) => e);
    assert.instance(error, ModelDefect);
    assert.match(error.message, what);
  };
  await refused([(s) => s, rotate], 'not a group');
  await refused([rotate], 'not the identity');
  const error = await check(base, { symmetry: true }).catch((e) => e);
  assert.match(error.message, 'declares no symmetries');
});

async function noSymmetry(model: Model<Vector>, what: string, said: string): Promise<void> {
  const error = await check(model, { symmetry: true }).catch((e) => e);
  assert.instance(error, ModelDefect, `${what}: believed`);
  assert.match(error.message, said, what);
}

test('three threads of the lock, the third of which cannot leave', async () => {
  const model = lock({ threads: 3, kind: 'race' });
  const stuck: typeof model = {
    ...model,
    guard: (state, move) =>
      move.name === 'leave' && move.args[0] === 2 ? 'stuck inside' : model.guard(state, move),
  };
  assert.is((await check(stuck, { claims: ['NoDeadlock', 'Enters0'] })).verdict, 'violated');
  const error = await check(stuck, { symmetry: true }).catch((e) => e);
  assert.instance(error, ModelDefect);
  assert.match(error.message, /symmetry \d is none of the model: \d moves are refused, in its image .* \d/);
});

test('random false symmetries: a move, a refusal, a claim or a start that knows one of the counters by its name', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const draw = drawer(seed);
    const n = 2 + draw(2);
    const base = symmetric(counters(n, 2, true), n);
    assert.is((await check(base, { symmetry: true })).states, 3 ** n);
    const one = draw(n);
    // A state that an exchange of two counters changes.
    const odd = Array.from({ length: n }, (_, k) => (k === one ? 1 + draw(2) : 0));
    const isOdd = (state: Vector) => state.every((x, k) => x === odd[k]);
    const broken: Record<string, [Partial<Model<Vector>>, string]> = {
      refusal: [{ guard: (s, m) => (isOdd(s) && m.args[0] === one ? 'not here' : null) }, 'refused'],
      move: [
        {
          effect: (s, m, choose) =>
            isOdd(s) && m.args[0] === one ? { state: with1(s, one, s[one]!) } : base.effect(s, m, choose),
        },
        'its steps lead elsewhere',
      ],
      choice: [
        {
          effect: (s, m, choose) =>
            isOdd(s) && m.args[0] === one ? { state: with1(s, one, choose(3)) } : base.effect(s, m, choose),
        },
        'steps, from',
      ],
      claim: [{ claims: [never('Odd', isOdd)] }, 'Odd is '],
      'claim met': [
        {
          claims: [
            { kind: 'run', name: 'M', claim: 'm', judge: (s) => ({ met: isOdd(s), violation: null }) },
          ],
        },
        'M is ',
      ],
      'step claim': [
        {
          claims: [
            {
              kind: 'step',
              name: 'S',
              claim: 's',
              judge: (s, m) => ({ met: isOdd(s) && m.args[0] === one, violation: null }),
            },
          ],
        },
        'claims judge them otherwise',
      ],
      end: [{ mayEnd: (s) => !isOdd(s) }, 'mayEnd is'],
      start: [{ initial: () => [odd] }, 'is no initial state'],
    };
    for (const [what, [part, said]] of Object.entries(broken)) {
      await noSymmetry({ ...base, ...part }, `seed ${seed}, ${what}`, said);
    }
  }
});

test.run();
