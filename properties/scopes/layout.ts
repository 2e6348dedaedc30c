// How a state of the controller is packed into words: which bits hold what, for any scope.

import type { Scope } from '../../model/index.ts';

/** A state as small numbers, one a field; the twins work on these, the table stores the words. */
export type Fields = Int32Array;

/** Where the groups of fields begin. A slot is a container's id, or `scope.containers` for the root. */
export interface Places {
  /** By container: 0 it does not exist, 1.. its limit + 1, `unlimited` if it has none. */
  readonly limit: number;
  /** By container, if they are nested: 0 it is under the root (or does not exist), else its parent's id + 1. */
  readonly parent: number;
  /** By task: 0 it does not exist, else its container's id + 1. */
  readonly container: number;
  /** By task: the pages it maps, and those it has pinned, a bit a page. */
  readonly maps: number;
  readonly pins: number;
  /** By slot: the pages it owns, a bit a page (contract). */
  readonly owned: number;
  /** By page: 0 on no list, else 1 + slot * 2 + (1 if active); its place from the head (LRU spec). */
  readonly list: number;
  readonly place: number;
  /** The referenced pages, a bit a page (LRU spec). */
  readonly referenced: number;
}

/** The most pages that a list kept in one number has room for. */
export const MOST_PAGES = 7;

export class Layout {
  readonly scope: Scope;
  readonly root: boolean;
  /** Containers may be within containers: the parent is part of identity. */
  readonly nested: boolean;
  /** The LRU lists are part of the state; otherwise only who owns a page. */
  readonly lists: boolean;
  readonly slots: number;
  readonly unlimited: number;
  readonly at: Places;
  /** Fields in all, and the words they are packed into. */
  readonly size: number;
  readonly width: number;
  readonly #word: Int32Array;
  readonly #shift: Int32Array;
  readonly #mask: Int32Array;

  constructor(scope: Scope, { root, nested, lists }: Pick<Layout, 'root' | 'nested' | 'lists'>) {
    const { containers, tasks, pages, limit } = scope;
    this.scope = scope;
    this.root = root;
    this.nested = nested;
    this.lists = lists;
    this.slots = containers + (root ? 1 : 0);
    this.unlimited = limit + 2;
    const bits: number[] = [];
    const group = (count: number, most: number): number => {
      const from = bits.length;
      for (let i = 0; i < count; i++) bits.push(bitsFor(most));
      return from;
    };
    const everyPage = 2 ** pages - 1;
    this.at = {
      limit: group(containers, this.unlimited),
      parent: group(nested ? containers : 0, containers),
      container: group(tasks, containers),
      maps: group(tasks, everyPage),
      pins: group(tasks, everyPage),
      owned: group(lists ? 0 : this.slots, everyPage),
      list: group(lists ? pages : 0, this.slots * 2),
      place: group(lists ? pages : 0, pages - 1),
      referenced: group(lists ? 1 : 0, everyPage),
    };
    this.size = bits.length;
    this.#word = new Int32Array(this.size);
    this.#shift = new Int32Array(this.size);
    this.#mask = Int32Array.from(bits, (n) => 2 ** n - 1);
    this.width = this.#place(bits);
  }

  /** A field never straddles two words. */
  #place(bits: readonly number[]): number {
    let word = 0;
    let shift = 0;
    bits.forEach((n, field) => {
      if (shift + n > 32) {
        word++;
        shift = 0;
      }
      this.#word[field] = word;
      this.#shift[field] = shift;
      shift += n;
    });
    return word + 1;
  }

  /** The bits of a word that hold some of `count` fields. */
  maskOf(from: number, count: number, word: number): number {
    let mask = 0;
    for (let i = from; i < from + count; i++)
      if (this.#word[i] === word) mask |= this.#mask[i] << this.#shift[i];
    return mask;
  }

  pack(fields: Fields, words: Uint32Array, at: number): void {
    if (this.width === 1) {
      let word = 0;
      for (let i = 0; i < this.size; i++) word |= fields[i] << this.#shift[i];
      words[at] = word;
      return;
    }
    for (let k = 0; k < this.width; k++) words[at + k] = 0;
    for (let i = 0; i < this.size; i++) words[at + this.#word[i]] |= fields[i] << this.#shift[i];
  }

  /** `out`: these words with one field changed. */
  put(words: Uint32Array, at: number, out: Uint32Array, field: number, value: number): void {
    for (let k = 0; k < this.width; k++) out[k] = words[at + k];
    const word = this.#word[field];
    const shift = this.#shift[field];
    out[word] = (out[word] & ~(this.#mask[field] << shift)) | (value << shift);
  }

  unpack(words: Uint32Array, at: number, fields: Fields): void {
    for (let i = 0; i < this.size; i++) {
      fields[i] = (words[at + this.#word[i]] >>> this.#shift[i]) & this.#mask[i];
    }
  }
}

const bitsFor = (most: number): number => (most <= 0 ? 0 : 32 - Math.clz32(most));
