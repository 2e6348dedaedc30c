// The optimized RSS controller: what one would ship. Every operation answers with an outcome code; touch, unmap, charge and uncharge are O(1).

import { Journal } from './journal.ts';
import { Machine } from './machine.ts';
import * as outcome from './outcome.ts';
import { freePage, type Policy, reclaim, reclaimBelow } from './reclaim.ts';
import { BIT, CONTAINER, type Container, LINK, PAGE, type Page, SHIFT, TASK, type TaskId } from './tables.ts';
import { Tree } from './tree.ts';
import { verify } from './verify.ts';

export * from './outcome.ts';

const { OK, KILLED, EEXIST, ENOENT, EBUSY, ESRCH, EINVAL, ENOMEM } = outcome;
const NONE = -1;
const { RECORD } = SHIFT;
const { OLDER } = LINK;
const { STATE, NEXT_OF_TASK, PINS } = PAGE;
const { REFERENCED, ACTIVE } = BIT;
const { LENGTH, USAGE, CEILING, FIRST_MEMBER, PARENT, CHILDREN, EXISTS, FAILCNT, RECLAIMS } = CONTAINER;
const { FIRST_PAGE, FIRST_NODE, MAPPED, NEXT_MEMBER } = TASK;

export const ROOT = -1;
/** The parent of a container that has none. */
const NOWHERE = -2;
export const UNLIMITED = 2n ** 63n - 1n;
/** More than any usage can be. */
const NO_CEILING = 2 ** 30;

export interface Options {
  /** The root container exists; by default in the linux profiles only. */
  readonly root?: boolean;
  /** Room to begin with; everything grows. */
  readonly pages?: number;
  readonly tasks?: number;
  readonly containers?: number;
}

interface Switches extends Policy {
  readonly transient: boolean;
  readonly zeroIsUnlimited: boolean;
  readonly wraps: boolean;
  readonly lowering: 'lazy' | 'busy' | 'kill';
  /** A container answers for its subtree, and passes its pages to its parent when it is removed: there is a root. */
  readonly nested: boolean;
  /** Containers with children hold no tasks, but the root. */
  readonly leavesOnly: boolean;
}

const letter: Switches = {
  batch: 1,
  bounded: false,
  transient: false,
  zeroIsUnlimited: false,
  wraps: false,
  lowering: 'lazy',
  nested: false,
  leavesOnly: false,
};
const switchesOf: Readonly<Record<string, Switches>> = {
  letter,
  'v3.1': { ...letter, bounded: true, transient: true, zeroIsUnlimited: true, wraps: true },
  'linux-v1': { ...letter, batch: 32, lowering: 'busy', nested: true },
  'linux-v2': { ...letter, batch: 32, lowering: 'kill', nested: true, leavesOnly: true },
};

export class Controller {
  /** Victims and reclaimed pages of the last operation, in order. */
  readonly killed = new Journal();
  readonly reclaimed: Journal;
  readonly machine: Machine;
  readonly #switches: Switches;

  /** @throws RangeError for a profile that is not known, and for one without the root that its pages pass to. */
  constructor(profile: string, options: Options = {}) {
    const switches = switchesOf[profile];
    if (!switches)
      throw new RangeError(`no profile ${profile}; there are: ${Object.keys(switchesOf).join(' ')}`);
    if (options.root === false && switches.nested)
      throw new RangeError(
        `profile ${profile} needs its root: pages of a removed container pass to the parent`,
      );
    this.#switches = switches;
    const room = { pages: 64, tasks: 16, containers: 8, ...options };
    this.machine = switches.nested ? new Tree(room) : new Machine(room);
    this.reclaimed = this.machine.reclaimed;
    if (options.root ?? switches.nested) this.#create(ROOT, NOWHERE);
  }

  // Containers.

  mkdir(c: number, parent = ROOT): number {
    this.#begin();
    if (this.containerExists(c)) return EEXIST;
    if (parent !== ROOT && !this.containerExists(parent)) return ENOENT;
    if (this.#switches.leavesOnly && parent !== ROOT && this.#firstMember(parent) !== NONE) return EBUSY;
    this.machine.needSlot(c + 2);
    this.#create(c, this.containerExists(parent) ? parent : NOWHERE);
    return OK;
  }

  #create(id: number, parent: number): void {
    const m = this.machine;
    const w = m.words;
    const c = this.#container(id);
    w[c | EXISTS] = 1;
    w[c | PARENT] = parent + 2;
    if (parent !== NOWHERE) m.adopt(this.#container(parent));
    w[c | USAGE] = 0;
    w[c | CEILING] = NO_CEILING;
    m.doubles[(c | FAILCNT) >> 1] = 0;
    m.doubles[(c | RECLAIMS) >> 1] = 0;
    m.limits[id + 2] = UNLIMITED;
  }

  rmdir(id: number): number {
    this.#begin();
    if (!this.containerExists(id)) return ENOENT;
    const m = this.machine;
    const w = m.words;
    const c = this.#container(id);
    if (id === ROOT || w[c | FIRST_MEMBER] !== NONE || w[c | CHILDREN] > 0) return EBUSY;
    if (w[c | USAGE] > 0 && !(m instanceof Tree)) return EBUSY;
    if (w[c | PARENT] !== 0) {
      const parent = m.container(w[c | PARENT]);
      if (m instanceof Tree && w[c | USAGE] > 0) m.pass(c, parent);
      m.lose(parent);
    }
    w[c | EXISTS] = 0;
    return OK;
  }

  setLimit(id: number, n: number | bigint): number {
    this.#begin();
    if (!this.containerExists(id)) return ENOENT;
    if (id === ROOT || n < 0 || (typeof n === 'number' && !Number.isInteger(n))) return EINVAL;
    if (n > UNLIMITED && !this.#switches.wraps) return EINVAL;
    const limit = BigInt.asUintN(64, BigInt(n));
    const ceiling = Math.min(Number(limit), NO_CEILING);
    const w = this.machine.words;
    const c = this.#container(id);
    if (this.#switches.lowering !== 'lazy') {
      this.#reclaimDownTo(c, ceiling);
      if (w[c | USAGE] > ceiling && this.#switches.lowering === 'busy') return EBUSY;
      while (w[c | USAGE] > ceiling && this.#killOne(c)) {
        this.#reclaimDownTo(c, ceiling);
      }
    }
    this.machine.limits[id + 2] = limit;
    w[c | CEILING] = limit === 0n && this.#switches.zeroIsUnlimited ? NO_CEILING : ceiling;
    return OK;
  }

  #reclaimDownTo(c: Container, ceiling: number): void {
    const w = this.machine.words;
    while (w[c | USAGE] > ceiling && this.#reclaim(c) > 0);
  }

  /** From the subtree of c. A container without children is a subtree of its own. */
  #reclaim(c: Container): number {
    const { batch, bounded } = this.#switches;
    if (this.machine.words[c | CHILDREN] > 0) return this.#reclaimBelow(c);
    return reclaim(this.machine, c, bounded, batch, false);
  }

  /** In a flat profile a container with children, in name, answers for itself all the same. */
  #reclaimBelow(c: Container): number {
    const m = this.machine;
    const { batch, bounded } = this.#switches;
    const below = m.below[m.slotOf(c)];
    return below ? reclaimBelow(m, below, batch) : reclaim(m, c, bounded, batch, false);
  }

  // Tasks.

  spawn(t: number, c: number): number {
    this.#begin();
    if (this.taskExists(t)) return EEXIST;
    if (!this.containerExists(c)) return ENOENT;
    if (!this.#takesTasks(c)) return EBUSY;
    this.machine.needTask(t);
    this.machine.join(t, this.#container(c));
    return OK;
  }

  fork(t: number, u: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    if (this.taskExists(u)) return EEXIST;
    const m = this.machine;
    m.needTask(u);
    m.join(u, m.containerOf(t));
    const at = t << RECORD;
    for (let p = m.tasks[at | FIRST_PAGE]; p !== NONE; p = m.words[p | NEXT_OF_TASK]) m.map(u, p);
    for (let n = m.tasks[at | FIRST_NODE]; n !== NONE; n = m.mappings.nextOfTask[n])
      m.map(u, m.mappings.page[n]);
    return OK;
  }

  #takesTasks(c: number): boolean {
    return (
      !this.#switches.leavesOnly || c === ROOT || this.machine.words[this.#container(c) | CHILDREN] === 0
    );
  }

  #firstMember(c: number): TaskId {
    return this.machine.words[this.#container(c) | FIRST_MEMBER];
  }

  exit(t: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    this.#end(t);
    return OK;
  }

  /** Unmaps all of t's pages one by one, then t is gone. */
  #end(t: TaskId): void {
    const m = this.machine;
    const at = t << RECORD;
    while (m.tasks[at | FIRST_PAGE] !== NONE) this.#unmap(t, m.tasks[at | FIRST_PAGE]);
    while (m.tasks[at | FIRST_NODE] !== NONE) this.#unmap(t, m.mappings.page[m.tasks[at | FIRST_NODE]]);
    m.leave(t);
  }

  #unmap(t: TaskId, p: Page): void {
    const m = this.machine;
    m.unmap(t, p);
    if (!m.isMapped(p)) m.uncharge(m.owner(p), p);
  }

  move(t: number, c: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    if (!this.containerExists(c)) return ENOENT;
    if (!this.#takesTasks(c)) return EBUSY;
    this.machine.leave(t);
    this.machine.join(t, this.#container(c));
    return OK;
  }

  // Pages.

  touch(t: number, id: number): number {
    this.#begin();
    const m = this.machine;
    if (!m.taskExists(t)) return ESRCH;
    const p = m.page(id);
    const shared = m.isMapped(p);
    if (shared && m.maps(t, p)) {
      m.reference(p);
      return OK;
    }
    if (shared && !this.#switches.transient) {
      m.map(t, p);
      m.reference(p);
      return OK;
    }
    return this.#fault(t, p);
  }

  /** A charge, then the mapping; if others still map p, the charge was for a moment only. Who refuses pays: c, or one above it. */
  #fault(t: TaskId, p: Page): number {
    const m = this.machine;
    const c = m.containerOf(t);
    for (let full = m.refuser(c); full !== NONE; full = m.refuser(c)) {
      m.doubles[(full | FAILCNT) >> 1]++;
      if (this.#reclaim(full) > 0) {
        m.doubles[(full | RECLAIMS) >> 1]++;
        continue;
      }
      this.#killOne(full);
      if (!m.taskExists(t)) return KILLED;
    }
    if (m.isMapped(p)) {
      m.map(t, p);
      m.reference(p);
    } else {
      m.becomeFirst(t, p);
      m.charge(c, p);
    }
    return OK;
  }

  /** Of the tasks in c's subtree the one with the most mapped pages, among equals the lowest id, is killed. False: there is none. */
  #killOne(c: Container): boolean {
    const m = this.machine;
    const homes = m.below[m.slotOf(c)]?.homes;
    let victim = NONE;
    if (!homes) victim = this.#largest(c, NONE);
    else
      for (let slot = homes.from(0); slot !== NONE; slot = homes.from(slot + 1))
        victim = this.#largest(m.container(slot), victim);
    if (victim === NONE) return false;
    this.killed.push(victim);
    this.#end(victim);
    return true;
  }

  /** The largest of c's members and one more task, or NONE. */
  #largest(c: Container, other: TaskId): TaskId {
    const k = this.machine.tasks;
    const mapped = (t: TaskId) => k[(t << RECORD) | MAPPED];
    let victim = other;
    for (let t = this.machine.words[c | FIRST_MEMBER]; t !== NONE; t = k[(t << RECORD) | NEXT_MEMBER]) {
      if (victim === NONE) victim = t;
      if (mapped(t) > mapped(victim) || (mapped(t) === mapped(victim) && t < victim)) victim = t;
    }
    return victim;
  }

  unmap(t: number, id: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    const p = this.machine.page(id);
    if (this.machine.maps(t, p)) this.#unmap(t, p);
    return OK;
  }

  copy(t: number, from: number, to: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    const m = this.machine;
    const p = this.machine.page(from);
    const q = this.machine.page(to);
    if (!m.maps(t, p) || m.isMapped(q)) return EINVAL;
    const outcome = this.#fault(t, q);
    if (outcome === OK && m.maps(t, p)) this.#unmap(t, p);
    return outcome;
  }

  pin(t: number, id: number): number {
    return this.#setPinned(t, id, true);
  }

  unpin(t: number, id: number): number {
    return this.#setPinned(t, id, false);
  }

  #setPinned(t: TaskId, id: number, pinned: boolean): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    const p = this.machine.page(id);
    if (!this.machine.maps(t, p)) return ENOMEM;
    this.machine.setPinned(t, p, pinned);
    return OK;
  }

  evict(id: number): number {
    this.#begin();
    const m = this.machine;
    const p = m.page(id);
    if (!m.isMapped(p) || m.words[p | PINS] > 0) return OK;
    freePage(m, m.owner(p), p);
    return OK;
  }

  #begin(): void {
    this.killed.clear();
    this.reclaimed.clear();
  }

  #container(id: number): Container {
    return this.machine.container(id + 2);
  }

  // What can be seen.

  containerExists(c: number): boolean {
    const m = this.machine;
    return c >= ROOT && c + 2 <= m.slots && m.words[this.#container(c) | EXISTS] === 1;
  }

  usage(c: number): number {
    return this.machine.words[this.#container(c) | USAGE];
  }

  /** The container that c was made in; null for the root, and where there is none. */
  parentOf(c: number): number | null {
    const slot = this.machine.words[this.#container(c) | PARENT];
    return slot === 0 ? null : slot - 2;
  }

  limit(c: number): bigint {
    return this.machine.limits[c + 2];
  }

  failcnt(c: number): number {
    return this.machine.doubles[(this.#container(c) | FAILCNT) >> 1];
  }

  /** Charges' reclaims that freed something. */
  reclaims(c: number): number {
    return this.machine.doubles[(this.#container(c) | RECLAIMS) >> 1];
  }

  /** Writes a list head to tail into `out` from `at`, as far as its length goes; returns how many. */
  copyList(c: number, active: boolean, out: Int32Array, at = 0): number {
    const w = this.machine.words;
    const list = this.#container(c) | (active ? ACTIVE : 0);
    const end = at + w[list | LENGTH];
    let n = at;
    for (let p = w[list | OLDER]; p !== list && n < end; p = w[p | OLDER]) out[n++] = p >> RECORD;
    return n - at;
  }

  taskExists(t: number): boolean {
    return this.machine.taskExists(t);
  }

  containerOf(t: number): number {
    return this.machine.slotOf(this.machine.containerOf(t)) - 2;
  }

  /** The live tasks of a container, in ascending order. */
  members(c: number): number[] {
    const m = this.machine;
    const found: number[] = [];
    for (
      let t = m.words[this.#container(c) | FIRST_MEMBER];
      t !== NONE;
      t = m.tasks[(t << RECORD) | NEXT_MEMBER]
    )
      found.push(t);
    return found.sort((a, b) => a - b);
  }

  maps(t: number, id: number): boolean {
    return id < this.machine.pages && this.machine.maps(t, id << RECORD);
  }

  isPinnedBy(t: number, id: number): boolean {
    return this.maps(t, id) && this.machine.isPinnedBy(t, id << RECORD);
  }

  /** The container that is accounted for page p, or null. */
  ownerOf(id: number): number | null {
    const m = this.machine;
    const slot = id < m.pages ? m.slotOf(m.owner(id << RECORD)) : 0;
    return slot === 0 ? null : slot - 2;
  }

  isReferenced(id: number): boolean {
    return id < this.machine.pages && (this.machine.words[(id << RECORD) | STATE] & REFERENCED) !== 0;
  }

  /** Walks the whole structure: the first inconsistency with its two numbers, or null. */
  verify(): string | null {
    return verify(this.machine);
  }
}
