// Who maps a page: the bits in the tasks' rows, guarded by the page's lock, and what the last one who leaves must do.

import { add, and, load, or, peek } from './atomics.ts';
import {
  bitOf,
  containerOf,
  type Handle,
  LOCK,
  MAPCOUNT,
  mapsOf,
  OWNER,
  PINS,
  pageOf,
  pinsOf,
} from './layout.ts';
import { disown } from './lists.ts';
import { lock, unlock } from './lock.ts';

/** A task's row shares words between pages that other threads have locked: so its bits are set atomically. */
export function setMapped(h: Handle, t: number, p: number): void {
  or(h.m, mapsOf(h, t, p), bitOf(p));
}

export function clearMapped(h: Handle, t: number, p: number): void {
  and(h.m, mapsOf(h, t, p), ~bitOf(p));
  if (peek(h.m, pageOf(h, p) + PINS) === 0) return;
  if (and(h.m, pinsOf(h, t, p), ~bitOf(p)) & bitOf(p)) add(h.m, pageOf(h, p) + PINS, -1);
}

/** Takes page p from every mapper, wherever they are. Under the page's lock and its owner's. */
export function takeFromAll(h: Handle, c: number, p: number): void {
  let left = peek(h.m, pageOf(h, p) + MAPCOUNT);
  for (let t = 0; left > 0; t++) {
    if ((load(h.m, mapsOf(h, t, p)) & bitOf(p)) === 0) continue;
    clearMapped(h, t, p);
    left = add(h.m, pageOf(h, p) + MAPCOUNT, -1) - 1;
  }
  disown(h, c, p);
  h.reclaimed.push(p);
}

/** Decrement and test: 1 -> 0 leaves the list and uncharges in one critical section. */
export function unmapUnderLock(h: Handle, t: number, p: number): void {
  const page = pageOf(h, p);
  if (peek(h.m, page + MAPCOUNT) > 1) {
    clearMapped(h, t, p);
    add(h.m, page + MAPCOUNT, -1);
    return;
  }
  const owner = peek(h.m, page + OWNER);
  lock(h, containerOf(h, owner) + LOCK);
  clearMapped(h, t, p);
  if (add(h.m, page + MAPCOUNT, -1) === 1) disown(h, owner, p);
  unlock(h, containerOf(h, owner) + LOCK);
}
