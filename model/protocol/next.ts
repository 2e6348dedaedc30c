// The table of contents: every step of the protocol, and the one function that takes one.

import type { Action, Choose, Effect } from './action.ts';
import { attempt, kill, reclaim } from './charge.ts';
import { destroy, mkdir, rmdir, setLimit } from './container.ts';
import { activate, add, again, commit, drop, lock, look, prepare, release, touch } from './fault.ts';
import { collect } from './memory.ts';
import type { Operation } from './scope.ts';
import type { State, ThreadId } from './state.ts';
import { die, exit, fork, join, leave, move, unmapNext } from './task.ts';
import { age, del, put, scan, take, truncate, unmap } from './unmap.ts';

/** Those that begin an operation. */
export const begins: readonly Action[] = [
  touch,
  unmap,
  exit,
  fork,
  move,
  setLimit,
  mkdir,
  rmdir,
  truncate,
  scan,
  age,
];

export const insides: readonly Action[] = [
  look,
  activate,
  prepare,
  attempt,
  reclaim,
  take,
  del,
  put,
  kill,
  lock,
  commit,
  add,
  release,
  drop,
  again,
  die,
  unmapNext,
  leave,
  join,
  destroy,
];

const actionsBegun = new Map(begins.map((action) => [action.name, action]));
const actionsInside = new Map(insides.map((action) => [action.name, action]));

/** A step of thread k: it begins `operation`, or it goes on with step `name`. */
export interface Step {
  readonly thread: ThreadId;
  readonly name: string;
  /** Given if the step begins it. */
  readonly operation: Operation | null;
}

const actionOf = ({ name, operation }: Step): Action =>
  (operation ? actionsBegun : actionsInside).get(name) as Action;

const none: Operation = ['exit'];

/** Why thread k cannot take this step now: it is elsewhere, or it must wait. Null: it can. */
export function guard(state: State, step: Step): string | null {
  return actionOf(step).guard(state, step.thread, step.operation ?? none);
}

export function effect(state: State, step: Step, choose: Choose): Effect {
  const done = actionOf(step).effect(state, step.thread, choose, step.operation ?? none);
  return { ...done, state: collect(done.state) };
}
