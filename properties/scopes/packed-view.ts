// What an observer sees of a packed state, written straight from its fields; and which parts of it differ between two states.

import { CHARGES, EXISTS, LIMITS, MAPS, PINS, REFERENCED, TASKS } from '../claims/asked.ts';
import { HUGE, MAPPED, NONE, PINNED, type View } from '../view/view.ts';
import type { Fields, Layout } from './layout.ts';

interface Part {
  readonly word: number;
  readonly mask: number;
  readonly shows: number;
}

export class PackedView {
  readonly #layout: Layout;
  /** Parts of words: which word, which of its bits, and the bits of asked.ts for what of a view they stand for. */
  readonly #parts: Part[] = [];

  constructor(layout: Layout) {
    const { at, scope, slots, lists } = layout;
    this.#layout = layout;
    const group = (from: number, count: number, shows: number) => {
      for (let word = 0; word < layout.width; word++) {
        const mask = layout.maskOf(from, count, word);
        if (mask !== 0) this.#parts.push({ word, mask, shows });
      }
    };
    group(at.limit, scope.containers, LIMITS);
    group(at.parent, layout.nested ? scope.containers : 0, EXISTS);
    group(at.container, scope.tasks, TASKS);
    group(at.maps, scope.tasks, MAPS);
    group(at.pins, scope.tasks, PINS);
    if (!lists) group(at.owned, slots, CHARGES);
    else {
      group(at.list, scope.pages, CHARGES);
      group(at.place, scope.pages, CHARGES);
      group(at.referenced, 1, REFERENCED);
    }
  }

  /** What looks different in two states, given as words. */
  differs(a: Uint32Array, b: Uint32Array): number {
    let same = true;
    for (let word = 0; word < b.length && same; word++) same = a[word] === b[word];
    if (same) return 0;
    const parts = this.#parts;
    let bits = 0;
    for (let i = 0; i < parts.length; i++) {
      const { word, mask, shows } = parts[i];
      if ((a[word] ^ b[word]) & mask) bits |= shows;
    }
    return bits;
  }

  /** A container is there in one of two states only. */
  comesOrGoes(a: Fields, b: Fields): boolean {
    const { at, scope } = this.#layout;
    for (let i = at.limit; i < at.limit + scope.containers; i++)
      if ((a[i] === 0) !== (b[i] === 0)) return true;
    return false;
  }

  /** Writes the parts that `bits` name; the others, and the counters, stay as they are. */
  write(fields: Fields, view: View, bits: number): void {
    if (bits & (EXISTS | LIMITS)) this.#containers(fields, view);
    if (bits & TASKS) this.#tasks(fields, view);
    if (bits & (MAPS | PINS)) this.#mappings(fields, view);
    if (bits & (this.#layout.nested ? CHARGES | EXISTS : CHARGES)) this.#charges(fields, view);
    if (bits & REFERENCED && this.#layout.lists) {
      const { at, scope } = this.#layout;
      for (let p = 0; p < scope.pages; p++) view.referenced[p] = (fields[at.referenced] >> p) & 1;
    }
  }

  #containers(fields: Fields, view: View): void {
    const { at, scope, root, nested, unlimited } = this.#layout;
    const { containers } = scope;
    for (let c = 0; c < containers; c++) {
      const limit = fields[at.limit + c];
      view.exists[c] = limit === 0 ? 0 : 1;
      const within = nested ? fields[at.parent + c] - 1 : NONE;
      view.parent[c] = limit === 0 || !root ? NONE : within === NONE ? containers : within;
      limitTo(view, c, limit === 0 ? 0 : limit === unlimited ? HUGE : limit - 1);
    }
    if (!root) return;
    view.exists[containers] = 1;
    limitTo(view, containers, HUGE);
  }

  #tasks(fields: Fields, view: View): void {
    const { at, scope } = this.#layout;
    for (let t = 0; t < scope.tasks; t++) view.container[t] = fields[at.container + t] - 1;
  }

  #mappings(fields: Fields, view: View): void {
    const { at, scope } = this.#layout;
    const { tasks, pages } = scope;
    for (let p = 0; p < pages; p++) {
      view.mapcount[p] = 0;
      view.pins[p] = 0;
    }
    for (let t = 0; t < tasks; t++) {
      const maps = fields[at.maps + t];
      const pins = fields[at.pins + t];
      const from = t * pages;
      for (let p = 0; p < pages; p++) {
        const mapped = (maps >> p) & 1;
        const pinned = mapped & (pins >> p);
        view.maps[from + p] = mapped * MAPPED + pinned * PINNED;
        view.mapcount[p] += mapped;
        view.pins[p] += pinned;
      }
    }
  }

  #charges(fields: Fields, view: View): void {
    const { scope, slots, lists, root } = this.#layout;
    const { pages } = scope;
    for (let p = 0; p < pages; p++) view.owner[p] = NONE;
    if (lists) this.#lists(fields, view);
    else for (let slot = 0; slot < slots; slot++) this.#owned(fields, view, slot);
    for (let slot = 0; slot < slots; slot++)
      view.usage[slot] = view.activeLength[slot] + view.inactiveLength[slot];
    if (root) this.#addUp(view);
  }

  /** A profile with a root is nested: a container's usage counts its subtree, and the root answers for all. */
  #addUp(view: View): void {
    for (let slot = 0; slot < this.#layout.slots; slot++) {
      const own = view.activeLength[slot] + view.inactiveLength[slot];
      for (let up = own > 0 ? view.parent[slot] : NONE; up !== NONE; up = view.parent[up])
        view.usage[up] += own;
    }
  }

  /** A contract state has no order: all pages stand on active, ascending. */
  #owned(fields: Fields, view: View, slot: number): void {
    const { at, scope } = this.#layout;
    const { pages } = scope;
    const owned = fields[at.owned + slot];
    const from = slot * pages;
    let length = 0;
    for (let p = 0; p < pages; p++) {
      if ((owned & (1 << p)) === 0) continue;
      view.active[from + length++] = p;
      view.owner[p] = slot;
    }
    view.activeLength[slot] = length;
    for (; length < pages; length++) view.active[from + length] = NONE;
  }

  #lists(fields: Fields, view: View): void {
    const { at, scope, slots } = this.#layout;
    const { pages } = scope;
    for (let i = 0; i < slots * pages; i++) {
      view.active[i] = NONE;
      view.inactive[i] = NONE;
    }
    for (let slot = 0; slot < slots; slot++) {
      view.activeLength[slot] = 0;
      view.inactiveLength[slot] = 0;
    }
    for (let p = 0; p < pages; p++) {
      const list = fields[at.list + p] - 1;
      if (list < 0) continue;
      const slot = list >> 1;
      const place = slot * pages + fields[at.place + p];
      view.owner[p] = slot;
      if (list & 1) {
        view.active[place] = p;
        view.activeLength[slot]++;
      } else {
        view.inactive[place] = p;
        view.inactiveLength[slot]++;
      }
    }
  }
}

function limitTo(view: View, slot: number, limit: number): void {
  view.limit[slot] = limit;
  view.limitLow[slot] = limit === HUGE ? -1 : limit;
  view.limitHigh[slot] = limit === HUGE ? HUGE : 0;
}
