// The life of a container: mkdir, rmdir, and its limit.

import { load, peek, poke, store } from './atomics.ts';
import {
  CEILING,
  CHILDREN,
  containerOf,
  EXISTS,
  FAILCNT,
  type Handle,
  HIGHEST,
  LIMIT_HIGH,
  LIMIT_LOW,
  LOCK,
  MEMBERS,
  NONE,
  PARENT,
  RECLAIMS,
  REFS,
  USAGE,
} from './layout.ts';
import { sizeOf } from './lists.ts';
import { awaitNoMore, lock, referencesAwaited, sleepUntilUnreferenced, unlock } from './lock.ts';
import { EBUSY, EEXIST, EINVAL, ENOENT, OK } from './outcome.ts';
import { lockBoth, unlockBoth } from './pair.ts';

export const UNLIMITED = 2n ** 63n - 1n;

/** A new container: unlimited, with nothing in it; below `parent`, if that is one (NONE: at the top). */
export function mkdir(h: Handle, c: number, parent: number): number {
  const above = parent === NONE ? c : parent;
  lockBoth(h, c, above);
  const outcome = mkdirUnderLocks(h, c, parent);
  unlockBoth(h, c, above);
  return outcome;
}

function mkdirUnderLocks(h: Handle, c: number, parent: number): number {
  const at = containerOf(h, c);
  if (peek(h.m, at + EXISTS) === 1) return EEXIST;
  if (parent !== NONE && peek(h.m, containerOf(h, parent) + EXISTS) === 0) return ENOENT;
  if (parent !== NONE) countChild(h, parent, 1);
  store(h.m, at + PARENT, parent + 1);
  store(h.m, at + USAGE, 0);
  poke(h.m, at + FAILCNT, 0);
  poke(h.m, at + RECLAIMS, 0);
  writeLimit(h, at, UNLIMITED);
  poke(h.m, at + EXISTS, 1);
  return OK;
}

const countChild = (h: Handle, parent: number, n: number): void =>
  poke(h.m, containerOf(h, parent) + CHILDREN, peek(h.m, containerOf(h, parent) + CHILDREN) + n);

/** Removes a container without tasks, pages and children. Charges in flight hold it: it waits until they have ended (I12). */
export function rmdir(h: Handle, c: number): number {
  const at = containerOf(h, c);
  for (;;) {
    const parent = load(h.m, at + PARENT) - 1;
    const above = parent === NONE ? c : parent;
    lockBoth(h, c, above);
    const outcome = load(h.m, at + PARENT) - 1 === parent ? removeUnderLocks(h, c, parent) : AGAIN;
    unlockBoth(h, c, above);
    if (outcome === HELD) sleepUntilUnreferenced(h, at + REFS);
    else if (outcome !== AGAIN) return outcome;
  }
}

/** Not outcomes, but what `rmdir` must do first: wait for the charges in flight; look again who is above. */
const HELD = -1;
const AGAIN = -2;

function removeUnderLocks(h: Handle, c: number, parent: number): number {
  const at = containerOf(h, c);
  const outcome = whyNotRemoved(h, c);
  if (outcome === OK && referencesAwaited(h, at + REFS) > 0) return HELD;
  awaitNoMore(h, at + REFS);
  if (outcome !== OK) return outcome;
  if (parent !== NONE) countChild(h, parent, -1);
  poke(h.m, at + EXISTS, 0);
  return OK;
}

const whyNotRemoved = (h: Handle, c: number): number => {
  const at = containerOf(h, c);
  if (peek(h.m, at + EXISTS) === 0) return ENOENT;
  return peek(h.m, at + MEMBERS) > 0 || peek(h.m, at + CHILDREN) > 0 || sizeOf(h, c) > 0 ? EBUSY : OK;
};

/** Writes the limit; usage may now exceed it, and the next charge pays. */
export function setLimit(h: Handle, c: number, n: number | bigint): number {
  const at = containerOf(h, c);
  lock(h, at + LOCK);
  let outcome = OK;
  if (peek(h.m, at + EXISTS) === 0) outcome = ENOENT;
  else if (!isLimit(n)) outcome = EINVAL;
  else writeLimit(h, at, BigInt(n));
  unlock(h, at + LOCK);
  return outcome;
}

const isLimit = (n: number | bigint): boolean =>
  n >= 0 && n <= UNLIMITED && (typeof n === 'bigint' || Number.isInteger(n));

function writeLimit(h: Handle, at: number, limit: bigint): void {
  poke(h.m, at + LIMIT_LOW, Number(BigInt.asIntN(32, limit)));
  poke(h.m, at + LIMIT_HIGH, Number(limit >> 32n));
  store(h.m, at + CEILING, Number(limit < HIGHEST ? limit : HIGHEST));
}
