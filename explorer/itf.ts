// ITF (Apalache's Informal Trace Format): traces and graphs that the model checker wrote are opened, traces played here are written.

import * as Schema from '@effect/schema/Schema';
import {
  type Action,
  actions,
  type Container,
  type Move,
  type ProfileName,
  profileNames,
  ROOT,
  type Scope,
  type State,
  UNLIMITED,
} from '../model/index.ts';
import type { Turn } from '../properties/link.ts';
import { scopeOf } from '../properties/move.ts';
import { openForeign } from './foreign.ts';
import type { Kind } from './graph.ts';
import { OpenError, type Opened } from './opened.ts';
import type { Timeline } from './timeline.ts';

const FORMAT_URL = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

const ItfSchema = Schema.Struct({
  '#meta': Schema.Struct({ description: Schema.optionalKey(Schema.String) }),
  vars: Schema.Array(Schema.String),
  states: Schema.Array(
    Schema.Struct({
      move: Schema.optionalKey(Schema.String),
      outcome: Schema.optionalKey(Schema.String),
      node: Schema.optionalKey(Schema.Unknown),
    }),
  ),
});

export const isItf = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'vars' in json && 'states' in json;

/** `lru letter 1/2/2/2`: how the checker names a model. */
const MODEL = /\b(contract|lru) (\S+) (\d+)\/(\d+)\/(\d+)\/(\d+)/;

export function openItf(json: unknown, name: string): Opened {
  const decoded = Schema.decodeUnknownExit(ItfSchema)(json);
  if (decoded._tag === 'Failure') {
    throw new OpenError(
      `${name} is an ITF file, but not of the shape of a trace: ${oneLine(String(decoded.cause))}`,
    );
  }
  const { '#meta': meta, states } = decoded.value;
  const model = MODEL.exec(meta.description ?? '');
  const kind: Kind = model?.[1] === 'contract' ? 'contract' : 'lru';
  const profile = (profileNames as readonly string[]).includes(model?.[2] ?? '')
    ? (model?.[2] as ProfileName)
    : 'letter';
  const sizes = model?.slice(3).map(Number);
  if (states.some(({ node }) => node !== undefined)) {
    if (!sizes) return openForeign(json, name, meta.description ?? name);
    return { kind: 'graph', asked: { kind, profile, scope: scopeFrom(sizes) } };
  }
  if (!sizes && /\bprotocol /.test(meta.description ?? ''))
    return openForeign(json, name, meta.description ?? name);
  if (states.some(({ move }, i) => i > 0 && move === undefined)) {
    throw new OpenError(`${name} is an ITF trace without a variable "move": it cannot be played`);
  }
  const turns = states
    .slice(1)
    .map(({ move = '' }, i): Turn => ({ move: parseMove(move, i, name), decisions: [] }));
  const scope = sizes ? scopeFrom(sizes) : scopeOf(turns.map(({ move }) => move));
  const answers = states.slice(1).map(({ outcome }) => (outcome === undefined ? {} : { outcome }));
  const about = meta.description ? [meta.description] : [];
  return {
    kind: 'trace',
    linked: { profile, start: 'nothing', scope, turns },
    recorded: { subject: name, about, answers },
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 200);

const scopeFrom = ([containers, tasks, pages, limit]: readonly number[]): Scope => ({
  containers,
  tasks,
  pages,
  limit,
});

/** `touch(0, 1)` as the checker writes it, or `touch t0 p1` as people do. */
function parseMove(text: string, at: number, file: string): Move {
  const [name, ...args] = text.split(/[(), ]+/).filter((word) => word !== '');
  const action: Action | undefined = actions.find((each) => each.name === name);
  const values = args.map((word) =>
    word === 'root' ? ROOT : Number(/^[ctp]?(-?\d+)$/.exec(word)?.[1] ?? Number.NaN),
  );
  if (!action || values.length < action.args.length || values.some(Number.isNaN)) {
    throw new OpenError(`${file}: move ${at + 1} is "${text.slice(0, 60)}", which is no move of this model`);
  }
  return [name, ...values];
}

// Writing.

type Itf = string | boolean | Itf[] | { [name: string]: Itf };

const number = (value: number | bigint): Itf => ({ '#bigint': String(value) });
const pages = (list: readonly number[]): Itf => list.map((p) => `p${p}`);
const nameOf = (c: number): string => (c === ROOT ? 'root' : `c${c}`);

function containerItf({ limit, active, inactive, failcnt, reclaimed }: Container): Itf {
  return {
    limit: limit === UNLIMITED ? 'unlimited' : number(limit),
    failcnt: number(failcnt),
    reclaimed: number(reclaimed),
    active: pages(active),
    inactive: pages(inactive),
  };
}

function stateItf(state: State): { [name: string]: Itf } {
  const containers = [...state.containers].map(([c, container]) => [nameOf(c), containerItf(container)]);
  const tasks = [...state.tasks].map(([t, { container, maps, pins }]) => [
    `t${t}`,
    { container: nameOf(container), maps: pages(maps), pins: pages(pins) },
  ]);
  return {
    containers: Object.fromEntries(containers),
    tasks: Object.fromEntries(tasks),
    referenced: pages(state.referenced),
  };
}

/** The trace with all its states, in the variables that the checker uses. */
export function timelineAsItf(timeline: Timeline): string {
  const { profile, scope } = timeline.linked();
  const { containers, tasks, pages: pageCount, limit } = scope;
  const states = Array.from({ length: timeline.length + 1 }, (_, at) => {
    const { turn, outcome } = timeline.moment(at);
    const move = turn ? `${turn.move[0]}(${turn.move.slice(1).join(', ')})` : 'init';
    return { '#meta': { index: at }, ...stateItf(timeline.stateAt(at)), move, outcome };
  });
  const description = `a run of lru ${profile} ${containers}/${tasks}/${pageCount}/${limit}, played in the explorer`;
  const file = {
    '#meta': { format: 'ITF', 'format-description': FORMAT_URL, description },
    vars: ['containers', 'tasks', 'referenced', 'move', 'outcome'],
    states,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}
