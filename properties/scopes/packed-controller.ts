// Puts the optimized controller into a given state, so that it need not be walked to, takes it out again, and looks at it beside packed states.

import { type Controller, ROOT } from '../../impl/controller/index.ts';
import { BIT, PAGE } from '../../impl/controller/tables.ts';
import { UNLIMITED } from '../../model/index.ts';
import type { Fields, Layout } from './layout.ts';
import type { Trail } from './trail.ts';

const ACTIVE = 1;

/** The limits that fields stand for. Compared by `Object.is` alone: node 20 dies when it optimizes arithmetic on a bigint of several classes. */
const limitsOf = ({ unlimited }: Layout): bigint[] =>
  Array.from({ length: unlimited + 1 }, (_, field) => (field === unlimited ? UNLIMITED : BigInt(field - 1)));

/** The order in which the mappers of a page come: the controller keeps the first apart, so both ends of the order are worth a look. */
export type MapperOrder = 'ascending' | 'descending';

export class PackedController {
  readonly #layout: Layout;
  readonly #order: MapperOrder;
  readonly #limits: readonly bigint[];
  readonly #list: Int32Array;
  /** By slot: the pages of its subtree. */
  readonly #usage: Int32Array;
  readonly #none: Int32Array;

  constructor(layout: Layout, order: MapperOrder) {
    this.#layout = layout;
    this.#order = order;
    this.#limits = limitsOf(layout);
    this.#list = new Int32Array(layout.scope.pages + 1);
    this.#usage = new Int32Array(layout.slots);
    this.#none = new Int32Array(layout.slots);
  }

  /** From an empty controller to a state. Lists, bits and mappings go through the machine below the rules; containers, tasks, limits through the front door. */
  load(k: Controller, fields: Fields): void {
    const { at, scope } = this.#layout;
    for (let c = 0; c < scope.containers; c++) if (fields[at.limit + c] !== 0) this.#make(k, fields, c);
    const descending = this.#order === 'descending';
    for (let i = 0; i < scope.tasks; i++) {
      const t = descending ? scope.tasks - 1 - i : i;
      if (fields[at.container + t] !== 0) k.spawn(t, fields[at.container + t] - 1);
    }
    for (let i = 0; i < scope.tasks; i++) this.#map(k, fields, descending ? scope.tasks - 1 - i : i);
    for (let slot = 0; slot < this.#layout.slots; slot++) this.#charge(k, fields, slot);
    for (let p = 0; p < scope.pages; p++) {
      if ((fields[at.referenced] >> p) & 1) k.machine.words[k.machine.page(p) | PAGE.STATE] |= BIT.REFERENCED;
      for (let t = 0; t < scope.tasks; t++)
        if ((fields[at.pins + t] >> p) & 1) k.machine.setPinned(t, k.machine.page(p), true);
    }
  }

  #make(k: Controller, fields: Fields, c: number): void {
    const { at, nested, unlimited } = this.#layout;
    if (k.containerExists(c)) return;
    const parent = nested ? fields[at.parent + c] - 1 : ROOT;
    if (parent !== ROOT) this.#make(k, fields, parent);
    k.mkdir(c, parent);
    const limit = fields[at.limit + c];
    if (limit !== unlimited) k.setLimit(c, this.#limits[limit]);
  }

  #map(k: Controller, fields: Fields, t: number): void {
    const { at, scope } = this.#layout;
    const m = k.machine;
    for (let id = 0; id < scope.pages; id++) {
      if (((fields[at.maps + t] >> id) & 1) === 0) continue;
      const p = m.page(id);
      if (m.isMapped(p)) m.map(t, p);
      else m.becomeFirst(t, p);
    }
  }

  /** Each page comes to the head of its list: from the tail on. */
  #charge(k: Controller, fields: Fields, slot: number): void {
    const { at, scope } = this.#layout;
    const m = k.machine;
    const c = m.container(slot === scope.containers ? ROOT + 2 : slot + 2);
    for (const list of [ACTIVE, 0]) {
      for (let place = scope.pages - 1; place >= 0; place--) {
        for (let id = 0; id < scope.pages; id++) {
          if (fields[at.list + id] !== 1 + slot * 2 + list || fields[at.place + id] !== place) continue;
          const p = m.page(id);
          m.charge(c, p);
          if (list === ACTIVE) continue;
          m.unlink(c | BIT.ACTIVE, p);
          m.link(c, p, m.ownedBy(c));
        }
      }
    }
  }

  /** Back to empty by the front door: every task exits, every container goes. What it leaves behind is what the next load works on. */
  unload(k: Controller): void {
    const { tasks, containers } = this.#layout.scope;
    for (let t = 0; t < tasks; t++) if (k.taskExists(t)) k.exit(t);
    // A parent goes after its children: no tree is deeper than there are containers.
    for (let round = 0; round < containers; round++) {
      for (let c = 0; c < containers; c++) if (k.containerExists(c)) k.rmdir(c);
    }
  }

  /** All that can be seen of the controller is as the fields say, its counters as the trail says; without one, they are 0. */
  isAs(k: Controller, fields: Fields, trail: Trail | null): boolean {
    const { at, scope, slots, root } = this.#layout;
    const counted = trail?.counted ?? false;
    const failcnt = trail !== null && counted ? trail.failcnt : this.#none;
    const reclaims = trail !== null && counted ? trail.reclaims : this.#none;
    if (!this.#listsAre(k, fields)) return false;
    for (let slot = 0; slot < slots; slot++) {
      const c = slot === scope.containers ? ROOT : slot;
      const limit = c === ROOT ? this.#layout.unlimited : fields[at.limit + c];
      if (k.containerExists(c) !== (limit !== 0)) return false;
      if (limit === 0) continue;
      if (k.parentOf(c) !== this.#parentOf(fields, c)) return false;
      if (k.usage(c) !== this.#usage[slot] || !Object.is(k.limit(c), this.#limits[limit])) return false;
      if (k.failcnt(c) !== failcnt[slot] || k.reclaims(c) !== reclaims[slot]) return false;
    }
    if (!root && k.containerExists(ROOT)) return false;
    for (let t = 0; t < scope.tasks; t++) if (!this.#taskIs(k, fields, t)) return false;
    for (let p = 0; p < scope.pages; p++) {
      const list = fields[at.list + p];
      const slot = (list - 1) >> 1;
      if (k.ownerOf(p) !== (list === 0 ? null : slot === scope.containers ? ROOT : slot)) return false;
      if (k.isReferenced(p) !== (((fields[at.referenced] >> p) & 1) === 1)) return false;
    }
    return true;
  }

  #parentOf(fields: Fields, c: number): number | null {
    const { at, nested, root } = this.#layout;
    if (c === ROOT || !root) return null;
    return nested ? fields[at.parent + c] - 1 : ROOT;
  }

  /** Compares the lists of all containers that are there, and adds up what their subtrees hold. */
  #listsAre(k: Controller, fields: Fields): boolean {
    const { at, scope, slots, root } = this.#layout;
    const out = this.#list;
    let listed = 0;
    for (let slot = 0; slot < slots; slot++) this.#usage[slot] = 0;
    for (let slot = 0; slot < slots; slot++) {
      const c = slot === scope.containers ? ROOT : slot;
      if (!k.containerExists(c)) continue;
      for (let list = 0; list <= ACTIVE; list++) {
        const length = k.copyList(c, list === ACTIVE, out);
        if (length > scope.pages) return false;
        for (let i = 0; i < length; i++) {
          const p = out[i];
          if (p >= scope.pages || fields[at.list + p] !== 1 + slot * 2 + list || fields[at.place + p] !== i)
            return false;
        }
        listed += length;
        this.#usage[slot] += length;
        if (!root || length === 0) continue;
        for (let up = c; up !== ROOT; ) {
          up = this.#parentOf(fields, up) as number;
          this.#usage[up === ROOT ? scope.containers : up] += length;
        }
      }
    }
    for (let p = 0; p < scope.pages; p++) if (fields[at.list + p] !== 0) listed--;
    return listed === 0;
  }

  #taskIs(k: Controller, fields: Fields, t: number): boolean {
    const { at, scope } = this.#layout;
    const home = fields[at.container + t];
    if (k.taskExists(t) !== (home !== 0)) return false;
    if (home === 0) return true;
    if (k.containerOf(t) !== home - 1) return false;
    for (let p = 0; p < scope.pages; p++) {
      const maps = ((fields[at.maps + t] >> p) & 1) === 1;
      if (k.maps(t, p) !== maps) return false;
      if (maps && k.isPinnedBy(t, p) !== (((fields[at.pins + t] >> p) & 1) === 1)) return false;
    }
    return true;
  }
}
