// What a subject remembers, read off its objects: a key by which two memories are one, and a snapshot that can be put back.
// Sees every field of an object, the items of arrays, maps, sets and typed arrays; not `#private` names, nor what a closure or a module keeps.

import { type Fields, hasShape, type Shape, shapeOf } from './shape.ts';

type Typed = Int32Array | Uint8Array | Float64Array | BigUint64Array;

/** The array in words of 32 bits; bytes that do not fill words stay bytes. */
const wordsOf = (array: Typed): Int32Array | Uint8Array =>
  array instanceof Int32Array || array.byteLength % 4 !== 0 || array.byteOffset % 4 !== 0
    ? (array as Int32Array | Uint8Array)
    : new Int32Array(array.buffer, array.byteOffset, array.byteLength >>> 2);

/** Two 32-bit hashes of everything reachable from `root`. */
export const memoryKey = (root: object): string => shared.of(root).text;

/** Hashes memories, one after the other: after each `a` and `b` are its hashes. */
export class Hash {
  a = 0;
  b = 0;
  /** Nothing but plain data: what two of them show is equal if they are. */
  isPlain = true;
  readonly #seen: object[] = [];
  /** Where a bigint is written out in digits it is slow. */
  readonly #digits = new Map<bigint, string>();

  of(root: unknown): this {
    this.a = 0x9e3779b9 | 0;
    this.b = 0x85ebca6b | 0;
    this.isPlain = true;
    this.#seen.length = 0;
    this.value(root);
    return this;
  }

  get text(): string {
    return `${this.a >>> 0}.${this.b >>> 0}`;
  }

  add(word: number): void {
    const { a, b } = this;
    this.a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15);
    this.b = (Math.imul(b, 0x2c1b3c6d) + word) ^ (b >>> 13);
  }

  value(value: unknown): void {
    if (typeof value === 'number') {
      if ((value | 0) === value) this.add(value);
      else this.#rare(value);
    } else if (typeof value === 'object') {
      if (value === null) this.#mark(0x7003);
      else if (ArrayBuffer.isView(value)) this.#view(value as Typed);
      else this.#object(value);
    } else if (typeof value === 'string') this.#string(value);
    else this.#rare(value);
  }

  #rare(value: unknown): void {
    if (typeof value === 'function' || typeof value === 'symbol') this.isPlain = false;
    if (typeof value === 'function') return;
    this.#mark(value === true ? 0x7001 : value === false ? 0x7002 : 0x7004);
    if (typeof value === 'boolean') return;
    if (typeof value === 'bigint') this.#bigint(value);
    else this.#string(String(value));
  }

  /** What is not a number but says what comes next: no number goes for it. */
  #mark(word: number): void {
    this.add(word);
    this.a = (this.a + 0x5bd1e995) | 0;
    this.b ^= 0x27d4eb2f;
  }

  #bigint(value: bigint): void {
    let digits = this.#digits.get(value);
    if (digits === undefined) this.#digits.set(value, (digits = String(value)));
    this.#string(digits);
  }

  #string(text: string): void {
    this.#mark(text.length | 0x100000);
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
  }

  #object(value: object): void {
    if (this.#isKnown(value)) return;
    if (Array.isArray(value)) {
      this.#mark(value.length | 0x300000);
      for (let i = 0; i < value.length; i++) this.value(value[i]);
    } else if (value instanceof Map || value instanceof Set) {
      this.#mark(value.size | 0x400000);
      if (value.size > 0) this.#entries(value);
    } else {
      const proto = Object.getPrototypeOf(value);
      if (proto !== Object.prototype && proto !== null) this.isPlain = false;
      this.#mark(0x600000);
      shapeOf(value).hash(value as Fields, this);
    }
  }

  #entries(table: Map<unknown, unknown> | Set<unknown>): void {
    for (const [key, item] of table.entries()) {
      this.value(key);
      this.value(item);
    }
  }

  /** Was this object, or this buffer, gone through before? Then it is named by its number. */
  #isKnown(value: object): boolean {
    const known = this.#seen.indexOf(value);
    if (known >= 0) this.#mark(known | 0x200000);
    else this.#seen.push(value);
    return known >= 0;
  }

  #view(array: Typed): void {
    this.#mark(array.length | 0x700000);
    // Two views of one buffer are one memory.
    if (isWhole(array) && this.#isKnown(array.buffer)) return;
    if (array instanceof Int32Array) this.#words(array);
    else this.#others(wordsOf(array));
  }

  #words(words: Int32Array): void {
    let { a, b } = this;
    for (let i = 0; i < words.length; i++) {
      a = Math.imul(a ^ words[i], 0x01000193) ^ (a >>> 15);
      b = (Math.imul(b, 0x2c1b3c6d) + words[i]) ^ (b >>> 13);
    }
    this.a = a;
    this.b = b;
  }

  /** Apart from the words, so that V8 knows which of them it reads. */
  #others(parts: Int32Array | Uint8Array): void {
    for (let i = 0; i < parts.length; i++) this.add(parts[i]);
  }
}

const shared = new Hash();

/** A memory as it was when the snapshot was taken. */
export interface Snapshot {
  /** Puts everything back; as often as is wanted. */
  put(): void;
  /** Is everything as it was? */
  holds(): boolean;
}

export function snapshot(root: object): Snapshot {
  const parts: Snapshot[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    // Two views of one buffer are one memory.
    const what = ArrayBuffer.isView(value) && isWhole(value) ? value.buffer : value;
    if (seen.has(what)) return;
    seen.add(what);
    parts.push(keep(value, visit));
  };
  visit(root);
  return new Whole(parts);
}

const isWhole = (view: ArrayBufferView): boolean => view.byteLength === view.buffer.byteLength;

class Whole implements Snapshot {
  readonly #parts: readonly Snapshot[];

  constructor(parts: readonly Snapshot[]) {
    this.#parts = parts;
  }

  put(): void {
    for (const part of this.#parts) part.put();
  }

  holds(): boolean {
    for (const part of this.#parts) if (!part.holds()) return false;
    return true;
  }
}

type Visit = (part: unknown) => void;

function keep(value: object, visit: Visit): Snapshot {
  if (ArrayBuffer.isView(value)) return new Words(value as Typed);
  if (Array.isArray(value)) return new List(value, visit);
  if (value instanceof Map || value instanceof Set) return new Table(value, visit);
  return new Record(value as Fields, visit);
}

const SHORT = 24;

class Words implements Snapshot {
  readonly #words: Int32Array | Uint8Array;
  readonly #copy: Int32Array | Uint8Array;

  constructor(array: Typed) {
    this.#words = wordsOf(array);
    this.#copy = this.#words.slice();
  }

  put(): void {
    const words = this.#words;
    const copy = this.#copy;
    // A call costs as much as a few words.
    if (copy.length > SHORT) words.set(copy);
    else for (let i = 0; i < copy.length; i++) words[i] = copy[i];
  }

  holds(): boolean {
    const words = this.#words;
    const copy = this.#copy;
    for (let i = 0; i < copy.length; i++) if (words[i] !== copy[i]) return false;
    return true;
  }
}

class List implements Snapshot {
  readonly #list: unknown[];
  readonly #copy: readonly unknown[];

  constructor(list: unknown[], visit: Visit) {
    this.#list = list;
    this.#copy = [...list];
    this.#copy.forEach(visit);
  }

  put(): void {
    if (this.holds()) return;
    this.#list.length = 0;
    for (const item of this.#copy) this.#list.push(item);
  }

  holds(): boolean {
    if (this.#list.length !== this.#copy.length) return false;
    for (let i = 0; i < this.#copy.length; i++) if (this.#list[i] !== this.#copy[i]) return false;
    return true;
  }
}

class Table implements Snapshot {
  readonly #table: Map<unknown, unknown> | Set<unknown>;
  readonly #entries: readonly (readonly [unknown, unknown])[];

  constructor(table: Map<unknown, unknown> | Set<unknown>, visit: Visit) {
    this.#table = table;
    this.#entries = [...table.entries()];
    for (const [key, item] of this.#entries) {
      visit(key);
      visit(item);
    }
  }

  put(): void {
    const table = this.#table;
    if (this.holds()) return;
    table.clear();
    for (const [key, item] of this.#entries) {
      if (table instanceof Map) table.set(key, item);
      else table.add(key);
    }
  }

  /** The same entries in the same order. */
  holds(): boolean {
    if (this.#table.size !== this.#entries.length) return false;
    if (this.#entries.length === 0) return true;
    let i = 0;
    for (const [key, item] of this.#table.entries()) {
      if (this.#entries[i][0] !== key || this.#entries[i][1] !== item) return false;
      i++;
    }
    return true;
  }
}

class Record implements Snapshot {
  readonly #object: Fields;
  readonly #shape: Shape;
  readonly #values: readonly unknown[];

  constructor(object: Fields, visit: Visit) {
    this.#object = object;
    this.#shape = shapeOf(object);
    this.#values = this.#shape.read(object);
    for (const value of this.#values) if (typeof value === 'object') visit(value);
  }

  put(): void {
    const object = this.#object;
    this.#shape.write(object, this.#values);
    if (hasShape(object, this.#shape)) return;
    for (const key of Object.keys(object)) if (!this.#shape.keys.includes(key)) delete object[key];
  }

  holds(): boolean {
    return this.#shape.same(this.#object, this.#values) && hasShape(this.#object, this.#shape);
  }
}
