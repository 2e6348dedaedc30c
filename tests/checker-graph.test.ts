// Graphs and traces for other programs: DOT and ITF.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, graphAsDot, graphAsItf, traceAsItf } from '../checker/index.ts';
import { lock } from '../examples/lock.ts';
import { twoPhaseCommit } from '../examples/two-phase-commit.ts';
import { jugs, never, plainly } from './checker-toys.ts';

test('the graph holds every state and every step, in breadth-first order', async () => {
  const model = jugs();
  const { graph, transitions } = await check(model, { graph: true });
  const { depths } = plainly(model);
  assert.is(graph!.words.length, 16);
  assert.is(graph!.edges.length, transitions);
  assert.is(graph!.truncated, false);
  assert.equal(graph!.initial, [0]);
  graph!.words.forEach((words, node) => {
    assert.is(graph!.depths[node], depths.get(words.join(' ')));
  });
  for (const { from, to, move } of graph!.edges) {
    const { state } = model.effect([...graph!.words[from]!], model.moves[move]!, () => 0);
    assert.equal([...graph!.words[to]!], state);
  }
});

test('two-phase commit: 288 nodes; a limit leaves out the rest and says so', async () => {
  const model = twoPhaseCommit(3);
  const { graph, transitions } = await check(model, { graph: true });
  assert.is(graph!.words.length, 288);
  assert.is(graph!.edges.length, transitions);
  const some = (await check(model, { graph: { limit: 100 } })).graph!;
  assert.is(some.truncated, true);
  assert.ok(some.words.length + some.edges.length <= 100);
  assert.ok(some.edges.every(({ from, to }) => from < some.words.length && to < some.words.length));
});

test('under symmetry the graph is the quotient', async () => {
  const { graph, orbits } = await check(lock({ threads: 3, kind: 'race' }), { symmetry: true, graph: true });
  assert.is(graph!.words.length, orbits);
});

test('DOT: a node a state, parallel moves on one edge, quotes escaped', async () => {
  const model = { ...jugs(), show: (state: readonly number[]) => `"${state.join('\\')}"` };
  const { graph } = await check(model, { graph: true });
  const dot = graphAsDot(model, graph!);
  assert.match(dot, /^digraph "jugs" \{/);
  assert.is(dot.match(/^ {2}s\d+ \[label=/gm)!.length, 16);
  assert.match(dot, 's0 [label="\\"0\\\\0\\"", peripheries=2];');
  assert.match(dot, 's0 -> s0 [label="empty(0)\\nempty(1)\\npour(0)\\npour(1)"];');
  assert.is(dot.match(/\{/g)!.length, dot.match(/\}/g)!.length);
});

test('ITF: a counterexample as states of named variables with the move that led to each', async () => {
  const model = jugs([never('Four', (s) => s[1] === 4)]);
  const { counterexample } = await check(model);
  const itf = JSON.parse(traceAsItf(model, counterexample!));
  assert.is(itf['#meta'].format, 'ITF');
  assert.match(itf['#meta'].description, 'Four');
  assert.equal(itf.vars, ['x0', 'x1', 'move', 'outcome']);
  assert.is(itf.states.length, 7);
  assert.equal(itf.states[0], {
    '#meta': { index: 0 },
    x0: { '#bigint': '0' },
    x1: { '#bigint': '0' },
    move: 'init',
    outcome: 'ok',
  });
  assert.equal(itf.states[6].x1, { '#bigint': '4' });
  for (const state of itf.states) for (const name of itf.vars) assert.ok(name in state);
  assert.not.ok('loop' in itf);
});

test('ITF: a lasso says where it loops; a run that stays says its last state', async () => {
  const model = lock({ threads: 2, kind: 'race' });
  const itf = JSON.parse(traceAsItf(model, (await check(model)).counterexample!));
  assert.is(itf.loop, 1);
  const { '#meta': _one, move: _move, outcome: _outcome, ...first } = itf.states[itf.loop];
  const { '#meta': _two, move: __move, outcome: __outcome, ...last } = itf.states.at(-1);
  assert.equal(first, last);
  assert.equal(last.doing, ['waiting', 'idle']);
});

test('ITF: a graph as all its states, each with the steps that leave it', async () => {
  const model = jugs();
  const { graph } = await check(model, { graph: true });
  const itf = JSON.parse(graphAsItf(model, graph!));
  assert.is(itf.states.length, 16);
  assert.equal(itf.vars, ['x0', 'x1', 'node', 'depth', 'steps']);
  assert.equal(itf.states[0].steps[0], { move: 'fill(0)', to: { '#bigint': '1' } });
});

test.run();
