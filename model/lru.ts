// The two-list policy: the chooser that makes the contract deterministic, and so the LRU spec.

import type { Chooser, Scan } from './action.ts';
import {
  type Container,
  type ContainerId,
  isPinned,
  owns,
  type PageId,
  type State,
  type Task,
  type TaskId,
  withContainer,
} from './state.ts';
import { subtree, tasksBelow } from './tree.ts';

/** The two lists of a container while reclaim works on them; the bits, and the pages that were taken, are one for the whole reclaim. */
interface Lists {
  readonly active: PageId[];
  readonly inactive: PageId[];
  readonly referenced: Set<PageId>;
  readonly taken: PageId[];
  /** A bit was cleared or a page changed lists: the next pass may find what this one did not. */
  changed: boolean;
}

/** The LRU spec's chooser: reclaim by the two lists, and kill the task with the most mapped pages. */
export const lru: Chooser = { reclaim: scan, victim: mostMapped };

/** Most mapped pages, whoever owns them; among equals the lowest task id. */
export function mostMapped(state: State, c: ContainerId): TaskId {
  const size = (t: TaskId) => (state.tasks.get(t) as Task).maps.length;
  const [first, ...others] = tasksBelow(state, c) as [TaskId, ...TaskId[]];
  let worst = first;
  for (const t of others) if (size(t) > size(worst)) worst = t;
  return worst;
}

/** Goes over the lists of c's subtree until a batch is begun or nothing more can help. Its marks stay, even if it takes nothing. */
function scan(state: State, c: ContainerId): Scan {
  const referenced = new Set(state.referenced);
  const taken: PageId[] = [];
  const scanned = subtree(state, c).map((id): [ContainerId, Lists] => {
    const { active, inactive } = state.containers.get(id) as Container;
    return [id, { active: [...active], inactive: [...inactive], referenced, taken, changed: false }];
  });
  const all = scanned.map(([, lists]) => lists);

  // v3.1 is flat: its subtree is one container.
  if (state.profile.scan === '13 passes') thirteenPasses(state, all[0]);
  else roundsUntilNoProgress(state, all);

  // What was taken is still owned: it is back at the tail until `reclaimPage` takes it off.
  let after = state;
  for (const [id, { active, inactive }] of scanned) {
    const stillOwned = taken.filter((p) => owns(state.containers.get(id) as Container, p));
    after = withContainer(after, id, { active, inactive: [...inactive, ...stillOwned] });
  }
  return { pages: taken, state: { ...after, referenced: [...referenced] } };
}

/** A round is a pass over the lists of each container, in ascending order. A full batch ends it at once. */
function roundsUntilNoProgress(state: State, all: readonly Lists[]): void {
  const { reclaimBatch } = state.profile;
  const { taken } = all[0];
  do {
    for (const lists of all) if (taken.length < reclaimBatch) pass(state, lists);
  } while (taken.length === 0 && all.some(({ changed }) => changed));
}

function pass(state: State, lists: Lists): void {
  lists.changed = false;
  const surplus = lists.active.length - lists.inactive.length;
  shrinkActive(lists, Math.max(surplus, 1));
  shrinkInactive(state, lists, lists.inactive.length);
}

/** The 2007 scan: priority 12 down to 0, ever larger shares of the lists; it ends with the first pass that took a page, or gives up. */
function thirteenPasses(state: State, lists: Lists): void {
  for (let priority = 12; priority >= 0 && lists.taken.length === 0; priority--) {
    shrinkActive(lists, (lists.active.length >> priority) + 1);
    shrinkInactive(state, lists, (lists.inactive.length >> priority) + 1);
  }
}

/** From the tail of active: a referenced page gets another round at the head, any other goes to the head of inactive. */
function shrinkActive(lists: Lists, count: number): void {
  for (let left = Math.min(count, lists.active.length); left > 0; left--) {
    const p = lists.active.pop() as PageId;
    if (lists.referenced.delete(p)) lists.active.unshift(p);
    else lists.inactive.unshift(p);
    lists.changed = true;
  }
}

/** From the tail of inactive, each page at most once: pinned ones are passed by, referenced ones saved, the others taken up to the batch. */
function shrinkInactive(state: State, lists: Lists, count: number): void {
  for (let left = Math.min(count, lists.inactive.length); left > 0; left--) {
    if (lists.taken.length === state.profile.reclaimBatch) return;
    const p = lists.inactive.pop() as PageId;
    if (isPinned(state, p)) {
      lists.inactive.unshift(p);
    } else if (lists.referenced.delete(p)) {
      lists.active.unshift(p);
      lists.changed = true;
    } else {
      lists.taken.push(p);
    }
  }
}
