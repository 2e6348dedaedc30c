// The machine at step grain: what lies in memory, who holds which lock, and where each thread stands in its operation.

import type { Address, ContainerName, PageId, TaskId, ThreadId } from './ids.ts';
import type { Operation, Scope } from './scope.ts';

export type * from './ids.ts';

export type Errno = 'EEXIST' | 'ENOENT' | 'EBUSY' | 'ESRCH';
export type Outcome = 'ok' | 'KILLED' | Errno;

/** Lists, counters and membership change only while nobody else holds `lock`. */
export interface Container {
  readonly name: ContainerName;
  readonly limit: number;
  readonly usage: number;
  /** One for each record that names this container: rmdir is refused while there is any (L5). */
  readonly refs: number;
  /** These two only count history; they are no part of a state's identity. */
  readonly failcnt: number;
  readonly reclaimed: number;
  /** Records, the head first. */
  readonly active: readonly Address[];
  readonly inactive: readonly Address[];
  /** Held by a thread whose critical section takes more than one step; null otherwise. */
  readonly lock: ThreadId | null;
  readonly freed: boolean;
}

/** {page, container}: allocated by a fault before it charges, linked into the lists by the one that maps the page first. */
export interface PageRecord {
  readonly page: PageId;
  readonly container: Address;
  /** How often the page had been truncated when the record was written. */
  readonly epoch: number;
  /** This record stands for one page of its container's usage. */
  readonly charged: boolean;
  readonly freed: boolean;
}

/**
 * The two halves of ONE word: they are read and written together, atomically. While mapcount is above 0 the record is the one of this life of
 * the page, or null until the first mapper has linked it.
 */
export interface Page {
  readonly mapcount: number;
  readonly record: Address | null;
  /** How often it has been truncated; no part of that word. */
  readonly epoch: number;
}

/** A thread group with its mm. */
export interface Task {
  /** Null: not born yet, or gone. */
  readonly container: Address | null;
  /** The page table, and its lock. */
  readonly maps: readonly PageId[];
  readonly lock: ThreadId | null;
  /** Locked pages among `maps`; given by the scope, left with the mapping. */
  readonly pins: readonly PageId[];
  /** The killer chose it, or it exits: it goes on until it reaches a point where it can die. */
  readonly killed: boolean;
}

/** The next step of a thread; `asleep`: none until it is woken. */
export type Place =
  | 'idle'
  | 'look'
  | 'activate'
  | 'prepare'
  | 'attempt'
  | 'reclaim'
  | 'take'
  | 'kill'
  | 'asleep'
  | 'lock'
  | 'commit'
  | 'add'
  | 'release'
  | 'drop'
  | 'again'
  | 'del'
  | 'put'
  | 'exit'
  | 'leave'
  | 'join'
  | 'destroy'
  | 'ended';

export interface Thread {
  /** Its position in its program: how many operations it has finished. */
  readonly at: number;
  readonly operation: Operation | null;
  readonly place: Place;
  /** The record of its own fault, until it is linked or freed. */
  readonly record: Address | null;
  /** The record it unmaps, takes off its list and frees. */
  readonly target: Address | null;
  /** The container that rmdir removes, or that fork has looked up. */
  readonly container: Address | null;
  /** What the operation will answer once it has backed out. */
  readonly answer: Outcome | null;
}

export interface State {
  readonly scope: Scope;
  /** Which container a name stands for. */
  readonly names: readonly (Address | null)[];
  /** mkdir, rmdir, move and fork exclude each other by it. */
  readonly directoryLock: ThreadId | null;
  readonly containers: readonly (Container | null)[];
  readonly records: readonly (PageRecord | null)[];
  readonly pages: readonly Page[];
  readonly tasks: readonly Task[];
  readonly threads: readonly Thread[];
}

// What is derived.

export const listed = (c: Container): number => c.active.length + c.inactive.length;

export const fits = (c: Container): boolean => c.usage + 1 <= c.limit;

export function members(state: State, container: Address): TaskId[] {
  const ids: TaskId[] = [];
  state.tasks.forEach((task, t) => {
    if (task.container === container) ids.push(t);
  });
  return ids;
}

export const isPinned = (state: State, p: PageId): boolean =>
  state.tasks.some((task) => task.pins.includes(p));

/** Nothing is under way: every thread is between two operations, and nobody is left to die. */
export const isQuiescent = (state: State): boolean =>
  state.threads.every(({ place }) => place === 'idle' || place === 'ended') &&
  state.tasks.every(({ container, killed }) => container === null || !killed);

// How a rule writes its result: the state with one thing replaced.

const put = <T>(items: readonly T[], at: number, item: T): T[] => {
  const copy = items.slice();
  copy[at] = item;
  return copy;
};

export const withThread = (state: State, k: ThreadId, change: Partial<Thread>): State => ({
  ...state,
  threads: put(state.threads, k, { ...(state.threads[k] as Thread), ...change }),
});

export const withTask = (state: State, t: TaskId, change: Partial<Task>): State => ({
  ...state,
  tasks: put(state.tasks, t, { ...(state.tasks[t] as Task), ...change }),
});

export const withPage = (state: State, p: PageId, change: Partial<Page>): State => ({
  ...state,
  pages: put(state.pages, p, { ...state.pages[p], ...change }),
});

export const withContainer = (state: State, at: Address, container: Container | null): State => ({
  ...state,
  containers: put(state.containers, at, container),
});

export const withRecord = (state: State, at: Address, record: PageRecord | null): State => ({
  ...state,
  records: put(filled(state.records, at), at, record),
});

const filled = <T>(items: readonly (T | null)[], length: number): readonly (T | null)[] =>
  items.length >= length ? items : [...items, ...Array.from({ length: length - items.length }, () => null)];

export const withName = (state: State, name: ContainerName, at: Address | null): State => ({
  ...state,
  names: put(state.names, name, at),
});

export const without = <T>(items: readonly T[], item: T): readonly T[] => items.filter((one) => one !== item);
