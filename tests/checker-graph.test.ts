// Graphs and traces for other programs: DOT and ITF.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, graphAsDot, graphAsItf, type Model, traceAsItf } from '../checker/index.ts';
import { lock } from '../examples/lock.ts';
import { twoPhaseCommit } from '../examples/two-phase-commit.ts';
import { scopeOf, watchedModel } from '../properties/races/protocol/index.ts';
import { controllerModel } from '../properties/scopes/index.ts';
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

/** An ITF value with every leaf replaced by the name of its type, and lists and maps by what all of their parts have in common. */
type Shape = string | { readonly [part: string]: Shape };

function shapeOf(value: unknown): Shape {
  if (typeof value !== 'object' || value === null) return typeof value;
  if ('#bigint' in value) return 'int';
  if ('#map' in value) {
    const pairs = value['#map'] as [unknown, unknown][];
    return { 'map from': common(pairs.map(([key]) => key)), to: common(pairs.map(([, one]) => one)) };
  }
  if (Array.isArray(value)) return { 'list of': common(value) };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
}

const common = (values: readonly unknown[]): Shape => values.map(shapeOf).reduce(both, 'any');

/** @throws where the two are of different types, or records with different fields */
function both(a: Shape, b: Shape): Shape {
  if (a === 'any' || b === 'any') return a === 'any' ? b : a;
  if (typeof a === 'string' || typeof b === 'string') {
    if (a === b) return a;
    throw new Error(`${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
  }
  assert.equal(Object.keys(a).sort(), Object.keys(b).sort());
  return Object.fromEntries(Object.keys(a).map((part) => [part, both(a[part]!, b[part]!)]));
}

test('ITF: one variable, one type, in all states of every model that we ship', async () => {
  const scope = { containers: 2, tasks: 1, pages: 2, limit: 1 };
  const models = [
    controllerModel({ kind: 'contract', profile: 'letter', scope }),
    controllerModel({ kind: 'lru', profile: 'linux-v1', scope: { ...scope, containers: 1 } }),
    lock({ threads: 3, kind: 'queue' }),
    twoPhaseCommit(2),
    watchedModel(scopeOf(1, 1, 1, 1)),
  ] as Model<unknown>[];
  for (const model of models) {
    const { graph } = await check(model, { claims: [], graph: true });
    const { vars, states } = JSON.parse(graphAsItf(model, graph!));
    for (const name of vars) {
      const shapes = states.map((state: Record<string, unknown>) => shapeOf(state[name]));
      assert.not.throws(() => shapes.reduce(both), undefined, `${model.name}: ${name}`);
    }
  }
});

test.run();
