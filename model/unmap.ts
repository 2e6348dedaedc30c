// Leaving a page: "When page is unmapped for the last time it releases the container" (L8, I10).

import {
  type Container,
  isMapped,
  ownerOf,
  type PageId,
  type State,
  type Task,
  type TaskId,
  withContainer,
  without,
  withTask,
} from './state.ts';

/** Task t no longer maps p, and its pin goes too. The last mapper takes the page off its owner's list. */
export function unmapPage(state: State, t: TaskId, p: PageId): State {
  const task = state.tasks.get(t) as Task;
  if (!task.maps.includes(p)) return state;
  const after = withTask(state, t, { maps: without(task.maps, p), pins: without(task.pins, p) });
  return isMapped(after, p) ? after : unlink(after, p);
}

/** Nobody maps p any more; its owner's lists are not touched here. */
export function forgetMappings(state: State, p: PageId): State {
  const tasks = new Map(state.tasks);
  for (const [t, task] of state.tasks) {
    if (task.maps.includes(p))
      tasks.set(t, { ...task, maps: without(task.maps, p), pins: without(task.pins, p) });
  }
  return { ...state, tasks };
}

/** Off its owner's list, and so uncharged from it; the next life of the page starts unreferenced. */
export function unlink(state: State, p: PageId): State {
  const owner = ownerOf(state, p);
  if (owner === null) return state;
  const referenced = without(state.referenced, p);
  const { active, inactive } = state.containers.get(owner) as Container;
  const left = { active: without(active, p), inactive: without(inactive, p) };
  return { ...withContainer(state, owner, left), referenced };
}
