// The tree of containers, for profiles in which a container answers for its subtree: usages up the path, and below each
// inner container an index of the containers that hold a page, and of those that hold a task.

import { Machine } from './machine.ts';
import { Slots } from './slots.ts';
import { BIT, CONTAINER, type Container, LINK, PAGE, type Page, type Slot, type TaskId } from './tables.ts';

const { LENGTH, USAGE, CEILING, FIRST_MEMBER, PARENT, CHILDREN } = CONTAINER;
const { ACTIVE, REFERENCED, FIRST_PINNED } = BIT;
const { NEWER } = LINK;
const { STATE } = PAGE;
const NONE = -1;
/** Of the root, which no charge is refused by: it keeps no index. */
const ROOT_SLOT: Slot = 1;

/** The machine of a nested profile. A class of its own, so that the flat one does not pay for it. */
export class Tree extends Machine {
  override refuser(c: Container): Container {
    const w = this.words;
    for (let at = c; ; at = this.container(w[at | PARENT])) {
      if (w[at | USAGE] >= w[at | CEILING]) return at;
      if (w[at | PARENT] === 0) return NONE;
    }
  }

  override charge(c: Container, p: Page): void {
    super.charge(c, p);
    this.counted(c, 1);
  }

  override uncharge(c: Container, p: Page): void {
    super.uncharge(c, p);
    this.counted(c, -1);
  }

  /** A page was added to the lists of container c (1), or taken off (-1): the usages above it follow. O(depth). */
  private counted(c: Container, by: 1 | -1): void {
    const w = this.words;
    for (let up = w[c | PARENT]; up !== 0; up = w[this.container(up) | PARENT])
      w[this.container(up) | USAGE] += by;
    const own = this.own(c);
    if (own === 0 || (own === 1 && by === 1)) this.holds(c, own === 1);
  }

  private own(c: Container): number {
    return this.words[c | LENGTH] + this.words[c | ACTIVE | LENGTH];
  }

  override join(t: TaskId, c: Container): void {
    if (this.words[c | FIRST_MEMBER] === NONE) this.houses(c, true);
    super.join(t, c);
  }

  override leave(t: TaskId): void {
    const c = this.containerOf(t);
    super.leave(t);
    if (this.words[c | FIRST_MEMBER] === NONE) this.houses(c, false);
  }

  override adopt(parent: Container): void {
    super.adopt(parent);
    const slot = this.slotOf(parent);
    if (this.words[parent | CHILDREN] > 1 || slot === ROOT_SLOT) return;
    const below = { holders: new Slots(), homes: new Slots() };
    if (this.own(parent) > 0) below.holders.put(slot, true);
    if (this.words[parent | FIRST_MEMBER] !== NONE) below.homes.put(slot, true);
    this.below[slot] = below;
  }

  override lose(parent: Container): void {
    super.lose(parent);
    if (this.words[parent | CHILDREN] === 0) this.below[this.slotOf(parent)] = undefined;
  }

  /** Container c has got its first page, or has none any more. */
  holds(c: Container, present: boolean): void {
    const its = this.slotOf(c);
    for (let slot = its; slot > ROOT_SLOT; slot = this.words[this.container(slot) | PARENT])
      this.below[slot]?.holders.put(its, present);
  }

  /** Container c has got its first task, or has none any more. */
  houses(c: Container, present: boolean): void {
    const its = this.slotOf(c);
    for (let slot = its; slot > ROOT_SLOT; slot = this.words[this.container(slot) | PARENT])
      this.below[slot]?.homes.put(its, present);
  }

  /**
   * The pages of a container that is to go pass to the heads of its parent's lists, oldest first, so that the order stays. The parent's usage,
   * and those above it, counted them before.
   */
  pass(from: Container, to: Container): void {
    const w = this.words;
    for (const active of [0, ACTIVE]) {
      while (w[from | active | LENGTH] > 0) {
        const p = w[from | active | NEWER];
        const bits = w[p | STATE] & (REFERENCED | FIRST_PINNED);
        this.unlink(from | active, p);
        this.link(to | active, p, this.ownedBy(to) | bits);
      }
    }
    w[from | USAGE] = 0;
    this.holds(from, false);
    this.holds(to, true);
  }
}
