// The machine under the rules: lists, mappings, usage. One writer for each secret: links in link/unlink, usage in charge/uncharge.

import { Journal } from './journal.ts';
import {
  BIT,
  CONTAINER,
  type Container,
  grownTasks,
  grownWords,
  LINK,
  Mappings,
  PAGE,
  type Page,
  SHIFT,
  type Slot,
  TASK,
  type TaskId,
} from './tables.ts';

const NONE = -1;
const { NEWER, OLDER } = LINK;
const { STATE, MAPPER, NEXT_OF_TASK, PREV_OF_TASK, OTHERS, PINS } = PAGE;
const { REFERENCED, FIRST_PINNED, ACTIVE } = BIT;
const { LENGTH, USAGE, FIRST_MEMBER } = CONTAINER;
const { FIRST_PAGE, FIRST_NODE, MAPPED, NEXT_MEMBER, PREV_MEMBER } = TASK;
const { RECORD } = SHIFT;
const OWNER = -1 << SHIFT.OWNER;
/** Where a record begins must be a small integer. */
const MOST = 2 ** 27;

export class Machine {
  /** Pages by id from the bottom up, containers by slot from the top down: one array, so that a link may lead to either. */
  words: Int32Array;
  /** The same memory, for counters of two words. */
  doubles: Float64Array;
  /** How many pages, tasks and slots there is room for. */
  pages: number;
  slots: number;
  tasks: Int32Array;
  /** Limits exactly as they read back, by slot. */
  readonly limits: bigint[] = [];
  readonly mappings: Mappings;
  /** Pages that the last operation reclaimed, in order. */
  readonly reclaimed = new Journal();

  constructor(pages: number, tasks: number, containers: number) {
    this.pages = Math.max(pages, 1);
    this.slots = Math.max(containers, 1) + 1;
    this.words = grownWords(this.pages, this.slots);
    this.doubles = new Float64Array(this.words.buffer);
    this.tasks = grownTasks(Math.max(tasks, 1));
    this.mappings = new Mappings(64);
  }

  // Room.

  /** The record of a page; there is one for every id. */
  page(id: number): Page {
    if (id >= this.pages) this.#grow(Math.max(id + 1, this.pages * 2), this.slots);
    return id << RECORD;
  }

  needSlot(slot: Slot): void {
    if (slot > this.slots) this.#grow(this.pages, Math.max(slot, this.slots * 2));
  }

  needTask(t: TaskId): void {
    const tasks = this.tasks.length >> RECORD;
    if (t >= tasks) this.tasks = grownTasks(Math.max(t + 1, tasks * 2), this.tasks);
  }

  /** @throws RangeError beyond what a word can point at. */
  #grow(pages: number, slots: number): void {
    if (pages > MOST || slots > MOST / 4) throw new RangeError(`no room for ${pages} pages, ${slots} slots`);
    this.words = grownWords(pages, slots, this.words, this.pages);
    this.doubles = new Float64Array(this.words.buffer);
    this.pages = pages;
    this.slots = slots;
  }

  /** Where the record of a slot is now. */
  container(slot: Slot): Container {
    return this.words.length - (slot << SHIFT.CONTAINER);
  }

  slotOf(c: Container): Slot {
    return (this.words.length - c) >> SHIFT.CONTAINER;
  }

  // Lists and usage.

  /** Puts page p at the head of a list: container c's inactive one is at c, the active one at c | ACTIVE. */
  link(list: number, p: Page): void {
    const w = this.words;
    const newest = w[list | OLDER];
    w[p | NEWER] = list;
    w[p | OLDER] = newest;
    w[newest | NEWER] = p;
    w[list | OLDER] = p;
    w[list | LENGTH]++;
    w[p | STATE] = (w[p | STATE] & ~ACTIVE) | (list & ACTIVE);
  }

  /** Takes page p off the list of container c that it is on. */
  unlink(c: Container, p: Page): void {
    const w = this.words;
    const newer = w[p | NEWER];
    const older = w[p | OLDER];
    w[newer | OLDER] = older;
    w[older | NEWER] = newer;
    w[c | (w[p | STATE] & ACTIVE) | LENGTH]--;
  }

  /** Page p is accounted to container c and starts at the head of its active list, unreferenced. */
  charge(c: Container, p: Page): void {
    this.words[c | USAGE]++;
    this.setOwner(p, c);
    this.link(c | ACTIVE, p);
  }

  /** Page p leaves its list and its owner's account. */
  uncharge(p: Page): void {
    const c = this.owner(p);
    this.unlink(c, p);
    this.words[c | USAGE]--;
    this.words[p | STATE] = 0;
  }

  /** The container that owns page p; the end of the words, if none does. */
  owner(p: Page): Container {
    return this.words.length - (this.words[p | STATE] & OWNER);
  }

  /** Writes the owner; the bits are cleared. */
  setOwner(p: Page, c: Container): void {
    this.words[p | STATE] = this.words.length - c;
  }

  /** A reference to a page on a list: sets its bit, or activates it, on its owner's list whoever touched it. */
  reference(p: Page): void {
    const w = this.words;
    if ((w[p | STATE] & (REFERENCED | ACTIVE)) === REFERENCED) {
      const c = this.owner(p);
      this.unlink(c, p);
      w[p | STATE] &= ~REFERENCED;
      this.link(c | ACTIVE, p);
    } else {
      w[p | STATE] |= REFERENCED;
    }
  }

  // Mappings.

  isMapped(p: Page): boolean {
    return this.words[p | MAPPER] !== NONE;
  }

  maps(t: TaskId, p: Page): boolean {
    const w = this.words;
    return w[p | MAPPER] === t || (w[p | OTHERS] !== NONE && this.mappings.find(t, p) !== NONE);
  }

  map(t: TaskId, p: Page): void {
    this.tasks[(t << RECORD) | MAPPED]++;
    if (this.words[p | MAPPER] === NONE) this.#becomeFirst(t, p);
    else this.#addNode(t, p);
  }

  #becomeFirst(t: TaskId, p: Page): void {
    const w = this.words;
    const first = (t << RECORD) | FIRST_PAGE;
    const next = this.tasks[first];
    w[p | MAPPER] = t;
    w[p | PREV_OF_TASK] = NONE;
    w[p | NEXT_OF_TASK] = next;
    if (next !== NONE) w[next | PREV_OF_TASK] = p;
    this.tasks[first] = p;
  }

  #leaveFirst(t: TaskId, p: Page): void {
    const w = this.words;
    const next = w[p | NEXT_OF_TASK];
    const prev = w[p | PREV_OF_TASK];
    if (prev === NONE) this.tasks[(t << RECORD) | FIRST_PAGE] = next;
    else w[prev | NEXT_OF_TASK] = next;
    if (next !== NONE) w[next | PREV_OF_TASK] = prev;
    w[p | MAPPER] = NONE;
  }

  #addNode(t: TaskId, p: Page): void {
    const m = this.mappings;
    const node = m.take(t, p);
    const ofPage = this.words[p | OTHERS];
    m.prevOfPage[node] = NONE;
    m.nextOfPage[node] = ofPage;
    if (ofPage !== NONE) m.prevOfPage[ofPage] = node;
    this.words[p | OTHERS] = node;
    const ofTask = this.tasks[(t << RECORD) | FIRST_NODE];
    m.prevOfTask[node] = NONE;
    m.nextOfTask[node] = ofTask;
    if (ofTask !== NONE) m.prevOfTask[ofTask] = node;
    this.tasks[(t << RECORD) | FIRST_NODE] = node;
  }

  #dropNode(node: number): void {
    const m = this.mappings;
    const t = m.task[node];
    const p = m.page[node];
    const pageNext = m.nextOfPage[node];
    const pagePrev = m.prevOfPage[node];
    if (pagePrev === NONE) this.words[p | OTHERS] = pageNext;
    else m.nextOfPage[pagePrev] = pageNext;
    if (pageNext !== NONE) m.prevOfPage[pageNext] = pagePrev;
    const taskNext = m.nextOfTask[node];
    const taskPrev = m.prevOfTask[node];
    if (taskPrev === NONE) this.tasks[(t << RECORD) | FIRST_NODE] = taskNext;
    else m.nextOfTask[taskPrev] = taskNext;
    if (taskNext !== NONE) m.prevOfTask[taskNext] = taskPrev;
    m.give(node);
  }

  /** Task t, which maps p, no longer does. */
  unmap(t: TaskId, p: Page): void {
    const w = this.words;
    this.tasks[(t << RECORD) | MAPPED]--;
    if (w[p | MAPPER] !== t) this.#unmapOther(t, p);
    else {
      this.#leaveFirst(t, p);
      if (w[p | PINS] !== 0 || w[p | OTHERS] !== NONE) this.#inherit(p);
    }
  }

  #unmapOther(t: TaskId, p: Page): void {
    const node = this.mappings.find(t, p);
    if (this.mappings.pinned[node]) this.words[p | PINS]--;
    this.#dropNode(node);
  }

  /** The first mapper's lock goes with it; its place goes to another mapper, if there is any, whose lock goes along. */
  #inherit(p: Page): void {
    const w = this.words;
    if (w[p | STATE] & FIRST_PINNED) {
      w[p | PINS]--;
      w[p | STATE] &= ~FIRST_PINNED;
    }
    const heir = w[p | OTHERS];
    if (heir === NONE) return;
    const task = this.mappings.task[heir];
    if (this.mappings.pinned[heir]) w[p | STATE] |= FIRST_PINNED;
    this.#dropNode(heir);
    this.#becomeFirst(task, p);
  }

  isPinnedBy(t: TaskId, p: Page): boolean {
    if (this.words[p | MAPPER] === t) return (this.words[p | STATE] & FIRST_PINNED) !== 0;
    const node = this.mappings.find(t, p);
    return node !== NONE && this.mappings.pinned[node] !== 0;
  }

  /** Locks or unlocks p for t, which maps it. Locks of one task do not add up. */
  setPinned(t: TaskId, p: Page, pinned: boolean): void {
    if (this.isPinnedBy(t, p) === pinned) return;
    this.words[p | PINS] += pinned ? 1 : -1;
    if (this.words[p | MAPPER] === t) this.words[p | STATE] ^= FIRST_PINNED;
    else this.mappings.pinned[this.mappings.find(t, p)] = pinned ? 1 : 0;
  }

  // Members.

  join(t: TaskId, c: Container): void {
    const k = this.tasks;
    const at = t << RECORD;
    const next = this.words[c | FIRST_MEMBER];
    k[at | TASK.CONTAINER] = this.slotOf(c);
    k[at | PREV_MEMBER] = NONE;
    k[at | NEXT_MEMBER] = next;
    if (next !== NONE) k[(next << RECORD) | PREV_MEMBER] = t;
    this.words[c | FIRST_MEMBER] = t;
  }

  leave(t: TaskId): void {
    const k = this.tasks;
    const at = t << RECORD;
    const next = k[at | NEXT_MEMBER];
    const prev = k[at | PREV_MEMBER];
    if (prev === NONE) this.words[this.containerOf(t) | FIRST_MEMBER] = next;
    else k[(prev << RECORD) | NEXT_MEMBER] = next;
    if (next !== NONE) k[(next << RECORD) | PREV_MEMBER] = prev;
    k[at | TASK.CONTAINER] = 0;
  }

  /** The container of a task that exists. */
  containerOf(t: TaskId): Container {
    return this.container(this.tasks[(t << RECORD) | TASK.CONTAINER]);
  }

  taskExists(t: TaskId): boolean {
    return t >= 0 && t < this.tasks.length >> RECORD && this.tasks[(t << RECORD) | TASK.CONTAINER] !== 0;
  }
}
