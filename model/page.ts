// What a task does to a page: touch, unmap, copy-on-write, mlock; and the global shortage, which asks no task.

import { action, type Chooser, done, type Errno, ok, type Progress, type Step, start } from './action.ts';
import { charge } from './charge.ts';
import { reclaimPage } from './reclaim.ts';
import {
  append,
  type Container,
  isMapped,
  isPinned,
  type PageId,
  prepend,
  type State,
  type Task,
  type TaskId,
  withContainer,
  without,
  withTask,
} from './state.ts';
import { unmapPage } from './unmap.ts';

const taskExists = (state: State, t: TaskId): Errno | null => (state.tasks.has(t) ? null : 'ESRCH');
const maps = (state: State, t: TaskId, p: PageId): boolean => (state.tasks.get(t) as Task).maps.includes(p);

/**
 * Task t touches page p.
 * Nobody maps p: a fault; t's container is charged and from now on owns p, which starts at the head of its active list, unreferenced (L3, L4).
 * t maps p already: a reference. Others map p: t maps it too, owner and lists stay as they are, and it counts as a reference (I2).
 */
export const touch = action({
  name: 'touch',
  args: ['task', 'page'],
  guard: (state: State, t: TaskId, _p: PageId) => taskExists(state, t),

  effect: (state: State, choose: Chooser, t: TaskId, p: PageId): Step => {
    if (!isMapped(state, p)) return fault(state, choose, t, p);
    if (maps(state, t, p)) return done(reference(state, p));
    if (state.profile.nthMapping === 'free') return done(reference(map(state, t, p), p));
    return fault(state, choose, t, p);
  },
});

/** Task t unmaps page p; if it did not map it, nothing happens. */
export const unmap = action({
  name: 'unmap',
  args: ['task', 'page'],
  guard: (state: State, t: TaskId, _p: PageId) => taskExists(state, t),

  effect: (state: State, _choose: Chooser, t: TaskId, p: PageId): Step => done(unmapPage(state, t, p)),
});

/**
 * Copy-on-write: task t writes to p and gets q instead. t's container is charged for q first; then t maps q, as a first touch does, and unmaps p,
 * if the charge has not reclaimed p meanwhile.
 */
export const copy = action({
  name: 'copy',
  args: ['task', 'page', 'page'],
  guard: (state: State, t: TaskId, p: PageId, q: PageId) => {
    if (!state.tasks.has(t)) return 'ESRCH';
    return maps(state, t, p) && !isMapped(state, q) ? null : 'EINVAL';
  },

  effect: (state: State, choose: Chooser, t: TaskId, p: PageId, q: PageId): Step => {
    const step = fault(state, choose, t, q);
    return step.outcome === 'KILLED' ? step : { ...step, state: unmapPage(step.state, t, p) };
  },
});

/** mlock of a page that t maps. Locked by one is locked for all: reclaim passes it by (I7). Pins do not add up. */
export const pin = action({
  name: 'pin',
  args: ['task', 'page'],
  guard: mappedByTask,

  effect: (state: State, _choose: Chooser, t: TaskId, p: PageId): Step => {
    const { pins } = state.tasks.get(t) as Task;
    return done(pins.includes(p) ? state : withTask(state, t, { pins: append(pins, p) }));
  },
});

/** munlock: t's own pin goes; that of another task stays. */
export const unpin = action({
  name: 'unpin',
  args: ['task', 'page'],
  guard: mappedByTask,

  effect: (state: State, _choose: Chooser, t: TaskId, p: PageId): Step => {
    const { pins } = state.tasks.get(t) as Task;
    return done(withTask(state, t, { pins: without(pins, p) }));
  },
});

/** Global shortage takes page p, whatever its owner's limit is. Pinned or unmapped pages stay as they are. */
export const evict = action({
  name: 'evict',
  args: ['page'],
  guard: (_state: State, _p: PageId): Errno | null => null,

  effect: (state: State, _choose: Chooser, p: PageId): Step => {
    const evictable = isMapped(state, p) && !isPinned(state, p);
    return ok(evictable ? reclaimPage(start(state), p) : start(state));
  },
});

function mappedByTask(state: State, t: TaskId, p: PageId): Errno | null {
  if (!state.tasks.has(t)) return 'ESRCH';
  return maps(state, t, p) ? null : 'ENOMEM';
}

/**
 * A charge, then the mapping. If nobody maps p when the charge is done, this is a first mapping and the charge stays. Otherwise (only in
 * profile v3.1, `nthMapping` transient) the momentary charge is given back, and nothing of it remains but what it reclaimed or killed.
 */
function fault(state: State, choose: Chooser, t: TaskId, p: PageId): Step {
  const { progress, charged } = charge(state, t, choose);
  if (!charged) return { ...progress, outcome: 'KILLED' };
  const shared = state.profile.nthMapping === 'transient' && isMapped(progress.state, p);
  return ok(shared ? join(progress, t, p) : firstMapping(progress, t, p));
}

function join(progress: Progress, t: TaskId, p: PageId): Progress {
  return { ...progress, state: reference(map(progress.state, t, p), p) };
}

/** Here the owner is decided: the container on whose list p is put (`ownerOf`, state.ts). */
function firstMapping(progress: Progress, t: TaskId, p: PageId): Progress {
  const { container } = progress.state.tasks.get(t) as Task;
  const { active } = progress.state.containers.get(container) as Container;
  const linked = withContainer(progress.state, container, { active: prepend(p, active) });
  return { ...progress, state: map(linked, t, p) };
}

const map = (state: State, t: TaskId, p: PageId): State =>
  withTask(state, t, { maps: append((state.tasks.get(t) as Task).maps, p) });

/**
 * A reference to a mapped page (L13). Inactive and not referenced, or active: the bit is set. Inactive and referenced: it moves to the head
 * of its OWNER's active list, whoever touched it, and the bit is cleared.
 */
function reference(state: State, p: PageId): State {
  if (!state.referenced.includes(p)) return { ...state, referenced: append(state.referenced, p) };
  for (const [id, c] of state.containers) {
    if (!c.inactive.includes(p)) continue;
    const activated = withContainer(state, id, {
      active: prepend(p, c.active),
      inactive: without(c.inactive, p),
    });
    return { ...activated, referenced: without(state.referenced, p) };
  }
  return state;
}
