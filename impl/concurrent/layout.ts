// Where everything lies in the shared memory: one Int32Array, structures at fixed strides, capacity chosen at creation.

import type { Words } from './atomics.ts';

/** How much there is room for. Ids run from 0. `workers` bounds how many threads may be inside at once. */
export interface Capacity {
  readonly containers: number;
  readonly tasks: number;
  readonly pages: number;
  readonly workers: number;
}

/** One thread's access to the shared controller: the memory, where things are in it, and what its last operation took. */
export interface Handle extends Capacity {
  readonly m: Words;
  readonly containersAt: number;
  readonly tasksAt: number;
  readonly pagesAt: number;
  readonly mapsAt: number;
  readonly pinsAt: number;
  readonly readersAt: number;
  /** Words of a task's row of bits, one bit a page. */
  readonly width: number;
  /** This thread's reader word. */
  readonly reader: number;
  /** How often a busy lock is tried before sleeping, and how long one sleep may last, in ms. */
  readonly spins: number;
  readonly patience: number;
  /** Victims and reclaimed pages of the last operation, in order. */
  readonly killed: number[];
  readonly reclaimed: number[];
}

export const NONE = -1;

// What different threads write lies on different cache lines (16 words): who spins on a lock does not slow down who holds it.
const LINE = 16;

// The header: what stays as it is, and the lock of who wants to be alone.
const MAGIC = 0x52535331;
export const GATE = LINE;
const HEADER = 2 * LINE;

// A container: its lock; what charges in flight use without it; and two lines of what the lock guards.
export const LOCK = 0;
/** Pages on the lists and charges in flight (C1). */
export const USAGE = LINE;
/** Charges in flight: each holds the container (C4). */
export const REFS = LINE + 1;
/** The limit as a charge compares it; LIMIT_LOW and LIMIT_HIGH hold it exactly. */
export const CEILING = LINE + 2;
/** Two lists: inactive, then active (+1). */
export const NEWEST = 2 * LINE;
export const OLDEST = 2 * LINE + 2;
export const LENGTH = 2 * LINE + 4;
export const FAILCNT = 2 * LINE + 6;
export const RECLAIMS = 2 * LINE + 7;
export const EXISTS = 2 * LINE + 8;
export const MEMBERS = 2 * LINE + 9;
export const LIMIT_LOW = 2 * LINE + 10;
export const LIMIT_HIGH = 2 * LINE + 11;
/** Slot of the container above plus one, 0: none; and how many are below. Nesting is of names only. Both locks are held to change them. */
export const PARENT = 2 * LINE + 12;
export const CHILDREN = 2 * LINE + 13;
const CONTAINER_STRIDE = 3 * LINE;

// A task.
/** Slot of its container plus one; 0: no such task. Written under the lock of the container it joins or leaves. */
export const CONTAINER = 0;
const TASK_STRIDE = LINE;

// A page. `LOCK` is its page-table lock: who maps it, who pinned it, and whose it is.
export const MAPCOUNT = 1;
/** The record: slot of the owner, or NONE once the mapcount has been 0. */
export const OWNER = 2;
export const PINS = 3;
export const NEWER = 4;
export const OLDER = 5;
export const FLAGS = 6;
const PAGE_STRIDE = 8;

export const ACTIVE = 1;
export const REFERENCED = 2;

const READER_STRIDE = LINE;
export const HIGHEST = 0x7fffffff;

const lineUp = (words: number): number => (words + LINE - 1) & -LINE;
const rowOf = (pages: number): number => lineUp((pages + 31) >>> 5);

/** Int32 words that a controller of this capacity takes. */
export function wordsFor({ containers, tasks, pages, workers }: Capacity): number {
  const rows = 2 * tasks * rowOf(pages);
  return (
    HEADER +
    workers * READER_STRIDE +
    containers * CONTAINER_STRIDE +
    tasks * TASK_STRIDE +
    lineUp(pages * PAGE_STRIDE) +
    rows
  );
}

/** A handle for thread number `worker` on a memory that `format` has prepared. */
export function handleOn(m: Words, worker: number, spins = 100, patience = 10_000): Handle {
  if (m[0] !== MAGIC) throw new TypeError('this memory holds no controller; use Controller.create');
  const [containers, tasks, pages, workers] = m.subarray(1, 5) as unknown as [number, number, number, number];
  if (worker < 0 || worker >= workers) throw new RangeError(`worker ${worker}: there is room for ${workers}`);
  const readersAt = HEADER;
  const containersAt = readersAt + workers * READER_STRIDE;
  const tasksAt = containersAt + containers * CONTAINER_STRIDE;
  const pagesAt = tasksAt + tasks * TASK_STRIDE;
  const mapsAt = pagesAt + lineUp(pages * PAGE_STRIDE);
  const width = rowOf(pages);
  return {
    m,
    containers,
    tasks,
    pages,
    workers,
    containersAt,
    tasksAt,
    pagesAt,
    mapsAt,
    pinsAt: mapsAt + tasks * width,
    readersAt,
    width,
    reader: readersAt + worker * READER_STRIDE,
    spins,
    patience,
    killed: [],
    reclaimed: [],
  };
}

/** Makes a memory an empty controller: no container, no task, every page unmapped. */
export function format(m: Words, { containers, tasks, pages, workers }: Capacity): void {
  m.fill(0);
  m.set([MAGIC, containers, tasks, pages, workers]);
  const h = handleOn(m, 0);
  for (let c = 0; c < containers; c++) m.fill(NONE, containerOf(h, c) + NEWEST, containerOf(h, c) + LENGTH);
  for (let p = 0; p < pages; p++) {
    m[pageOf(h, p) + OWNER] = NONE;
    m[pageOf(h, p) + NEWER] = NONE;
    m[pageOf(h, p) + OLDER] = NONE;
  }
}

export const containerOf = (h: Handle, c: number): number => h.containersAt + c * CONTAINER_STRIDE;
export const taskOf = (h: Handle, t: number): number => h.tasksAt + t * TASK_STRIDE;
export const pageOf = (h: Handle, p: number): number => h.pagesAt + p * PAGE_STRIDE;
export const readerOf = (h: Handle, worker: number): number => h.readersAt + worker * READER_STRIDE;
/** The word that holds the bit of page p in task t's row of mappings or pins. */
export const mapsOf = (h: Handle, t: number, p: number): number => h.mapsAt + t * h.width + (p >>> 5);
export const pinsOf = (h: Handle, t: number, p: number): number => h.pinsAt + t * h.width + (p >>> 5);
export const bitOf = (p: number): number => 1 << (p & 31);

const containerWords: Readonly<Record<number, string>> = {
  [LOCK]: 'lock',
  [USAGE]: 'usage',
  [REFS]: 'refs',
  [CEILING]: 'ceiling',
  [NEWEST]: 'inactive.newest',
  [NEWEST + 1]: 'active.newest',
  [OLDEST]: 'inactive.oldest',
  [OLDEST + 1]: 'active.oldest',
  [LENGTH]: 'inactive.length',
  [LENGTH + 1]: 'active.length',
  [FAILCNT]: 'failcnt',
  [RECLAIMS]: 'reclaims',
  [EXISTS]: 'exists',
  [MEMBERS]: 'members',
  [LIMIT_LOW]: 'limit.low',
  [LIMIT_HIGH]: 'limit.high',
  [PARENT]: 'parent',
  [CHILDREN]: 'children',
};
const pageWords = 'lock mapcount owner pins newer older flags'.split(' ');

/** What a word is, for people: `c0.lock`, `p3.mapcount`. */
export function nameOf(h: Handle, at: number): string {
  if (at === GATE) return 'gate';
  if (at < h.containersAt) return `reader${Math.floor((at - h.readersAt) / READER_STRIDE)}`;
  if (at < h.tasksAt) {
    const word = (at - h.containersAt) % CONTAINER_STRIDE;
    return `c${Math.floor((at - h.containersAt) / CONTAINER_STRIDE)}.${containerWords[word]}`;
  }
  if (at < h.pagesAt) {
    return `t${Math.floor((at - h.tasksAt) / TASK_STRIDE)}.container`;
  }
  if (at < h.mapsAt) {
    return `p${Math.floor((at - h.pagesAt) / PAGE_STRIDE)}.${pageWords[(at - h.pagesAt) % PAGE_STRIDE]}`;
  }
  const row = at < h.pinsAt ? at - h.mapsAt : at - h.pinsAt;
  return `t${Math.floor(row / h.width)}.${at < h.pinsAt ? 'maps' : 'pins'}${row % h.width ? row % h.width : ''}`;
}
