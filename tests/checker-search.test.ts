// The search: exact counts on models with known counts, shortest counterexamples, verdicts, coverage, choices.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, check, type Model, replay, traceLines } from '../checker/index.ts';
import { lock } from '../examples/lock.ts';
import { twoPhaseCommit } from '../examples/two-phase-commit.ts';
import { counters, jugs, never, plainly, toy, type Vector, with1 } from './checker-toys.ts';

test('two-phase commit has the states known from the literature', async () => {
  for (const [managers, states] of [
    [1, 12],
    [3, 288],
    [4, 1568],
    [5, 8832],
  ]) {
    const report = await check(twoPhaseCommit(managers!));
    assert.is(report.states, states);
    assert.is(report.verdict, 'holds');
  }
});

test('its transitions, refused, depth and levels equal those of a plain loop', async () => {
  for (const model of [
    twoPhaseCommit(3),
    counters(3, 4, true),
    counters(2, 6, false),
    jugs(),
    lock({ threads: 3, kind: 'queue' }),
  ]) {
    const { depths: _, ...plain } = plainly(model as Model<unknown>);
    const { states, transitions, refused, depth, levels } = await check(model as Model<unknown>);
    assert.equal({ states, transitions, refused, depth, levels }, plain);
  }
});

test('a violation of a state claim comes with a shortest run, which replays', async () => {
  const model = jugs([never('Four', (state) => state[1] === 4)]);
  const report = await check(model);
  assert.is(report.verdict, 'violated');
  const example = report.counterexample!;
  assert.is(example.trace.length, 6);
  assert.is(example.claim, 'Four');
  assert.match(example.witness, '4');
  assert.is(replay(model, example.initial, example.trace).at(-1)![1], 4);
  assert.is(traceLines(example).length, 7);
});

test('the length of every counterexample equals the depth that a plain loop finds', async () => {
  const { depths } = plainly(jugs());
  for (const [key, depth] of depths) {
    const report = await check(jugs([never('It', (state) => state.join(' ') === key)]));
    assert.is(report.counterexample!.trace.length, depth, key);
  }
});

test('a step claim is judged on every step, also on those to known states', async () => {
  const claim: Claim<Vector> = {
    kind: 'step',
    name: 'NoWaste',
    claim: 'Nothing is emptied that was just full',
    judge: (before, move, { state }) => ({
      met: move.name === 'empty',
      violation: move.name === 'empty' && before[1] === 5 && state[1] === 0 ? 'five gallons wasted' : null,
    }),
  };
  const report = await check(jugs([claim]), { keepGoing: true });
  assert.is(report.counterexample!.trace.length, 2);
  assert.equal(report.counterexample!.trace[1]!.move, { name: 'empty', args: [1] });
  const [{ checked, met }] = report.claims;
  assert.is(checked, report.transitions);
  assert.is(met, 32);
});

test('the search stops at the end of the level of a violation, or goes on for the others', async () => {
  const claims = [never('Three', (s) => s[0] === 3 && s[1] === 3), never('Five', (s) => s[1] === 5)];
  const first = await check(jugs(claims));
  assert.equal(
    first.claims.map((c) => c.verdict),
    ['unknown', 'violated'],
  );
  assert.match(first.claims[0]!.note!, 'another claim');
  const all = await check(jugs(claims), { keepGoing: true });
  assert.equal(
    all.claims.map((c) => c.verdict),
    ['violated', 'violated'],
  );
  assert.equal(
    all.counterexamples.map((c) => [c.claim, c.trace.length]),
    [
      ['Five', 1],
      ['Three', 3],
    ],
  );
  assert.is(all.states, 16);
});

test('a claim whose antecedent is never met is vacuous; a reachability claim has a shortest witness or is vacuous', async () => {
  const reach = (name: string, big: number): Claim<Vector> => ({
    kind: 'reachable',
    name,
    claim: name,
    holds: (_before, _move, { state }) => state[1] === big,
  });
  const report = await check(
    jugs([
      { kind: 'state', name: 'Six', claim: 'six', judge: (s) => ({ met: s[1] === 6, violation: null }) },
      reach('Four', 4),
      reach('Seven', 7),
      { kind: 'reachable', name: 'FourAsState', claim: 'four', holdsIn: (s) => s[1] === 4 },
    ]),
  );
  assert.equal(
    report.claims.map((c) => [c.name, c.verdict]),
    [
      ['Six', 'vacuous'],
      ['Four', 'holds'],
      ['Seven', 'vacuous'],
      ['FourAsState', 'holds'],
    ],
  );
  assert.is(report.verdict, 'holds');
  assert.is(report.reached[0]!.witness!.steps.length, 6);
  assert.is(report.reached[1]!.witness, null);
  assert.is(report.reached[1]!.count, 0);
  assert.is(report.reached[2]!.witness!.steps.length, 6);
});

test('a run claim is judged in every state', async () => {
  const claim: Claim<Vector> = {
    kind: 'run',
    name: 'CanEmpty',
    claim: 'From here all can be emptied, except from 2 and 5',
    judge: (state) => ({ met: true, violation: state[0] === 2 && state[1] === 5 ? 'stuck' : null }),
  };
  const report = await check(jugs([claim]));
  assert.is(report.counterexample!.trace.length, plainly(jugs()).depths.get('2 5'));
});

/** From 0: `pick` chooses one of three, and for the last of them again one of two. */
const picker = (claims: readonly Claim<Vector>[] = []) => ({
  ...toy({
    initial: [[0]],
    moves: [
      { name: 'pick', args: [] },
      { name: 'rest', args: [] },
      { name: 'fly', args: [] },
    ],
    guard: (state, { name }) =>
      name === 'fly' ? 'no wings' : name === 'pick' && state[0] !== 0 ? 'picked' : null,
    effect(state, { name }, choose) {
      if (name === 'rest') return { state };
      const first = choose(3, (k) => 'abc'[k]!);
      const second = first === 2 ? choose(2, (k) => 'xy'[k]!) : 0;
      return { state: [1 + first + 10 * second], detail: { branches: [`b${first}`] } };
    },
    claims,
  }),
  branches: ['b0', 'b1', 'b2', 'b3'],
});

test('choices are all tried, a transition each, and named in the trace', async () => {
  const report = await check(picker([never('Thirteen', (s) => s[0] === 13)]), { keepGoing: true });
  assert.is(report.states, 5);
  assert.is(report.transitions, 4 + 5);
  assert.is(report.refused, 5 + 4);
  const [step] = report.counterexample!.trace;
  assert.equal(step!.choices, [2, 1]);
  assert.equal(step!.labels, ['c', 'y']);
});

test('an effect may ask fewer questions after a later answer', async () => {
  const model = toy({
    initial: [[0]],
    moves: [{ name: 'pick', args: [] }],
    guard: (state) => (state[0] === 0 ? null : 'picked'),
    effect(_state, _move, choose) {
      const first = choose(3);
      return { state: [first === 0 ? 10 + choose(2) + 2 * choose(3) : first === 1 ? 20 + choose(4) : 30] };
    },
  });
  const report = await check(model);
  assert.equal([report.states, report.transitions], [1 + 6 + 4 + 1, 6 + 4 + 1]);
});

test('of several shortest violations the one in the least state is reported, whatever the order of the search', async () => {
  const model = counters(3, 5, true, [never('Sum', (s) => s.includes(1) && s.includes(2) && s.includes(3))]);
  const moves = [...model.moves].reverse();
  for (const same of [model, { ...model, moves }]) {
    const report = await check(same);
    assert.is(report.counterexample!.trace.at(-1)!.show, '1 2 3');
    assert.is(report.counterexample!.trace.length, 6);
  }
});

test('coverage names the moves never taken, those without effect, and branches never taken', async () => {
  const { coverage } = await check(picker());
  assert.equal(coverage.neverEnabled, ['fly']);
  assert.equal(coverage.neverChanged, ['rest']);
  assert.equal(coverage.branchesNeverTaken, ['b3']);
  assert.equal(coverage.actions[0], { name: 'pick', taken: 4, changed: 4 });
  const some = await check(counters(2, 0, false));
  assert.equal(some.coverage.movesNeverEnabled, ['step(0)', 'step(1)']);
});

test('a deadlock is a state without an enabled move that may not end', async () => {
  const model = counters(2, 2, false);
  assert.is((await check(model)).verdict, 'holds');
  const strict = { ...model, mayEnd: () => false };
  const report = await check(strict);
  assert.is(report.counterexample!.claim, 'NoDeadlock');
  assert.is(report.counterexample!.trace.length, 4);
  assert.is((await check({ ...model, mayEnd: (s: Vector) => s.every((x) => x === 2) })).verdict, 'holds');
  assert.is((await check(strict, { deadlock: false })).verdict, 'holds');
});

test('several initial states: each counts once, and a run says where it starts', async () => {
  const model = {
    ...counters(1, 9, false, [never('Nine', (s) => s[0] === 9)]),
    initial: () => [[3], [7], [3]],
  };
  const report = await check(model);
  assert.is(report.levels[0], 2);
  assert.is(report.states, 7);
  assert.is(report.counterexample!.initial, 1);
  assert.is(report.counterexample!.trace.length, 2);
});

test('claims are chosen by name', async () => {
  const model = jugs([never('Four', (s) => s[1] === 4), never('Five', (s) => s[1] === 5)]);
  const report = await check(model, { claims: ['Four'] });
  assert.equal(
    report.claims.map((c) => c.name),
    ['Four'],
  );
  let message = '';
  await check(model, { claims: ['Fuor'] }).catch((error) => (message = error.message));
  assert.match(message, 'legal: Four, Five, NoDeadlock');
});

test('wide states are compared in every word', async () => {
  const width = 7;
  const model = toy({
    initial: [Array.from({ length: width }, () => 0)],
    moves: Array.from({ length: width }, (_, k) => ({ name: 'flip', args: [k] })),
    effect: (state, { args }) => ({
      state: with1(state, Number(args[0]), state[Number(args[0])]! ^ 0x80000000),
    }),
  });
  const unsigned = {
    ...model,
    effect: (s: Vector, m: (typeof model.moves)[number]) => ({
      state: with1(s, Number(m.args[0]), (s[Number(m.args[0])]! ^ 0x80000000) >>> 0),
    }),
  };
  const report = await check(unsigned);
  assert.is(report.states, 128);
  assert.equal(report.levels, [1, 7, 21, 35, 35, 21, 7, 1]);
});

test.run();
