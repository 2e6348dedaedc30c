// Reclaim by the two lists: from the tail of active to inactive, from the tail of inactive out.

import type { Machine } from './machine.ts';
import type { Below } from './slots.ts';
import { BIT, CONTAINER, type Container, LINK, PAGE, type Page, SHIFT } from './tables.ts';

const { NEWER } = LINK;
const { STATE, MAPPER, OTHERS, PINS } = PAGE;
const { REFERENCED, ACTIVE } = BIT;
const { LENGTH } = CONTAINER;
const { RECORD } = SHIFT;
const NONE = -1;

export interface Policy {
  /** The most pages that one reclaim frees. */
  readonly batch: number;
  /** The 2007 scan: 13 passes over growing shares of the lists, then it gives up. */
  readonly bounded: boolean;
}

/** A pass has freed nothing, but changed a bit or moved a page between the lists. */
const NO_PAGE = -1;

/**
 * Frees up to `batch` pages of container c, notes each in order, and returns how many. 0: every page is pinned, or a bounded scan gave up.
 * `once`: after one pass, which may answer NO_PAGE. One function, so that V8 compiles a charge at the limit into two pieces of code: it inlines
 * 920 bytes of callees into each.
 */
export function reclaim(m: Machine, c: Container, bounded: boolean, batch: number, once: boolean): number {
  const w = m.words;
  const inactive = c | 0;
  const active = c | ACTIVE;
  for (let priority = 12; ; priority--) {
    let progress = 0;
    let left = bounded ? share(w[active | LENGTH], priority) : w[active | LENGTH] - w[inactive | LENGTH];
    do {
      const p = w[active | NEWER];
      if (p === active) break;
      const state = w[p | STATE];
      m.unlink(active, p);
      m.link(state & REFERENCED ? active : inactive, p, state & ~REFERENCED);
      progress++;
    } while (--left > 0);
    let freed = 0;
    left = w[inactive | LENGTH];
    if (bounded) left = Math.min(left, share(left, priority));
    for (; left > 0 && freed < batch; left--) {
      const p = w[inactive | NEWER];
      const state = w[p | STATE];
      if (w[p | PINS] > 0) {
        m.unlink(inactive, p);
        m.link(inactive, p, state);
      } else if (state & REFERENCED) {
        m.unlink(inactive, p);
        m.link(active, p, state & ~REFERENCED);
        progress++;
      } else {
        freePage(m, c, p);
        freed++;
      }
    }
    if (freed > 0) return freed;
    if (bounded ? priority === 0 : progress === 0) return 0;
    if (once) return NO_PAGE;
  }
}

/** The same from the subtree of an inner container: rounds over those that hold a page, in ascending order, until one has freed a page. */
export function reclaimBelow(m: Machine, { holders }: Below, batch: number): number {
  for (;;) {
    let freed = 0;
    let progress = false;
    for (let slot = holders.from(0); slot !== NONE && freed < batch; slot = holders.from(slot + 1)) {
      const some = reclaim(m, m.container(slot), false, batch - freed, true);
      if (some !== 0) progress = true;
      if (some > 0) freed += some;
    }
    if (freed > 0 || !progress) return freed;
  }
}

/** How many pages of a list a bounded pass scans. */
function share(length: number, priority: number): number {
  return (length >> priority) + 1;
}

/** Takes page p, which nobody has locked, from everybody who maps it and from its owner, container c, and notes it. */
export function freePage(m: Machine, c: Container, p: Page): void {
  const w = m.words;
  while (w[p | OTHERS] !== NONE) m.unmap(w[p | MAPPER], p);
  m.leaveFirst(w[p | MAPPER], p);
  m.uncharge(c, p);
  m.reclaimed.push(p >> RECORD);
}
