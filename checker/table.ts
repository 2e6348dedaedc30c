// The set of states: packed words in shared segments, found by open addressing, compared word by word (a hash only says where to look).

/** States in a segment: 2 ^ SEGMENT_BITS. */
const SEGMENT_BITS = 13;
const SEGMENT = 1 << SEGMENT_BITS;
const WITHIN = SEGMENT - 1;
/** Indices a thread reserves at once; what it does not fill at the end stays a hole. */
const CHUNK = 64;
/** The most states that are inserted at once. */
export const BATCH = 64;
const LOAD = 0.7;

/** Cells of the shared control array. */
const NEXT = 0;
const LIMIT = 1;
export const CURSOR = 2;
export const PAUSE = 3;
const CELLS = 8;

/** What a thread needs to see the same table. All buffers are shared. */
export interface TableView {
  readonly width: number;
  readonly control: Int32Array;
  readonly slots: Int32Array;
  /** How many segments the thread keeps of those it has; and those that it does not have yet. */
  readonly kept: number;
  readonly segments: readonly Uint32Array[];
  readonly parents: readonly Uint32Array[];
  /** See the table's own. */
  readonly windowSegments: number;
  readonly base: number;
  readonly emptied: number;
}

export const FOUND = 0;
export const ADDED = 1;
export const FULL = 2;
/** Parent of an initial state. */
export const ROOT = -1;

/** Where a state is looked for first, before it is cut to the number of slots. Also the order of runs on disk (`runs.ts`). */
export function hashOf(words: Uint32Array, from: number, width: number): number {
  const end = from + width;
  let hash = 0x9e3779b9;
  for (let k = from; k < end; k++) {
    hash = Math.imul(hash ^ words[k]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const shared32 = (words: number) => new SharedArrayBuffer(words * 4);

/**
 * One thread's handle on the set. A state's index is its place; `parents` holds 0 for a hole, parent + 2 otherwise.
 * A writer fills the words first and then publishes the index by compare-exchange on the slot, so readers see whole states only.
 */
export class Table {
  readonly width: number;
  readonly control: Int32Array;
  slots: Int32Array;
  readonly segments: Uint32Array[];
  readonly parents: Uint32Array[];
  #mask: number;
  #next = 0;
  #end = 0;
  #rangeStart = 0;
  #ranges: number[] = [];
  /** Index of the state that `insert` last found or added. */
  index = 0;
  /** The last `insertAll` ended early. */
  full = false;
  /**
   * Beyond memory (`disk.ts`) the first segments are a window: they show the states with the indices from `base` on, which are only read.
   * What is inserted then lies behind them, and its parent is given by the index on disk.
   */
  #windowSegments = 0;
  base = 0;
  /** How often it was reshaped, and how many segments were kept then. */
  shape = 0;
  kept = 0;
  /** How often it was emptied: a thread that was away must let go of what it had reserved. */
  #emptied = 0;
  /** Of a batch: where each state's search begins, what was there, and the first word of the state that is there. */
  readonly #probes = new Int32Array(BATCH);
  readonly #entries = new Int32Array(BATCH);
  readonly #heads = new Uint32Array(BATCH);

  constructor(width: number, view?: TableView) {
    this.width = width;
    this.control = view?.control ?? new Int32Array(shared32(CELLS));
    this.slots = view?.slots ?? new Int32Array(shared32(1 << 14));
    this.segments = [...(view?.segments ?? [])];
    this.parents = [...(view?.parents ?? [])];
    this.#mask = this.slots.length - 1;
    if (view !== undefined) {
      this.#keepPlace(view);
      return;
    }
    this.#addSegments(1);
    this.#setLimit();
  }

  /** For a thread that has the first `known` segments: handing over all of them again takes longer the more there are. */
  view(known = 0): TableView {
    return {
      width: this.width,
      control: this.control,
      slots: this.slots,
      kept: Math.min(known, this.segments.length),
      segments: this.segments.slice(known),
      parents: this.parents.slice(known),
      windowSegments: this.#windowSegments,
      base: this.base,
      emptied: this.#emptied,
    };
  }

  /** Takes over what another thread has grown since the last view. */
  adopt(view: TableView): void {
    this.slots = view.slots;
    this.#mask = view.slots.length - 1;
    this.segments.length = this.parents.length = view.kept;
    this.segments.push(...view.segments);
    this.parents.push(...view.parents);
    if (view.emptied !== this.#emptied) this.#letGo();
    this.#keepPlace(view);
  }

  #keepPlace(view: TableView): void {
    this.#windowSegments = view.windowSegments;
    this.base = view.base;
    this.#emptied = view.emptied;
  }

  #letGo(): void {
    this.#next = this.#end = this.#rangeStart = 0;
    this.#ranges = [];
  }

  /** Indices handed out so far, holes included. */
  get reserved(): number {
    return Atomics.load(this.control, NEXT);
  }

  get bytes(): number {
    return this.slots.byteLength + this.segments.length * SEGMENT * 4 * (this.width + 1);
  }

  #probe(words: Uint32Array, from: number): number {
    return hashOf(words, from, this.width) & this.#mask;
  }

  #equal(index: number, words: Uint32Array, from: number): boolean {
    const segment = this.segments[index >>> SEGMENT_BITS]!;
    const at = (index & WITHIN) * this.width;
    for (let k = 0; k < this.width; k++) if (segment[at + k] !== words[from + k]) return false;
    return true;
  }

  /** Index of the state with these words, or -1. */
  find(words: Uint32Array): number {
    let slot = this.#probe(words, 0);
    for (;;) {
      const entry = Atomics.load(this.slots, slot);
      if (entry === 0) return -1;
      if (this.#equal(entry - 1, words, 0)) return entry - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** FOUND or ADDED with its place in `index`; FULL if the table must grow first (then nothing has changed). */
  insert(words: Uint32Array, parent: number): number {
    return this.#insertAt(this.#probe(words, 0), words, 0, parent);
  }

  /**
   * Inserts up to BATCH states that lie one after another in `words`, in that order; returns how many were new. If the table is full, `full`
   * says so, and those from the first that found no room on are not in. First all their slots are read, then all the words these lead to, so that
   * the processor waits for memory once for all of them: nearly every state is there already, and nearly none in a cache.
   */
  insertAll(words: Uint32Array, count: number, parent: number): number {
    const { width, segments, slots } = this;
    const probes = this.#probes;
    const entries = this.#entries;
    const heads = this.#heads;
    for (let k = 0; k < count; k++) {
      probes[k] = this.#probe(words, k * width);
      entries[k] = Atomics.load(slots, probes[k]!);
    }
    for (let k = 0; k < count; k++) {
      const index = entries[k]! - 1;
      if (index >= 0) heads[k] = segments[index >>> SEGMENT_BITS]![(index & WITHIN) * width]!;
    }
    let added = 0;
    this.full = false;
    for (let k = 0; k < count; k++) {
      const at = k * width;
      const entry = entries[k]!;
      if (entry !== 0 && heads[k] === words[at] && this.#equal(entry - 1, words, at)) continue;
      const result = this.#insertAt(probes[k]!, words, at, parent);
      if (result === ADDED) added++;
      else if (result === FULL) {
        this.full = true;
        break;
      }
    }
    return added;
  }

  #insertAt(from: number, words: Uint32Array, at: number, parent: number): number {
    let slot = from;
    let written = false;
    for (;;) {
      let entry = Atomics.load(this.slots, slot);
      if (entry === 0) {
        if (!written) {
          if (this.#next === this.#end && !this.#reserve()) return FULL;
          this.#write(this.#next, words, at, parent);
          written = true;
        }
        const index = this.#next;
        entry = Atomics.compareExchange(this.slots, slot, 0, index + 1);
        if (entry === 0) {
          this.#next = index + 1;
          this.index = index;
          return ADDED;
        }
      }
      if (this.#equal(entry - 1, words, at)) {
        if (written) this.parents[this.#next >>> SEGMENT_BITS]![this.#next & WITHIN] = 0;
        this.index = entry - 1;
        return FOUND;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #write(index: number, words: Uint32Array, from: number, parent: number): void {
    const segment = this.segments[index >>> SEGMENT_BITS]!;
    const at = (index & WITHIN) * this.width;
    for (let k = 0; k < this.width; k++) segment[at + k] = words[from + k]!;
    this.parents[index >>> SEGMENT_BITS]![index & WITHIN] = parent + this.base + 2;
  }

  #reserve(): boolean {
    const start = Atomics.add(this.control, NEXT, CHUNK);
    if (start + CHUNK > Atomics.load(this.control, LIMIT)) {
      Atomics.sub(this.control, NEXT, CHUNK);
      return false;
    }
    if (start !== this.#end || this.#end === 0) {
      this.#closeRange();
      this.#rangeStart = start;
    }
    this.#next = start;
    this.#end = start + CHUNK;
    return true;
  }

  #closeRange(): void {
    if (this.#next > this.#rangeStart) this.#ranges.push(this.#rangeStart, this.#next);
    this.#rangeStart = this.#next;
  }

  /** Ranges [start, end) of the states this handle added since the last call, flat. */
  takeRanges(): number[] {
    this.#closeRange();
    const ranges = this.#ranges;
    this.#ranges = [];
    return ranges;
  }

  /** Words of a state, copied to `out`. */
  read(index: number, out: Uint32Array): void {
    const segment = this.segments[index >>> SEGMENT_BITS]!;
    const at = (index & WITHIN) * this.width;
    for (let k = 0; k < this.width; k++) out[k] = segment[at + k]!;
  }

  /** Index of the parent, ROOT for an initial state, -2 for a hole. */
  parent(index: number): number {
    return this.parents[index >>> SEGMENT_BITS]![index & WITHIN]! - 2;
  }

  /** Indices of all states stored, in ascending order. */
  *indices(): Generator<number, void> {
    const { reserved } = this;
    for (let index = 0; index < reserved; index++) {
      if (this.parents[index >>> SEGMENT_BITS]![index & WITHIN] !== 0) yield index;
    }
  }

  /** Bytes that `grow` would hold at its peak. */
  growthPeak(): number {
    const slots = this.#slotsAreShort() ? this.slots.byteLength * 2 : 0;
    return this.bytes + slots + this.#segmentsShort() * SEGMENT * 4 * (this.width + 1);
  }

  #slotsAreShort(): boolean {
    return this.reserved + 64 * CHUNK > this.slots.length * LOAD;
  }

  /** One eighth more, at least one. */
  #segmentsShort(): number {
    const room = this.segments.length * SEGMENT - this.reserved;
    return room > 64 * CHUNK ? 0 : Math.max(1, this.segments.length >>> 3);
  }

  /** States in the window. */
  get windowStates(): number {
    return this.#windowSegments * SEGMENT;
  }

  /** True if there is little room left for candidates. */
  get short(): boolean {
    return this.reserved + 64 * CHUNK > Atomics.load(this.control, LIMIT);
  }

  /** Becomes a window and room for candidates, as large as `bytes` allow (but for a least size); all states are forgotten. */
  reshape(bytes: number): void {
    const segment = SEGMENT * 4 * (this.width + 1);
    const slotsFor = (segments: number) => 2 ** Math.ceil(Math.log2((segments * SEGMENT) / LOAD));
    let count = Math.max(3, Math.floor(bytes / segment));
    const windowOf = (segments: number) => Math.max(1, segments >>> 3);
    while (count > 3 && count * segment + 4 * slotsFor(count) > bytes) count--;
    this.#windowSegments = windowOf(count);
    this.kept = Math.min(count, this.segments.length);
    this.shape++;
    this.segments.length = this.parents.length = this.kept;
    this.#addSegments(count - this.segments.length);
    const slots = slotsFor(count);
    if (slots !== this.slots.length) this.#emptySlots(slots);
    this.empty();
  }

  /** Forgets all candidates. */
  empty(): void {
    this.slots.fill(0);
    for (const parents of this.parents.slice(this.#windowSegments)) parents.fill(0);
    Atomics.store(this.control, NEXT, this.windowStates);
    this.#emptied++;
    this.#letGo();
    this.#setLimit();
  }

  /** Puts a state into the window: its words and its parent's index + 2, as they lie in `record`. */
  show(place: number, record: Uint32Array, at: number): void {
    const segment = this.segments[place >>> SEGMENT_BITS]!;
    const to = (place & WITHIN) * this.width;
    for (let k = 0; k < this.width; k++) segment[to + k] = record[at + k]!;
    this.parents[place >>> SEGMENT_BITS]![place & WITHIN] = record[at + this.width]!;
  }

  /** Makes room; only while no other thread uses the table. */
  grow(): void {
    if (this.enlarge()) this.fill();
  }

  /** The first half of `grow`. True if the slots are new: then `fill` must run before anything else. */
  enlarge(): boolean {
    const short = this.#slotsAreShort();
    // The slots come last: if the machine refuses memory, the table is as it was.
    this.#addSegments(this.#segmentsShort());
    if (short) this.#emptySlots(this.slots.length * 2);
    this.#setLimit();
    return short;
  }

  /** Files every state stored in the new slots. Threads that run it at once share the work: the cursor deals out segments. */
  fill(): void {
    const { control, reserved, slots } = this;
    const words = new Uint32Array(this.width);
    for (;;) {
      const segment = Atomics.add(control, CURSOR, 1);
      if (segment * SEGMENT >= reserved) return;
      const parents = this.parents[segment]!;
      const count = Math.min(SEGMENT, reserved - segment * SEGMENT);
      for (let k = 0; k < count; k++) {
        if (parents[k] === 0) continue;
        const index = segment * SEGMENT + k;
        this.read(index, words);
        let slot = this.#probe(words, 0);
        while (slots[slot] !== 0 || Atomics.compareExchange(slots, slot, 0, index + 1) !== 0)
          slot = (slot + 1) & this.#mask;
      }
    }
  }

  #emptySlots(length: number): void {
    this.slots = new Int32Array(shared32(length));
    this.#mask = length - 1;
    Atomics.store(this.control, CURSOR, 0);
  }

  #addSegments(count: number): void {
    for (let k = 0; k < count; k++) {
      this.segments.push(new Uint32Array(shared32(SEGMENT * this.width)));
      this.parents.push(new Uint32Array(shared32(SEGMENT)));
    }
  }

  #setLimit(): void {
    const limit = Math.min(Math.floor(this.slots.length * LOAD), this.segments.length * SEGMENT);
    Atomics.store(this.control, LIMIT, limit);
  }

  /** Views of everything that must be saved: the words of all indices handed out, then their parents. */
  parts(): Uint32Array[] {
    const { reserved } = this;
    const used = (segment: number) => Math.min(SEGMENT, reserved - segment * SEGMENT);
    const count = Math.ceil(reserved / SEGMENT);
    return [
      ...this.segments.slice(0, count).map((words, k) => words.subarray(0, used(k) * this.width)),
      ...this.parents.slice(0, count).map((words, k) => words.subarray(0, used(k))),
    ];
  }

  /** Fills an empty table from what `parts` gave, as bytes. */
  restore(reserved: number, bytes: Uint8Array): void {
    this.#addSegments(Math.max(0, Math.ceil(reserved / SEGMENT) - this.segments.length));
    Atomics.store(this.control, NEXT, reserved);
    let at = 0;
    for (const part of this.parts()) {
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(
        bytes.subarray(at, at + part.byteLength),
      );
      at += part.byteLength;
    }
    let length = this.slots.length;
    while (length * LOAD < reserved + 64 * CHUNK) length *= 2;
    this.#emptySlots(length);
    this.#setLimit();
    this.fill();
  }
}
