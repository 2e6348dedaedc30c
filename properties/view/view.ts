// The view: what an observer sees of a controller, one flat table of integers, to which specification and implementations are all mapped.

import { own, type State, UNLIMITED } from '../../model/index.ts';

/** What an observer can see. An implementation that cannot show one of these has the claims that need it reported as `not observed`. */
export const observables = [
  'usage',
  'limit',
  'failcnt',
  'reclaims',
  'lists',
  'order',
  'referenced',
  'owner',
  'mappers',
  'pins',
  'tasks',
  'parent',
  'victims',
  'reclaimed',
] as const;
export type Observable = (typeof observables)[number];
export type Observed = ReadonlySet<Observable>;
export const everything: Observed = new Set(observables);

/** How many containers, tasks and pages a view has room for. */
export interface Size {
  readonly containers: number;
  readonly tasks: number;
  readonly pages: number;
}

/** A container, task or owner that is not there. */
export const NONE = -1;
export const MAPPED = 1;
export const PINNED = 2;
/** Limits from here on are "no limit" to a claim; `limitLow` and `limitHigh` keep them exact. */
export const HUGE = 0x7fffffff;

/**
 * One observation. A container is known by its slot: its id, or `size.containers` for the root. All tables share one buffer, so that two
 * views are compared in one loop; unused places hold NONE.
 */
export class View {
  readonly size: Size;
  readonly slots: number;
  readonly words: Int32Array;
  /** By word: the number of its table, in the order in which they are declared here. */
  readonly tables: Uint8Array;

  /** By slot: 1 if the container is there, the slot of its parent or NONE, then its counters. */
  readonly exists: Int32Array;
  readonly parent: Int32Array;
  readonly usage: Int32Array;
  readonly limit: Int32Array;
  readonly limitLow: Int32Array;
  readonly limitHigh: Int32Array;
  readonly failcnt: Int32Array;
  readonly reclaims: Int32Array;
  /** By slot: how long each list is; the lists themselves, head first, at `slot * pages`. */
  readonly activeLength: Int32Array;
  readonly inactiveLength: Int32Array;
  readonly active: Int32Array;
  readonly inactive: Int32Array;
  /** By task: the slot of its container, or NONE. */
  readonly container: Int32Array;
  /** At `task * pages + page`: MAPPED, and PINNED if that task has locked it. */
  readonly maps: Int32Array;
  /** By page: the owner's slot or NONE, how many map it, how many have it locked, its referenced bit. */
  readonly owner: Int32Array;
  readonly mapcount: Int32Array;
  readonly pins: Int32Array;
  readonly referenced: Int32Array;
  /** Room for a judge to count in (`sums`); no part of the view. */
  readonly #sums: Int32Array;
  readonly #blank: Int32Array;
  /** What the root's usage is more than its subject showed for it; see `rootAnswersForAll`. */
  added = 0;

  constructor(size: Size) {
    const { containers, tasks, pages } = size;
    const slots = containers + 1;
    this.size = size;
    this.slots = slots;
    this.words = new Int32Array(slots * 10 + slots * pages * 2 + tasks + tasks * pages + pages * 4);
    this.tables = new Uint8Array(this.words.length);
    let at = 0;
    let table = 0;
    const part = (length: number) => {
      this.tables.fill(table++, at, at + length);
      return this.words.subarray(at, (at += length));
    };
    this.exists = part(slots);
    this.parent = part(slots);
    this.usage = part(slots);
    this.limit = part(slots);
    this.limitLow = part(slots);
    this.limitHigh = part(slots);
    this.failcnt = part(slots);
    this.reclaims = part(slots);
    this.activeLength = part(slots);
    this.inactiveLength = part(slots);
    this.active = part(slots * pages);
    this.inactive = part(slots * pages);
    this.container = part(tasks);
    this.maps = part(tasks * pages);
    this.owner = part(pages);
    this.mapcount = part(pages);
    this.pins = part(pages);
    this.referenced = part(pages);
    this.#sums = new Int32Array(Math.max(slots, pages));
    for (const table of [this.active, this.inactive, this.parent, this.container, this.owner])
      table.fill(NONE);
    this.#blank = this.words.slice();
  }

  clear(): this {
    this.words.set(this.#blank);
    this.added = 0;
    return this;
  }

  /** A number for each slot and page, all `from` now. The next call takes them back. */
  sums(from: number): Int32Array {
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = from;
    return this.#sums;
  }

  /** The slot of a container id; NONE for an id that the view has no room for. */
  slotOf(c: number): number {
    if (c < 0) return this.size.containers;
    return c < this.size.containers ? c : NONE;
  }

  /**
   * No arithmetic on the bigint: node 20 dies ("RepresentationChangerError") when it optimizes a shift or a comparison of one that comes from
   * more than one class of controllers.
   */
  setLimit(slot: number, limit: bigint): void {
    const near = Number(limit);
    if (near < HUGE) {
      this.limit[slot] = this.limitLow[slot] = near;
      this.limitHigh[slot] = 0;
      return;
    }
    this.limit[slot] = HUGE;
    if (Object.is(limit, UNLIMITED)) {
      this.limitLow[slot] = -1;
      this.limitHigh[slot] = HUGE;
      return;
    }
    const hex = limit.toString(16).padStart(16, '0');
    this.limitLow[slot] = Number.parseInt(hex.slice(-8), 16) | 0;
    this.limitHigh[slot] = Number.parseInt(hex.slice(0, -8), 16) | 0;
  }

  exactLimit(slot: number): bigint {
    const low = BigInt((this.limitLow[slot] as number) >>> 0);
    return (BigInt((this.limitHigh[slot] as number) >>> 0) << 32n) | low;
  }

  /** Task maps page, in one more place; keeps the derived counts. */
  map(task: number, page: number, bits: number): void {
    this.maps[task * this.size.pages + page] = bits;
    this.mapcount[page]++;
    if (bits & PINNED) this.pins[page]++;
  }

  mapsPage(task: number, page: number): boolean {
    return this.maps[task * this.size.pages + page] !== 0;
  }

  isOnList(slot: number, page: number): boolean {
    const from = slot * this.size.pages;
    for (let i = this.activeLength[slot] - 1; i >= 0; i--) if (this.active[from + i] === page) return true;
    for (let i = this.inactiveLength[slot] - 1; i >= 0; i--)
      if (this.inactive[from + i] === page) return true;
    return false;
  }

  /** Limit and usage compared as a claim does: unlimited is never passed. */
  isOver(slot: number): boolean {
    return this.limit[slot] !== HUGE && this.usage[slot] > this.limit[slot];
  }
}

/** Completes a view with what its subject does not show, as the specification has it: only claims about what is shown are judged. */
export function complete(view: View, spec: View, observed: ReadonlySet<string>): View {
  const parts: [Observable, (keyof View)[]][] = [
    ['usage', ['usage']],
    ['limit', ['limit', 'limitLow', 'limitHigh']],
    ['failcnt', ['failcnt']],
    ['reclaims', ['reclaims']],
    ['lists', ['activeLength', 'inactiveLength', 'active', 'inactive']],
    ['referenced', ['referenced']],
    ['owner', ['owner']],
    ['tasks', ['container']],
    ['parent', ['parent']],
    ['mappers', ['maps', 'mapcount', 'pins']],
  ];
  for (const [what, tables] of parts) {
    if (observed.has(what)) continue;
    for (const table of tables) (view[table] as Int32Array).set(spec[table] as Int32Array);
  }
  if (!observed.has('mappers') || observed.has('pins')) return view;
  view.pins.set(spec.pins);
  for (let i = 0; i < view.maps.length; i++) view.maps[i] = (view.maps[i] & MAPPED) | (spec.maps[i] & PINNED);
  return view;
}

/** Writes what an observer sees of the specification's state. Usage, owner and mapcount are derived, as the specification derives them. */
export function viewOfState(state: State, view: View): View {
  view.clear();
  for (const [id, c] of state.containers) {
    const slot = view.slotOf(id);
    view.exists[slot] = 1;
    if (c.parent !== null) view.parent[slot] = view.slotOf(c.parent);
    // The pages on its own lists so far; those below it come once all are written.
    view.usage[slot] = own(c);
    view.setLimit(slot, c.limit);
    view.failcnt[slot] = c.failcnt;
    view.reclaims[slot] = c.reclaimed;
    view.activeLength[slot] = c.active.length;
    view.inactiveLength[slot] = c.inactive.length;
    list(c.active, view.active, view, slot);
    list(c.inactive, view.inactive, view, slot);
  }
  if (state.profile.hierarchy === 'nested') addUp(state, view);
  for (const [t, task] of state.tasks) {
    view.container[t] = view.slotOf(task.container);
    for (const p of task.maps) view.map(t, p, task.pins.includes(p) ? MAPPED | PINNED : MAPPED);
  }
  for (const p of state.referenced) view.referenced[p] = 1;
  return view;
}

function list(from: readonly number[], to: Int32Array, { owner, size }: View, slot: number): void {
  for (let i = 0; i < from.length; i++) {
    to[slot * size.pages + i] = from[i];
    owner[from[i]] = slot;
  }
}

/** For a subject whose root shows its own pages alone: the root, which all containers are in, answers for them, too. */
export function rootAnswersForAll(view: View): void {
  const root = view.size.containers;
  for (let slot = 0; slot < root; slot++) {
    const isTop = view.parent[slot] === NONE || view.parent[slot] === root;
    if (isTop) view.added += view.usage[slot];
  }
  view.usage[root] += view.added;
}

/** A container's usage in words: of a sum, what was shown. */
export function usageText({ usage, added, size }: View, slot: number): string {
  if (slot !== size.containers || added === 0) return `${usage[slot]}`;
  return `${usage[slot]} (${usage[slot] - added} shown for itself, ${added} by the containers in it)`;
}

/** A container's usage counts the pages of its whole subtree. */
function addUp(state: State, view: View): void {
  for (const [id, c] of state.containers) {
    const pages = own(c);
    if (pages === 0) continue;
    for (let up = view.parent[view.slotOf(id)]; up !== NONE; up = view.parent[up]) view.usage[up] += pages;
  }
}

// How two views differ, in words.

/** The first difference between what a subject shows and what the specification says, among what is observed; or null. */
export function difference(actual: View, spec: View, observed: Observed = everything): string | null {
  if (actual === spec || (observed === everything && sameWords(actual.words, spec.words))) return null;
  return (
    containersDiffer(actual, spec, observed) ??
    tasksDiffer(actual, spec, observed) ??
    pagesDiffer(actual, spec, observed)
  );
}

/** Four words at a time: they are nearly always the same. */
function sameWords(a: Int32Array, b: Int32Array): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  let i = 0;
  for (const last = length - 3; i < last; i += 4) {
    const bits = (a[i] ^ b[i]) | (a[i + 1] ^ b[i + 1]) | (a[i + 2] ^ b[i + 2]) | (a[i + 3] ^ b[i + 3]);
    if (bits !== 0) return false;
  }
  for (; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const says = (what: string, actual: unknown, spec: unknown) =>
  `${what} is ${actual}, the specification says ${spec}`;

function containersDiffer(a: View, s: View, observed: Observed): string | null {
  for (let slot = 0; slot < a.slots; slot++) {
    const c = containerName(a, slot);
    if (a.exists[slot] !== s.exists[slot]) {
      return says(c, a.exists[slot] ? 'there' : 'not there', s.exists[slot] ? 'there' : 'not there');
    }
    if (observed.has('parent') && a.parent[slot] !== s.parent[slot])
      return says(`parent of ${c}`, containerName(a, a.parent[slot]), containerName(s, s.parent[slot]));
    for (const counter of ['usage', 'failcnt', 'reclaims'] as const) {
      if (observed.has(counter) && a[counter][slot] !== s[counter][slot]) {
        const shown = counter === 'usage' ? usageText(a, slot) : a[counter][slot];
        return says(`${counter} of ${c}`, shown, s[counter][slot]);
      }
    }
    if (observed.has('limit') && a.exactLimit(slot) !== s.exactLimit(slot)) {
      return says(`limit of ${c}`, a.exactLimit(slot), s.exactLimit(slot));
    }
    for (const list of ['active', 'inactive'] as const) {
      if (!observed.has('lists')) continue;
      const sort = observed.has('order')
        ? (pages: number[]) => pages
        : (pages: number[]) => pages.sort((x, y) => x - y);
      const mine = sort(listOf(a, list, slot)).join(' p');
      const theirs = sort(listOf(s, list, slot)).join(' p');
      if (mine !== theirs)
        return says(`${list} list of ${c}`, `[p${mine}]`, `[p${theirs}]`).replaceAll('[p]', '[]');
    }
  }
  return null;
}

function tasksDiffer(a: View, s: View, observed: Observed): string | null {
  const { tasks, pages } = a.size;
  for (let t = 0; t < tasks; t++) {
    if (observed.has('tasks') && a.container[t] !== s.container[t]) {
      return says(`container of t${t}`, containerName(a, a.container[t]), containerName(s, s.container[t]));
    }
    for (let p = 0; p < pages; p++) {
      const mine = a.maps[t * pages + p];
      const theirs = s.maps[t * pages + p];
      if (observed.has('mappers') && (mine & MAPPED) !== (theirs & MAPPED)) {
        return says(`t${t}'s mapping of p${p}`, mine ? 'there' : 'not there', theirs ? 'there' : 'not there');
      }
      if (observed.has('pins') && (mine & PINNED) !== (theirs & PINNED)) {
        return says(
          `t${t}'s lock on p${p}`,
          mine & PINNED ? 'there' : 'not there',
          theirs & PINNED ? 'there' : 'not there',
        );
      }
    }
  }
  return null;
}

function pagesDiffer(a: View, s: View, observed: Observed): string | null {
  for (let p = 0; p < a.size.pages; p++) {
    if (observed.has('owner') && a.owner[p] !== s.owner[p]) {
      return says(`owner of p${p}`, containerName(a, a.owner[p]), containerName(s, s.owner[p]));
    }
    if (observed.has('mappers') && a.mapcount[p] !== s.mapcount[p]) {
      return says(`mapcount of p${p}`, a.mapcount[p], s.mapcount[p]);
    }
    if (observed.has('referenced') && a.referenced[p] !== s.referenced[p]) {
      return says(`referenced bit of p${p}`, a.referenced[p], s.referenced[p]);
    }
  }
  return null;
}

export const containerName = (view: View, slot: number): string => {
  if (slot === NONE) return 'nobody';
  return slot === view.size.containers ? 'root' : `c${slot}`;
};

export function listOf(view: View, list: 'active' | 'inactive', slot: number): number[] {
  const from = slot * view.size.pages;
  const length = list === 'active' ? view.activeLength[slot] : view.inactiveLength[slot];
  return [...view[list].subarray(from, from + length)];
}
