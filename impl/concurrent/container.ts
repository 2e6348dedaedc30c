// The life of a container: mkdir, rmdir, and its limit.

import { and, or, peek, poke, store } from './atomics.ts';
import {
  CEILING,
  containerOf,
  EXISTS,
  FAILCNT,
  type Handle,
  HIGHEST,
  LIMIT_HIGH,
  LIMIT_LOW,
  LOCK,
  MEMBERS,
  RECLAIMS,
  REFS,
  USAGE,
} from './layout.ts';
import { sizeOf } from './lists.ts';
import { enterShared, leaveShared, lock, sleep, unlock, WAITED_FOR } from './lock.ts';
import { EBUSY, EEXIST, EINVAL, ENOENT, OK } from './outcome.ts';

export const UNLIMITED = 2n ** 63n - 1n;

/** A new container: unlimited, with nothing in it. */
export function mkdir(h: Handle, c: number): number {
  enterShared(h);
  const at = containerOf(h, c);
  lock(h, at + LOCK);
  const exists = peek(h.m, at + EXISTS) === 1;
  if (!exists) {
    store(h.m, at + USAGE, 0);
    poke(h.m, at + FAILCNT, 0);
    poke(h.m, at + RECLAIMS, 0);
    writeLimit(h, at, UNLIMITED);
    poke(h.m, at + EXISTS, 1);
  }
  unlock(h, at + LOCK);
  leaveShared(h);
  return exists ? EEXIST : OK;
}

/** Removes a container without tasks and pages. Charges in flight hold it: it waits until they have ended (I12). */
export function rmdir(h: Handle, c: number): number {
  enterShared(h);
  const at = containerOf(h, c);
  for (;;) {
    lock(h, at + LOCK);
    const outcome = whyNotRemoved(h, c);
    const held = outcome === OK ? or(h.m, at + REFS, WAITED_FOR) & ~WAITED_FOR : 0;
    if (held === 0) {
      and(h.m, at + REFS, ~WAITED_FOR);
      if (outcome === OK) poke(h.m, at + EXISTS, 0);
      unlock(h, at + LOCK);
      leaveShared(h);
      return outcome;
    }
    unlock(h, at + LOCK);
    sleep(h, at + REFS, held | WAITED_FOR);
  }
}

const whyNotRemoved = (h: Handle, c: number): number => {
  const at = containerOf(h, c);
  if (peek(h.m, at + EXISTS) === 0) return ENOENT;
  return peek(h.m, at + MEMBERS) > 0 || sizeOf(h, c) > 0 ? EBUSY : OK;
};

/** Writes the limit; usage may now exceed it, and the next charge pays. */
export function setLimit(h: Handle, c: number, n: number | bigint): number {
  enterShared(h);
  const at = containerOf(h, c);
  lock(h, at + LOCK);
  let outcome = OK;
  if (peek(h.m, at + EXISTS) === 0) outcome = ENOENT;
  else if (!isLimit(n)) outcome = EINVAL;
  else writeLimit(h, at, BigInt(n));
  unlock(h, at + LOCK);
  leaveShared(h);
  return outcome;
}

const isLimit = (n: number | bigint): boolean =>
  n >= 0 && n <= UNLIMITED && (typeof n === 'bigint' || Number.isInteger(n));

function writeLimit(h: Handle, at: number, limit: bigint): void {
  poke(h.m, at + LIMIT_LOW, Number(BigInt.asIntN(32, limit)));
  poke(h.m, at + LIMIT_HIGH, Number(limit >> 32n));
  store(h.m, at + CEILING, Number(limit < HIGHEST ? limit : HIGHEST));
}
