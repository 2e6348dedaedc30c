// A trace as a short text for a link. Each part of a move is written as what it is in the state before it, and what came often is written shortly.

import {
  IllegalChoice,
  initial,
  type Move,
  type ProfileName,
  profileNames,
  profiles,
  type Scope,
  type State,
} from '../../model/index.ts';
import { type Coder, CoderError, fromText, LETTERS, Reader, toText, Writer } from './coder.ts';
import type { Decisions } from './decide.ts';
import { Habits, isNaming, walkDecisions, walkMove, walkName } from './link-moves.ts';

/** How a world begins: with nothing in it, or with the root container (and, in the shell's machine, the task `sh`, number 1). */
export type Start = 'nothing' | 'root' | 'shell';

export interface Turn {
  readonly move: Move;
  readonly decisions: Decisions;
  /** What the shell called the container or task that the move makes. */
  readonly name?: string;
}

export interface World {
  readonly profile: ProfileName;
  readonly start: Start;
  readonly scope: Scope;
}

export interface Linked extends World {
  readonly turns: readonly Turn[];
}

/** The shell's own task: pid 1. */
export const SHELL = 1;

/** The state in which a world begins. */
export function begin({ profile, start }: World): State {
  const state = initial(profiles[profile], start !== 'nothing' || profiles[profile].root);
  if (start !== 'shell') return state;
  return { ...state, tasks: new Map([[SHELL, { container: -1, maps: [], pins: [] }]]) };
}

export class LinkError extends Error {
  override name = 'LinkError';
}

const VERSION = '2';
const STARTS: readonly Start[] = ['nothing', 'root', 'shell'];
/** More moves than this are no link but an attempt on the reader's memory. */
const STEPS = 1 << 20;

/** `2` + base64url of the number that the trace makes + 3 characters of checksum. */
export function encodeLink(linked: Linked): string {
  const writer = new Writer();
  told('this does not fit into a link', () => walkTrace(writer, linked));
  const body = VERSION + toText(writer.number());
  return body + checksum(body);
}

/** The trace of a link. Throws a LinkError that says what is wrong with it. */
export function decodeLink(text: string): Linked {
  if (!/^[\w.!~*'()%-]*$/.test(text)) throw new LinkError('the link has a character that no link has');
  if (text.length < 6) throw new LinkError('the link is too short to hold a trace');
  const body = text.slice(0, -3);
  if (checksum(body) !== text.slice(-3)) {
    throw new LinkError('the link is damaged: its checksum does not fit (was it cut off?)');
  }
  if (text[0] !== VERSION) {
    throw new LinkError(
      `the link is of version ${text[0]}, this page reads version ${VERSION}: make it again where it was made`,
    );
  }
  return told('the link holds no trace', () => {
    const reader = new Reader(fromText(body.slice(1)));
    const linked = walkTrace(reader);
    reader.end();
    return linked;
  });
}

/** What the coder or the model finds wrong, as an error of links. */
function told<T>(what: string, walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof CoderError || error instanceof IllegalChoice)) throw error;
    throw new LinkError(`${what}: ${error.message}`);
  }
}

/** The one description of the format. Given a trace it writes it; given none it reads one. Either way it plays the moves. */
function walkTrace(coder: Coder, given?: Linked): Linked {
  const of = <T>(all: readonly T[], one: T | undefined): T =>
    all[coder.digit(all.length, one === undefined ? undefined : all.indexOf(one))];
  const size = (value?: number) => Number(coder.whole(value === undefined ? undefined : BigInt(value)));
  const profile = of(profileNames, given?.profile);
  const start = of(STARTS, given?.start);
  const scope: Scope = {
    containers: size(given?.scope.containers),
    tasks: size(given?.scope.tasks),
    pages: size(given?.scope.pages),
    limit: size(given?.scope.limit),
  };
  const count = size(given?.turns.length);
  if (count > STEPS) throw new CoderError(`a link holds at most ${STEPS} moves, not ${count}`);

  const habits = new Habits();
  let state = begin({ profile, start, scope });
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) {
    const turn = given?.turns[i];
    const where = { coder, habits, scope, state };
    const move = walkMove(where, turn?.move);
    const { decisions, after } = walkDecisions(where, move, turn?.decisions);
    const name = isNaming(move) ? walkName(where, turn) : undefined;
    turns.push(name === undefined ? { move, decisions } : { move, decisions, name });
    state = after;
  }
  return { profile, start, scope, turns };
}

/** 18 bits, as three letters. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const folded = (hash >>> 18) ^ (hash & 0x3ffff);
  return [12, 6, 0].map((shift) => LETTERS[(folded >>> shift) & 63]).join('');
}
