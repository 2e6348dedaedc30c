// The optimized RSS controller: what one would ship. Every operation answers with an outcome code; touch, unmap, charge and uncharge are O(1).

import { Journal } from './journal.ts';
import { Machine } from './machine.ts';
import * as outcome from './outcome.ts';
import { freePage, type Policy, reclaim } from './reclaim.ts';
import { BIT, CONTAINER, type Container, LINK, PAGE, type Page, SHIFT, TASK, type TaskId } from './tables.ts';
import { verify } from './verify.ts';

export * from './outcome.ts';

const { OK, KILLED, EEXIST, ENOENT, EBUSY, ESRCH, EINVAL, ENOMEM } = outcome;
const NONE = -1;
const { RECORD } = SHIFT;
const { NEWER, OLDER } = LINK;
const { STATE, NEXT_OF_TASK, PINS } = PAGE;
const { REFERENCED, FIRST_PINNED, ACTIVE } = BIT;
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
  readonly inherits: boolean;
}

const letter: Switches = {
  batch: 1,
  bounded: false,
  transient: false,
  zeroIsUnlimited: false,
  wraps: false,
  lowering: 'lazy',
  inherits: false,
};
const switchesOf: Readonly<Record<string, Switches>> = {
  letter,
  'v3.1': { ...letter, bounded: true, transient: true, zeroIsUnlimited: true, wraps: true },
  'linux-v1': { ...letter, batch: 32, lowering: 'busy', inherits: true },
  'linux-v2': { ...letter, batch: 32, lowering: 'kill', inherits: true },
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
    if (options.root === false && switches.inherits)
      throw new RangeError(
        `profile ${profile} needs its root: pages of a removed container pass to the parent`,
      );
    this.#switches = switches;
    this.machine = new Machine({ pages: 64, tasks: 16, containers: 8, ...options });
    this.reclaimed = this.machine.reclaimed;
    if (options.root ?? switches.inherits) this.#create(ROOT, NOWHERE);
  }

  // Containers.

  mkdir(c: number, parent = ROOT): number {
    this.#begin();
    this.machine.needSlot(c + 2);
    if (this.containerExists(c)) return EEXIST;
    if (parent !== ROOT && !this.containerExists(parent)) return ENOENT;
    this.#create(c, this.containerExists(parent) ? parent : NOWHERE);
    return OK;
  }

  #create(id: number, parent: number): void {
    const m = this.machine;
    const w = m.words;
    const c = this.#container(id);
    w[c | EXISTS] = 1;
    w[c | PARENT] = parent + 2;
    if (parent !== NOWHERE) w[this.#container(parent) | CHILDREN]++;
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
    if (w[c | USAGE] > 0 && !this.#switches.inherits) return EBUSY;
    if (w[c | PARENT] !== 0) {
      const parent = m.container(w[c | PARENT]);
      this.#passToParent(c, parent);
      w[parent | CHILDREN]--;
    }
    w[c | EXISTS] = 0;
    return OK;
  }

  /** Oldest first to the parent's heads, so that the order stays. */
  #passToParent(from: Container, to: Container): void {
    const m = this.machine;
    const w = m.words;
    for (const active of [0, ACTIVE]) {
      while (w[from | active | LENGTH] > 0) {
        const p = w[from | active | NEWER];
        const bits = w[p | STATE] & (REFERENCED | FIRST_PINNED);
        m.unlink(from | active, p);
        w[from | USAGE]--;
        w[to | USAGE]++;
        m.link(to | active, p, m.ownedBy(to) | bits);
      }
    }
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
      while (w[c | USAGE] > ceiling && w[c | FIRST_MEMBER] !== NONE) {
        this.#killOne(c);
        this.#reclaimDownTo(c, ceiling);
      }
    }
    this.machine.limits[id + 2] = limit;
    w[c | CEILING] = limit === 0n && this.#switches.zeroIsUnlimited ? NO_CEILING : ceiling;
    return OK;
  }

  #reclaimDownTo(c: Container, ceiling: number): void {
    const w = this.machine.words;
    while (w[c | USAGE] > ceiling && reclaim(this.machine, c, this.#switches) > 0);
  }

  // Tasks.

  spawn(t: number, c: number): number {
    this.#begin();
    if (this.taskExists(t)) return EEXIST;
    if (!this.containerExists(c)) return ENOENT;
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

  /** A charge, then the mapping; if others still map p, the charge was for a moment only. */
  #fault(t: TaskId, p: Page): number {
    const m = this.machine;
    const w = m.words;
    const c = m.containerOf(t);
    while (w[c | USAGE] + 1 > w[c | CEILING]) {
      m.doubles[(c | FAILCNT) >> 1]++;
      if (reclaim(m, c, this.#switches) > 0) {
        m.doubles[(c | RECLAIMS) >> 1]++;
        continue;
      }
      this.#killOne(c);
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

  /** The member with the most mapped pages; among equals the lowest id. */
  #killOne(c: Container): void {
    const k = this.machine.tasks;
    const mapped = (t: TaskId) => k[(t << RECORD) | MAPPED];
    let victim = this.machine.words[c | FIRST_MEMBER];
    for (let t = victim; t !== NONE; t = k[(t << RECORD) | NEXT_MEMBER]) {
      if (mapped(t) > mapped(victim) || (mapped(t) === mapped(victim) && t < victim)) victim = t;
    }
    this.killed.push(victim);
    this.#end(victim);
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
