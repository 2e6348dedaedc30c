// How the controller's records lie in words of 32 bits, and the table of shared mappings. Nothing here knows a rule.

export type TaskId = number & { readonly brand?: 'task' };
/** A page inside the controller: the word at which its record begins, its id * 8. */
export type Page = number & { readonly brand?: 'page' };
/** A container's id + 2, so that the root (id -1) is 1 and 0 is none. Does not change when the words grow, a `Container` does. */
export type Slot = number & { readonly brand?: 'slot' };
/** A container inside the controller: the word at which its record begins. */
export type Container = number & { readonly brand?: 'container' };

export const NONE = -1;

// Modules take the following by `const { NEWER } = LINK`: V8 folds a constant of the module itself, but loads an imported one at each use.

/** A record of a page or of a task is 8 words, one of a container is 16: a field is reached by `record | FIELD`. */
export const SHIFT = { RECORD: 3, CONTAINER: 4, OWNER: 4 } as const;

/** Links of a list, in a page's record and in a list's head, which closes the ring: its older neighbour is the newest page. */
export const LINK = { NEWER: 0, OLDER: 1 } as const;

/** 32 bytes a page: its place on a list, its owner and bits, its first mapper and that mapper's chain, the others, the locks. */
export const PAGE = {
  /** The owner's slot << SHIFT.OWNER, and bits. */
  STATE: 2,
  /** The first mapper, kept in the page itself; the others are nodes of `Mappings`. */
  MAPPER: 3,
  NEXT_OF_TASK: 4,
  PREV_OF_TASK: 5,
  OTHERS: 6,
  /** Mappers that have locked the page. */
  PINS: 7,
} as const;

/** Bits of a page's state. ACTIVE is also what is between the heads of a container's two lists. */
export const BIT = { REFERENCED: 1, FIRST_PINNED: 2, ACTIVE: 8 } as const;

/** Two heads of lists, inactive and active, and what else a container has in the words of each that the links leave free. */
export const CONTAINER = {
  /** Of the list, in both halves. */
  LENGTH: 2,
  USAGE: 3,
  /** The limit as far as a usage can come. */
  CEILING: 4,
  FIRST_MEMBER: 5,
  PARENT: 6,
  CHILDREN: 7,
  EXISTS: 11,
  /** Two words each, as a double: they may count beyond 31 bits. */
  FAILCNT: 12,
  RECLAIMS: 14,
} as const;

export const TASK = {
  /** Slot of the task's container; 0: no such task. */
  CONTAINER: 0,
  NEXT_MEMBER: 1,
  PREV_MEMBER: 2,
  /** First page that the task maps as that page's first mapper; first node where it is another one. */
  FIRST_PAGE: 3,
  FIRST_NODE: 4,
  MAPPED: 5,
} as const;

const { RECORD } = SHIFT;
const BLANK_PAGE = [NONE, NONE, 0, NONE, NONE, NONE, NONE, 0];
const BLANK_TASK = [0, NONE, NONE, NONE, NONE, 0, 0, 0];

function fill(words: Int32Array, blank: readonly number[], from: number, to: number): void {
  words.fill(NONE, from, to);
  for (let field = 0; field < 8; field++) {
    const value = blank[field];
    if (value !== NONE) for (let at = from | field; at < to; at += 8) words[at] = value;
  }
}

/** How many words so many pages at the bottom and containers at the top take. */
export const wordsFor = (pages: number, slots: number): number =>
  ((pages + (pages & 1)) << RECORD) + (slots << SHIFT.CONTAINER);

/** Fills new words: what `old` has goes along, its lists stay closed; the rest is blank. */
export function fillWords(words: Int32Array, pages: number, old: Int32Array, oldPages: number): void {
  const size = words.length;
  const bottom = (pages + (pages & 1)) << RECORD;
  words.set(old.subarray(0, oldPages << RECORD));
  fill(words, BLANK_PAGE, oldPages << RECORD, bottom);
  const kept = old.length - ((oldPages + (oldPages & 1)) << RECORD);
  words.set(old.subarray(old.length - kept), size - kept);
  for (let head = bottom; head < size; head += 8) {
    const before = head - size + old.length;
    const isNew = head < size - kept;
    const isEmpty = isNew || old[before | LINK.OLDER] === before;
    if (isNew && (head & 8) === 0) words[head | CONTAINER.FIRST_MEMBER] = NONE;
    if (isEmpty) words[head | LINK.NEWER] = words[head | LINK.OLDER] = head;
    else {
      words[words[head | LINK.OLDER] | LINK.NEWER] = head;
      words[words[head | LINK.NEWER] | LINK.OLDER] = head;
    }
  }
}

export function fillTasks(words: Int32Array, old: Int32Array): void {
  words.set(old);
  fill(words, BLANK_TASK, old.length, words.length);
}

/** Mappers of a page beyond the first, as nodes in two chains (of the page, of the task), found by a hash of (task, page). No private names, as in `Machine`. */
export class Mappings {
  readonly nodes = new Map<number, number>();
  task: Int32Array;
  page: Int32Array;
  pinned: Uint8Array;
  nextOfPage: Int32Array;
  prevOfPage: Int32Array;
  nextOfTask: Int32Array;
  prevOfTask: Int32Array;
  /** The first of the nodes that were given back, chained by `nextOfPage`; how many there ever were. */
  free = NONE;
  used = 0;

  constructor(size: number) {
    this.task = new Int32Array(size);
    this.page = new Int32Array(size);
    this.pinned = new Uint8Array(size);
    this.nextOfPage = new Int32Array(size);
    this.prevOfPage = new Int32Array(size);
    this.nextOfTask = new Int32Array(size);
    this.prevOfTask = new Int32Array(size);
  }

  get live(): number {
    return this.nodes.size;
  }

  find(t: TaskId, p: Page): number {
    return this.nodes.get(t * 0x80000000 + p) ?? NONE;
  }

  take(t: TaskId, p: Page): number {
    let node = this.free;
    if (node !== NONE) this.free = this.nextOfPage[node];
    else {
      node = this.used++;
      if (node >= this.task.length) this.#grow();
    }
    this.task[node] = t;
    this.page[node] = p;
    this.pinned[node] = 0;
    this.nodes.set(t * 0x80000000 + p, node);
    return node;
  }

  give(node: number): void {
    this.nodes.delete(this.task[node] * 0x80000000 + this.page[node]);
    this.nextOfPage[node] = this.free;
    this.free = node;
  }

  #grow(): void {
    const size = this.task.length * 2;
    const pinned = new Uint8Array(size);
    pinned.set(this.pinned);
    this.pinned = pinned;
    this.task = longer(this.task, size);
    this.page = longer(this.page, size);
    this.nextOfPage = longer(this.nextOfPage, size);
    this.prevOfPage = longer(this.prevOfPage, size);
    this.nextOfTask = longer(this.nextOfTask, size);
    this.prevOfTask = longer(this.prevOfTask, size);
  }
}

function longer(column: Int32Array, size: number): Int32Array {
  const wider = new Int32Array(size);
  wider.set(column);
  return wider;
}
