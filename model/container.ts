// The life of a container: mkdir, rmdir, and its limit.

import { action, type Chooser, done, type Errno, ok, type Progress, type Step, start } from './action.ts';
import { killOne } from './oom.ts';
import { reclaim } from './reclaim.ts';
import {
  type Container,
  type ContainerId,
  children,
  members,
  newContainer,
  own,
  ROOT,
  type State,
  UNLIMITED,
  withContainer,
} from './state.ts';
import { tasksBelow, usage } from './tree.ts';

/**
 * A new container under `parent`: unlimited, nothing in it. In a flat profile nesting is of names only. In linux-v2 a container with tasks in it
 * gets no child: inner containers hold no tasks (H2).
 */
export const mkdir = action<[ContainerId, ContainerId?]>({
  name: 'mkdir',
  // The parent, a second container, may be left out: `movesOf` names those with one.
  args: ['container'],
  guard: (state: State, c: ContainerId, parent = ROOT): Errno | null => {
    if (state.containers.has(c)) return 'EEXIST';
    if (parent === ROOT) return null;
    if (!state.containers.has(parent)) return 'ENOENT';
    return state.profile.innerTasks === 'EBUSY' && members(state, parent).length > 0 ? 'EBUSY' : null;
  },

  effect: (state: State, _choose: Chooser, c: ContainerId, parent = ROOT): Step => {
    const parentExists = state.containers.has(parent);
    return done(withContainer(state, c, newContainer(parentExists ? parent : null)));
  },
});

/**
 * Removes a container without tasks and without children. If it still owns pages: EBUSY, "as long as the page stays mapped it holds the
 * container" (L5, I12); or, in the linux profiles, they pass to the parent.
 */
export const rmdir = action({
  name: 'rmdir',
  args: ['container'],
  guard: (state: State, c: ContainerId): Errno | null => {
    const container = state.containers.get(c);
    if (!container) return 'ENOENT';
    if (c === ROOT || members(state, c).length > 0 || children(state, c).length > 0) return 'EBUSY';
    return own(container) > 0 && state.profile.rmdirCharged === 'EBUSY' ? 'EBUSY' : null;
  },

  effect: (state: State, _choose: Chooser, c: ContainerId): Step => {
    const passed = passToParent(state, state.containers.get(c) as Container);
    const containers = new Map(passed.containers);
    containers.delete(c);
    return done({ ...passed, containers });
  },
});

/**
 * Pages keep order, list and bit and go to the heads of the parent's lists; the parent's limit and counters do not judge them. In its usage, and
 * in those above it, they were counted before.
 */
function passToParent(state: State, from: Container): State {
  const id = from.parent ?? ROOT;
  const parent = state.containers.get(id);
  if (!parent || own(from) === 0) return state;
  return withContainer(state, id, {
    active: [...from.active, ...parent.active],
    inactive: [...from.inactive, ...parent.inactive],
  });
}

/** Writes the limit. Usage may now exceed it: then the next charge pays (letter), or this write does (linux). */
export const setLimit = action({
  name: 'setLimit',
  args: ['container', 'limit'],
  guard: (state: State, c: ContainerId, n: number | bigint): Errno | null => {
    if (!state.containers.has(c)) return 'ENOENT';
    if (c === ROOT || n < 0 || (typeof n === 'number' && !Number.isInteger(n))) return 'EINVAL';
    return n > UNLIMITED && state.profile.hugeLimit === 'EINVAL' ? 'EINVAL' : null;
  },

  effect: (state: State, choose: Chooser, c: ContainerId, n: number | bigint): Step => {
    // v3.1 keeps a number above 2^63-1 modulo 2^64; every other profile has refused it above.
    const limit = BigInt.asUintN(64, BigInt(n));
    const { lowerLimit } = state.profile;
    if (lowerLimit === 'lazy') return done(withContainer(state, c, { limit }));

    const over = (progress: Progress): boolean => usage(progress.state, c) > limit;
    let progress = reclaimUntilWithin(start(state), c, over, choose);
    if (over(progress) && lowerLimit === 'reclaim or EBUSY') return { ...progress, outcome: 'EBUSY' };

    while (over(progress) && tasksBelow(progress.state, c).length > 0) {
      progress = reclaimUntilWithin(killOne(progress, c, choose), c, over, choose);
    }
    return ok({ ...progress, state: withContainer(progress.state, c, { limit }) });
  },
});

/** Reclaims in batches until the usage fits or a reclaim frees nothing. Counts neither in failcnt nor in reclaimed. */
function reclaimUntilWithin(
  from: Progress,
  c: ContainerId,
  over: (p: Progress) => boolean,
  choose: Chooser,
): Progress {
  let progress = from;
  while (over(progress)) {
    const before = progress.reclaimed.length;
    progress = reclaim(progress, c, choose);
    if (progress.reclaimed.length === before) break;
  }
  return progress;
}
