// A scope: what the machine has, and what each thread may do. Programs are bounded, so that every run ends.

import type { ContainerName, PageId, TaskId } from './ids.ts';

/** An operation with its arguments: `['touch', p]`, `['move', t, c]`. */
export type Operation =
  | readonly ['touch', PageId]
  | readonly ['unmap', PageId]
  | readonly ['exit']
  | readonly ['fork', TaskId]
  | readonly ['move', TaskId, ContainerName]
  | readonly ['setLimit', ContainerName, number]
  | readonly ['mkdir', ContainerName]
  | readonly ['rmdir', ContainerName]
  | readonly ['truncate', PageId]
  | readonly ['scan', ContainerName]
  | readonly ['age', ContainerName];

/** What a thread may begin next; it begins one of them. */
export type Menu = readonly Operation[];

export interface ThreadScope {
  /** The task whose mm it runs on; null: a shell, which maps nothing and cannot be killed. */
  readonly task: TaskId | null;
  readonly program: readonly Menu[];
}

export interface TaskScope {
  /** The container it starts in; null: somebody will fork it. */
  readonly container: ContainerName | null;
  /** What it maps at the start. The first task of the list that maps a page is its first toucher. */
  readonly maps?: readonly PageId[];
  readonly pins?: readonly PageId[];
}

export interface Scope {
  readonly name: string;
  /** Limit by name at the start; null: that directory does not exist yet. */
  readonly containers: readonly (number | null)[];
  readonly pages: number;
  readonly tasks: readonly TaskScope[];
  readonly threads: readonly ThreadScope[];
}
