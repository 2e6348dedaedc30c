// A view's identity as a number: as it is, and up to renaming of containers, tasks and pages. Counters that only tell history are left out.

import { isInside } from '../properties/trace/move.ts';
import { HUGE, NONE, type View } from '../properties/view/view.ts';

/** 52 bits, so that a hash is a whole number in JSON: among 10^8 states about one pair in 100 such campaigns is taken for one. */
export const HASH_BITS = 52;

/** Scopes are told apart up to here; whatever uses more lies in none that is closed. */
const MOST = { containers: 4, tasks: 4, pages: 5, limit: 5 };
/** The class of a state that no scope holds: too much of something, a limit beyond, a task or a page of the root. */
export const BEYOND = -1;

export interface Uses {
  readonly containers: number;
  readonly tasks: number;
  readonly pages: number;
  readonly limit: number;
}

const classOf = ({ containers: c, tasks: t, pages: p, limit: l }: Uses): number =>
  ((c * (MOST.tasks + 1) + t) * (MOST.pages + 1) + p) * (MOST.limit + 1) + l;

/** What a state of this class uses; null for BEYOND. */
export function usesOf(of: number): Uses | null {
  if (of === BEYOND) return null;
  const limit = of % (MOST.limit + 1);
  const pages = Math.floor(of / (MOST.limit + 1)) % (MOST.pages + 1);
  const rest = Math.floor(of / ((MOST.limit + 1) * (MOST.pages + 1)));
  return { containers: Math.floor(rest / (MOST.tasks + 1)), tasks: rest % (MOST.tasks + 1), pages, limit };
}

/** Whether a state that uses this much has the identity of one of a scope's (SEMANTICS section 10), up to renaming. */
export const fits = (uses: Uses | null, scope: Uses): boolean => uses !== null && isInside(uses, scope);

const [LIST, TASK, PAGE, MAP, CONTAINER, END] = [0x11, 0x23, 0x35, 0x47, 0x59, 0x6b];

/** Two independent mixers of four words; their sums are the two lanes of a hash. */
function one(kind: number, x: number, y: number, z: number): number {
  let h = Math.imul(x ^ kind, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ y, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ z, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x165667b1);
  return h ^ (h >>> 14);
}

function two(kind: number, x: number, y: number, z: number): number {
  let h = Math.imul(x + kind, 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) + y, 0x2c1b3c6d);
  h = Math.imul((h ^ (h >>> 12)) + z, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 17), 0x7feb352d);
  return h ^ (h >>> 15);
}

/** Two lanes as one number below 2^52. */
export const joined = (a: number, b: number): number =>
  (one(END, a, b, 0) >>> 0) * 2 ** 20 + (two(END, a, b, 0) >>> 12);

/** Rounds of refinement: two tell apart every two states of scope 2/2/2/2 that are not renamings of each other (tests). */
const ROUNDS = 2;

type Lanes = [Int32Array, Int32Array];

function grow(lanes: Lanes, length: number): void {
  if (lanes[0].length >= length) return;
  lanes[0] = new Int32Array(length);
  lanes[1] = new Int32Array(length);
}

/** Looks at one view after the other and leaves what it found in its fields. */
export class Hasher {
  /** The view as it is. */
  view = 0;
  /** The view up to renaming. */
  orbit = 0;
  /** What it uses, as a class. */
  uses = BEYOND;

  #maps = new Int32Array(64 * 3);
  #count = 0;
  readonly #containers: Lanes = [new Int32Array(9), new Int32Array(9)];
  readonly #tasks: Lanes = [new Int32Array(12), new Int32Array(12)];
  readonly #pages: Lanes = [new Int32Array(48), new Int32Array(48)];

  look(view: View): void {
    this.#collect(view);
    this.#plain(view);
    this.#refine(view);
  }

  /** The mappings in one list, and the class. */
  #collect(view: View): void {
    const { size, slots, exists, limit, limitLow, limitHigh, container, maps, mapcount } = view;
    if (this.#maps.length < maps.length * 3) this.#maps = new Int32Array(maps.length * 3);
    grow(this.#containers, slots);
    grow(this.#tasks, size.tasks);
    grow(this.#pages, size.pages);
    let [containers, tasks, pages, most] = [0, 0, 0, 0];
    let beyond = view.activeLength[size.containers] + view.inactiveLength[size.containers] > 0;
    for (let c = 0; c < size.containers; c++) {
      if (exists[c] !== 1) continue;
      containers++;
      if (limit[c] === HUGE) beyond ||= limitLow[c] !== -1 || limitHigh[c] !== HUGE;
      else if (limit[c] > most) most = limit[c];
    }
    this.#count = 0;
    for (let t = 0; t < size.tasks; t++) {
      if (container[t] === NONE) continue;
      tasks++;
      if (container[t] === size.containers) beyond = true;
      for (let p = 0; p < size.pages; p++) {
        const bits = maps[t * size.pages + p];
        if (bits === 0) continue;
        this.#maps[this.#count++] = t;
        this.#maps[this.#count++] = p;
        this.#maps[this.#count++] = bits;
      }
    }
    for (let p = 0; p < size.pages; p++) if (mapcount[p] > 0) pages++;
    beyond ||= containers > MOST.containers || tasks > MOST.tasks || pages > MOST.pages || most > MOST.limit;
    this.uses = beyond ? BEYOND : classOf({ containers, tasks, pages, limit: most });
  }

  #plain(view: View): void {
    const { size, slots, exists, limitLow, limitHigh, container, referenced } = view;
    let [a, b] = [0, 0];
    for (let c = 0; c < slots; c++) {
      if (exists[c] !== 1) continue;
      const id = c === size.containers ? -1 : c;
      a += one(CONTAINER, id, limitLow[c], limitHigh[c]);
      b += two(CONTAINER, id, limitLow[c], limitHigh[c]);
      for (let list = 0; list < 2; list++) {
        const pages = list === 0 ? view.active : view.inactive;
        const length = list === 0 ? view.activeLength[c] : view.inactiveLength[c];
        for (let i = 0, at = c * size.pages; i < length; i++, at++) {
          const p = pages[at];
          const place = (i << 2) | (list << 1) | referenced[p];
          a += one(LIST, id, p, place);
          b += two(LIST, id, p, place);
        }
      }
    }
    for (let t = 0; t < size.tasks; t++) {
      if (container[t] === NONE) continue;
      const id = container[t] === size.containers ? -1 : container[t];
      a += one(TASK, t, id, 0);
      b += two(TASK, t, id, 0);
    }
    for (let i = 0; i < this.#count; i += 3) {
      a += one(MAP, this.#maps[i], this.#maps[i + 1], this.#maps[i + 2]);
      b += two(MAP, this.#maps[i], this.#maps[i + 1], this.#maps[i + 2]);
    }
    this.view = joined(a | 0, b | 0);
  }

  /**
   * Colour refinement: what a thing is, then what the things are that it touches, and again. Lists have an order, so that
   * a page is known by its place as soon as its container is.
   */
  #refine(view: View): void {
    const { size, slots, exists, limitLow, limitHigh, container } = view;
    const [ca, cb] = this.#containers;
    const [ta, tb] = this.#tasks;
    const [pa, pb] = this.#pages;
    for (let c = 0; c < slots; c++) {
      if (exists[c] !== 1) continue;
      const root = c === size.containers ? 1 : 0;
      ca[c] = one(CONTAINER, limitLow[c], limitHigh[c], root);
      cb[c] = two(CONTAINER, limitLow[c], limitHigh[c], root);
    }
    ta.fill(TASK);
    tb.fill(TASK);
    for (let round = 0; round < ROUNDS; round++) {
      this.#colourPages(view);
      for (let t = 0; t < size.tasks; t++) {
        const slot = container[t];
        if (slot === NONE) continue;
        ta[t] = one(TASK, ta[t], ca[slot], 0);
        tb[t] = two(TASK, tb[t], cb[slot], 0);
      }
      const maps = this.#maps;
      for (let i = 0; i < this.#count; i += 3) {
        const [t, p] = [maps[i], maps[i + 1]];
        ta[t] += one(MAP, pa[p], maps[i + 2], 0);
        tb[t] += two(MAP, pb[p], maps[i + 2], 0);
      }
      this.#colourContainers(view);
    }
    let [a, b] = [0, 0];
    for (let c = 0; c < slots; c++) {
      if (exists[c] !== 1) continue;
      a += one(CONTAINER, ca[c], 1, 1);
      b += two(CONTAINER, cb[c], 1, 1);
    }
    this.orbit = joined(a | 0, b | 0);
  }

  /** A page by its container and place, then by who maps it. */
  #colourPages(view: View): void {
    const { size, slots, exists, referenced } = view;
    const [ca, cb] = this.#containers;
    const [ta, tb] = this.#tasks;
    const [pa, pb] = this.#pages;
    for (let c = 0; c < slots; c++) {
      if (exists[c] !== 1) continue;
      for (let list = 0; list < 2; list++) {
        const pages = list === 0 ? view.active : view.inactive;
        const length = list === 0 ? view.activeLength[c] : view.inactiveLength[c];
        for (let i = 0, at = c * size.pages; i < length; i++, at++) {
          const p = pages[at];
          const place = (i << 2) | (list << 1) | referenced[p];
          pa[p] = one(PAGE, ca[c], place, 0);
          pb[p] = two(PAGE, cb[c], place, 0);
        }
      }
    }
    const maps = this.#maps;
    for (let i = 0; i < this.#count; i += 3) {
      const [t, p] = [maps[i], maps[i + 1]];
      pa[p] += one(PAGE, ta[t], maps[i + 2], 1);
      pb[p] += two(PAGE, tb[t], maps[i + 2], 1);
    }
  }

  #colourContainers(view: View): void {
    const { size, slots, exists, container } = view;
    const [ca, cb] = this.#containers;
    const [ta, tb] = this.#tasks;
    const [pa, pb] = this.#pages;
    for (let c = 0; c < slots; c++) {
      if (exists[c] !== 1) continue;
      let [a, b] = [one(CONTAINER, ca[c], 0, 0), two(CONTAINER, cb[c], 0, 0)];
      for (let list = 0; list < 2; list++) {
        const pages = list === 0 ? view.active : view.inactive;
        const length = list === 0 ? view.activeLength[c] : view.inactiveLength[c];
        for (let i = 0, at = c * size.pages; i < length; i++, at++) {
          a += one(LIST, pa[pages[at]], i, list);
          b += two(LIST, pb[pages[at]], i, list);
        }
      }
      ca[c] = a | 0;
      cb[c] = b | 0;
    }
    for (let t = 0; t < size.tasks; t++) {
      const slot = container[t];
      if (slot === NONE) continue;
      ca[slot] += one(TASK, ta[t], 1, 0);
      cb[slot] += two(TASK, tb[t], 1, 0);
    }
  }
}
