// The optimized RSS controller: what one would ship. Every operation answers with an outcome code; touch, unmap, charge and uncharge are O(1).

import { Journal } from './journal.ts';
import { Machine } from './machine.ts';
import { freePage, isActive, type Policy, reclaim } from './reclaim.ts';
import { NONE, type PageId, REFERENCED, type Slot, type TaskId } from './tables.ts';
import { verify } from './verify.ts';

export const OK = 0;
export const KILLED = 1;
export const EEXIST = 2;
export const ENOENT = 3;
export const EBUSY = 4;
export const ESRCH = 5;
export const EINVAL = 6;
export const ENOMEM = 7;
const names = ['ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH', 'EINVAL', 'ENOMEM'];
export const outcomeName = (code: number): string => names[code] ?? `outcome ${code}`;

export const ROOT = -1;
export const UNLIMITED = 2n ** 63n - 1n;
const CEILING = 2 ** 53;

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
  readonly reclaimed = new Journal();
  readonly machine: Machine;
  readonly #switches: Switches;
  readonly #take = (p: PageId): void => {
    this.reclaimed.push(p);
  };

  /** @throws RangeError for a profile that is not known. */
  constructor(profile: string, options: Options = {}) {
    const switches = switchesOf[profile];
    if (!switches)
      throw new RangeError(`no profile ${profile}; there are: ${Object.keys(switchesOf).join(' ')}`);
    this.#switches = switches;
    this.machine = new Machine(options.pages ?? 64, options.tasks ?? 16, options.containers ?? 8);
    if (options.root ?? switches.inherits) this.#create(0, NONE);
  }

  // Containers.

  mkdir(c: number, parent = ROOT): number {
    this.#begin();
    const slot = c + 1;
    this.machine.containers.need(slot);
    const { exists } = this.machine.containers;
    if (exists[slot]) return EEXIST;
    if (parent !== ROOT && !this.#exists(parent + 1)) return ENOENT;
    this.#create(slot, exists[parent + 1] ? parent + 1 : NONE);
    return OK;
  }

  #create(slot: Slot, parent: Slot): void {
    const k = this.machine.containers;
    k.exists[slot] = 1;
    k.parent[slot] = parent;
    if (parent !== NONE) k.children[parent]++;
    k.usage[slot] = 0;
    k.failcnt[slot] = 0;
    k.reclaims[slot] = 0;
    k.limit[slot] = UNLIMITED;
    k.ceiling[slot] = CEILING;
  }

  rmdir(c: number): number {
    this.#begin();
    const slot = c + 1;
    if (!this.#exists(slot)) return ENOENT;
    const k = this.machine.containers;
    if (c === ROOT || k.firstMember[slot] !== NONE || k.children[slot] > 0) return EBUSY;
    if (k.usage[slot] > 0 && !this.#switches.inherits) return EBUSY;
    const parent = k.parent[slot];
    if (parent !== NONE) {
      this.#passToParent(slot, parent);
      k.children[parent]--;
    }
    k.exists[slot] = 0;
    return OK;
  }

  /** Oldest first to the parent's heads, so that the order stays. */
  #passToParent(from: Slot, to: Slot): void {
    const m = this.machine;
    const { newest, oldest, usage } = m.containers;
    for (const active of [0, 1]) {
      for (
        let p = oldest[from * 2 + active];
        newest[from * 2 + active] !== NONE;
        p = oldest[from * 2 + active]
      ) {
        m.unlink(from, p);
        usage[from]--;
        usage[to]++;
        m.pages.owner[p] = to;
        m.link(to, p, active);
      }
    }
  }

  setLimit(c: number, n: number | bigint): number {
    this.#begin();
    const slot = c + 1;
    if (!this.#exists(slot)) return ENOENT;
    if (c === ROOT || n < 0 || (typeof n === 'number' && !Number.isInteger(n))) return EINVAL;
    if (n > UNLIMITED && !this.#switches.wraps) return EINVAL;
    const limit = BigInt.asUintN(64, BigInt(n));
    const ceiling = Math.min(Number(limit), CEILING);
    const k = this.machine.containers;
    if (this.#switches.lowering !== 'lazy') {
      this.#reclaimDownTo(slot, ceiling);
      if (k.usage[slot] > ceiling && this.#switches.lowering === 'busy') return EBUSY;
      while (k.usage[slot] > ceiling && k.firstMember[slot] !== NONE) {
        this.#killOne(slot);
        this.#reclaimDownTo(slot, ceiling);
      }
    }
    k.limit[slot] = limit;
    k.ceiling[slot] = limit === 0n && this.#switches.zeroIsUnlimited ? CEILING : ceiling;
    return OK;
  }

  #reclaimDownTo(slot: Slot, ceiling: number): void {
    const { usage } = this.machine.containers;
    while (usage[slot] > ceiling && reclaim(this.machine, slot, this.#switches, this.#take) > 0);
  }

  // Tasks.

  spawn(t: number, c: number): number {
    this.#begin();
    if (this.taskExists(t)) return EEXIST;
    if (!this.#exists(c + 1)) return ENOENT;
    this.machine.tasks.need(t);
    this.machine.join(t, c + 1);
    return OK;
  }

  fork(t: number, u: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    if (this.taskExists(u)) return EEXIST;
    const m = this.machine;
    m.tasks.need(u);
    m.join(u, m.tasks.container[t]);
    for (let p = m.tasks.firstPage[t]; p !== NONE; p = m.pages.nextOfTask[p]) m.map(u, p);
    for (let n = m.tasks.firstNode[t]; n !== NONE; n = m.mappings.nextOfTask[n]) m.map(u, m.mappings.page[n]);
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
    while (m.tasks.firstPage[t] !== NONE) this.#unmap(t, m.tasks.firstPage[t]);
    while (m.tasks.firstNode[t] !== NONE) this.#unmap(t, m.mappings.page[m.tasks.firstNode[t]]);
    m.leave(t);
  }

  #unmap(t: TaskId, p: PageId): void {
    this.machine.unmap(t, p);
    if (this.machine.pages.mapper[p] === NONE) this.machine.uncharge(p);
  }

  move(t: number, c: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    if (!this.#exists(c + 1)) return ENOENT;
    this.machine.leave(t);
    this.machine.join(t, c + 1);
    return OK;
  }

  // Pages.

  touch(t: number, p: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    const m = this.machine;
    m.pages.need(p);
    const shared = m.pages.mapper[p] !== NONE;
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
  #fault(t: TaskId, p: PageId): number {
    const m = this.machine;
    const c = m.tasks.container[t];
    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;
    const first = m.pages.mapper[p] === NONE;
    m.map(t, p);
    if (first) m.charge(c, p);
    else m.reference(p);
    return OK;
  }

  /** Reclaims, then kills, until one more page fits in container c. False: t was among the victims. */
  #makeRoom(t: TaskId, c: Slot): boolean {
    const { usage, ceiling, failcnt, reclaims } = this.machine.containers;
    do {
      failcnt[c]++;
      if (reclaim(this.machine, c, this.#switches, this.#take) > 0) {
        reclaims[c]++;
        continue;
      }
      this.#killOne(c);
      if (this.machine.tasks.container[t] === NONE) return false;
    } while (usage[c] + 1 > ceiling[c]);
    return true;
  }

  /** The member with the most mapped pages; among equals the lowest id. */
  #killOne(c: Slot): void {
    const { mapped, nextMember } = this.machine.tasks;
    let victim = this.machine.containers.firstMember[c];
    for (let t = nextMember[victim]; t !== NONE; t = nextMember[t]) {
      if (mapped[t] > mapped[victim] || (mapped[t] === mapped[victim] && t < victim)) victim = t;
    }
    this.killed.push(victim);
    this.#end(victim);
  }

  unmap(t: number, p: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    this.machine.pages.need(p);
    if (this.machine.maps(t, p)) this.#unmap(t, p);
    return OK;
  }

  copy(t: number, p: number, q: number): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    this.machine.pages.need(Math.max(p, q));
    if (!this.machine.maps(t, p) || this.machine.pages.mapper[q] !== NONE) return EINVAL;
    const outcome = this.#fault(t, q);
    if (outcome === OK && this.machine.maps(t, p)) this.#unmap(t, p);
    return outcome;
  }

  pin(t: number, p: number): number {
    return this.#setPinned(t, p, true);
  }

  unpin(t: number, p: number): number {
    return this.#setPinned(t, p, false);
  }

  #setPinned(t: TaskId, p: PageId, pinned: boolean): number {
    this.#begin();
    if (!this.taskExists(t)) return ESRCH;
    this.machine.pages.need(p);
    if (!this.machine.maps(t, p)) return ENOMEM;
    this.machine.setPinned(t, p, pinned);
    return OK;
  }

  evict(p: number): number {
    this.#begin();
    this.machine.pages.need(p);
    if (this.machine.pages.mapper[p] === NONE || this.machine.pages.pins[p] > 0) return OK;
    freePage(this.machine, p);
    this.reclaimed.push(p);
    return OK;
  }

  #begin(): void {
    this.killed.clear();
    this.reclaimed.clear();
  }

  // What can be seen.

  #exists(slot: Slot): boolean {
    return slot >= 0 && this.machine.containers.exists[slot] === 1;
  }

  containerExists(c: number): boolean {
    return this.#exists(c + 1);
  }

  usage(c: number): number {
    return this.machine.containers.usage[c + 1];
  }

  limit(c: number): bigint {
    return this.machine.containers.limit[c + 1];
  }

  failcnt(c: number): number {
    return this.machine.containers.failcnt[c + 1];
  }

  /** Charges' reclaims that freed something. */
  reclaims(c: number): number {
    return this.machine.containers.reclaims[c + 1];
  }

  /** Writes a list head to tail into `out` from `at`; returns its length. */
  copyList(c: number, active: boolean, out: Int32Array, at = 0): number {
    const { newest } = this.machine.containers;
    const { older } = this.machine.pages;
    let n = at;
    for (let p = newest[(c + 1) * 2 + (active ? 1 : 0)]; p !== NONE; p = older[p]) out[n++] = p;
    return n - at;
  }

  taskExists(t: number): boolean {
    return t >= 0 && t < this.machine.tasks.container.length && this.machine.tasks.container[t] !== NONE;
  }

  containerOf(t: number): number {
    return this.machine.tasks.container[t] - 1;
  }

  /** The live tasks of a container, in ascending order. */
  members(c: number): number[] {
    const found: number[] = [];
    for (let t = this.machine.containers.firstMember[c + 1]; t !== NONE; t = this.machine.tasks.nextMember[t])
      found.push(t);
    return found.sort((a, b) => a - b);
  }

  maps(t: number, p: number): boolean {
    return p < this.machine.pages.mapper.length && this.machine.maps(t, p);
  }

  isPinnedBy(t: number, p: number): boolean {
    return this.maps(t, p) && this.machine.isPinnedBy(t, p);
  }

  /** The container that is accounted for page p, or null. */
  ownerOf(p: number): number | null {
    const slot = p < this.machine.pages.owner.length ? this.machine.pages.owner[p] : NONE;
    return slot === NONE ? null : slot - 1;
  }

  isReferenced(p: number): boolean {
    return (this.machine.pages.flags[p] & REFERENCED) !== 0;
  }

  isActive(p: number): boolean {
    return isActive(this.machine, p);
  }

  /** Walks the whole structure: the first inconsistency with its two numbers, or null. */
  verify(): string | null {
    return verify(this.machine);
  }
}
