// What a subject remembers, read off its objects: a key by which two memories are one, and a snapshot that can be put back.
// Sees every field of an object, the items of arrays, maps, sets and typed arrays; not `#private` names (properties/mutants/load.ts opens them),
// what a closure or a module keeps.

import type { Controller } from '../../impl/controller/index.ts';
import { ControllerSubject } from '../controller.ts';
import { seeThrough } from '../mutants/load.ts';
import type { Subject } from '../subject.ts';

/** The object in which a subject keeps all that it remembers; null if that cannot be seen. */
export function memoryOf(subject: Subject): Controller | null {
  if (!(subject instanceof ControllerSubject)) return null;
  const { controller } = subject;
  return seeThrough.has(controller.constructor) ? controller : null;
}

type Typed = Int32Array | Uint8Array | Float64Array | BigUint64Array;

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
    const words =
      array instanceof Int32Array || array instanceof Uint8Array
        ? array
        : new Int32Array(array.buffer, array.byteOffset, array.byteLength >>> 2);
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

/** Puts everything back as it was when the snapshot was taken; as often as is wanted. */
export type Restore = () => void;

export function snapshot(root: object): Restore {
  const puts: Restore[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    puts.push(keep(value, visit));
  };
  visit(root);
  return () => {
    for (const put of puts) put();
  };
}

function keep(value: object, visit: (part: unknown) => void): Restore {
  if (ArrayBuffer.isView(value)) {
    const array = value as Int32Array;
    const copy = array.slice();
    return () => array.set(copy);
  }
  if (Array.isArray(value)) {
    const copy = [...value];
    copy.forEach(visit);
    return () => {
      value.length = 0;
      for (const item of copy) value.push(item);
    };
  }
  if (value instanceof Map || value instanceof Set) return keepTable(value, visit);
  return keepFields(value as Record<string, unknown>, visit);
}

function keepTable(table: Map<unknown, unknown> | Set<unknown>, visit: (part: unknown) => void): Restore {
  const entries = [...table.entries()];
  for (const [key, item] of entries) {
    visit(key);
    visit(item);
  }
  return () => {
    if (table.size === 0 && entries.length === 0) return;
    table.clear();
    for (const [key, item] of entries) {
      if (table instanceof Map) table.set(key, item);
      else table.add(key);
    }
  };
}

function keepFields(object: Record<string, unknown>, visit: (part: unknown) => void): Restore {
  const keys = Object.keys(object);
  const values = keys.map((key) => object[key]);
  values.forEach(visit);
  return () => {
    for (let i = 0; i < keys.length; i++) if (object[keys[i]] !== values[i]) object[keys[i]] = values[i];
    for (const key of Object.keys(object)) if (!keys.includes(key)) delete object[key];
  };
}
