// Reclaim by the two lists: from the tail of active to inactive, from the tail of inactive out.

import type { Machine } from './machine.ts';
import { ACTIVE, NONE, type PageId, REFERENCED, type Slot } from './tables.ts';

export interface Policy {
  /** The most pages that one reclaim frees. */
  readonly batch: number;
  /** The 2007 scan: 13 passes over growing shares of the lists, then it gives up. */
  readonly bounded: boolean;
}

/** Frees up to a batch of pages of container c, hands each to `take` in order, and returns how many. 0: every page is pinned. */
export function reclaim(m: Machine, c: Slot, policy: Policy, take: (p: PageId) => void): number {
  if (m.containers.usage[c] === 0) return 0;
  return policy.bounded ? boundedScan(m, c, policy.batch, take) : scan(m, c, policy.batch, take);
}

function scan(m: Machine, c: Slot, batch: number, take: (p: PageId) => void): number {
  const { length } = m.containers;
  for (;;) {
    const moved = shrinkActive(m, c, Math.max(length[c * 2 + 1] - length[c * 2], 1));
    const saved = { pages: 0 };
    const freed = shrinkInactive(m, c, length[c * 2], batch, take, saved);
    if (freed > 0 || (moved === 0 && saved.pages === 0)) return freed;
  }
}

function boundedScan(m: Machine, c: Slot, batch: number, take: (p: PageId) => void): number {
  const { length } = m.containers;
  for (let priority = 12; priority >= 0; priority--) {
    shrinkActive(m, c, (length[c * 2 + 1] >> priority) + 1);
    const freed = shrinkInactive(m, c, (length[c * 2] >> priority) + 1, batch, take, { pages: 0 });
    if (freed > 0) return freed;
  }
  return 0;
}

/** Scans `count` pages at most; returns how many there were. */
function shrinkActive(m: Machine, c: Slot, count: number): number {
  const { flags } = m.pages;
  const { oldest, length } = m.containers;
  const scanned = Math.min(count, length[c * 2 + 1]);
  for (let left = scanned; left > 0; left--) {
    const p = oldest[c * 2 + 1];
    m.unlink(c, p);
    const again = flags[p] & REFERENCED;
    flags[p] &= ~REFERENCED;
    m.link(c, p, again ? 1 : 0);
  }
  return scanned;
}

function shrinkInactive(
  m: Machine,
  c: Slot,
  count: number,
  batch: number,
  take: (p: PageId) => void,
  saved: { pages: number },
): number {
  const { flags, pins } = m.pages;
  const { oldest, length } = m.containers;
  let freed = 0;
  for (let left = Math.min(count, length[c * 2]); left > 0 && freed < batch; left--) {
    const p = oldest[c * 2];
    if (pins[p] > 0) {
      m.unlink(c, p);
      m.link(c, p, 0);
    } else if (flags[p] & REFERENCED) {
      m.unlink(c, p);
      flags[p] &= ~REFERENCED;
      m.link(c, p, 1);
      saved.pages++;
    } else {
      freePage(m, p);
      take(p);
      freed++;
    }
  }
  return freed;
}

/** Takes page p from everybody who maps it and from its owner. */
export function freePage(m: Machine, p: PageId): void {
  const { mapper } = m.pages;
  while (mapper[p] !== NONE) m.unmap(mapper[p], p);
  m.uncharge(p);
}

export const isActive = (m: Machine, p: PageId): boolean => (m.pages.flags[p] & ACTIVE) !== 0;
