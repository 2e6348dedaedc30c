// A controller that worker threads share: create it in one, hand its buffer to the others, attach there. Profile letter, so its accounting is flat: a
// container may lie in another one, but answers for itself alone; nobody above it is charged, refuses, pays or loses a task (docs/concurrent.md).

import { peek, type Words } from './atomics.ts';
import {
  bitOf,
  type Capacity,
  CONTAINER,
  containerOf,
  EXISTS,
  FAILCNT,
  FLAGS,
  format,
  type Handle,
  handleOn,
  LIMIT_HIGH,
  LIMIT_LOW,
  mapsOf,
  NEWEST,
  NONE,
  OLDER,
  OWNER,
  PARENT,
  pageOf,
  pinsOf,
  RECLAIMS,
  REFERENCED,
  taskOf,
  USAGE,
  wordsFor,
} from './layout.ts';
import { type Operation, perform } from './operations.ts';
import { verify } from './verify.ts';

export { type Capacity, wordsFor } from './layout.ts';
export { Stuck } from './lock.ts';
export type { Operation } from './operations.ts';
export * from './outcome.ts';

export interface Tuning {
  /** How often a busy lock is tried before the thread sleeps. */
  readonly spins?: number;
  /** The bound of one sleep, in milliseconds; beyond it the operation throws Stuck. */
  readonly patience?: number;
}

/** One thread's view of a shared controller. */
export class Controller {
  readonly handle: Handle;

  private constructor(words: Words, worker: number, { spins, patience }: Tuning) {
    this.handle = handleOn(words, worker, spins, patience);
  }

  /** A new controller, and worker 0's view of it. The capacity is fixed. */
  static create(capacity: Capacity, tuning: Tuning = {}): Controller {
    for (const [what, n] of Object.entries(capacity)) {
      if (!Number.isInteger(n) || n < 1)
        throw new RangeError(`${what} is ${n}, it must be a whole number above 0`);
    }
    const words = new Int32Array(new SharedArrayBuffer(wordsFor(capacity) * 4));
    format(words, capacity);
    return new Controller(words, 0, tuning);
  }

  /** The view of worker number `worker`; no two threads may use the same number. */
  static attach(buffer: SharedArrayBuffer, worker: number, tuning: Tuning = {}): Controller {
    return new Controller(new Int32Array(buffer), worker, tuning);
  }

  /** The view of worker 0 on words that `format` has prepared, shared or not. */
  static on(words: Words, tuning: Tuning = {}): Controller {
    return new Controller(words, 0, tuning);
  }

  get buffer(): SharedArrayBuffer {
    return this.handle.m.buffer as SharedArrayBuffer;
  }

  /** Victims and reclaimed pages of this thread's last operation, in order. */
  get killed(): readonly number[] {
    return this.handle.killed;
  }

  get reclaimed(): readonly number[] {
    return this.handle.reclaimed;
  }

  /** Does one operation and returns its outcome code. */
  perform(operation: Operation): number {
    return perform(this.handle, operation);
  }

  // What can be seen. Exact at quiescence; while others run, each answer is of its own moment.

  containerExists(c: number): boolean {
    return this.#container(c, EXISTS) === 1;
  }

  /** The container that c is nested in by name, or NONE: accounting is flat here. */
  parentOf(c: number): number {
    return peek(this.handle.m, containerOf(this.handle, c) + PARENT) - 1;
  }

  usage(c: number): number {
    return this.#container(c, USAGE);
  }

  limit(c: number): bigint {
    const low = BigInt(this.#container(c, LIMIT_LOW) >>> 0);
    return (BigInt(this.#container(c, LIMIT_HIGH)) << 32n) | low;
  }

  failcnt(c: number): number {
    return this.#container(c, FAILCNT);
  }

  reclaims(c: number): number {
    return this.#container(c, RECLAIMS);
  }

  #container(c: number, word: number): number {
    return peek(this.handle.m, containerOf(this.handle, c) + word);
  }

  /** A list, head first. */
  listOf(c: number, active: boolean): number[] {
    const pages: number[] = [];
    const { m } = this.handle;
    let p = this.#container(c, NEWEST + (active ? 1 : 0));
    for (; p !== NONE && pages.length <= this.handle.pages; p = peek(m, pageOf(this.handle, p) + OLDER))
      pages.push(p);
    return pages;
  }

  taskExists(t: number): boolean {
    return this.containerOf(t) !== NONE;
  }

  containerOf(t: number): number {
    return peek(this.handle.m, taskOf(this.handle, t) + CONTAINER) - 1;
  }

  /** The container that is accounted for page p, or NONE. */
  ownerOf(p: number): number {
    return peek(this.handle.m, pageOf(this.handle, p) + OWNER);
  }

  maps(t: number, p: number): boolean {
    return (peek(this.handle.m, mapsOf(this.handle, t, p)) & bitOf(p)) !== 0;
  }

  isPinnedBy(t: number, p: number): boolean {
    return (peek(this.handle.m, pinsOf(this.handle, t, p)) & bitOf(p)) !== 0;
  }

  /** The bit of a page on a list; a page on none has no bit. */
  isReferenced(p: number): boolean {
    return (peek(this.handle.m, pageOf(this.handle, p) + FLAGS) & REFERENCED) !== 0;
  }

  /** The first inconsistency of the structure with its two numbers, or null. Only while no operation runs. */
  verify(): string | null {
    return verify(this.handle);
  }
}
