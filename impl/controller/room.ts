// Where a controller's words lie: in arrays of their own while they are few, then in a memory that compiled code works on too.

import { type Shared, shared } from './compiled.ts';
import { SHIFT, wordsFor } from './tables.ts';

/** To make a compiled controller takes half a millisecond and a range of addresses: a smaller table does not earn that back. */
const COMPILED_FROM = 1024;

export class Room {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly tasks: Int32Array;
  /** For journals. Compiled code's have room for every task and page: an operation kills and reclaims each at most once. */
  readonly killed: Int32Array;
  readonly reclaimed: Int32Array;
  /** What compiled code works with; null: there is none. */
  readonly shared: Shared | null;

  /** `compiled`: whether code is wanted; by size, if nobody says. */
  constructor(pages: number, slots: number, tasks: number, compiled = pages >= COMPILED_FROM) {
    const words = wordsFor(pages, slots);
    const taskWords = tasks << SHIFT.RECORD;
    const killed = words + taskWords;
    const reclaimed = killed + tasks + 1;
    const end = reclaimed + pages + 1;
    this.shared = compiled ? shared(end * 4, { words, taskWords, killed, reclaimed, pages }) : null;
    if (this.shared) {
      const { buffer } = this.shared.memory;
      const part = (from: number, to: number) => new Int32Array(buffer, from * 4, to - from);
      this.words = part(0, words);
      this.tasks = part(words, killed);
      this.killed = part(killed, reclaimed);
      this.reclaimed = part(reclaimed, end);
    } else {
      this.words = new Int32Array(words);
      this.tasks = new Int32Array(taskWords);
      this.killed = new Int32Array(16);
      this.reclaimed = new Int32Array(16);
    }
    this.doubles = new Float64Array(this.words.buffer, 0, words >> 1);
  }
}
