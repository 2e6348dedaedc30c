// The vocabulary of a step: an Action has a guard that only reads (why the thread must wait) and an effect that only returns.

import { containerAt } from './memory.ts';
import type { Operation } from './scope.ts';
import { idle } from './start.ts';
import {
  type Address,
  type Outcome,
  type Place,
  type State,
  type Task,
  type TaskId,
  type Thread,
  type ThreadId,
  withTask,
  withThread,
} from './state.ts';

/** Picks one of `count` legal candidates, by index. */
export type Choose = (count: number, label?: (index: number) => string) => number;

/** What a step did besides changing the state. */
export interface Effect {
  readonly state: State;
  /** The operation that this step finished has answered this. */
  readonly answer?: Outcome;
  /** In words, what the step came to: "refused", "0 -> 1". */
  readonly note?: string;
  readonly killed?: TaskId;
}

/** A step that begins an operation is called as the operation is; any other is called as the place of the thread that takes it. */
export interface Action {
  readonly name: string;
  readonly begins: boolean;
  guard(state: State, k: ThreadId, operation: Operation): string | null;
  effect(state: State, k: ThreadId, choose: Choose, operation: Operation): Effect;
}

type Guard = (state: State, k: ThreadId) => string | null;

/** A step inside an operation. */
export const inside = (
  name: Place,
  guard: Guard,
  effect: (state: State, k: ThreadId, choose: Choose) => Effect,
): Action => ({
  name,
  begins: false,
  guard: (state, k) =>
    thread(state, k).place === name ? guard(state, k) : `k${k} is at ${thread(state, k).place}`,
  effect,
});

type Named<N extends Operation[0]> = Extract<Operation, readonly [N, ...unknown[]]>;

/** The first step of an operation: its thread is idle, has it on its menu, and its task may still begin something. */
export const first = <N extends Operation[0]>(
  name: N,
  guard: (state: State, k: ThreadId, operation: Named<N>) => string | null,
  effect: (state: State, k: ThreadId, choose: Choose, operation: Named<N>) => Effect,
): Action => ({
  name,
  begins: true,
  guard: (state, k, operation) => mayBegin(state, k, operation) ?? guard(state, k, operation as Named<N>),
  effect: (state, k, choose, operation) =>
    effect(begin(state, k, operation), k, choose, operation as Named<N>),
});

export const thread = (state: State, k: ThreadId): Thread => state.threads[k] as Thread;

export const taskOf = (state: State, k: ThreadId): TaskId => state.scope.threads[k]?.task as TaskId;

export const task = (state: State, t: TaskId): Task => state.tasks[t] as Task;

export const pageOf = ({ operation }: Thread): number => operation?.[1] as number;

const same = (a: Operation, b: Operation): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

function mayBegin(state: State, k: ThreadId, operation: Operation): string | null {
  const { place, at } = thread(state, k);
  if (place !== 'idle') return 'busy';
  const { task: t, program } = state.scope.threads[k] as {
    task: TaskId | null;
    program: readonly (readonly Operation[])[];
  };
  if (!program[at]?.some((one) => same(one, operation))) return 'not on the menu';
  if (t === null) return null;
  if (task(state, t).container === null) return 'no such task';
  return task(state, t).killed ? 'killed' : null;
}

const begin = (state: State, k: ThreadId, operation: Operation): State => withThread(state, k, { operation });

export const goto = (state: State, k: ThreadId, place: Place, change: Partial<Thread> = {}): State =>
  withThread(state, k, { ...change, place });

/** The operation is over: its registers are gone, and a page-table lock that the thread still holds is given back. */
export function finish(state: State, k: ThreadId, answer: Outcome): Effect {
  const t = state.scope.threads[k]?.task ?? null;
  const unlocked = t !== null && task(state, t).lock === k ? withTask(state, t, { lock: null }) : state;
  return { state: withThread(unlocked, k, idle(thread(state, k).at + 1)), answer };
}

/**
 * A killed task has reached a point where it can die. Nobody is there any more to be told what its operation came to, so it answers KILLED with
 * the end of the task. The last thread of a task runs it down.
 */
export function perish(state: State, k: ThreadId): Effect {
  if (!siblingsLeft(state, k)) return { state: goto(state, k, 'exit', { record: null, answer: 'KILLED' }) };
  const { state: finished, answer } = finish(state, k, 'KILLED');
  return { state: goto(finished, k, 'ended'), answer: answer as Outcome };
}

export const siblingsLeft = (state: State, k: ThreadId): boolean =>
  state.scope.threads.some(
    ({ task: t }, i) => i !== k && t === taskOf(state, k) && thread(state, i).place !== 'ended',
  );

/** A critical section of one step: it waits for a thread that holds the lock over several. */
export const lockFree = (state: State, at: Address | null): string | null => {
  const holder = containerAt(state, at).lock;
  return holder === null ? null : `k${holder} holds the container`;
};

export const tableFree = (state: State, t: TaskId, k: ThreadId): string | null => {
  const { lock } = task(state, t);
  return lock === null || lock === k ? null : `k${lock} holds the page table of t${t}`;
};

export const directoryFree = (state: State): string | null =>
  state.directoryLock === null ? null : `k${state.directoryLock} holds the directory`;
