// The life of a task: spawn, fork, exit, and the move between containers, which carries no charge.

import { add, load, peek } from './atomics.ts';
import {
  bitOf,
  CONTAINER,
  containerOf,
  EXISTS,
  type Handle,
  LOCK,
  MAPCOUNT,
  mapsOf,
  pageOf,
  taskOf,
} from './layout.ts';
import { lock, unlock } from './lock.ts';
import { setMapped } from './mapping.ts';
import { join, transfer } from './member.ts';
import { endTask } from './oom.ts';
import { EEXIST, ENOENT, ESRCH, OK } from './outcome.ts';
import { lockBoth, unlockBoth } from './pair.ts';

/** A new task without mappings in container c. */
export function spawn(h: Handle, t: number, c: number): number {
  lock(h, containerOf(h, c) + LOCK);
  const outcome = spawnUnderLock(h, t, c);
  unlock(h, containerOf(h, c) + LOCK);
  return outcome;
}

function spawnUnderLock(h: Handle, t: number, c: number): number {
  if (load(h.m, taskOf(h, t) + CONTAINER) !== 0) return EEXIST;
  if (peek(h.m, containerOf(h, c) + EXISTS) === 0) return ENOENT;
  return join(h, t, c) ? OK : EEXIST;
}

/** A new task u in t's container that maps what t maps at one moment: with everybody else outside. */
export function fork(h: Handle, t: number, u: number): number {
  const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
  if (c < 0) return ESRCH;
  if (!join(h, u, c)) return EEXIST;
  for (let p = 0; p < h.pages; p++) {
    const row = load(h.m, mapsOf(h, t, p));
    if (row === 0) p |= 31;
    else if (row & bitOf(p)) {
      add(h.m, pageOf(h, p) + MAPCOUNT, 1);
      setMapped(h, u, p);
    }
  }
  return OK;
}

/** Unmaps all of t's pages, then t is gone: one step, with everybody else outside. */
export function exit(h: Handle, t: number): number {
  if (load(h.m, taskOf(h, t) + CONTAINER) === 0) return ESRCH;
  endTask(h, t);
  return OK;
}

/** t's future charges go to c; its pages stay with their owners. */
export function move(h: Handle, t: number, c: number): number {
  for (;;) {
    const from = load(h.m, taskOf(h, t) + CONTAINER) - 1;
    if (from < 0) return ESRCH;
    lockBoth(h, from, c);
    const moved = load(h.m, taskOf(h, t) + CONTAINER) !== from + 1;
    const exists = peek(h.m, containerOf(h, c) + EXISTS) === 1;
    if (!moved && exists) transfer(h, t, from, c);
    unlockBoth(h, from, c);
    if (!moved) return exists ? OK : ENOENT;
  }
}
