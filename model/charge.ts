// Charging a container: the heart of the letter. "When this usage exceeds the limit set some pages are reclaimed" (L10, L11).

import { type Chooser, type Progress, start } from './action.ts';
import { killOne } from './oom.ts';
import { reclaim } from './reclaim.ts';
import {
  type Container,
  type ContainerId,
  type State,
  type Task,
  type TaskId,
  withContainer,
} from './state.ts';
import { path, usage } from './tree.ts';

/** One page more fits into c. The limit itself is a legal usage. */
export function fits(state: State, c: ContainerId): boolean {
  const { limit } = state.containers.get(c) as Container;
  if (limit === 0n && state.profile.zeroLimit === 'unlimited') return true;
  return usage(state, c) + 1 <= limit;
}

/** The first container of c's path, from c upwards, that has no room for one page more; undefined if all have. */
export function refuser(state: State, c: ContainerId): ContainerId | undefined {
  return path(state, c).find((id) => !fits(state, id));
}

/**
 * Makes room for one page in the container of task t, as the fault of t does. The charge itself appears when the page is linked into the lists,
 * for usage IS their length, all the way up the path. Who refuses pays: its failcnt counts every refused attempt, also when the charge succeeds
 * later (I13), and its subtree is reclaimed from and killed in. In a flat profile that is the container of t itself.
 * `charged` is false if t itself was killed: then nothing stays charged.
 */
export function charge(state: State, t: TaskId, choose: Chooser): { progress: Progress; charged: boolean } {
  const { container } = state.tasks.get(t) as Task;
  let progress = start(state);

  for (;;) {
    const full = refuser(progress.state, container);
    if (full === undefined) return { progress, charged: true };

    progress = count(progress, full, 'failcnt');
    const before = progress.reclaimed.length;
    progress = reclaim(progress, full, choose);
    const freedSomething = progress.reclaimed.length > before;
    if (freedSomething) {
      progress = count(progress, full, 'reclaimed');
    } else {
      progress = killOne(progress, full, choose);
      if (!progress.state.tasks.has(t)) return { progress, charged: false };
    }
  }
}

/** One more in a counter of container c. */
function count(progress: Progress, c: ContainerId, counter: 'failcnt' | 'reclaimed'): Progress {
  const container = progress.state.containers.get(c) as Container;
  return { ...progress, state: withContainer(progress.state, c, { [counter]: container[counter] + 1 }) };
}
