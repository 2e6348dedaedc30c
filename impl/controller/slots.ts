// A set of slots that is walked in ascending order, and what an inner container of a tree keeps of them.

import type { Slot } from './tables.ts';

const NONE = -1;

/** A set of slots in ascending order: bits, and above each word of bits a bit that says whether it has any. */
export class Slots {
  readonly levels: Int32Array[] = [new Int32Array(1)];

  /** Puts a slot in, or takes it out. O(log n). */
  put(slot: Slot, present: boolean): void {
    while (slot >= this.levels[0].length << 5) this.grow();
    for (let at = slot as number, level = 0; level < this.levels.length; at >>>= 5, level++) {
      const words = this.levels[level];
      if (present) words[at >>> 5] |= 1 << (at & 31);
      else words[at >>> 5] &= ~(1 << (at & 31));
      if (!present && words[at >>> 5] !== 0) return;
    }
  }

  has(slot: Slot): boolean {
    return this.from(slot) === slot;
  }

  /** How many there are, counted. */
  get size(): number {
    let n = 0;
    for (let slot = this.from(0); slot !== NONE; slot = this.from(slot + 1)) n++;
    return n;
  }

  /** Room for 32 times as many. Each level is a thirty-second of the one below it; the topmost is one word. */
  private grow(): void {
    const [bits] = this.levels;
    const slots: Slot[] = [];
    for (let slot = this.from(0); slot !== NONE; slot = this.from(slot + 1)) slots.push(slot);
    this.levels.length = 0;
    for (let words = bits.length << 5; ; words >>>= 5) {
      this.levels.push(new Int32Array(words));
      if (words === 1) break;
    }
    for (const slot of slots) this.put(slot, true);
  }

  /** The lowest slot of the set that is at least so high; NONE if there is none. O(log n). */
  from(slot: Slot): Slot {
    const { levels } = this;
    let at = slot as number;
    for (let level = 0; level < levels.length; level++) {
      const word = at >>> 5 < levels[level].length ? levels[level][at >>> 5] & (-1 << (at & 31)) : 0;
      if (word !== 0) {
        at = (at & ~31) | ctz(word);
        while (level-- > 0) at = (at << 5) | ctz(levels[level][at]);
        return at;
      }
      at = (at >>> 5) + 1;
    }
    return NONE;
  }
}

/** The place of the lowest bit. */
const ctz = (word: number): number => 31 - Math.clz32(word & -word);

/** What an inner container knows of its subtree, itself included: who holds a page, who holds a task. */
export interface Below {
  readonly holders: Slots;
  readonly homes: Slots;
}
