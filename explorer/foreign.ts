// ITF files of models that do not run in the page (the protocol): a graph, or a run as a graph that is one line, to be looked at.

import * as Schema from '@effect/schema/Schema';
import { OpenError, type Opened } from './opened.ts';

/** More states than this are no drawing any more. */
const MOST = 200;

const Big = Schema.Struct({ '#bigint': Schema.String });

const FileSchema = Schema.Struct({
  vars: Schema.Array(Schema.String),
  states: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
});

const NodeSchema = Schema.Struct({
  depth: Big,
  steps: Schema.Array(Schema.Struct({ move: Schema.String, to: Big })),
});

/** What is no variable of the model. */
const NOTES = ['#meta', 'node', 'depth', 'steps', 'move', 'outcome'];

const countOf = ({ '#bigint': text }: typeof Big.Type): number => Number(text);

export function openForeign(json: unknown, name: string, about: string): Opened {
  const decoded = Schema.decodeUnknownExit(FileSchema)(json);
  if (decoded._tag === 'Failure')
    throw new OpenError(`${name} is an ITF file, but not of the shape of a graph`);
  const { states } = decoded.value;
  if (states.length > MOST) {
    throw new OpenError(
      `${name} has ${states.length} states; this page draws ${MOST} of a model that does not run in it`,
    );
  }
  const isGraph = states.some((state) => 'node' in state);
  const parts = states.map((state, at) => (isGraph ? nodeOf(state, at) : lineOf(state, at, states[at + 1])));
  const nodes = states.map((state, at) => ({ label: labelOf(state), depth: parts[at].depth }));
  const edges = parts.flatMap(({ steps }, from) =>
    steps.map(({ move, to }) => {
      if (to >= 0 && to < states.length) return { from, to, moves: [move] };
      throw new OpenError(`${name}: a step of state ${from} leads to state ${to}, which is not there`);
    }),
  );
  return { kind: 'foreign', graph: { name: about, nodes, edges: merged(edges) } };

  function nodeOf(state: unknown, at: number) {
    const node = Schema.decodeUnknownExit(NodeSchema)(state);
    if (node._tag === 'Failure') throw new OpenError(`${name}: state ${at} has no depth or no steps`);
    const { depth, steps } = node.value;
    return { depth: countOf(depth), steps: steps.map(({ move, to }) => ({ move, to: countOf(to) })) };
  }
}

function lineOf(_state: unknown, at: number, next: { readonly [name: string]: unknown } | undefined) {
  if (!next) return { depth: at, steps: [] };
  const outcome = next.outcome === undefined || next.outcome === 'ok' ? '' : `: ${String(next.outcome)}`;
  return { depth: at, steps: [{ move: `${String(next.move ?? 'a step')}${outcome}`, to: at + 1 }] };
}

/** The variables in words; one that is text already stands as it is. */
function labelOf(state: { readonly [name: string]: unknown }): string {
  const vars = Object.entries(state).filter(([name]) => !NOTES.includes(name));
  return vars
    .map(([name, value]) => (name === 'state' ? String(value) : `${name} ${wordsOf(value)}`))
    .join('  ');
}

const wordsOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    Schema.is(Big)(part) ? Number((part as typeof Big.Type)['#bigint']) : part,
  );

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly moves: string[];
}

/** One edge for each pair of different states. */
function merged(edges: readonly Edge[]): Edge[] {
  const found = new Map<string, Edge>();
  for (const { from, to, moves } of edges) {
    if (from === to) continue;
    const edge = found.get(`${from} ${to}`);
    if (edge) edge.moves.push(...moves);
    else found.set(`${from} ${to}`, { from, to, moves: [...moves] });
  }
  return [...found.values()];
}
