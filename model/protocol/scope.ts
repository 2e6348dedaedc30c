// A scope: how the machine starts, and what each thread may do. Programs are bounded, so that every run ends.

import type { Container, ContainerName, PageId, Record, State, Task, TaskId, Thread } from './state.ts';

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

export const UNLIMITED = Number.POSITIVE_INFINITY;

export const newContainer = (name: ContainerName, limit: number): Container => ({
  name,
  limit,
  usage: 0,
  refs: 0,
  failcnt: 0,
  reclaimed: 0,
  active: [],
  inactive: [],
  lock: null,
  freed: false,
});

export const idle = (at: number): Thread => ({
  at,
  operation: null,
  place: 'idle',
  record: null,
  target: null,
  container: null,
  answer: null,
});

/** The start: every page that a task maps is charged to that task's container and at the head of its active list. */
export function initial(scope: Scope): State {
  const containers: Container[] = [];
  const names = scope.containers.map((limit, name) =>
    limit === null ? null : containers.push(newContainer(name, limit)) - 1,
  );
  const records: Record[] = [];
  const pages = Array.from({ length: scope.pages }, (_, p) => {
    const mappers = scope.tasks.filter(({ maps }) => maps?.includes(p));
    if (mappers.length === 0) return { mapcount: 0, record: null, epoch: 0 };
    const at = names[mappers[0]?.container as ContainerName] as number;
    const record = records.push({ page: p, container: at, epoch: 0, charged: true, freed: false }) - 1;
    const owner = containers[at] as Container;
    containers[at] = {
      ...owner,
      usage: owner.usage + 1,
      refs: owner.refs + 1,
      active: [record, ...owner.active],
    };
    return { mapcount: mappers.length, record, epoch: 0 };
  });
  const tasks = scope.tasks.map(
    ({ container, maps = [], pins = [] }): Task => ({
      container: container === null ? null : (names[container] as number),
      maps,
      lock: null,
      pins,
      killed: false,
    }),
  );
  const threads = scope.threads.map(() => idle(0));
  return { scope, names, directoryLock: null, containers, records, pages, tasks, threads };
}
