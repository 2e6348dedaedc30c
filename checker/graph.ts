// The graph of a finished search, and its export: DOT for drawing, ITF (Apalache's Informal Trace Format, ADR 015) for trace viewers.

import { packed, type SmallModel } from './intern.ts';
import type { Model, Value } from './model.ts';
import type { Counterexample, Graph, GraphEdge, Trace } from './report.ts';
import type { Steps } from './steps.ts';
import { wordsOf } from './symmetry.ts';
import { ROOT, type Table } from './table.ts';
import { moveText, stateText } from './text.ts';
import { replay } from './trace.ts';

/** Collects states in breadth-first order and the steps between them, up to `limit` of both together. */
export function collectGraph<State>(table: Table, steps: Steps<State>, limit: number): Graph {
  const words: Uint32Array[] = [];
  const depths: number[] = [];
  const nodeOf = new Map<number, number>();
  const initial: number[] = [];
  const order: number[] = [];
  const edges: GraphEdge[] = [];
  let truncated = false;
  const enter = (index: number, depth: number) => {
    if (nodeOf.has(index)) return;
    if (order.length + edges.length >= limit) {
      truncated = true;
      return;
    }
    nodeOf.set(index, order.length);
    order.push(index);
    depths.push(depth);
    const copy = new Uint32Array(table.width);
    table.read(index, copy);
    words.push(copy);
  };
  for (const index of table.indices()) if (table.parent(index) === ROOT) enter(index, 0);
  for (let node = 0; node < order.length; node++) if (depths[node] === 0) initial.push(node);
  for (let node = 0; node < order.length; node++) {
    steps.each(order[node]!, (to, move) => {
      if (to >= 0) enter(to, depths[node]! + 1);
      const target = nodeOf.get(to);
      if (target === undefined || order.length + edges.length >= limit) truncated = true;
      else edges.push({ from: node, to: target, move });
    });
  }
  return { words, depths, initial, edges, truncated };
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;

/** Graphviz: a node a state, an edge for each pair of states with all the moves between them; a double border marks initial states. */
export function graphAsDot<State>(given: Model<State> | SmallModel<State>, graph: Graph): string {
  const model = packed(given);
  const lines = [`digraph ${quoted(model.name)} {`, '  node [shape=box, fontname=monospace];'];
  graph.words.forEach((words, node) => {
    const border = graph.initial.includes(node) ? ', peripheries=2' : '';
    lines.push(`  s${node} [label=${quoted(stateText(model, words))}${border}];`);
  });
  const labels = new Map<string, Set<string>>();
  for (const { from, to, move } of graph.edges) {
    const key = `s${from} -> s${to}`;
    const texts = labels.get(key) ?? new Set();
    labels.set(key, texts.add(moveText(model.moves[move]!)));
  }
  for (const [key, texts] of labels) lines.push(`  ${key} [label=${quoted([...texts].join('\n'))}];`);
  if (graph.truncated) lines.push('  cut [shape=plaintext, label="(cut off at the limit)"];');
  lines.push('}', '');
  return lines.join('\n');
}

type Itf = string | boolean | Itf[] | { [name: string]: Itf | number };

/** Numbers and maps are written as ADR 015 wants them, `{"#bigint": "7"}` and `{"#map": [[key, value], ...]}`. */
function itfValue(value: Value): Itf {
  if (typeof value === 'number') return { '#bigint': String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(itfValue);
  if (value instanceof Map) return { '#map': [...value].map((pair) => pair.map(itfValue)) };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, itfValue(part)]));
}

function variablesOf<State>(model: Model<State>, state: State): { readonly [name: string]: Value } {
  return model.variables?.(state) ?? { state: stateText(model, wordsOf(model, state)) };
}

interface ItfState {
  readonly [name: string]: Itf;
}

function itfFile(description: string, states: readonly ItfState[], loop?: number): string {
  const vars = Object.keys(states[0] ?? {});
  const file = {
    '#meta': {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description,
    },
    vars,
    states: states.map((state, index) => ({ '#meta': { index }, ...state })),
    ...(loop === undefined ? {} : { loop }),
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** A run as an ITF trace: the model's variables, and `move` and `outcome` of the step that led to each state. */
export function traceAsItf<State>(
  given: Model<State> | SmallModel<State>,
  run: Trace | Counterexample,
): string {
  const model = packed(given);
  const steps = 'steps' in run ? run.steps : run.trace;
  const states = replay(model, run.initial, steps).map((state, k) => ({
    ...(itfValue(variablesOf(model, state)) as ItfState),
    move: k === 0 ? 'init' : moveText(steps[k - 1]!.move),
    outcome: k === 0 ? 'ok' : steps[k - 1]!.outcome,
  }));
  const description =
    'claim' in run ? `${model.name} violates ${run.claim}: ${run.witness}` : `a run of ${model.name}`;
  return itfFile(description, states, 'loop' in run ? run.loop : undefined);
}

/** All states in breadth-first order, as ITF has no graphs: the variables, and `node`, `depth` and the `steps` that leave it. */
export function graphAsItf<State>(given: Model<State> | SmallModel<State>, graph: Graph): string {
  const model = packed(given);
  const leaving: Itf[][] = graph.words.map(() => []);
  for (const { from, to, move } of graph.edges) {
    leaving[from]!.push({ move: moveText(model.moves[move]!), to: itfValue(to) });
  }
  const states = graph.words.map((words, node) => ({
    ...(itfValue(variablesOf(model, model.unpack(words, 0))) as ItfState),
    node: itfValue(node),
    depth: itfValue(graph.depths[node]!),
    steps: leaving[node]!,
  }));
  const cut = graph.truncated ? ', cut off at the limit' : '';
  return itfFile(`every state of ${model.name} in breadth-first order (a graph, not one run)${cut}`, states);
}
