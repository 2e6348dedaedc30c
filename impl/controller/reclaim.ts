// Reclaim by the two lists: from the tail of active to inactive, from the tail of inactive out.

import type { Machine } from './machine.ts';
import { BIT, CONTAINER, type Container, LINK, PAGE, type Page, SHIFT } from './tables.ts';

const { NEWER } = LINK;
const { STATE, MAPPER, PINS } = PAGE;
const { REFERENCED, ACTIVE } = BIT;
const { LENGTH, USAGE } = CONTAINER;
const { RECORD } = SHIFT;
const NONE = -1;

export interface Policy {
  /** The most pages that one reclaim frees. */
  readonly batch: number;
  /** The 2007 scan: 13 passes over growing shares of the lists, then it gives up. */
  readonly bounded: boolean;
}

/** Frees up to a batch of pages of container c, notes each in order, and returns how many. 0: every page is pinned. */
export function reclaim(m: Machine, c: Container, policy: Policy): number {
  if (m.words[c | USAGE] === 0) return 0;
  return policy.bounded ? boundedScan(m, c, policy.batch) : scan(m, c, policy.batch);
}

function scan(m: Machine, c: Container, batch: number): number {
  const w = m.words;
  for (;;) {
    const moved = shrinkActive(m, c, Math.max(w[c | ACTIVE | LENGTH] - w[c | LENGTH], 1));
    const active = w[c | ACTIVE | LENGTH];
    const freed = shrinkInactive(m, c, w[c | LENGTH], batch);
    const saved = w[c | ACTIVE | LENGTH] - active;
    if (freed > 0 || (moved === 0 && saved === 0)) return freed;
  }
}

function boundedScan(m: Machine, c: Container, batch: number): number {
  const w = m.words;
  for (let priority = 12; priority >= 0; priority--) {
    shrinkActive(m, c, (w[c | ACTIVE | LENGTH] >> priority) + 1);
    const freed = shrinkInactive(m, c, (w[c | LENGTH] >> priority) + 1, batch);
    if (freed > 0) return freed;
  }
  return 0;
}

/** Scans `count` pages at most; returns how many there were. */
function shrinkActive(m: Machine, c: Container, count: number): number {
  const w = m.words;
  const scanned = Math.min(count, w[c | ACTIVE | LENGTH]);
  for (let left = scanned; left > 0; left--) {
    const p = w[c | ACTIVE | NEWER];
    const again = w[p | STATE] & REFERENCED;
    m.unlink(c, p);
    w[p | STATE] &= ~REFERENCED;
    m.link(again ? c | ACTIVE : c, p);
  }
  return scanned;
}

/** Scans `count` pages at most, each once, and stops when the batch is full; returns how many it freed. */
function shrinkInactive(m: Machine, c: Container, count: number, batch: number): number {
  const w = m.words;
  let freed = 0;
  for (let left = Math.min(count, w[c | LENGTH]); left > 0 && freed < batch; left--) {
    const p = w[c | NEWER];
    if (w[p | PINS] > 0) {
      m.unlink(c, p);
      m.link(c, p);
    } else if (w[p | STATE] & REFERENCED) {
      m.unlink(c, p);
      w[p | STATE] &= ~REFERENCED;
      m.link(c | ACTIVE, p);
    } else {
      freePage(m, p);
      freed++;
    }
  }
  return freed;
}

/** Takes page p from everybody who maps it and from its owner, and notes it. */
export function freePage(m: Machine, p: Page): void {
  const w = m.words;
  while (w[p | MAPPER] !== NONE) m.unmap(w[p | MAPPER], p);
  m.uncharge(p);
  m.reclaimed.push(p >> RECORD);
}
