// Charging a container: in flight by one atomic add, settled or released at the commit; with reclaim when it does not fit.

import { add, load, peek, poke } from './atomics.ts';
import {
  CEILING,
  CONTAINER,
  containerOf,
  FAILCNT,
  type Handle,
  LOCK,
  NONE,
  RECLAIMS,
  REFS,
  taskOf,
  USAGE,
} from './layout.ts';
import { adopt, sizeOf } from './lists.ts';
import { dropReference, lock, takeReference, unlock } from './lock.ts';
import { setMapped } from './mapping.ts';
import { BUSY, reclaimOne } from './reclaim.ts';

/**
 * A charge in flight for task t: holds the container it is charged to and returns its slot. NONE if it does not seem to fit, which is no
 * verdict: other charges in flight may still be given back. Task t must live.
 */
export function prepare(h: Handle, t: number): number {
  for (;;) {
    const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
    const at = containerOf(h, c);
    takeReference(h, at + REFS);
    // Only now is it certain that the container is there: t is still in it, and the reference keeps it.
    if (load(h.m, taskOf(h, t) + CONTAINER) !== c + 1) {
      dropReference(h, at + REFS);
      continue;
    }
    if (add(h.m, at + USAGE, 1) < load(h.m, at + CEILING)) return c;
    release(h, c);
    return NONE;
  }
}

/** Gives a charge in flight back, and lets the container go, in this order. */
export function release(h: Handle, c: number): void {
  add(h.m, containerOf(h, c) + USAGE, -1);
  dropReference(h, containerOf(h, c) + REFS);
}

/**
 * The commit of a first mapping, charged to c: p becomes c's, unless t has moved away or the limit was lowered since (then nobody may see
 * the two together). Under p's lock. All three conditions of the atomic touch hold at one moment: here, under the container's lock.
 */
export function settle(h: Handle, t: number, p: number, c: number): boolean {
  const at = containerOf(h, c);
  lock(h, at + LOCK);
  const fits = load(h.m, taskOf(h, t) + CONTAINER) === c + 1 && sizeOf(h, c) < peek(h.m, at + CEILING);
  if (fits) {
    adopt(h, c, p);
    setMapped(h, t, p);
  }
  unlock(h, at + LOCK);
  if (fits) dropReference(h, at + REFS);
  else release(h, c);
  return fits;
}

/** What `makeRoom` found. */
export const FITS = 0;
/** More than one page must go, or none can, or one is in use: to be done with everybody else outside. */
export const NEEDS_ALL = 1;

/** Room for one page under the lock of container c, at the price of at most one reclaimed page. `held`: see reclaimOne. */
export function makeRoom(h: Handle, c: number, held: number): number {
  const at = containerOf(h, c);
  const missing = sizeOf(h, c) + 1 - peek(h.m, at + CEILING);
  if (missing <= 0) return FITS;
  if (missing > 1) return NEEDS_ALL;
  const p = reclaimOne(h, c, held);
  if (p === NONE || p === BUSY) return NEEDS_ALL;
  countRefusal(h, c);
  countReclaim(h, c);
  return FITS;
}

export const countRefusal = (h: Handle, c: number): void => increment(h, containerOf(h, c) + FAILCNT);
export const countReclaim = (h: Handle, c: number): void => increment(h, containerOf(h, c) + RECLAIMS);
const increment = (h: Handle, at: number): void => poke(h.m, at, peek(h.m, at) + 1);

/** Charges container c for page p and maps it, under both locks, where it fits for certain. */
export function chargeAndMap(h: Handle, t: number, p: number, c: number): void {
  add(h.m, containerOf(h, c) + USAGE, 1);
  adopt(h, c, p);
  setMapped(h, t, p);
}
