// A controller that counts tasks, as the kernel's does: containers nest; a fork charges every container of its path, the first that is full
// refuses it, and then nothing stays charged. Specification, implementation with counters, a mistake, claims; a domain and a model of them.

import type { Model } from '../checker/index.ts';
import {
  type Domain,
  MET,
  NOT_MET,
  type Plain,
  type Specification,
  type Subject,
} from '../lockstep/index.ts';

/** make CONTAINER PARENT, limit CONTAINER N, fork TASK CONTAINER, exit TASK, move TASK CONTAINER. */
export type Move = readonly [name: string, a: number, b: number];
type Pids = Plain<Move, string, View>;

// The world, and every move in it, simplest first.

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const containers = upTo(3);
const tasks = upTo(2);
/** A parent that is no container; a container or task that is not there. */
const TOP = -1;
const GONE = -2;

const pairs = (name: string, as: number[], bs: number[]): Move[] =>
  as.flatMap((a) => bs.map((b): Move => [name, a, b]));

export const moves: readonly Move[] = [
  ...pairs('make', containers, [TOP, ...containers]),
  ...pairs('fork', tasks, containers),
  ...pairs('limit', containers, [2, 1, 0]),
  ...pairs('exit', tasks, [TOP]),
  ...pairs('move', tasks, containers),
];

// The specification: no counter, so that nothing can be counted wrongly.

/** By container its parent and its limit, by task its container: in this order. */
export type State = { readonly [what in 'parent' | 'limit' | 'home']: readonly number[] };
/** What can be seen: all that, and how many tasks each container counts. */
export type View = State & { readonly usage: readonly number[] };

const nobody: State = {
  parent: containers.map(() => GONE),
  limit: containers.map(() => 2),
  home: tasks.map(() => GONE),
};

/** A container and all above it, innermost first. */
const path = (state: State, c: number): number[] => (c < 0 ? [] : [c, ...path(state, state.parent[c])]);

const usage = (state: State, c: number): number =>
  state.home.filter((home) => path(state, home).includes(c)).length;

const viewOf = (state: State): View => ({ ...state, usage: containers.map((c) => usage(state, c)) });

/** Why a move is refused, or null. */
function refusal(state: State, [name, a, b]: Move): string | null {
  const { parent, limit, home } = state;
  if (name === 'limit') return parent[a] === GONE ? 'ENOENT' : null;
  if (b !== TOP && parent[b] === GONE) return 'ENOENT';
  if (name === 'make') return parent[a] === GONE ? null : 'EEXIST';
  if (name !== 'fork') return home[a] === GONE ? 'ESRCH' : null;
  if (home[a] !== GONE) return 'EEXIST';
  return path(state, b).some((c) => usage(state, c) >= limit[c]) ? 'EAGAIN' : null;
}

function effect(state: State, [name, a, b]: Move): State {
  const { parent, limit, home } = state;
  if (name === 'make') return { ...state, parent: parent.with(a, b) };
  if (name === 'limit') return { ...state, limit: limit.with(a, b) };
  return { ...state, home: home.with(a, name === 'exit' ? GONE : b) };
}

class Spec implements Specification<Pids> {
  state = nobody;
  look = (): View => viewOf(this.state);
  reset = () => void (this.state = nobody);
  apply(move: Move): string {
    const errno = refusal(this.state, move);
    if (errno === null) this.state = effect(this.state, move);
    return errno ?? 'ok';
  }
}

// The implementation: a counter a container, charged all along the path.

export class Counters implements Subject<Pids> {
  parent = [...nobody.parent];
  limit = [...nobody.limit];
  home = [...nobody.home];
  count = containers.map(() => 0);

  reset() {
    Object.assign(this, new Counters());
  }

  apply([name, a, b]: Move): string {
    const { parent, limit, home } = this;
    const isTask = name !== 'make' && name !== 'limit';
    if (name === 'limit' ? parent[a] === GONE : parent[b] === GONE) return 'ENOENT';
    if (name === 'make' && parent[a] !== GONE) return 'EEXIST';
    if (isTask && (name === 'fork') !== (home[a] === GONE)) return name === 'fork' ? 'EEXIST' : 'ESRCH';
    if (name === 'fork' && !this.charge(b)) return 'EAGAIN';
    if (name === 'exit' || name === 'move') this.add(home[a], -1);
    if (name === 'move') this.add(b, 1);
    if (name === 'make') parent[a] = b;
    else if (name === 'limit') limit[a] = b;
    else home[a] = name === 'exit' ? GONE : b;
    return 'ok';
  }

  look(): View {
    const { parent, limit, home, count } = this;
    return { parent: [...parent], limit: [...limit], home: [...home], usage: [...count] };
  }

  /** Charges the path from `c` up; if a container is full, what was charged below it is taken back. */
  charge(c: number): boolean {
    for (let at = c; at !== TOP; at = this.parent[at]) {
      if (this.count[at] >= this.limit[at]) return this.refuse(c, at);
      this.count[at]++;
    }
    return true;
  }

  refuse(c: number, full: number): boolean {
    this.add(c, -1, full);
    return false;
  }

  add(c: number, n: number, end = TOP) {
    for (let at = c; at !== end; at = this.parent[at]) this.count[at] += n;
  }
}

/** The mistake: what was charged below the container that refuses stays charged. */
export class Leaky extends Counters {
  override refuse = () => false;
}

// What is claimed.

const claim = { name: 'ForkKeepsLimits', claim: 'A fork takes no container over its limit.' } as const;

const overLimit = (view: View, c: number): string | null => {
  const over = path(view, c).find((at) => view.usage[at] > view.limit[at]);
  return over === undefined ? null : `${over} counts ${view.usage[over]}, its limit is ${view.limit[over]}`;
};

const forkIsWithin = ({ move: [name, , c], answer, after }: Pids['step']) =>
  name === 'fork' && answer === 'ok' ? (overLimit(after, c) ?? MET) : NOT_MET;

/** To be met in random runs, or they say little. */
const fromAbove = ({ move: [, , c], answer, before }: Pids['step']) =>
  answer === 'EAGAIN' && before.usage[c] < before.limit[c];

// The domain, for random sequences.

export const domain: Domain<Pids> = {
  name: 'pids',
  source: { module: import.meta.url },
  subjects: { open: (impl) => (impl === 'leaky' ? new Leaky() : new Counters()) },
  specification: () => new Spec(),
  move: (draw) => moves[draw % moves.length],
  closing: () => tasks.map((t): Move => ['exit', t, TOP]),
  text: ([name, a, b]) => `${name} ${a}${b === TOP ? '' : ` ${b}`}`,
  shrinking: { moves: () => moves, room: () => null, memory: (subject) => subject },
  claims: [{ ...claim, kind: 'step', judge: forkIsWithin }],
  reachables: [{ name: 'RefusedFromAbove', claim: 'one above refuses a fork', floor: 300, holds: fromAbove }],
};

// The model, for every reachable state.

type Data = Model<State>['moves'][number];
const moveOf = ({ name, args: [a, b] }: Data): Move => [name, Number(a), Number(b)];

const toWord = (n: number): number => n - GONE;

const stepIsWithin = ([name, , c]: Move, state: State) => ({
  met: name === 'fork',
  violation: name === 'fork' ? overLimit(viewOf(state), c) : null,
});

export const model: Model<State> = {
  name: 'pids',
  initial: () => [nobody],
  moves: moves.map(([name, ...args]) => ({ name, args })),
  guard: (state, move) => refusal(state, moveOf(move)),
  effect: (state, move) => ({ state: effect(state, moveOf(move)) }),
  width: 8,
  pack: (state, words, at) => words.set(Object.values(state).flat().map(toWord), at),
  unpack(words, at) {
    const all = [...words.subarray(at, at + 8)].map((n) => n + GONE);
    return { parent: all.slice(0, 3), limit: all.slice(3, 6), home: all.slice(6) };
  },
  claims: [{ ...claim, kind: 'step', judge: (_, move, { state }) => stepIsWithin(moveOf(move), state) }],
};
