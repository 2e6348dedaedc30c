// Where the controller keeps its records: structs of typed arrays that double when an id passes their end. Nothing here knows a rule.

export type PageId = number & { readonly brand?: 'page' };
export type TaskId = number & { readonly brand?: 'task' };
/** A container's slot: its id + 1, so that the root (id -1) is slot 0. */
export type Slot = number & { readonly brand?: 'slot' };

export const NONE = -1;

type Column = Int32Array | Uint8Array | Float64Array | BigUint64Array;

function grown<C extends Column>(column: C, size: number, fill: number): C {
  const Kind = column.constructor as new (length: number) => C;
  const wider = new Kind(size);
  (wider as Int32Array).set(column as Int32Array);
  if (fill !== 0) (wider as Int32Array).fill(fill, column.length);
  return wider;
}

export const ACTIVE = 1;
export const REFERENCED = 2;
export const FIRST_PINNED = 4;

/** 33 bytes a page: its owner and place in a list, its first mapper, that mapper's chain, and how many more there are. */
export class Pages {
  owner: Int32Array;
  newer: Int32Array;
  older: Int32Array;
  flags: Uint8Array;
  /** The first mapper, kept in the page itself; the others are nodes of `Mappings`. */
  mapper: Int32Array;
  nextOfTask: Int32Array;
  prevOfTask: Int32Array;
  others: Int32Array;
  /** Mappers that have locked the page. */
  pins: Int32Array;

  constructor(size: number) {
    this.owner = new Int32Array(size).fill(NONE);
    this.newer = new Int32Array(size).fill(NONE);
    this.older = new Int32Array(size).fill(NONE);
    this.flags = new Uint8Array(size);
    this.mapper = new Int32Array(size).fill(NONE);
    this.nextOfTask = new Int32Array(size).fill(NONE);
    this.prevOfTask = new Int32Array(size).fill(NONE);
    this.others = new Int32Array(size).fill(NONE);
    this.pins = new Int32Array(size);
  }

  get bytesPerPage(): number {
    return 8 * 4 + 1;
  }

  need(p: PageId): void {
    if (p < this.owner.length) return;
    const size = Math.max(p + 1, this.owner.length * 2);
    this.owner = grown(this.owner, size, NONE);
    this.newer = grown(this.newer, size, NONE);
    this.older = grown(this.older, size, NONE);
    this.flags = grown(this.flags, size, 0);
    this.mapper = grown(this.mapper, size, NONE);
    this.nextOfTask = grown(this.nextOfTask, size, NONE);
    this.prevOfTask = grown(this.prevOfTask, size, NONE);
    this.others = grown(this.others, size, NONE);
    this.pins = grown(this.pins, size, 0);
  }
}

export class Tasks {
  /** Slot of the task's container; NONE: no such task. */
  container: Int32Array;
  nextMember: Int32Array;
  prevMember: Int32Array;
  /** First page that the task maps as that page's first mapper; first node where it is another one. */
  firstPage: Int32Array;
  firstNode: Int32Array;
  mapped: Int32Array;

  constructor(size: number) {
    this.container = new Int32Array(size).fill(NONE);
    this.nextMember = new Int32Array(size).fill(NONE);
    this.prevMember = new Int32Array(size).fill(NONE);
    this.firstPage = new Int32Array(size).fill(NONE);
    this.firstNode = new Int32Array(size).fill(NONE);
    this.mapped = new Int32Array(size);
  }

  need(t: TaskId): void {
    if (t < this.container.length) return;
    const size = Math.max(t + 1, this.container.length * 2);
    this.container = grown(this.container, size, NONE);
    this.nextMember = grown(this.nextMember, size, NONE);
    this.prevMember = grown(this.prevMember, size, NONE);
    this.firstPage = grown(this.firstPage, size, NONE);
    this.firstNode = grown(this.firstNode, size, NONE);
    this.mapped = grown(this.mapped, size, 0);
  }
}

export class Containers {
  exists: Uint8Array;
  parent: Int32Array;
  children: Int32Array;
  usage: Int32Array;
  /** The limit as the hot path compares it, and exactly as it reads back. */
  ceiling: Float64Array;
  limit: BigUint64Array;
  failcnt: Float64Array;
  reclaims: Float64Array;
  firstMember: Int32Array;
  /** Two list ends for each list, at slot * 2 + (1 for active, 0 for inactive). */
  newest: Int32Array;
  oldest: Int32Array;
  length: Int32Array;

  constructor(size: number) {
    this.exists = new Uint8Array(size);
    this.parent = new Int32Array(size).fill(NONE);
    this.children = new Int32Array(size);
    this.usage = new Int32Array(size);
    this.ceiling = new Float64Array(size);
    this.limit = new BigUint64Array(size);
    this.failcnt = new Float64Array(size);
    this.reclaims = new Float64Array(size);
    this.firstMember = new Int32Array(size).fill(NONE);
    this.newest = new Int32Array(size * 2).fill(NONE);
    this.oldest = new Int32Array(size * 2).fill(NONE);
    this.length = new Int32Array(size * 2);
  }

  need(c: Slot): void {
    if (c < this.exists.length) return;
    const size = Math.max(c + 1, this.exists.length * 2);
    this.exists = grown(this.exists, size, 0);
    this.parent = grown(this.parent, size, NONE);
    this.children = grown(this.children, size, 0);
    this.usage = grown(this.usage, size, 0);
    this.ceiling = grown(this.ceiling, size, 0);
    const limit = new BigUint64Array(size);
    limit.set(this.limit);
    this.limit = limit;
    this.failcnt = grown(this.failcnt, size, 0);
    this.reclaims = grown(this.reclaims, size, 0);
    this.firstMember = grown(this.firstMember, size, NONE);
    this.newest = grown(this.newest, size * 2, NONE);
    this.oldest = grown(this.oldest, size * 2, NONE);
    this.length = grown(this.length, size * 2, 0);
  }
}

/** Mappers of a page beyond the first, as nodes in two chains (of the page, of the task), found by a hash of (task, page). */
export class Mappings {
  readonly #find = new Map<number, number>();
  task: Int32Array;
  page: Int32Array;
  pinned: Uint8Array;
  nextOfPage: Int32Array;
  prevOfPage: Int32Array;
  nextOfTask: Int32Array;
  prevOfTask: Int32Array;
  #free = NONE;
  #used = 0;

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
    return this.#find.size;
  }

  find(t: TaskId, p: PageId): number {
    return this.#find.get(t * 0x40000000 + p) ?? NONE;
  }

  take(t: TaskId, p: PageId): number {
    let node = this.#free;
    if (node !== NONE) this.#free = this.nextOfPage[node];
    else {
      node = this.#used++;
      if (node >= this.task.length) this.#grow();
    }
    this.task[node] = t;
    this.page[node] = p;
    this.pinned[node] = 0;
    this.#find.set(t * 0x40000000 + p, node);
    return node;
  }

  give(node: number): void {
    this.#find.delete(this.task[node] * 0x40000000 + this.page[node]);
    this.nextOfPage[node] = this.#free;
    this.#free = node;
  }

  #grow(): void {
    const size = this.task.length * 2;
    this.task = grown(this.task, size, 0);
    this.page = grown(this.page, size, 0);
    this.pinned = grown(this.pinned, size, 0);
    this.nextOfPage = grown(this.nextOfPage, size, 0);
    this.prevOfPage = grown(this.prevOfPage, size, 0);
    this.nextOfTask = grown(this.nextOfTask, size, 0);
    this.prevOfTask = grown(this.prevOfTask, size, 0);
  }
}
