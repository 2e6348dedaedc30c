// What may be renamed without changing the controller: pages, in the contract tasks (ties of the LRU victim look at task ids), and containers,
// but for the LRU spec's trees (the rounds of a reclaim look at container ids).

import { type ContainerId, ROOT, type Scope, type State, type Task } from '../../model/index.ts';
import type { ModelKind } from './judging.ts';

/** One renaming: number i becomes `containers[i]`, and so on. */
export interface Renaming {
  readonly containers: readonly number[];
  readonly tasks: readonly number[];
  readonly pages: readonly number[];
}

/** All renamings of a scope, the identity first. */
export function renamings(kind: ModelKind, { containers, tasks, pages }: Scope, nested: boolean): Renaming[] {
  const ofTasks = kind === 'contract' ? permutations(tasks) : [identity(tasks)];
  const ofContainers = kind === 'contract' || !nested ? permutations(containers) : [identity(containers)];
  return ofContainers.flatMap((c) =>
    ofTasks.flatMap((t) => permutations(pages).map((p) => ({ containers: c, tasks: t, pages: p }))),
  );
}

export function symmetriesOf(kind: ModelKind, scope: Scope, nested: boolean): ((state: State) => State)[] {
  return renamings(kind, scope, nested).map((renaming) => (state) => renamed(state, renaming));
}

export function renamed(state: State, { containers, tasks, pages }: Renaming): State {
  const container = (c: ContainerId) => (c === ROOT ? ROOT : containers[c]);
  const parent = (c: ContainerId | null) => (c === null ? null : container(c));
  const list = (from: readonly number[]) => from.map((p) => pages[p]);
  return {
    profile: state.profile,
    containers: new Map(
      [...state.containers].map(([id, c]) => [
        container(id),
        { ...c, parent: parent(c.parent), active: list(c.active), inactive: list(c.inactive) },
      ]),
    ),
    tasks: new Map(
      [...state.tasks].map(([t, task]): [number, Task] => [
        tasks[t],
        { container: container(task.container), maps: list(task.maps), pins: list(task.pins) },
      ]),
    ),
    referenced: list(state.referenced),
  };
}

const identity = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** All orders of 0..n-1, the ascending one first. */
export function permutations(n: number): number[][] {
  const extend = (sofar: number[]): number[][] => {
    if (sofar.length === n) return [sofar];
    return identity(n)
      .filter((i) => !sofar.includes(i))
      .flatMap((i) => extend([...sofar, i]));
  };
  return extend([]);
}
