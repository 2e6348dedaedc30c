// Out of memory, with everybody else outside: reclaim page by page, and kill when nothing can be reclaimed.

import { load, peek } from './atomics.ts';
import { countReclaim, countRefusal } from './charge.ts';
import { bitOf, CEILING, CONTAINER, containerOf, type Handle, mapsOf, NONE, taskOf } from './layout.ts';
import { sizeOf } from './lists.ts';
import { unmapUnderLock } from './mapping.ts';
import { leave } from './member.ts';
import { reclaimOne } from './reclaim.ts';

/** Until one more page fits in container c. False: t was among the victims. Whether it fits NOW is asked first: others may have left. */
export function makeRoomAlone(h: Handle, t: number, c: number): boolean {
  while (sizeOf(h, c) + 1 > load(h.m, containerOf(h, c) + CEILING)) {
    countRefusal(h, c);
    if (reclaimOne(h, c, NONE) !== NONE) {
      countReclaim(h, c);
      continue;
    }
    const victim = worstOf(h, c);
    h.killed.push(victim);
    endTask(h, victim);
    if (victim === t) return false;
  }
  return true;
}

/** The member with the most mapped pages; among equals the lowest id. */
function worstOf(h: Handle, c: number): number {
  let worst = NONE;
  let most = -1;
  for (let t = 0; t < h.tasks; t++) {
    if (load(h.m, taskOf(h, t) + CONTAINER) !== c + 1) continue;
    const mapped = mappedBy(h, t);
    if (mapped > most) {
      worst = t;
      most = mapped;
    }
  }
  return worst;
}

/** How many pages task t maps: counted where it is asked, so that no mapping pays for it. */
const mappedBy = (h: Handle, t: number): number => {
  let pages = 0;
  for (let p = 0; p < h.pages; p += 32) {
    for (let row = peek(h.m, mapsOf(h, t, p)); row !== 0; row &= row - 1) pages++;
  }
  return pages;
};

/** Unmaps all of t's pages one by one, then t is gone. */
export function endTask(h: Handle, t: number): void {
  for (let p = 0; p < h.pages; p++) {
    const row = load(h.m, mapsOf(h, t, p));
    if (row === 0) p |= 31;
    else if (row & bitOf(p)) unmapUnderLock(h, t, p);
  }
  leave(h, t);
}
