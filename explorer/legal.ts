// The moves that a state allows, for buttons: all of them where they are few, else one row of arguments an action.

import {
  type Action,
  type Arg,
  type ArgKind,
  actions,
  type Move,
  moveOf,
  ROOT,
  type State,
} from '../model/index.ts';
import type { Timeline } from './timeline.ts';

export interface Row {
  readonly action: Action;
  /** Legal moves as buttons; null: there are too many, the arguments are picked instead. */
  readonly moves: readonly Move[] | null;
  /** The values that each argument may be picked from. */
  readonly values: readonly (readonly Arg[])[];
}

/** More buttons than this in one row help nobody. */
export const MOST = 40;

/** Every action with what can be done by it now. Of what does not exist yet the next free number is offered; a shell forks, it does not spawn. */
export function legalRows({ state, world, size, now }: Timeline): Row[] {
  const { scope, start } = world;
  const hasShell = start === 'shell';
  const tasks = [...state.tasks.keys()].sort((a, b) => a - b);
  const more = tasks.length > scope.tasks ? tasks : [...tasks, now.book.nextPid];
  const values: Record<ArgKind, readonly number[]> = {
    container: upTo(scope.containers, [...state.containers.keys()]),
    task: hasShell ? more : upTo(scope.tasks, tasks),
    page: Array.from({ length: size.pages }, (_, i) => i),
    limit: Array.from({ length: scope.limit + 1 }, (_, i) => i),
  };
  return actions
    .filter(({ name }) => !(hasShell && name === 'spawn'))
    .map((action) => {
      const kinds = action.args.map((kind) => values[kind]);
      const within =
        action.name === 'mkdir' && state.profile.hierarchy === 'nested' ? [parentsIn(state)] : [];
      const count = [...kinds, ...within].reduce((n, list) => n * list.length, 1);
      const moves = count > MOST * 20 ? null : few(legal(state, action, [...kinds, ...within]));
      return { action, values: kinds, moves };
    });
}

/** In whom a container can be made: the root first. */
const parentsIn = (state: State): number[] => [...state.containers.keys()].sort((a, b) => a - b);

const few = (moves: Move[]): Move[] | null => (moves.length > MOST ? null : moves);

function legal(state: State, action: Action, values: readonly (readonly number[])[]): Move[] {
  const rows = values.reduce<number[][]>(
    (sofar, list) => sofar.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
  return rows
    .filter((args) => action.guard(state, ...args) === null && isOfUse(state, action, args))
    .map((args) => moveOf(action.name, args));
}

/** Legal moves that change nothing are not offered. */
function isOfUse(state: State, { name }: Action, [a, b]: readonly number[]): boolean {
  if (name === 'unmap') return state.tasks.get(a)?.maps.includes(b) ?? false;
  if (name === 'move') return state.tasks.get(a)?.container !== b;
  if (name === 'pin') return !state.tasks.get(a)?.pins.includes(b);
  if (name === 'unpin') return state.tasks.get(a)?.pins.includes(b) ?? false;
  if (name === 'evict') return [...state.tasks.values()].some(({ maps }) => maps.includes(a));
  if (name === 'setLimit') return state.containers.get(a)?.limit !== BigInt(b);
  return true;
}

/** What exists, and one more while the scope has room. */
function upTo(room: number, existing: readonly number[]): number[] {
  const ids = existing.filter((id) => id !== ROOT).sort((a, b) => a - b);
  let free = 0;
  while (ids.includes(free)) free++;
  const root = existing.includes(ROOT) ? [ROOT] : [];
  return free < room ? [...root, ...ids, free] : [...root, ...ids];
}
