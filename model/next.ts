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

/** One step: a refused move leaves the state as it is (I16); otherwise the effect, with its free choices made by `choose`. */
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
  const count = { container: scope.containers, task: scope.tasks, page: scope.pages, limit: scope.limit + 1 }[
    kind
  ];
  return Array.from({ length: count }, (_, i) => i);
}

/**
 * Every action with every argument of the scope, in the order of the table. `nested`: `mkdir` also takes a parent, any other container (section 11);
 * without one a container is directly under the root.
 */
export function movesOf(scope: Scope, nested = false): Move[] {
  return actions.flatMap((action) => {
    if (nested && action === mkdir) return nestedMkdirs(scope);
    const product = action.args.reduce<Arg[][]>(
      (rows, kind) => rows.flatMap((row) => valuesOf(kind, scope).map((value) => [...row, value])),
      [[]],
    );
    return product.map((args) => moveOf(action.name, args));
  });
}

function nestedMkdirs(scope: Scope): Move[] {
  const ids: ContainerId[] = valuesOf('container', scope);
  return ids.flatMap((c): Move[] => [
    ['mkdir', c],
    ...ids.filter((id) => id !== c).map((q): Move => ['mkdir', c, q]),
  ]);
}
