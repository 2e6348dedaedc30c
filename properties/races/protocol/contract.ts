// The contract's states as numbers, and its actions as steps between those numbers, both by scope: what C5 compares a history with.

import {
  type Chooser,
  type Container,
  initial,
  type Move,
  type Outcome,
  ownerOf,
  type PageId,
  type State,
  step,
  type Task,
  UNLIMITED,
} from '../../../model/index.ts';
import {
  type State as ProtocolState,
  type Scope,
  UNLIMITED as UNBOUNDED,
} from '../../../model/protocol/index.ts';

/** A contract state, by its number in a mixed radix of the scope. */
export type Code = number;

export interface Coding {
  /** One more than the largest code. */
  readonly size: number;
  decode(code: Code): State;
  encode(state: State): Code;
  /** What an observer of the protocol sees when nothing is under way. */
  observe(state: ProtocolState): Code;
  /** The move, or null if it would have to reclaim or kill: those are actions of their own here. */
  apply(code: Code, move: Move): { readonly code: Code; readonly outcome: Outcome } | null;
}

class MustChoose extends Error {}

const refuse: Chooser = {
  reclaim() {
    throw new MustChoose();
  },
  victim() {
    throw new MustChoose();
  },
};

export function coding(scope: Scope): Coding {
  const limits = limitsOf(scope);
  const containers = scope.containers.length;
  const pinnable = scope.tasks.flatMap(({ pins = [] }, t) => pins.map((p) => [t, p] as const));
  const radices = [
    ...scope.containers.map(() => limits.length + 1),
    ...scope.tasks.map(() => containers + 1),
    ...scope.tasks.map(() => 2 ** scope.pages),
    ...Array.from({ length: scope.pages }, () => containers + 1),
    ...pinnable.map(() => 2),
  ];
  const size = radices.reduce((product, radix) => product * radix, 1);
  const decoded = new Map<Code, State>();
  const applied = new Map<string, { code: Code; outcome: Outcome } | null>();

  function write(digits: readonly number[]): Code {
    return digits.reduceRight((sofar, digit, i) => sofar * radices[i] + digit, 0);
  }

  /** By container its limit, null if it is not there; by task what it has; and who owns a page, -1: nobody. */
  function number(
    limitsNow: readonly (number | null)[],
    tasks: readonly Partial<Task>[],
    owner: (p: PageId) => number,
  ): Code {
    return write([
      ...limitsNow.map((limit) => (limit === null ? 0 : 1 + limits.indexOf(limit))),
      ...tasks.map(({ container = -1 }) => 1 + container),
      ...tasks.map(({ maps = [] }) => maps.reduce((bits, p) => bits | (1 << p), 0)),
      ...Array.from({ length: scope.pages }, (_, p) => 1 + owner(p)),
      ...pinnable.map(([t, p]) => (tasks[t].pins?.includes(p) ? 1 : 0)),
    ]);
  }

  function encode(state: State): Code {
    const limitsNow = scope.containers.map((_, c) => {
      const limit = state.containers.get(c)?.limit ?? null;
      return limit === UNLIMITED ? UNBOUNDED : limit === null ? null : Number(limit);
    });
    const tasks = scope.tasks.map((_, t) => state.tasks.get(t) ?? {});
    return number(limitsNow, tasks, (p) => ownerOf(state, p) ?? -1);
  }

  function observe(state: ProtocolState): Code {
    const at = (address: number | null) => (address === null ? null : state.containers[address]);
    const nameOf = (address: number | null) => at(address)?.name ?? -1;
    return number(
      scope.containers.map((_, c) => at(state.names[c])?.limit ?? null),
      state.tasks.map((task) => ({ ...task, container: nameOf(task.container) })),
      (p) => nameOf(state.records[state.pages[p].record ?? -1]?.container ?? null),
    );
  }

  function decode(code: Code): State {
    let state = decoded.get(code);
    if (!state) decoded.set(code, (state = read(code)));
    return state;
  }

  function read(code: Code): State {
    let rest = code;
    const digits = radices.map((radix) => {
      const digit = rest % radix;
      rest = Math.floor(rest / radix);
      return digit;
    });
    const take = (count: number) => digits.splice(0, count);
    const limitDigits = take(containers);
    const homes = take(scope.tasks.length);
    const maps = take(scope.tasks.length);
    const owners = take(scope.pages);
    const pins = pinnable.filter((_, i) => digits[i] === 1);
    const pagesWhere = (condition: (p: number) => boolean) =>
      Array.from({ length: scope.pages }, (_, p) => p).filter(condition);
    const limit = (digit: number) =>
      limits[digit - 1] === UNBOUNDED ? UNLIMITED : BigInt(limits[digit - 1]);
    return {
      ...initial(),
      containers: new Map(
        limitDigits.flatMap((digit, c): [number, Container][] => {
          if (digit === 0) return [];
          const active = pagesWhere((p) => owners[p] === c + 1);
          return [[c, { parent: null, limit: limit(digit), failcnt: 0, reclaimed: 0, active, inactive: [] }]];
        }),
      ),
      tasks: new Map(
        homes.flatMap((home, t) => {
          if (home === 0) return [];
          const mine = pins.filter(([u]) => u === t).map(([, p]) => p);
          return [
            [t, { container: home - 1, maps: pagesWhere((p) => (maps[t] & (1 << p)) > 0), pins: mine }],
          ];
        }),
      ),
    };
  }

  function apply(code: Code, move: Move): { code: Code; outcome: Outcome } | null {
    const key = `${code} ${move.join(' ')}`;
    let result = applied.get(key);
    if (result === undefined) applied.set(key, (result = take(code, move)));
    return result;
  }

  function take(code: Code, move: Move): { code: Code; outcome: Outcome } | null {
    try {
      const { state, outcome } = step(decode(code), move, refuse);
      return { code: encode(state), outcome };
    } catch (error) {
      if (error instanceof MustChoose) return null;
      throw error;
    }
  }

  return { size, decode, encode, observe, apply };
}

function limitsOf(scope: Scope): number[] {
  const values = new Set([UNBOUNDED]);
  for (const limit of scope.containers) if (limit !== null) values.add(limit);
  for (const { program } of scope.threads) {
    for (const operation of program.flat()) if (operation[0] === 'setLimit') values.add(operation[2]);
  }
  return [...values].sort((a, b) => a - b);
}
