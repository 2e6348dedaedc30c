// A trace as a short text for a link: every move a few digits of mixed radix, so that 100 steps fit into 400 characters.

import {
  type Arg,
  type ArgKind,
  actions,
  initial,
  type Move,
  type ProfileName,
  profileNames,
  profiles,
  type Scope,
  type State,
  step,
} from '../model/index.ts';
import { choosing, type Decision, type Decisions, following } from './decide.ts';

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

const VERSION = '1';
const STARTS: readonly Start[] = ['nothing', 'root', 'shell'];
const SIZES = 1 << 14;
const STEPS = 1 << 20;
const NEXT = actions.length;
const BIG = 1n << 72n;

/** Where digits go to or come from: writing and reading run through the same code, so they cannot disagree. */
interface Digits {
  digit(radix: number, value: number): number;
  big(value: bigint): bigint;
}

/** `1` + base64url of the digits + the names that a shell gave, if any, each after a dot + 3 characters of checksum. */
export function encodeLink(linked: Linked): string {
  const written: [radix: bigint, value: bigint][] = [];
  const digits: Digits = {
    digit(radix, value) {
      if (!(Number.isInteger(value) && value >= 0 && value < radix)) {
        throw new LinkError(`${value} does not fit into a link, where 0 to ${radix - 1} do`);
      }
      written.push([BigInt(radix), BigInt(value)]);
      return value;
    },
    big(value) {
      if (value < 0n || value >= BIG) throw new LinkError(`the limit ${value} does not fit into a link`);
      written.push([BIG, value]);
      return value;
    },
  };
  walk(digits, linked);

  let number = 1n;
  for (const [radix, value] of written.reverse()) number = number * radix + value;
  const body = VERSION + toText(number) + namesText(linked.turns);
  return body + checksum(body);
}

/** The trace of a link. Throws a LinkError that says what is wrong with it. */
export function decodeLink(text: string): Linked {
  if (!/^[A-Za-z0-9_-]*(\.[A-Za-z0-9_.!~*'()%-]*)?$/.test(text))
    throw new LinkError('the link has a character that no link has');
  if (text.length < 6) throw new LinkError('the link is too short to hold a trace');
  const body = text.slice(0, -3);
  if (checksum(body) !== text.slice(-3)) {
    throw new LinkError('the link is damaged: its checksum does not fit (was it cut off?)');
  }
  if (text[0] !== VERSION) {
    throw new LinkError(`the link is of version ${text[0]}, this page reads version ${VERSION}`);
  }
  const [coded, ...names] = body.slice(1).split('.');
  let number = fromText(coded);
  const take = (radix: bigint): bigint => {
    const digit = number % radix;
    number /= radix;
    return digit;
  };
  const linked = walk({ digit: (radix) => Number(take(BigInt(radix))), big: () => take(BIG) });
  if (number !== 1n) throw new LinkError('the link does not end where its trace ends');
  return names.length === 0 ? linked : { ...linked, turns: withNames(linked.turns, names) };
}

const isNaming = ({ move: [name] }: Turn): boolean => ['mkdir', 'spawn', 'fork'].includes(name);

/** The names in the order of the moves that give them; an empty one was not given. */
function namesText(turns: readonly Turn[]): string {
  const names = turns
    .filter(isNaming)
    .map(({ name = '' }) => encodeURIComponent(name).replaceAll('.', '%2E'));
  while (names.length > 0 && names.at(-1) === '') names.pop();
  return names.map((name) => `.${name}`).join('');
}

function withNames(turns: readonly Turn[], names: readonly string[]): Turn[] {
  const left = [...names];
  return turns.map((turn) => {
    const name = isNaming(turn) ? left.shift() : undefined;
    return name ? { ...turn, name: nameOf(name) } : turn;
  });
}

function nameOf(coded: string): string {
  try {
    return decodeURIComponent(coded);
  } catch {
    throw new LinkError(`the link has a name that cannot be read: ${coded}`);
  }
}

/** The one description of the format. Given a trace it writes it; given none it reads one. Either way it plays the moves. */
function walk(digits: Digits, given?: Linked): Linked {
  const name =
    profileNames[pick(digits, profileNames.length, profileNames.indexOf(given?.profile ?? 'letter'))];
  const start = STARTS[pick(digits, STARTS.length, STARTS.indexOf(given?.start ?? 'nothing'))];
  const size = (value = 0) => digits.digit(SIZES, value);
  const scope: Scope = {
    containers: size(given?.scope.containers),
    tasks: size(given?.scope.tasks),
    pages: size(given?.scope.pages),
    limit: size(given?.scope.limit),
  };
  const count = digits.digit(STEPS, given?.turns.length ?? 0);

  let state = begin({ profile: name, start, scope });
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) {
    const move = walkMove(digits, scope, turns.at(-1)?.move, given?.turns[i].move);
    const { decisions, after } = walkDecisions(digits, state, move, given?.turns[i].decisions);
    turns.push({ move, decisions });
    state = after;
  }
  return { profile: name, start, scope, turns };
}

/** `next` stands for: as the move before, the last argument one more. It makes `touch 0-99` short. */
function walkMove(digits: Digits, scope: Scope, before: Move | undefined, given?: Move): Move {
  const next = before && successor(before);
  const isNext = given && next && sameMove(given, next);
  const kind = pick(
    digits,
    NEXT + 1,
    isNext ? NEXT : actions.findIndex(({ name }) => name === given?.[0]),
    given,
  );
  if (kind === NEXT) {
    if (!next) throw new LinkError('the link repeats a move where there is none before');
    return next;
  }
  const { name, args } = actions[kind];
  const values = args.map((arg, i) => walkArg(digits, scope, arg, given?.[i + 1] as Arg | undefined));
  if (name !== 'mkdir') return [name, ...values];
  const parent = digits.digit(scope.containers + 1, Number(given?.[2] ?? -1) + 1) - 1;
  return parent < 0 ? [name, ...values] : [name, ...values, parent];
}

function walkArg(digits: Digits, scope: Scope, kind: ArgKind, given?: Arg): Arg {
  if (kind === 'container') return digits.digit(scope.containers + 1, Number(given ?? 0) + 1) - 1;
  if (kind === 'task') return digits.digit(scope.tasks, Number(given ?? 0));
  if (kind === 'page') return digits.digit(scope.pages, Number(given ?? 0));
  const isBig = given !== undefined && BigInt(given) > BigInt(scope.limit);
  if (digits.digit(2, isBig ? 1 : 0) === 1) return digits.big(BigInt(given ?? 0));
  return digits.digit(scope.limit + 1, isBig ? 0 : Number(given ?? 0));
}

/** One digit says whether anything was decided by hand; then each choice is written as it comes up while the move is played. */
function walkDecisions(digits: Digits, state: State, move: Move, given: Decisions = []) {
  const byHand = digits.digit(2, given.some((decision) => decision !== null) ? 1 : 0) === 1;
  if (!byHand) return { decisions: [], after: step(state, move, following([], 'policy')).state };

  const decisions: Decision[] = [];
  const after = step(
    state,
    move,
    choosing(({ candidates }) => {
      const decision = walkDecision(digits, candidates, given[decisions.length] ?? null);
      decisions.push(decision);
      return decision;
    }),
  ).state;
  while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
  return { decisions, after };
}

function walkDecision(digits: Digits, candidates: readonly number[], given: Decision): Decision {
  const left = [...candidates];
  const taken: number[] = [];
  const count = digits.digit(candidates.length + 1, given?.length ?? 0);
  for (let i = 0; i < count; i++) {
    const at = digits.digit(left.length, given ? left.indexOf(given[i]) : 0);
    taken.push(...left.splice(at, 1));
  }
  return count === 0 ? null : taken;
}

const pick = (digits: Digits, radix: number, value: number, given?: Move): number => {
  if (given && value < 0) throw new LinkError(`no action is called ${given[0]}`);
  return digits.digit(radix, Math.max(value, 0));
};

function successor(move: Move): Move {
  const last = move[move.length - 1] as Arg;
  return [...move.slice(0, -1), typeof last === 'bigint' ? last + 1n : last + 1] as unknown as Move;
}

const sameMove = (a: Move, b: Move): boolean => a.length === b.length && a.every((part, i) => part === b[i]);

// Numbers as base64url, and a checksum of 18 bits.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function toText(number: bigint): string {
  // Two hexadecimal strings of any length convert in linear time; repeated division would not.
  const bits = number.toString(2);
  const padded = bits.padStart(Math.ceil(bits.length / 6) * 6, '0');
  return padded.replace(/.{6}/g, (six) => LETTERS[Number.parseInt(six, 2)]);
}

function fromText(text: string): bigint {
  const bits = [...text].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(6, '0')).join('');
  return BigInt(`0b${bits || '0'}`);
}

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const folded = (hash >>> 18) ^ (hash & 0x3ffff);
  return [12, 6, 0].map((shift) => LETTERS[(folded >>> shift) & 63]).join('');
}
