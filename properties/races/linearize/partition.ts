// Judges a history in parts that share nothing: linearizability is local (Herlihy and Wing, 1990), so the whole holds if each part does.
//
// Two objects are in one part if the state to begin with ties them (a task and its container, a page and its mappers and owner) or an operation
// names both. Every rule of the contract reads and writes only along such ties, and a new tie needs an operation that names both ends: so no
// order of the operations of one part can be seen from another.

import type { Arg, Move, State } from '../../../model/index.ts';
import { argKind, argLetter } from '../../trace/args.ts';
import type { Answer } from '../../view/answer.ts';
import { contract } from './contract.ts';
import type { Call, Linearizability } from './history.ts';
import { type Bounds, linearize } from './linearize.ts';

type Calls = readonly Call<Move, Answer>[];

export interface Part {
  readonly calls: Calls;
  /** The states before and after, as far as this part goes. */
  readonly initial: State;
  readonly end: State;
}

/** The parts of a history; objects that no operation names are parts without calls. */
export function partition(calls: Calls, initial: State, end: State): Part[] {
  const ties = new Ties();
  for (const state of [initial, end]) tieState(ties, state);
  for (const call of calls) tieCall(ties, call);

  const roots = new Set(ties.names().map((name) => ties.find(name)));
  return [...roots].map((root) => ({
    calls: calls.filter(({ input }) => ties.find(nameOf(input)) === root),
    initial: restrict(initial, (name) => ties.find(name) === root),
    end: restrict(end, (name) => ties.find(name) === root),
  }));
}

/** Linearizable from `initial` to `end`, part by part. The first part that does not hold is the verdict. */
export function linearizeInParts(
  calls: Calls,
  initial: State,
  end: State,
  bounds: Bounds = {},
): Linearizability {
  let visited = 0;
  let unknown: Linearizability | null = null;
  for (const part of partition(calls, initial, end)) {
    const result = linearize(part.calls, contract(part.end), part.initial, bounds);
    visited += result.visited;
    if (result.verdict === 'violated') {
      return { ...result, longest: result.longest.map((i) => calls.indexOf(part.calls[i])), visited };
    }
    if (result.verdict === 'unknown') unknown = result;
  }
  return unknown ? { ...unknown, visited } : { verdict: 'holds', order: [], visited };
}

/** What a call is about: the name of its first argument. */
const nameOf = ([name, id]: Move): string => nameOfArg(name, 0, id) ?? name;

/** `t0`; undefined for a limit, which ties nothing to anything. */
function nameOfArg(name: string, at: number, arg: Arg): string | undefined {
  const kind = argKind(name, at);
  return kind === undefined || kind === 'limit' ? undefined : argLetter[kind] + String(arg);
}

function tieState(ties: Ties, state: State): void {
  for (const [c, { active, inactive }] of state.containers) {
    ties.add(`c${c}`);
    for (const p of [...active, ...inactive]) ties.tie(`c${c}`, `p${p}`);
  }
  for (const [t, { container, maps }] of state.tasks) {
    ties.tie(`t${t}`, `c${container}`);
    for (const p of maps) ties.tie(`t${t}`, `p${p}`);
  }
}

function tieCall(ties: Ties, { input, output }: Call<Move, Answer>): void {
  const [name, ...args] = input;
  const first = nameOf(input);
  ties.add(first);
  for (const [i, arg] of args.entries()) {
    const other = nameOfArg(name, i, arg);
    if (other !== undefined) ties.tie(first, other);
  }
  for (const t of output.killed) ties.tie(first, `t${t}`);
  for (const p of output.reclaimed) ties.tie(first, `p${p}`);
}

function restrict(state: State, has: (name: string) => boolean): State {
  return {
    ...state,
    containers: new Map([...state.containers].filter(([c]) => has(`c${c}`))),
    tasks: new Map([...state.tasks].filter(([t]) => has(`t${t}`))),
    referenced: state.referenced.filter((p) => has(`p${p}`)),
  };
}

/** Union-find over names. */
class Ties {
  readonly #up = new Map<string, string>();

  names(): string[] {
    return [...this.#up.keys()];
  }

  add(name: string): void {
    if (!this.#up.has(name)) this.#up.set(name, name);
  }

  find(name: string): string {
    let at = name;
    for (let up = this.#up.get(at) ?? at; up !== at; up = this.#up.get(at) ?? at) at = up;
    return at;
  }

  tie(a: string, b: string): void {
    this.add(a);
    this.add(b);
    this.#up.set(this.find(a), this.find(b));
  }
}
