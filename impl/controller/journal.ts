// What the last operation did, in order: a list of ids that is emptied and filled again millions of times without a new array.

export class Journal implements Iterable<number> {
  #ids = new Int32Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number | undefined {
    return index >= 0 && index < this.#length ? this.#ids[index] : undefined;
  }

  push(id: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    this.#ids[this.#length++] = id;
  }

  #grow(): void {
    const wider = new Int32Array(this.#length * 2);
    wider.set(this.#ids);
    this.#ids = wider;
  }

  clear(): void {
    this.#length = 0;
  }

  /** A copy that stays when the next operation begins. */
  toArray(): number[] {
    return this.#length === 0 ? [] : Array.from(this.#ids.subarray(0, this.#length));
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#ids.subarray(0, this.#length)[Symbol.iterator]();
  }
}
