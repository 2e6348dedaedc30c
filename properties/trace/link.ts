// A trace as a text for a link: every part of a move in as many bits as its scope needs, six bits a letter. What is too long for a link goes by file.

import {
  type Arg,
  type ArgKind,
  actions,
  initial,
  type Move,
  moveOf,
  type ProfileName,
  profileNames,
  profiles,
  type Scope,
  type State,
} from '../../model/index.ts';
import { argKind } from './args.ts';
import { BitReader, type Bits, BitWriter, LETTERS } from './bits.ts';
import type { Decision, Decisions } from './decide.ts';

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

const VERSION = '3';
const STARTS: readonly Start[] = ['nothing', 'root', 'shell'];
/** Mail, chat and shells cut longer addresses off. */
export const LONGEST = 2000;

/** `3` + base64url of the trace's bits + 3 characters of checksum. Throws a LinkError for a trace that does not fit. */
export function encodeLink(linked: Linked): string {
  const bits = new BitWriter(LONGEST * 6);
  told('this trace does not fit into a link', () => walkTrace(bits, linked));
  return sealed(VERSION + bits.text());
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
      `the link is of version ${text[0]}, this page reads version ${VERSION}: make it again where it was made, or export the trace there as a file`,
    );
  }
  return told('the link holds no trace', () => {
    const bits = new BitReader(body.slice(1));
    const linked = walkTrace(bits);
    bits.end();
    return linked;
  });
}

function told<T>(what: string, walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LinkError(`${what}: ${error.message}`);
  }
}

/** The one description of the format. Given a trace it writes it; given none it reads one. */
function walkTrace(bits: Bits, given?: Linked): Linked {
  const profile = oneOf(bits, profileNames, given?.profile);
  const start = oneOf(bits, STARTS, given?.start);
  const scope: Scope = {
    containers: bits.whole(given?.scope.containers),
    tasks: bits.whole(given?.scope.tasks),
    pages: bits.whole(given?.scope.pages),
    limit: bits.whole(given?.scope.limit),
  };
  const count = bits.whole(given?.turns.length);
  const names: string[] = [];
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) turns.push(walkTurn(bits, scope, names, given?.turns[i]));
  return { profile, start, scope, turns };
}

const oneOf = <T>(bits: Bits, all: readonly T[], one?: T): T =>
  all[bits.below(all.length, one === undefined ? undefined : all.indexOf(one))];

/** mkdir with a parent counts as an action of its own. */
const NESTED = actions.length;

function walkTurn(bits: Bits, scope: Scope, names: string[], given?: Turn): Turn {
  const at = given && actions.findIndex(({ name }) => name === given.move[0]);
  if (at === -1) throw new RangeError(`no action is called ${given?.move[0]}`);
  const isNested = given?.move[0] === 'mkdir' && given.move.length === 3;
  const told = bits.below(NESTED + 1, isNested ? NESTED : at);
  const { name, args } = told === NESTED ? { name: 'mkdir', args: [0, 1] } : actions[told];
  const move = moveOf(
    name,
    args.map((_, k) => walkArg(bits, scope, argKind(name, k), given?.move[k + 1])),
  );
  const decisions = walkDecisions(bits, scope, given?.decisions);
  const called = MAKES.has(name) ? walkName(bits, names, given) : undefined;
  return called === undefined ? { move, decisions } : { move, decisions, name: called };
}

/** An id of the scope, a limit of the scope, or whole whole number: the root, what lies beyond the scope, what the model refuses. */
function walkArg(bits: Bits, scope: Scope, kind: ArgKind | undefined, given?: string | Arg): Arg {
  const room = { container: scope.containers, task: scope.tasks, page: scope.pages, limit: scope.limit + 1 };
  const count = room[kind ?? 'page'];
  const isInside = typeof given === 'number' && Number.isInteger(given) && given >= 0 && given < count;
  const value = bits.below(count + 1, given === undefined ? undefined : isInside ? given : count);
  if (value < count) return value;
  if (typeof given === 'number' && !Number.isInteger(given))
    throw new RangeError(`${given} is no whole number`);
  const signed = given === undefined ? undefined : BigInt(given);
  const folded = bits.large(signed === undefined ? undefined : signed < 0n ? -2n * signed - 1n : 2n * signed);
  const whole = folded % 2n === 0n ? folded / 2n : -(folded + 1n) / 2n;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

/** What was chosen by hand, in the order in which it came up: pages or tasks by their ids; null leaves a choice to the two lists. */
function walkDecisions(bits: Bits, scope: Scope, given?: Decisions): Decisions {
  if (bits.below(2, given && Number(given.length > 0)) === 0) return [];
  const count = bits.whole(given?.length);
  const ids = Math.max(scope.pages, scope.tasks);
  const walk = (decision?: Decision): Decision => {
    if (bits.below(2, decision === undefined ? undefined : Number(decision !== null)) === 0) return null;
    const length = bits.whole(decision?.length);
    return listOf(length, (k) => bits.below(ids, decision?.[k]));
  };
  return listOf(count, (k) => walk(given?.[k]));
}

/** One by one: a length that a link only claims to have ends with its bits, not with this page's memory. */
function listOf<T>(length: number, one: (k: number) => T): T[] {
  const all: T[] = [];
  for (let k = 0; k < length; k++) all.push(one(k));
  return all;
}

const MAKES = new Set(['mkdir', 'spawn', 'fork']);

/** What the shell called the new container or task: nothing, a name that came before, or a new one. */
function walkName(bits: Bits, names: string[], given?: Turn): string | undefined {
  const known = names.indexOf(given?.name ?? '') + 1;
  const isNew = given?.name !== undefined && known === 0;
  const told = bits.below(
    names.length + 2,
    given && (given.name === undefined ? 0 : isNew ? names.length + 1 : known),
  );
  if (told === 0) return undefined;
  if (told <= names.length) return names[told - 1];
  const units = listOf(bits.whole(given?.name?.length), (k) => walkLetter(bits, given?.name?.[k]));
  names.push(units.join(''));
  return names.at(-1);
}

/** One of LETTERS in 7 bits; any other UTF-16 unit in 16 more. */
function walkLetter(bits: Bits, given?: string): string {
  const at = given === undefined ? undefined : LETTERS.indexOf(given);
  const told = bits.below(LETTERS.length + 1, at === -1 ? LETTERS.length : at);
  return LETTERS[told] ?? String.fromCharCode(bits.below(1 << 16, given?.charCodeAt(0)));
}

/** With its checksum. */
export const sealed = (body: string): string => body + checksum(body);

/** 18 bits, as three letters. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const folded = (hash >>> 18) ^ (hash & 0x3ffff);
  return [12, 6, 0].map((shift) => LETTERS[(folded >>> shift) & 63]).join('');
}
