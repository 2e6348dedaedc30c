// What a subject remembers, read off its objects: a key by which two memories are one, and a snapshot that can be put back.
// Sees every field of an object, the items of arrays, maps, sets and typed arrays; not `#private` names, nor what a closure or a module keeps.

type Typed = Int32Array | Uint8Array | Float64Array | BigUint64Array;

/** The array in words of 32 bits; bytes that do not fill words stay bytes. */
const wordsOf = (array: Typed): Int32Array | Uint8Array =>
  array instanceof Int32Array || array.byteLength % 4 !== 0 || array.byteOffset % 4 !== 0
    ? (array as Int32Array | Uint8Array)
    : new Int32Array(array.buffer, array.byteOffset, array.byteLength >>> 2);

/** Two 32-bit hashes of everything reachable from `root`. */
export function memoryKey(root: object): string {
  const hash = new Hash();
  hash.value(root);
  return hash.text;
}

class Hash {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;
  readonly #seen: object[] = [];

  get text(): string {
    return `${this.#a >>> 0}.${this.#b >>> 0}`;
  }

  #add(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193) ^ (this.#a >>> 15);
    this.#b = (Math.imul(this.#b, 0x2c1b3c6d) + word) ^ (this.#b >>> 13);
  }

  value(value: unknown): void {
    if (typeof value === 'number') {
      if ((value | 0) === value) this.#add(value);
      else this.#string(String(value));
    } else if (typeof value === 'object') {
      if (value === null) this.#add(0x7003);
      else if (ArrayBuffer.isView(value)) this.#words(value as Typed);
      else this.#object(value);
    } else if (typeof value === 'string') this.#string(value);
    else if (typeof value !== 'function') this.#string(String(value));
  }

  #string(text: string): void {
    this.#add(text.length | 0x100000);
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  #object(value: object): void {
    const known = this.#seen.indexOf(value);
    if (known >= 0) {
      this.#add(known | 0x200000);
      return;
    }
    this.#seen.push(value);
    if (Array.isArray(value)) {
      this.#add(value.length | 0x300000);
      for (const item of value) this.value(item);
    } else if (value instanceof Map || value instanceof Set) {
      this.#add(value.size | 0x400000);
      for (const [key, item] of value.entries()) {
        this.value(key);
        this.value(item);
      }
    } else {
      this.#add(0x600000);
      for (const key in value) this.value((value as Record<string, unknown>)[key]);
    }
  }

  #words(array: Typed): void {
    this.#add(array.length | 0x700000);
    const words = wordsOf(array);
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      a = Math.imul(a ^ words[i], 0x01000193) ^ (a >>> 15);
      b = (Math.imul(b, 0x2c1b3c6d) + words[i]) ^ (b >>> 13);
    }
    this.#a = a;
    this.#b = b;
  }
}

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
  return new Fields(value as Record<string, unknown>, visit);
}

class Words implements Snapshot {
  readonly #words: Int32Array | Uint8Array;
  readonly #copy: Int32Array | Uint8Array;

  constructor(array: Typed) {
    this.#words = wordsOf(array);
    this.#copy = this.#words.slice();
  }

  put(): void {
    this.#words.set(this.#copy);
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

class Fields implements Snapshot {
  readonly #object: Record<string, unknown>;
  readonly #keys: readonly string[];
  readonly #values: readonly unknown[];

  constructor(object: Record<string, unknown>, visit: Visit) {
    this.#object = object;
    this.#keys = Object.keys(object);
    this.#values = this.#keys.map((key) => object[key]);
    this.#values.forEach(visit);
  }

  put(): void {
    const object = this.#object;
    for (let i = 0; i < this.#keys.length; i++) {
      if (object[this.#keys[i]] !== this.#values[i]) object[this.#keys[i]] = this.#values[i];
    }
    if (this.#count === this.#keys.length) return;
    for (const key of Object.keys(object)) if (!this.#keys.includes(key)) delete object[key];
  }

  holds(): boolean {
    for (let i = 0; i < this.#keys.length; i++) {
      if (this.#object[this.#keys[i]] !== this.#values[i]) return false;
    }
    return this.#count === this.#keys.length;
  }

  get #count(): number {
    let count = 0;
    for (const _ in this.#object) count++;
    return count;
  }
}
