// What was met, by two hashes of 32 bits: a table without texts, for searches that ask it a million times.

/** Two 32-bit hashes: what is equal in both is taken for one. */
export interface Key {
  readonly a: number;
  readonly b: number;
}

export class Met<T> {
  #room = 1024;
  /** By place: the two hashes, and the item's number + 1. */
  #table = new Int32Array(this.#room * 3);
  readonly #items: T[] = [];

  get({ a, b }: Key): T | undefined {
    const item = this.#table[this.#place(a, b) + 2];
    return item === 0 ? undefined : this.#items[item - 1];
  }

  /** Notes what was not met before. */
  add({ a, b }: Key, item: T): void {
    if (this.#items.length * 2 > this.#room) this.#grow();
    this.#items.push(item);
    this.#write(a, b, this.#items.length);
  }

  #write(a: number, b: number, item: number): void {
    const at = this.#place(a, b);
    this.#table[at] = a;
    this.#table[at + 1] = b;
    this.#table[at + 2] = item;
  }

  /** Where the key is, or would be. */
  #place(a: number, b: number): number {
    const table = this.#table;
    const last = this.#room - 1;
    for (let i = (a ^ (b >>> 7)) & last; ; i = (i + 1) & last) {
      const at = i * 3;
      if (table[at + 2] === 0 || (table[at] === a && table[at + 1] === b)) return at;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#room *= 2;
    this.#table = new Int32Array(this.#room * 3);
    for (let at = 0; at < old.length; at += 3)
      if (old[at + 2] !== 0) this.#write(old[at], old[at + 1], old[at + 2]);
  }
}
