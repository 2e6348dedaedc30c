// The optimized controller put back to where it was, word by word: the undo of a lockstep, for states in which no page has two mappers.

import type { Controller } from '../../impl/controller/index.ts';
import type { Below } from '../../impl/controller/slots.ts';

/** An inner container's index, and the words of its sets. */
interface Kept {
  readonly index: Below;
  readonly holders: readonly Int32Array[];
  readonly homes: readonly Int32Array[];
}

/** What was there. Mappers beyond a page's first have a table of their own, which is not kept: `holds` says whether that matters. */
export class Snapshot {
  readonly #controller: Controller;
  #words = new Int32Array(0);
  #tasks = new Int32Array(0);
  #limits: readonly bigint[] = [];
  #below: readonly (Kept | undefined)[] = [];
  #usable = false;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** Remembers the controller as it is now. */
  take(): void {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    if (this.#words.length !== words.length) this.#words = new Int32Array(words.length);
    if (this.#tasks.length !== tasks.length) this.#tasks = new Int32Array(tasks.length);
    this.#words.set(words);
    this.#tasks.set(tasks);
    this.#limits = limits.slice();
    // Not map, which passes over holes.
    this.#below = Array.from(below, keep);
    this.#usable = mappings.live === 0;
  }

  /** True if not one word differs; false also if that cannot be told here. */
  get isAsTaken(): boolean {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    return (
      this.#usable &&
      mappings.live === 0 &&
      same(words, this.#words) &&
      same(tasks, this.#tasks) &&
      limits.length === this.#limits.length &&
      limits.every((limit, slot) => Object.is(limit, this.#limits[slot])) &&
      below.length === this.#below.length &&
      this.#below.every((kept, slot) => sameIndex(kept, below[slot]))
    );
  }

  /** Puts everything back; false, and nothing is done, if a table has grown or a page has two mappers, then or now. */
  restore(): boolean {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    if (!this.#usable || mappings.live > 0) return false;
    if (words.length !== this.#words.length || tasks.length !== this.#tasks.length) return false;
    words.set(this.#words);
    tasks.set(this.#tasks);
    limits.length = this.#limits.length;
    for (let slot = 0; slot < limits.length; slot++) limits[slot] = this.#limits[slot];
    below.length = this.#below.length;
    this.#below.forEach((kept, slot) => {
      below[slot] = kept?.index;
      if (!kept) return;
      kept.index.holders.levels.splice(0, Infinity, ...copies(kept.holders));
      kept.index.homes.levels.splice(0, Infinity, ...copies(kept.homes));
    });
    return true;
  }
}

const keep = (index: Below | undefined): Kept | undefined =>
  index && { index, holders: copies(index.holders.levels), homes: copies(index.homes.levels) };

const copies = (levels: readonly Int32Array[]): Int32Array[] => levels.map((words) => words.slice());

function sameIndex(kept: Kept | undefined, index: Below | undefined): boolean {
  if (!kept || !index) return kept === index;
  const sameLevels = (a: readonly Int32Array[], b: readonly Int32Array[]) =>
    a.length === b.length && a.every((words, level) => same(words, b[level]));
  return sameLevels(kept.holders, index.holders.levels) && sameLevels(kept.homes, index.homes.levels);
}

function same(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
