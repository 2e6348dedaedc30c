// The machine under the rules: lists, mappings, usage. One writer for each secret: links in link/unlink, usage in charge/uncharge.

import {
  ACTIVE,
  Containers,
  FIRST_PINNED,
  Mappings,
  NONE,
  type PageId,
  Pages,
  REFERENCED,
  type Slot,
  type TaskId,
  Tasks,
} from './tables.ts';

export class Machine {
  readonly pages: Pages;
  readonly tasks: Tasks;
  readonly containers: Containers;
  readonly mappings: Mappings;

  constructor(pages: number, tasks: number, containers: number) {
    this.pages = new Pages(Math.max(pages, 1));
    this.tasks = new Tasks(Math.max(tasks, 1));
    this.containers = new Containers(Math.max(containers, 1) + 1);
    this.mappings = new Mappings(64);
  }

  /** Puts page p at the head of a list of container c. */
  link(c: Slot, p: PageId, active: number): void {
    const { newer, older, flags } = this.pages;
    const { newest, oldest, length } = this.containers;
    const list = c * 2 + active;
    const head = newest[list];
    newer[p] = NONE;
    older[p] = head;
    if (head === NONE) oldest[list] = p;
    else newer[head] = p;
    newest[list] = p;
    length[list]++;
    flags[p] = active ? flags[p] | ACTIVE : flags[p] & ~ACTIVE;
  }

  /** Takes page p off the list it is on. */
  unlink(c: Slot, p: PageId): void {
    const { newer, older, flags } = this.pages;
    const { newest, oldest, length } = this.containers;
    const list = c * 2 + (flags[p] & ACTIVE);
    const n = newer[p];
    const o = older[p];
    if (n === NONE) newest[list] = o;
    else older[n] = o;
    if (o === NONE) oldest[list] = n;
    else newer[o] = n;
    length[list]--;
  }

  /** Page p is accounted to container c and starts at the head of its active list, unreferenced. */
  charge(c: Slot, p: PageId): void {
    this.containers.usage[c]++;
    this.pages.owner[p] = c;
    this.pages.flags[p] = 0;
    this.link(c, p, 1);
  }

  /** Page p leaves its list and its owner's account. */
  uncharge(p: PageId): void {
    const c = this.pages.owner[p];
    this.unlink(c, p);
    this.containers.usage[c]--;
    this.pages.owner[p] = NONE;
    this.pages.flags[p] = 0;
  }

  maps(t: TaskId, p: PageId): boolean {
    const first = this.pages.mapper[p];
    if (first === t) return true;
    return first !== NONE && this.pages.others[p] !== NONE && this.mappings.find(t, p) !== NONE;
  }

  map(t: TaskId, p: PageId): void {
    this.tasks.mapped[t]++;
    if (this.pages.mapper[p] === NONE) this.#becomeFirst(t, p);
    else this.#addNode(t, p);
  }

  #becomeFirst(t: TaskId, p: PageId): void {
    const { mapper, nextOfTask, prevOfTask } = this.pages;
    const { firstPage } = this.tasks;
    const next = firstPage[t];
    mapper[p] = t;
    prevOfTask[p] = NONE;
    nextOfTask[p] = next;
    if (next !== NONE) prevOfTask[next] = p;
    firstPage[t] = p;
  }

  #leaveFirst(t: TaskId, p: PageId): void {
    const { mapper, nextOfTask, prevOfTask } = this.pages;
    const next = nextOfTask[p];
    const prev = prevOfTask[p];
    if (prev === NONE) this.tasks.firstPage[t] = next;
    else nextOfTask[prev] = next;
    if (next !== NONE) prevOfTask[next] = prev;
    mapper[p] = NONE;
  }

  #addNode(t: TaskId, p: PageId): void {
    const m = this.mappings;
    const node = m.take(t, p);
    const ofPage = this.pages.others[p];
    m.prevOfPage[node] = NONE;
    m.nextOfPage[node] = ofPage;
    if (ofPage !== NONE) m.prevOfPage[ofPage] = node;
    this.pages.others[p] = node;
    const ofTask = this.tasks.firstNode[t];
    m.prevOfTask[node] = NONE;
    m.nextOfTask[node] = ofTask;
    if (ofTask !== NONE) m.prevOfTask[ofTask] = node;
    this.tasks.firstNode[t] = node;
  }

  #dropNode(node: number): void {
    const m = this.mappings;
    const t = m.task[node];
    const p = m.page[node];
    const pageNext = m.nextOfPage[node];
    const pagePrev = m.prevOfPage[node];
    if (pagePrev === NONE) this.pages.others[p] = pageNext;
    else m.nextOfPage[pagePrev] = pageNext;
    if (pageNext !== NONE) m.prevOfPage[pageNext] = pagePrev;
    const taskNext = m.nextOfTask[node];
    const taskPrev = m.prevOfTask[node];
    if (taskPrev === NONE) this.tasks.firstNode[t] = taskNext;
    else m.nextOfTask[taskPrev] = taskNext;
    if (taskNext !== NONE) m.prevOfTask[taskNext] = taskPrev;
    m.give(node);
  }

  /** Task t, which maps p, no longer does. The place of the first mapper goes to another one, if there is any; its lock goes along. */
  unmap(t: TaskId, p: PageId): void {
    const { flags, pins, mapper, others } = this.pages;
    this.tasks.mapped[t]--;
    if (mapper[p] !== t) {
      const node = this.mappings.find(t, p);
      if (this.mappings.pinned[node]) pins[p]--;
      this.#dropNode(node);
      return;
    }
    if (flags[p] & FIRST_PINNED) {
      pins[p]--;
      flags[p] &= ~FIRST_PINNED;
    }
    this.#leaveFirst(t, p);
    const heir = others[p];
    if (heir === NONE) return;
    const task = this.mappings.task[heir];
    if (this.mappings.pinned[heir]) flags[p] |= FIRST_PINNED;
    this.#dropNode(heir);
    this.#becomeFirst(task, p);
  }

  isPinnedBy(t: TaskId, p: PageId): boolean {
    if (this.pages.mapper[p] === t) return (this.pages.flags[p] & FIRST_PINNED) !== 0;
    const node = this.mappings.find(t, p);
    return node !== NONE && this.mappings.pinned[node] !== 0;
  }

  /** Locks or unlocks p for t, which maps it. Locks of one task do not add up. */
  setPinned(t: TaskId, p: PageId, pinned: boolean): void {
    if (this.isPinnedBy(t, p) === pinned) return;
    this.pages.pins[p] += pinned ? 1 : -1;
    if (this.pages.mapper[p] === t) this.pages.flags[p] ^= FIRST_PINNED;
    else this.mappings.pinned[this.mappings.find(t, p)] = pinned ? 1 : 0;
  }

  /** A reference to a page on a list: sets its bit, or activates it, on its owner's list whoever touched it. */
  reference(p: PageId): void {
    const { flags, owner } = this.pages;
    if ((flags[p] & (REFERENCED | ACTIVE)) === REFERENCED) {
      this.unlink(owner[p], p);
      flags[p] &= ~REFERENCED;
      this.link(owner[p], p, 1);
    } else {
      flags[p] |= REFERENCED;
    }
  }

  join(t: TaskId, c: Slot): void {
    const { container, nextMember, prevMember } = this.tasks;
    const { firstMember } = this.containers;
    const next = firstMember[c];
    container[t] = c;
    prevMember[t] = NONE;
    nextMember[t] = next;
    if (next !== NONE) prevMember[next] = t;
    firstMember[c] = t;
  }

  leave(t: TaskId): void {
    const { container, nextMember, prevMember } = this.tasks;
    const next = nextMember[t];
    const prev = prevMember[t];
    if (prev === NONE) this.containers.firstMember[container[t]] = next;
    else nextMember[prev] = next;
    if (next !== NONE) prevMember[next] = prev;
    container[t] = NONE;
  }
}
