// How a link tells a move: each argument by what it is in the state before the move, each free choice by its place among the legal ones.

import {
  type Arg,
  type ArgKind,
  actions,
  type Move,
  type Scope,
  type State,
  step,
} from '../../model/index.ts';
import { argKind } from './args.ts';
import { type Coder, CoderError, Frequencies, LETTERS } from './coder.ts';
import { choosing, type Decision, type Decisions, type Question } from './decide.ts';

/** What has come up so far, and so what is likely to come next. */
export class Habits {
  readonly #frequencies = new Map<string, Frequencies>();
  /** The last value of a kind of argument: its first in a move, and its second, apart. */
  readonly last = new Map<string, Arg>();
  readonly names: string[] = [];

  of(what: string, symbols: number): Frequencies {
    const known = this.#frequencies.get(what);
    if (known) return known;
    const made = new Frequencies(symbols);
    this.#frequencies.set(what, made);
    return made;
  }
}

export interface Where {
  readonly coder: Coder;
  readonly habits: Habits;
  readonly scope: Scope;
  readonly state: State;
}

export const isNaming = ([name]: Move): boolean => ['mkdir', 'spawn', 'fork'].includes(name);

export function walkMove(where: Where, given?: Move): Move {
  const { coder, habits } = where;
  const kind = given && actions.findIndex(({ name }) => name === given[0]);
  if (kind === -1) throw new CoderError(`no action is called ${given?.[0]}`);
  const { name, args } = actions[coder.symbol(habits.of('action', actions.length), kind)];
  const isNested =
    name === 'mkdir' && coder.symbol(habits.of('nested', 2), given?.length === 3 ? 1 : 0) === 1;
  const move: [string, ...Arg[]] = [name];
  while (move.length <= args.length + (isNested ? 1 : 0)) {
    move.push(walkArg(where, move, given?.[move.length] as Arg | undefined));
  }
  return move;
}

/** How an argument is told: the same as last time or one more, one that the state knows, a free one of the scope, or any number. */
const SAME = 0;
const NEXT = 1;
const KNOWN = 2;
const FREE = 4;
const ANY = 5;

/** The argument that comes next in a move whose first part is known. */
function walkArg({ coder, habits, scope, state }: Where, sofar: Move, given?: Arg): Arg {
  const [name] = sofar;
  const at = sofar.length - 1;
  const kind = argKind(name, at) as ArgKind;
  const slot = `${kind} ${sofar.slice(1).filter((_, i) => argKind(name, i) === kind).length}`;
  const same = habits.last.get(slot);
  const next = typeof same === 'number' ? same + 1 : undefined;
  const known = knownTo(state, kind, sofar).map((ids) => ids.filter((id) => id !== same && id !== next));
  const room = { container: scope.containers, task: scope.tasks, page: scope.pages, limit: scope.limit + 1 };
  const free = new Gaps(room[kind], [...known.flat(), Number(same ?? -1), Number(next ?? -1)]);

  const manner = given === undefined ? undefined : mannerOf(given);
  const value = valueBy(coder.symbol(habits.of(`${name} ${at}`, ANY + 1), manner));
  if (value === undefined) throw new CoderError('an argument repeats one that never was');
  habits.last.set(slot, value);
  return value;

  function mannerOf(arg: Arg): number {
    if (arg === same) return SAME;
    if (arg === next) return NEXT;
    const group = known.findIndex((ids) => ids.includes(Number(arg)));
    if (group >= 0) return KNOWN + group;
    return free.has(arg) ? FREE : ANY;
  }

  function valueBy(how: number): Arg | undefined {
    if (how === SAME) return same;
    if (how === NEXT) return next;
    if (how === ANY) return walkAny(coder, given);
    if (how === FREE)
      return free.at(coder.digit(free.count, given === undefined ? 0 : free.rank(Number(given))));
    const ids = known[how - KNOWN] ?? [];
    return ids[coder.digit(ids.length, given === undefined ? 0 : ids.indexOf(Number(given)))];
  }
}

/** What a state knows of a kind, in groups that moves tell apart: for pages, those that the acting task maps, and those that only others map. */
function knownTo(state: State, kind: ArgKind, [name, first]: Move): readonly (readonly number[])[] {
  if (kind === 'limit') return [];
  if (kind === 'container') return [[...state.containers.keys()]];
  if (kind === 'task') return [[...state.tasks.keys()]];
  const mine = argKind(name, 0) === 'task' ? (state.tasks.get(Number(first))?.maps ?? []) : [];
  const all = new Set([...state.tasks.values()].flatMap(({ maps }) => maps));
  for (const p of mine) all.delete(p);
  return [mine, [...all]];
}

/** The numbers below `room` without those that are taken. */
class Gaps {
  readonly #taken: readonly number[];
  readonly #room: number;

  constructor(room: number, taken: readonly number[]) {
    this.#room = room;
    this.#taken = [...new Set(taken)].filter((id) => id >= 0 && id < room).sort((a, b) => a - b);
  }

  get count(): number {
    return this.#room - this.#taken.length;
  }

  has(id: Arg): boolean {
    return (
      typeof id === 'number' &&
      Number.isInteger(id) &&
      id >= 0 &&
      id < this.#room &&
      !this.#taken.includes(id)
    );
  }

  rank(id: number): number {
    return id - this.#taken.filter((one) => one < id).length;
  }

  at(rank: number): number {
    let id = rank;
    for (const one of this.#taken) if (one <= id) id++;
    return id;
  }
}

/** Any whole number, also below zero: 0, -1, 1, -2 ... in this order. */
function walkAny(coder: Coder, given?: Arg): Arg {
  if (typeof given === 'number' && !Number.isInteger(given))
    throw new CoderError(`${given} does not fit into a link`);
  const signed = given === undefined ? undefined : BigInt(given);
  const folded = coder.whole(
    signed === undefined ? undefined : signed < 0n ? -2n * signed - 1n : 2n * signed,
  );
  const value = folded % 2n === 0n ? folded / 2n : -(folded + 1n) / 2n;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Each free choice of a move is written as it comes up while the move is played. */
export function walkDecisions(where: Where, move: Move, given?: Decisions) {
  const decisions: Decision[] = [];
  const ask = ({ kind, candidates }: Question): Decision => {
    const decision = walkDecision(where, kind, candidates, given && (given[decisions.length] ?? null));
    decisions.push(decision);
    return decision;
  };
  const after = step(where.state, move, choosing(ask)).state;
  while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
  return { decisions, after };
}

const POLICY = 0;
const MANY = 3;

/** Left to the two lists, or by hand: nothing, one candidate, or several in their order. */
function walkDecision(
  { coder, habits }: Where,
  kind: Question['kind'],
  candidates: readonly number[],
  given?: Decision,
): Decision {
  const told = given === null ? POLICY : given && Math.min(given.length + 1, MANY);
  const how = coder.symbol(habits.of(kind, MANY + 1), told);
  if (how === POLICY) return null;
  const count = how < MANY ? how - 1 : 2 + coder.digit(candidates.length - 1, (given?.length ?? 2) - 2);
  const left = [...candidates];
  return Array.from({ length: count }, (_, i) => {
    const [taken] = left.splice(coder.digit(left.length, given ? left.indexOf(given[i]) : 0), 1);
    return taken;
  });
}

const NAMELESS = 0;
const NEW = 1;
const OLD = 2;

/** What the shell called the new container or task: often something that it had called so before. */
export function walkName({ coder, habits }: Where, given?: { readonly name?: string }): string | undefined {
  const { names } = habits;
  const at = names.indexOf(given?.name ?? '');
  const told = given?.name === undefined ? NAMELESS : at < 0 ? NEW : OLD;
  const how = coder.symbol(habits.of('name', OLD + 1), given && told);
  if (how === NAMELESS) return undefined;
  if (how === OLD) return names[coder.digit(names.length, Math.max(at, 0))];
  const name = walkText(coder, habits.of('letter', LETTERS.length + 2), given?.name);
  names.push(name);
  return name;
}

const END = 0;

/** Letter by letter; one that is not in LETTERS takes 16 bits more. */
function walkText(coder: Coder, letters: Frequencies, given?: string): string {
  const other = LETTERS.length + 1;
  for (let text = ''; ; ) {
    const unit = given?.[text.length];
    const told = unit === undefined ? END : LETTERS.indexOf(unit) + 1 || other;
    const symbol = coder.symbol(letters, told);
    if (symbol === END) return text;
    text += LETTERS[symbol - 1] ?? String.fromCharCode(coder.digit(1 << 16, unit?.charCodeAt(0)));
  }
}
