// ITF (Apalache's Informal Trace Format): traces and graphs that the model checker wrote are opened, traces played here are written.

import * as Schema from '@effect/schema/Schema';
import {
  type Action,
  type Arg,
  actions,
  type Container,
  type Move,
  moveOf,
  type ProfileName,
  profileNames,
  ROOT,
  type State,
  UNLIMITED,
} from '../model/index.ts';
import type { Turn } from '../properties/trace/link.ts';
import { scopeFromText, scopeOf, scopeText } from '../properties/trace/move.ts';
import { choosesByHand } from './compare.ts';
import { openForeign } from './foreign.ts';
import type { Kind } from './graph.ts';
import { OpenError, type Opened } from './opened.ts';
import { plainTrace } from './plain.ts';
import { Timeline } from './timeline.ts';

const FORMAT_URL = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

/** A free choice that was left to the two lists, as it was written once; now it is an empty list. */
const LISTS = 'lists';
const Id = Schema.Struct({ '#bigint': Schema.String.check(Schema.isPattern(/^[0-9]{1,9}$/)) });

const ItfSchema = Schema.Struct({
  '#meta': Schema.Struct({ description: Schema.optionalKey(Schema.String) }),
  vars: Schema.Array(Schema.String),
  states: Schema.Array(
    Schema.Struct({
      move: Schema.optionalKey(Schema.String),
      outcome: Schema.optionalKey(Schema.String),
      choices: Schema.optionalKey(Schema.Array(Schema.Union([Schema.Literal(LISTS), Schema.Array(Id)]))),
      node: Schema.optionalKey(Schema.Unknown),
    }),
  ),
});

export const isItf = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'vars' in json && 'states' in json;

/** `lru letter 1/2/2/2`: how the checker names a model. */
const MODEL = /\b(contract|lru) (\S+) (\d+\/\d+\/\d+\/\d+)/;

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
  const known = model && scopeFromText(model[3]);
  if (states.some(({ node }) => node !== undefined)) {
    if (!known) return openForeign(json, name, meta.description ?? name);
    return { kind: 'graph', asked: { kind, profile, scope: known } };
  }
  if (!known && /\bprotocol /.test(meta.description ?? ''))
    return openForeign(json, name, meta.description ?? name);
  if (states.some(({ move }, i) => i > 0 && move === undefined)) {
    throw new OpenError(`${name} is an ITF trace without a variable "move": it cannot be played`);
  }
  const turns = states.slice(1).map(
    ({ move = '', choices = [] }, i): Turn => ({
      move: parseMove(move, i, name),
      decisions: choices.map((choice) =>
        choice === LISTS || choice.length === 0 ? null : choice.map((id) => Number(id['#bigint'])),
      ),
    }),
  );
  const scope = known ?? scopeOf(turns.map(({ move }) => move));
  const answers = states.slice(1).map(({ outcome }) => (outcome === undefined ? {} : { outcome }));
  const about = meta.description ? [meta.description] : [];
  return {
    kind: 'trace',
    linked: { profile, start: 'nothing', scope, turns },
    recorded: { subject: name, about, answers },
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 200);

/** `touch(0, 1)` as the checker writes it, or `touch t0 p1` as people do. */
function parseMove(text: string, at: number, file: string): Move {
  const [name, ...args] = text.split(/[(), ]+/).filter((word) => word !== '');
  const action: Action | undefined = actions.find((each) => each.name === name);
  const values = args.map(parseArg);
  if (!action || values.length < action.args.length || values.some((value) => value === undefined)) {
    throw new OpenError(`${file}: move ${at + 1} is "${text.slice(0, 60)}", which is no move of this model`);
  }
  return moveOf(name, values as Arg[]);
}

function parseArg(word: string): Arg | undefined {
  if (word === 'root') return ROOT;
  const digits = /^[ctp]?(-?\d{1,40})$/.exec(word)?.[1];
  if (digits === undefined) return undefined;
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
}

// Writing.

type Itf = string | boolean | Itf[] | { [name: string]: Itf };

const number = (value: number | bigint): Itf => ({ '#bigint': String(value) });
const pages = (list: readonly number[]): Itf => list.map((p) => `p${p}`);
const nameOf = (c: number): string => (c === ROOT ? 'root' : `c${c}`);

function containerItf({ limit, active, inactive, failcnt, reclaimed }: Container): Itf {
  return {
    limit: limit === UNLIMITED ? 'unlimited' : String(limit),
    failcnt: number(failcnt),
    reclaimed: number(reclaimed),
    active: pages(active),
    inactive: pages(inactive),
  };
}

function stateItf(state: State): { [name: string]: Itf } {
  const containers = [...state.containers].map(([c, container]): Itf => [nameOf(c), containerItf(container)]);
  const tasks = [...state.tasks].map(
    ([t, { container, maps, pins }]): Itf => [
      `t${t}`,
      { container: nameOf(container), maps: pages(maps), pins: pages(pins) },
    ],
  );
  return {
    containers: { '#map': containers },
    tasks: { '#map': tasks },
    referenced: pages(state.referenced),
  };
}

/** The choices of a move in their order: the pages or the victim by number; none where the two lists were asked. */
const choicesItf = ({ decisions }: Turn): Itf => decisions.map((decision) => decision?.map(number) ?? []);

/** The trace with all its states, in the variables that the checker uses, and the choices that were made by hand. */
export function timelineAsItf(played: Timeline): string {
  const timeline = Timeline.of(plainTrace(played.linked()));
  const { profile, scope } = timeline.linked();
  const states = Array.from({ length: timeline.length + 1 }, (_, at) => {
    const { turn, outcome } = timeline.moment(at);
    const move = turn ? `${turn.move[0]}(${turn.move.slice(1).join(', ')})` : 'init';
    const choices = turn ? choicesItf(turn) : [];
    return { '#meta': { index: at }, ...stateItf(timeline.stateAt(at)), move, outcome, choices };
  });
  const model = choosesByHand(timeline) ? 'contract' : 'lru';
  const description = `a run of ${model} ${profile} ${scopeText(scope)}, played in the explorer`;
  const file = {
    '#meta': { format: 'ITF', 'format-description': FORMAT_URL, description },
    vars: ['containers', 'tasks', 'referenced', 'move', 'outcome', 'choices'],
    states,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}
