// How the machine starts in a scope: what its tasks map is charged.

import type { Scope } from './scope.ts';
import type { Container, ContainerName, PageRecord, State, Task, Thread } from './state.ts';

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
  const records: PageRecord[] = [];
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
