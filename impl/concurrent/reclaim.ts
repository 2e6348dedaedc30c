// The scan that finds a page to reclaim, by the two-list policy. All of it runs under the container's lock.

import { load, peek } from './atomics.ts';
import { ACTIVE, FLAGS, type Handle, LOCK, NONE, PINS, pageOf, REFERENCED } from './layout.ts';
import { lengthOf, link, oldestOf, relink, unlink } from './lists.ts';
import { tryLock, unlock } from './lock.ts';
import { takeFromAll } from './mapping.ts';

/** A scan's answer that is no page. */
export const BUSY = -2;

/**
 * Reclaims one page of container c by the two-list policy. NONE: every page is pinned. BUSY: a page that could go is locked by another thread
 * (which may be waiting for this list: so the scan tries and does not wait). `held` is a page whose lock the caller has already.
 */
export function reclaimOne(h: Handle, c: number, held: number): number {
  let changed: boolean;
  do {
    changed = shrinkActive(h, c);
    for (let left = lengthOf(h, c, 0); left > 0; left--) {
      const p = oldestOf(h, c, 0);
      const found = tryToTake(h, c, p, held);
      if (found !== NONE) return found;
      if (load(h.m, pageOf(h, p) + FLAGS) & ACTIVE) changed = true;
    }
  } while (changed);
  return NONE;
}

/** From the tail of active, as many as it has more than inactive, at least one: referenced to its head, the others to inactive's. */
function shrinkActive(h: Handle, c: number): boolean {
  const count = Math.min(Math.max(lengthOf(h, c, 1) - lengthOf(h, c, 0), 1), lengthOf(h, c, 1));
  for (let left = count; left > 0; left--) {
    const p = oldestOf(h, c, 1);
    relink(h, c, p, 1, load(h.m, pageOf(h, p) + FLAGS) & REFERENCED ? 1 : 0);
  }
  return count > 0;
}

/** One inactive page: pinned, it is passed by; referenced, it is saved; else it is taken. */
function tryToTake(h: Handle, c: number, p: number, held: number): number {
  const page = pageOf(h, p);
  if (load(h.m, page + PINS) > 0) return passBy(h, c, p);
  if (load(h.m, page + FLAGS) & REFERENCED) {
    relink(h, c, p, 0, 1);
    return NONE;
  }
  if (p !== held && !tryLock(h, page + LOCK)) return BUSY;
  const pinned = peek(h.m, page + PINS) > 0;
  if (pinned) passBy(h, c, p);
  else takeFromAll(h, c, p);
  if (p !== held) unlock(h, page + LOCK);
  return pinned ? NONE : p;
}

const passBy = (h: Handle, c: number, p: number): number => {
  unlink(h, c, p, 0);
  link(h, c, p, 0);
  return NONE;
};
