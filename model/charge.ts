// Charging a container: the heart of the letter. "When this usage exceeds the limit set some pages are reclaimed" (L10, L11).

import type { Chooser, Progress } from './action.ts';
import { killOne } from './oom.ts';
import { reclaim } from './reclaim.ts';
import { type Container, type ContainerId, type State, type TaskId, usage, withContainer } from './state.ts';

/** One page more fits. The limit itself is a legal usage. */
export function fits(state: State, c: Container): boolean {
  if (c.limit === 0n && state.profile.zeroLimit === 'unlimited') return true;
  return usage(c) + 1 <= c.limit;
}

/**
 * Makes room for one page in the container of task t, as the fault of t does. The charge itself appears when the page is linked into the lists,
 * for usage IS their length. Every refused attempt counts in failcnt, also when the charge succeeds later (I13).
 * Null as the room: t was itself killed, and nothing is left charged.
 */
export function charge(state: State, t: TaskId, choose: Chooser): { progress: Progress; charged: boolean } {
  const c: ContainerId = (state.tasks.get(t) as { container: ContainerId }).container;
  let progress: Progress = { state, killed: [], reclaimed: [] };

  for (;;) {
    const container = progress.state.containers.get(c) as Container;
    if (fits(progress.state, container)) return { progress, charged: true };

    progress = { ...progress, state: withContainer(progress.state, c, { failcnt: container.failcnt + 1 }) };

    const before = progress.reclaimed.length;
    progress = reclaim(progress, c, choose);
    if (progress.reclaimed.length > before) {
      progress = {
        ...progress,
        state: withContainer(progress.state, c, { reclaimed: container.reclaimed + 1 }),
      };
      continue;
    }

    progress = killOne(progress, c, choose);
    if (!progress.state.tasks.has(t)) return { progress, charged: false };
  }
}
