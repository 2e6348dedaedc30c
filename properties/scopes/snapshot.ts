// The optimized controller put back to where it was, word by word: the undo of a lockstep, for states in which no page has two mappers.

import type { Controller } from '../../impl/controller/index.ts';

/** What was there. Mappers beyond a page's first have a table of their own, which is not kept: `holds` says whether that matters. */
export class Snapshot {
  readonly #controller: Controller;
  #words = new Int32Array(0);
  #tasks = new Int32Array(0);
  #limits: readonly bigint[] = [];
  #usable = false;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** Remembers the controller as it is now. */
  take(): void {
    const { words, tasks, limits, mappings } = this.#controller.machine;
    if (this.#words.length !== words.length) this.#words = new Int32Array(words.length);
    if (this.#tasks.length !== tasks.length) this.#tasks = new Int32Array(tasks.length);
    this.#words.set(words);
    this.#tasks.set(tasks);
    this.#limits = limits.slice();
    this.#usable = mappings.live === 0;
  }

  /** True if not one word differs; false also if that cannot be told here. */
  get isAsTaken(): boolean {
    const { words, tasks, limits, mappings } = this.#controller.machine;
    return (
      this.#usable &&
      mappings.live === 0 &&
      same(words, this.#words) &&
      same(tasks, this.#tasks) &&
      limits.length === this.#limits.length &&
      limits.every((limit, slot) => Object.is(limit, this.#limits[slot]))
    );
  }

  /** Puts everything back; false, and nothing is done, if a table has grown or a page has two mappers, then or now. */
  restore(): boolean {
    const { words, tasks, limits, mappings } = this.#controller.machine;
    if (!this.#usable || mappings.live > 0) return false;
    if (words.length !== this.#words.length || tasks.length !== this.#tasks.length) return false;
    words.set(this.#words);
    tasks.set(this.#tasks);
    limits.length = this.#limits.length;
    for (let slot = 0; slot < limits.length; slot++) limits[slot] = this.#limits[slot];
    return true;
  }
}

function same(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
