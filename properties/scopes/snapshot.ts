// The optimized controller put back to where it was, word by word: the undo of a lockstep.

import type { Controller } from '../../impl/controller/index.ts';
import type { Below } from '../../impl/controller/slots.ts';
import { Mappings } from '../../impl/controller/tables.ts';

/** An inner container's index, and the words of its sets. */
interface Kept {
  readonly index: Below;
  readonly holders: readonly Int32Array[];
  readonly homes: readonly Int32Array[];
}

/** All that was there. */
export class Snapshot {
  readonly #controller: Controller;
  #words = new Int32Array(0);
  #tasks = new Int32Array(0);
  readonly #limits: bigint[] = [];
  #below: readonly (Kept | undefined)[] = [];
  readonly #mappings = new KeptMappings();

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** Remembers the controller as it is now. */
  take(): void {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    if (this.#words.length !== words.length) this.#words = new Int32Array(words.length);
    if (this.#tasks.length !== tasks.length) this.#tasks = new Int32Array(tasks.length);
    copy(words, this.#words);
    copy(tasks, this.#tasks);
    copyAll(limits, this.#limits);
    // Not map, which passes over holes.
    this.#below = below.length === 0 ? [] : Array.from(below, keep);
    this.#mappings.take(mappings);
  }

  /** True if not one word differs. */
  get isAsTaken(): boolean {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    if (!same(words, this.#words) || !same(tasks, this.#tasks)) return false;
    if (limits.length !== this.#limits.length || below.length !== this.#below.length) return false;
    for (let slot = 0; slot < limits.length; slot++)
      if (!Object.is(limits[slot], this.#limits[slot])) return false;
    for (let slot = 0; slot < below.length; slot++)
      if (!sameIndex(this.#below[slot], below[slot])) return false;
    return this.#mappings.holds(mappings);
  }

  /** Puts everything back; false, and nothing is done, if a table has grown. */
  restore(): boolean {
    const { words, tasks, limits, mappings, below } = this.#controller.machine;
    if (words.length !== this.#words.length || tasks.length !== this.#tasks.length) return false;
    if (!this.#mappings.restore(mappings)) return false;
    copy(this.#words, words);
    copy(this.#tasks, tasks);
    copyAll(this.#limits, limits);
    if (below.length === 0 && this.#below.length === 0) return true;
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

/** Mappers beyond a page's first. In most states there are none, and none after a move: then only what is free is kept as it is. */
class KeptMappings {
  readonly #kept = new Mappings(1);
  readonly #keys: number[] = [];
  readonly #nodes: number[] = [];

  take(mappings: Mappings): void {
    const kept = this.#kept;
    if (kept.task.length !== mappings.task.length) grow(kept, mappings.task.length);
    copyColumns(mappings, kept);
    this.#keys.length = this.#nodes.length = 0;
    if (mappings.nodes.size === 0) return;
    for (const [key, node] of mappings.nodes) {
      this.#keys.push(key);
      this.#nodes.push(node);
    }
  }

  holds(m: Mappings): boolean {
    const kept = this.#kept;
    return (
      m.free === kept.free &&
      m.used === kept.used &&
      this.#finds(m) &&
      same(m.task, kept.task) &&
      same(m.page, kept.page) &&
      same(m.pinned, kept.pinned) &&
      same(m.nextOfPage, kept.nextOfPage) &&
      same(m.prevOfPage, kept.prevOfPage) &&
      same(m.nextOfTask, kept.nextOfTask) &&
      same(m.prevOfTask, kept.prevOfTask)
    );
  }

  #finds({ nodes }: Mappings): boolean {
    if (nodes.size !== this.#keys.length) return false;
    for (let i = 0; i < this.#keys.length; i++) if (nodes.get(this.#keys[i]) !== this.#nodes[i]) return false;
    return true;
  }

  /** False: there are more nodes than there were. */
  restore(mappings: Mappings): boolean {
    const kept = this.#kept;
    const { nodes } = mappings;
    if (mappings.task.length !== kept.task.length) return false;
    const isFree = nodes.size + this.#keys.length === 0;
    if (isFree && mappings.free === kept.free && mappings.used === kept.used) return true;
    copyColumns(kept, mappings);
    if (this.#finds(mappings)) return true;
    nodes.clear();
    for (let i = 0; i < this.#keys.length; i++) nodes.set(this.#keys[i], this.#nodes[i]);
    return true;
  }
}

function copyColumns(from: Mappings, to: Mappings): void {
  copy(from.task, to.task);
  copy(from.page, to.page);
  copy(from.pinned, to.pinned);
  copy(from.nextOfPage, to.nextOfPage);
  copy(from.prevOfPage, to.prevOfPage);
  copy(from.nextOfTask, to.nextOfTask);
  copy(from.prevOfTask, to.prevOfTask);
  to.free = from.free;
  to.used = from.used;
}

function grow(mappings: Mappings, size: number): void {
  const { task, page, pinned, nextOfPage, prevOfPage, nextOfTask, prevOfTask } = new Mappings(size);
  Object.assign(mappings, { task, page, pinned, nextOfPage, prevOfPage, nextOfTask, prevOfTask });
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

type Words = Int32Array | Uint8Array;

/** As long as each other. `set` begins slowly. */
function copy(from: Words, to: Words): void {
  if (from.length > 32) to.set(from);
  else for (let k = 0; k < from.length; k++) to[k] = from[k];
}

function copyAll(from: readonly bigint[], to: bigint[]): void {
  if (to.length !== from.length) to.length = from.length;
  for (let k = 0; k < from.length; k++) to[k] = from[k];
}

function same(a: Words, b: Words): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
