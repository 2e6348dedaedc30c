// The machine under the rules: lists, mappings, usage. One writer for each secret: links in link/unlink, usage in charge/uncharge.

import { Journal } from './journal.ts';
import type { Below } from './slots.ts';
import {
  BIT,
  CONTAINER,
  type Container,
  fillTasks,
  fillWords,
  LINK,
  Mappings,
  PAGE,
  type Page,
  SHIFT,
  type Slot,
  TASK,
  type TaskId,
  wordsFor,
} from './tables.ts';

const NONE = -1;
const { NEWER, OLDER } = LINK;
const { STATE, MAPPER, NEXT_OF_TASK, PREV_OF_TASK, OTHERS, PINS } = PAGE;
const { REFERENCED, FIRST_PINNED, ACTIVE } = BIT;
const { LENGTH, USAGE, CEILING, FIRST_MEMBER, CHILDREN } = CONTAINER;
const { CONTAINER: HOME, FIRST_PAGE, FIRST_NODE, MAPPED, NEXT_MEMBER, PREV_MEMBER } = TASK;
const { RECORD, CONTAINER: CONTAINER_RECORD } = SHIFT;
const OWNER = -1 << SHIFT.OWNER;
/** Where a record begins must be a small integer. */
const MOST = 2 ** 27;

/** Room to begin with. */
export interface Wanted {
  readonly pages: number;
  readonly tasks: number;
  readonly containers: number;
}

/** Without private names: with them every constant above takes longer bytecode to reach, and V8 inlines by its length. */
export class Machine {
  /** Pages by id from the bottom up, containers by slot from the top down: one array, so that a link may lead to either. */
  words: Int32Array = new Int32Array(0);
  /** The same memory, for counters of two words. */
  doubles: Float64Array = new Float64Array(0);
  tasks: Int32Array = new Int32Array(0);
  /** How many pages and slots there is room for. */
  pages = 0;
  slots = 0;
  /** Limits exactly as they read back, by slot. */
  readonly limits: bigint[] = [];
  readonly mappings: Mappings;
  /** By slot: the index of an inner container, in a tree. */
  readonly below: (Below | undefined)[] = [];
  /** Pages that the last operation reclaimed, in order. */
  readonly reclaimed = new Journal();

  constructor({ pages, tasks, containers }: Wanted) {
    this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1));
    this.mappings = new Mappings(Math.min(this.pages, 64));
  }

  // Room.

  /** The record of a page; there is one for every id. */
  page(id: number): Page {
    if (!(id >= 0 && id < this.pages)) this.needPage(id);
    return id << RECORD;
  }

  private needPage(id: number): void {
    if (!(id >= 0)) throw new RangeError(`no page has the id ${id}`);
    this.grow(Math.max(id + 1, Math.min(this.pages * 2, MOST)), this.slots, this.taskRoom);
  }

  needSlot(slot: Slot): void {
    if (slot > this.slots) this.grow(this.pages, Math.max(slot, this.slots * 2), this.taskRoom);
  }

  /** Who has many pages gets many tasks. */
  needTask(t: TaskId): void {
    if (t < this.taskRoom) return;
    this.grow(this.pages, this.slots, Math.max(t + 1, this.taskRoom * 2, this.pages >> 7));
  }

  private get taskRoom(): number {
    return this.tasks.length >> RECORD;
  }

  /** @throws RangeError beyond what a word can point at. */
  private grow(pages: number, slots: number, tasks: number): void {
    if (pages > MOST || slots > MOST / 4 || tasks > MOST)
      throw new RangeError(`no room for ${pages} pages, ${slots} slots, ${tasks} tasks`);
    if (tasks > this.taskRoom) {
      const taskWords = new Int32Array(tasks << RECORD);
      fillTasks(taskWords, this.tasks);
      this.tasks = taskWords;
    }
    if (pages === this.pages && slots === this.slots) return;
    const words = new Int32Array(wordsFor(pages, slots));
    fillWords(words, pages, this.words, this.pages);
    this.words = words;
    this.doubles = new Float64Array(words.buffer, 0, words.length >> 1);
    this.pages = pages;
    this.slots = slots;
  }

  /** Where the record of a slot is now. */
  container(slot: Slot): Container {
    return (this.words.length - (slot << CONTAINER_RECORD)) | 0;
  }

  slotOf(c: Container): Slot {
    return (this.words.length - c) >> CONTAINER_RECORD;
  }

  /** Container `parent` has got a child. */
  adopt(parent: Container): void {
    this.words[parent | CHILDREN]++;
  }

  /** Container `parent` has lost a child. */
  lose(parent: Container): void {
    this.words[parent | CHILDREN]--;
  }

  // Lists and usage.

  /** The container that has no room for one page more of c; NONE if there is room. */
  refuser(c: Container): Container {
    return this.words[c | USAGE] + 1 > this.words[c | CEILING] ? c : NONE;
  }

  /** Puts page p, in such a state, at the head of a list: container c's inactive one is at c, the active one at c | ACTIVE. */
  link(list: number, p: Page, state: number): void {
    const w = this.words;
    const newest = w[list | OLDER];
    w[p | NEWER] = list;
    w[p | OLDER] = newest;
    w[p | STATE] = (state & ~ACTIVE) | (list & ACTIVE);
    w[newest | NEWER] = p;
    w[list | OLDER] = p;
    w[list | LENGTH]++;
  }

  /** Takes page p off the list that it is on. */
  unlink(list: number, p: Page): void {
    const w = this.words;
    const newer = w[p | NEWER];
    const older = w[p | OLDER];
    w[newer | OLDER] = older;
    w[older | NEWER] = newer;
    w[list | LENGTH]--;
  }

  /** Page p is accounted to container c and starts at the head of its active list, unreferenced. */
  charge(c: Container, p: Page): void {
    this.words[c | USAGE]++;
    this.link(c | ACTIVE, p, this.ownedBy(c));
  }

  /** Page p leaves its list and the account of its owner, container c. */
  uncharge(c: Container, p: Page): void {
    this.unlink(c | (this.words[p | STATE] & ACTIVE), p);
    this.words[c | USAGE]--;
    this.words[p | STATE] = 0;
  }

  /** The container that owns page p; the end of the words, if none does. */
  owner(p: Page): Container {
    return (this.words.length - (this.words[p | STATE] & OWNER)) | 0;
  }

  /** The state of a page that container c owns, without bits. */
  ownedBy(c: Container): number {
    return (this.words.length - c) | 0;
  }

  /** A reference to a page on a list: sets its bit, or activates it, on its owner's list whoever touched it. */
  reference(p: Page): void {
    const w = this.words;
    if ((w[p | STATE] & (REFERENCED | ACTIVE)) === REFERENCED) {
      const c = this.owner(p);
      this.unlink(c, p);
      this.link(c | ACTIVE, p, w[p | STATE] & ~REFERENCED);
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

  /** Task t maps page p, which another task maps already. */
  map(t: TaskId, p: Page): void {
    addNode(this, t, p);
  }

  /** Task t maps page p, which nobody maps. */
  becomeFirst(t: TaskId, p: Page): void {
    const w = this.words;
    const k = this.tasks;
    const at = t << RECORD;
    const next = k[at | FIRST_PAGE];
    w[p | MAPPER] = t;
    w[p | PREV_OF_TASK] = NONE;
    w[p | NEXT_OF_TASK] = next;
    if (next !== NONE) w[next | PREV_OF_TASK] = p;
    k[at | FIRST_PAGE] = p;
    k[at | MAPPED]++;
  }

  /** Task t, the first mapper of page p, no longer maps it; its place is empty. */
  leaveFirst(t: TaskId, p: Page): void {
    const w = this.words;
    const k = this.tasks;
    const at = t << RECORD;
    const next = w[p | NEXT_OF_TASK];
    const prev = w[p | PREV_OF_TASK];
    if (prev === NONE) k[at | FIRST_PAGE] = next;
    else w[prev | NEXT_OF_TASK] = next;
    if (next !== NONE) w[next | PREV_OF_TASK] = prev;
    w[p | MAPPER] = NONE;
    k[at | MAPPED]--;
  }

  /** Task t, which maps p, no longer does. */
  unmap(t: TaskId, p: Page): void {
    const w = this.words;
    if (w[p | MAPPER] !== t) unmapOther(this, t, p);
    else {
      this.leaveFirst(t, p);
      if (w[p | PINS] !== 0 || w[p | OTHERS] !== NONE) inherit(this, p);
    }
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
    k[at | HOME] = this.slotOf(c);
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
    k[at | HOME] = 0;
  }

  /** The container of a task that exists. */
  containerOf(t: TaskId): Container {
    return this.container(this.tasks[(t << RECORD) | HOME]);
  }

  taskExists(t: TaskId): boolean {
    return t >= 0 && t < this.tasks.length >> RECORD && this.tasks[(t << RECORD) | HOME] !== 0;
  }
}

function addNode(m: Machine, t: TaskId, p: Page): void {
  const k = m.mappings;
  const node = k.take(t, p);
  const ofPage = m.words[p | OTHERS];
  k.prevOfPage[node] = NONE;
  k.nextOfPage[node] = ofPage;
  if (ofPage !== NONE) k.prevOfPage[ofPage] = node;
  m.words[p | OTHERS] = node;
  m.tasks[(t << RECORD) | MAPPED]++;
  const ofTask = m.tasks[(t << RECORD) | FIRST_NODE];
  k.prevOfTask[node] = NONE;
  k.nextOfTask[node] = ofTask;
  if (ofTask !== NONE) k.prevOfTask[ofTask] = node;
  m.tasks[(t << RECORD) | FIRST_NODE] = node;
}

function dropNode(m: Machine, node: number): void {
  const k = m.mappings;
  const t = k.task[node];
  const p = k.page[node];
  const pageNext = k.nextOfPage[node];
  const pagePrev = k.prevOfPage[node];
  if (pagePrev === NONE) m.words[p | OTHERS] = pageNext;
  else k.nextOfPage[pagePrev] = pageNext;
  if (pageNext !== NONE) k.prevOfPage[pageNext] = pagePrev;
  m.tasks[(t << RECORD) | MAPPED]--;
  const taskNext = k.nextOfTask[node];
  const taskPrev = k.prevOfTask[node];
  if (taskPrev === NONE) m.tasks[(t << RECORD) | FIRST_NODE] = taskNext;
  else k.nextOfTask[taskPrev] = taskNext;
  if (taskNext !== NONE) k.prevOfTask[taskNext] = taskPrev;
  k.give(node);
}

/** The first mapper's lock goes with it; its place goes to another mapper, if there is any, whose lock goes along. */
function inherit(m: Machine, p: Page): void {
  const w = m.words;
  if (w[p | STATE] & FIRST_PINNED) {
    w[p | PINS]--;
    w[p | STATE] &= ~FIRST_PINNED;
  }
  const heir = w[p | OTHERS];
  if (heir === NONE) return;
  const task = m.mappings.task[heir];
  if (m.mappings.pinned[heir]) w[p | STATE] |= FIRST_PINNED;
  dropNode(m, heir);
  m.becomeFirst(task, p);
}

function unmapOther(m: Machine, t: TaskId, p: Page): void {
  const node = m.mappings.find(t, p);
  if (m.mappings.pinned[node]) m.words[p | PINS]--;
  dropNode(m, node);
}
