// The vocabulary of a rule: an Action has arguments, a guard that only reads, and an effect that only returns.

import type { ContainerId, PageId, State, TaskId } from './state.ts';

export type Errno = 'EEXIST' | 'ENOENT' | 'EBUSY' | 'ESRCH' | 'EINVAL' | 'ENOMEM';

/** `KILLED`: the acting task was itself chosen by the OOM killer. */
export type Outcome = 'ok' | 'KILLED' | Errno;

/** What a step has done so far: the state, and whom it killed and which pages it reclaimed, in order. */
export interface Progress {
  readonly state: State;
  readonly killed: readonly TaskId[];
  readonly reclaimed: readonly PageId[];
}

export interface Step extends Progress {
  readonly outcome: Outcome;
}

/** Reclaim's answer: the pages it takes, and the state as the scan left it (lists may be rotated, bits cleared), the pages still on it. */
export interface Scan {
  readonly pages: readonly PageId[];
  readonly state: State;
}

/** Every free choice of the contract goes through here; the caller is handed the legal candidates. */
export interface Chooser {
  /** Which of the unpinned pages of the subtree of `c` are reclaimed: at least one, unless there is none or the profile's scan may give up. */
  reclaim(state: State, c: ContainerId, candidates: readonly PageId[]): Scan;
  /** Which task of the subtree of `c` the OOM killer picks. There is at least one candidate. */
  victim(state: State, c: ContainerId, candidates: readonly TaskId[]): TaskId;
}

/** The size of a world: containers, tasks and pages are numbered from 0, `setLimit` takes 0..limit. */
export interface Scope {
  readonly containers: number;
  readonly tasks: number;
  readonly pages: number;
  readonly limit: number;
}

/** What an argument names, and so the values it takes in a scope. */
export type ArgKind = 'container' | 'task' | 'page' | 'limit';

export type Arg = number | bigint;

export interface Action {
  readonly name: string;
  readonly args: readonly ArgKind[];
  /** Why the move is refused, or null. A move refused here leaves the state unchanged (I16). In linux-v1 the effect of setLimit may still answer EBUSY. */
  guard(state: State, ...args: Arg[]): Errno | null;
  effect(state: State, choose: Chooser, ...args: Arg[]): Step;
}

/** A move: an action's name with its arguments; a switch over the name knows the others. */
export type Move =
  | readonly [name: 'mkdir', container: ContainerId]
  | readonly [name: 'mkdir', container: ContainerId, parent: ContainerId]
  | readonly [name: 'rmdir', container: ContainerId]
  | readonly [name: 'spawn', task: TaskId, container: ContainerId]
  | readonly [name: 'fork', parent: TaskId, child: TaskId]
  | readonly [name: 'exit', task: TaskId]
  | readonly [name: 'move', task: TaskId, container: ContainerId]
  | readonly [name: 'touch', task: TaskId, page: PageId]
  | readonly [name: 'unmap', task: TaskId, page: PageId]
  | readonly [name: 'copy', task: TaskId, from: PageId, to: PageId]
  | readonly [name: 'pin', task: TaskId, page: PageId]
  | readonly [name: 'unpin', task: TaskId, page: PageId]
  | readonly [name: 'setLimit', container: ContainerId, limit: number | bigint]
  | readonly [name: 'evict', page: PageId];

/** The move of a name and arguments that were put together at run time; `actionNamed` refuses a name that no action has. */
export const moveOf = (name: string, args: readonly Arg[]): Move =>
  [name, ...args] as readonly [string, ...Arg[]] as Move;

/** The end of a `switch` over moves: the type checker names it as long as a move has no case. */
export function noCaseFor(name: never): never {
  throw new RangeError(`no action is called ${name}`);
}

export class IllegalChoice extends Error {
  override name = 'IllegalChoice';
}

export const start = (state: State): Progress => ({ state, killed: [], reclaimed: [] });

export const ok = (progress: Progress): Step => ({ ...progress, outcome: 'ok' });

export const done = (state: State): Step => ({ state, killed: [], reclaimed: [], outcome: 'ok' });

/** Types for the arguments of a rule, and nothing else: the rule is returned as it is. */
export function action<A extends readonly (Arg | undefined)[]>(rule: {
  name: string;
  args: readonly ArgKind[];
  guard: (state: State, ...args: A) => Errno | null;
  effect: (state: State, choose: Chooser, ...args: A) => Step;
}): Action {
  return rule as unknown as Action;
}
