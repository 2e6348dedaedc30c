// What the last operation did, in order: a list of ids that is emptied and filled again millions of times without a new array.

export class Journal implements Iterable<number> {
  /** How many there are, then they. */
  words = new Int32Array(16);

  get length(): number {
    return this.words[0];
  }

  at(index: number): number | undefined {
    return index >= 0 && index < this.length ? this.words[index + 1] : undefined;
  }

  push(id: number): void {
    if (this.words[0] + 1 === this.words.length) this.grow();
    const w = this.words;
    w[++w[0]] = id;
  }

  private grow(): void {
    const wider = new Int32Array(this.words.length * 2);
    wider.set(this.words);
    this.words = wider;
  }

  clear(): void {
    this.words[0] = 0;
  }

  /** A copy that stays when the next operation begins. */
  toArray(): number[] {
    const ids: number[] = [];
    for (let i = 1; i <= this.words[0]; i++) ids.push(this.words[i]);
    return ids;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.words.subarray(1, this.length + 1)[Symbol.iterator]();
  }
}
