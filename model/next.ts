// The table of contents: every action of the controller, and the one function that takes a step.

import {
  type Action,
  type Arg,
  type ArgKind,
  type Chooser,
  type Move,
  moveOf,
  type Scope,
  type Step,
} from './action.ts';
import { mkdir, rmdir, setLimit } from './container.ts';
import { copy, evict, pin, touch, unmap, unpin } from './page.ts';
import type { ContainerId, State } from './state.ts';
import { exit, fork, move, spawn } from './task.ts';

export const actions: readonly Action[] = [
  mkdir,
  rmdir,
  spawn,
  fork,
  exit,
  move,
  touch,
  unmap,
  copy,
  pin,
  unpin,
  setLimit,
  evict,
];

const byName = new Map(actions.map((action) => [action.name, action]));

/** One step: a move that its guard refuses leaves the state as it is (I16); otherwise the effect, with its free choices made by `choose`. */
export function step(state: State, [name, ...args]: Move, choose: Chooser): Step {
  const action = actionNamed(name);
  const errno = action.guard(state, ...args);
  if (errno) return { state, outcome: errno, killed: [], reclaimed: [] };
  return action.effect(state, choose, ...args);
}

export function actionNamed(name: string): Action {
  const action = byName.get(name);
  if (!action)
    throw new RangeError(`no action is called ${name}; there are: ${[...byName.keys()].join(' ')}`);
  return action;
}

/** The values an argument takes in a scope. */
export function valuesOf(kind: ArgKind, scope: Scope): number[] {
  switch (kind) {
    case 'container':
      return numbersBelow(scope.containers);
    case 'task':
      return numbersBelow(scope.tasks);
    case 'page':
      return numbersBelow(scope.pages);
    case 'limit':
      return numbersBelow(scope.limit + 1);
  }
}

const numbersBelow = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Every action with every argument of the scope, in the order of the table. `nested`: `mkdir` also takes a parent, any other container (Trees, docs/contract.md);
 * without one a container is directly under the root.
 */
export function movesOf(scope: Scope, nested = false): Move[] {
  return actions.flatMap((action) => {
    if (nested && action === mkdir) return nestedMkdirs(scope);
    return argumentLists(action.args, scope).map((args) => moveOf(action.name, args));
  });
}

/** Every list of arguments of these kinds; the last argument changes fastest. */
function argumentLists(kinds: readonly ArgKind[], scope: Scope): Arg[][] {
  let lists: Arg[][] = [[]];
  for (const kind of kinds) {
    const longer: Arg[][] = [];
    for (const list of lists) for (const value of valuesOf(kind, scope)) longer.push([...list, value]);
    lists = longer;
  }
  return lists;
}

function nestedMkdirs(scope: Scope): Move[] {
  const ids: ContainerId[] = valuesOf('container', scope);
  return ids.flatMap((c): Move[] => [
    ['mkdir', c],
    ...ids.filter((id) => id !== c).map((q): Move => ['mkdir', c, q]),
  ]);
}
