// What the last operation did, in order: a list of ids that is emptied and filled again millions of times without a new array.

export class Journal implements Iterable<number> {
  private ids = new Int32Array(16);
  private count = 0;

  get length(): number {
    return this.count;
  }

  at(index: number): number | undefined {
    return index >= 0 && index < this.count ? this.ids[index] : undefined;
  }

  push(id: number): void {
    if (this.count === this.ids.length) this.grow();
    this.ids[this.count++] = id;
  }

  private grow(): void {
    const wider = new Int32Array(this.count * 2);
    wider.set(this.ids);
    this.ids = wider;
  }

  clear(): void {
    this.count = 0;
  }

  /** A copy that stays when the next operation begins. */
  toArray(): number[] {
    return this.count === 0 ? [] : Array.from(this.ids.subarray(0, this.count));
  }

  [Symbol.iterator](): Iterator<number> {
    return this.ids.subarray(0, this.count)[Symbol.iterator]();
  }
}
