// What a task does to a page: touch, unmap, copy-on-write, mlock; and the global shortage.

import { add, and, load, or, peek } from './atomics.ts';
import { chargeAndMap, FITS, makeRoom, prepare, release, settle } from './charge.ts';
import {
  ACTIVE,
  bitOf,
  CONTAINER,
  containerOf,
  FLAGS,
  type Handle,
  LOCK,
  MAPCOUNT,
  mapsOf,
  NONE,
  OWNER,
  PINS,
  pageOf,
  pinsOf,
  REFERENCED,
  taskOf,
} from './layout.ts';
import { activate, disown } from './lists.ts';
import { lock, unlock } from './lock.ts';
import { clearMapped, setMapped, takeFromAll, unmapUnderLock } from './mapping.ts';
import { makeRoomAlone } from './oom.ts';
import { EINVAL, ENOMEM, ESRCH, KILLED, OK, RETRY_ALONE } from './outcome.ts';
import { lockBoth, unlockBoth } from './pair.ts';

/** Task t touches page p. RETRY_ALONE: nothing has changed, and `touchAlone` does it. */
export function touch(h: Handle, t: number, p: number): number {
  // Whoever maps a page lives: so who maps this one is not asked for its container.
  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) {
    reference(h, t, p);
    return OK;
  }
  if (load(h.m, taskOf(h, t) + CONTAINER) === 0) return ESRCH;
  const page = pageOf(h, p);
  // A guess, to be judged under the lock: nobody maps it, so a charge will be needed.
  const charged = load(h.m, page + MAPCOUNT) === 0 ? prepare(h, t) : NONE;
  lock(h, page + LOCK);
  const outcome = commit(h, t, p, charged);
  unlock(h, page + LOCK);
  return outcome;
}

/** Under p's lock: who takes mapcount from 0 to 1 is the first toucher and owns p; the charge of anybody else is given back. */
function commit(h: Handle, t: number, p: number, charged: number): number {
  const page = pageOf(h, p);
  const again = (load(h.m, mapsOf(h, t, p)) & bitOf(p)) !== 0;
  const first = !again && add(h.m, page + MAPCOUNT, 1) === 0;
  if (first) {
    if (charged !== NONE && settle(h, t, p, charged)) return OK;
    return chargeUnderLock(h, t, p);
  }
  if (charged !== NONE) release(h, charged);
  if (!again) setMapped(h, t, p);
  referenceUnderLock(h, p);
  return OK;
}

/** The charge that did not fit at first, decided under the container's lock by what its lists hold. */
function chargeUnderLock(h: Handle, t: number, p: number): number {
  const c = lockContainer(h, t);
  const room = makeRoom(h, c, NONE);
  if (room === FITS) chargeAndMap(h, t, p, c);
  unlock(h, containerOf(h, c) + LOCK);
  if (room === FITS) return OK;
  add(h.m, pageOf(h, p) + MAPCOUNT, -1);
  return RETRY_ALONE;
}

/** Locks the container of task t, whichever it is once the lock is held. */
function lockContainer(h: Handle, t: number): number {
  for (;;) {
    const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
    lock(h, containerOf(h, c) + LOCK);
    if (load(h.m, taskOf(h, t) + CONTAINER) === c + 1) return c;
    unlock(h, containerOf(h, c) + LOCK);
  }
}

/** With everybody else outside, the whole charge loop: reclaim, kill, until it fits. */
export function touchAlone(h: Handle, t: number, p: number): number {
  const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
  if (c < 0) return ESRCH;
  const page = pageOf(h, p);
  if (peek(h.m, page + MAPCOUNT) > 0) return commit(h, t, p, NONE);
  if (!makeRoomAlone(h, t, c)) return KILLED;
  add(h.m, page + MAPCOUNT, 1);
  chargeAndMap(h, t, p, c);
  return OK;
}

/** A reference by a task that maps p. The common case writes nothing but the bit, and takes no lock. */
function reference(h: Handle, t: number, p: number): void {
  const page = pageOf(h, p);
  const flags = load(h.m, page + FLAGS);
  if (flags !== REFERENCED) {
    if ((flags & REFERENCED) === 0) or(h.m, page + FLAGS, REFERENCED);
    return;
  }
  lock(h, page + LOCK);
  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) referenceUnderLock(h, p);
  unlock(h, page + LOCK);
}

/** Under the lock of p, which is mapped: so the record can be trusted. */
function referenceUnderLock(h: Handle, p: number): void {
  const page = pageOf(h, p);
  const flags = load(h.m, page + FLAGS);
  if (flags & ACTIVE || (flags & REFERENCED) === 0) {
    or(h.m, page + FLAGS, REFERENCED);
    return;
  }
  const owner = peek(h.m, page + OWNER);
  lock(h, containerOf(h, owner) + LOCK);
  activate(h, owner, p);
  unlock(h, containerOf(h, owner) + LOCK);
}

/** Task t no longer maps page p; the last mapper takes it off its owner's account. */
export function unmap(h: Handle, t: number, p: number): number {
  // That t does not map p is believed under the lock only: a touch may be between what it reclaims, which all can see, and its mapping of p.
  if ((load(h.m, mapsOf(h, t, p)) & bitOf(p)) === 0 && load(h.m, taskOf(h, t) + CONTAINER) === 0)
    return ESRCH;
  lock(h, pageOf(h, p) + LOCK);
  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) unmapUnderLock(h, t, p);
  unlock(h, pageOf(h, p) + LOCK);
  return OK;
}

/** Copy-on-write: q instead of p, charged first. RETRY_ALONE as of a touch. */
export function copy(h: Handle, t: number, p: number, q: number): number {
  if (load(h.m, taskOf(h, t) + CONTAINER) === 0) return ESRCH;
  if (p === q) return EINVAL;
  const low = pageOf(h, Math.min(p, q));
  const high = pageOf(h, Math.max(p, q));
  lock(h, low + LOCK);
  lock(h, high + LOCK);
  const outcome = isCopyable(h, t, p, q) ? copyUnderLock(h, t, p, q) : EINVAL;
  unlock(h, high + LOCK);
  unlock(h, low + LOCK);
  return outcome;
}

function isCopyable(h: Handle, t: number, p: number, q: number): boolean {
  return (load(h.m, mapsOf(h, t, p)) & bitOf(p)) !== 0 && peek(h.m, pageOf(h, q) + MAPCOUNT) === 0;
}

/** Under both page locks and both containers' (the charged one and p's owner), so that the two changes are seen as one. */
function copyUnderLock(h: Handle, t: number, p: number, q: number): number {
  const owner = peek(h.m, pageOf(h, p) + OWNER);
  for (;;) {
    const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
    lockBoth(h, c, owner);
    if (load(h.m, taskOf(h, t) + CONTAINER) === c + 1) {
      const room = makeRoom(h, c, p);
      if (room === FITS) replace(h, t, p, q, c, owner);
      unlockBoth(h, c, owner);
      return room === FITS ? OK : RETRY_ALONE;
    }
    unlockBoth(h, c, owner);
  }
}

function replace(h: Handle, t: number, p: number, q: number, c: number, owner: number): void {
  // The charge may have reclaimed p itself.
  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) {
    clearMapped(h, t, p);
    if (add(h.m, pageOf(h, p) + MAPCOUNT, -1) === 1) disown(h, owner, p);
  }
  add(h.m, pageOf(h, q) + MAPCOUNT, 1);
  chargeAndMap(h, t, q, c);
}

export function copyAlone(h: Handle, t: number, p: number, q: number): number {
  const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
  if (c < 0) return ESRCH;
  if (!isCopyable(h, t, p, q)) return EINVAL;
  if (!makeRoomAlone(h, t, c)) return KILLED;
  replace(h, t, p, q, c, peek(h.m, pageOf(h, p) + OWNER));
  return OK;
}

/** mlock, or (not `pinned`) munlock: t's pin on a page that it maps. Pins of one task do not add up. */
export function pin(h: Handle, t: number, p: number, pinned: boolean): number {
  if (load(h.m, taskOf(h, t) + CONTAINER) === 0) return ESRCH;
  lock(h, pageOf(h, p) + LOCK);
  const outcome = pinUnderLock(h, t, p, pinned);
  unlock(h, pageOf(h, p) + LOCK);
  return outcome;
}

function pinUnderLock(h: Handle, t: number, p: number, pinned: boolean): number {
  const bit = bitOf(p);
  if ((load(h.m, mapsOf(h, t, p)) & bit) === 0) return ENOMEM;
  const at = pinsOf(h, t, p);
  const before = (load(h.m, at) & bit) !== 0;
  if (pinned === before) return OK;
  if (pinned) or(h.m, at, bit);
  else and(h.m, at, ~bit);
  add(h.m, pageOf(h, p) + PINS, pinned ? 1 : -1);
  return OK;
}

/** Global shortage takes page p, if it is mapped and nobody has pinned it. */
export function evict(h: Handle, p: number): number {
  const page = pageOf(h, p);
  lock(h, page + LOCK);
  if (peek(h.m, page + MAPCOUNT) > 0 && peek(h.m, page + PINS) === 0) {
    const owner = peek(h.m, page + OWNER);
    lock(h, containerOf(h, owner) + LOCK);
    takeFromAll(h, owner, p);
    unlock(h, containerOf(h, owner) + LOCK);
  }
  unlock(h, page + LOCK);
  return OK;
}
