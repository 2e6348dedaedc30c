// Where a controller's words lie: in arrays of their own while they are few, then in a memory that compiled code works on too.

import { code, MOST_BYTES, memoryFor, type Shared } from './compiled.ts';
import { SHIFT, wordsFor } from './tables.ts';

/** An instance costs 50 us and a range of addresses: a table of fewer pages does not earn that back. */
const COMPILED_FROM = 1024;

export class Room {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly tasks: Int32Array;
  /** For the pages that an operation reclaims and the tasks that it kills, each at most once; null: the journals keep their own. */
  readonly reclaimed: Int32Array | null = null;
  readonly killed: Int32Array | null = null;
  /** What compiled code needs to know; null if there is none. */
  readonly shared: Shared | null = null;

  /** `compiled`: whether code is wanted; by size, if nobody says. */
  constructor(pages: number, slots: number, tasks: number, compiled = pages >= COMPILED_FROM) {
    const words = wordsFor(pages, slots);
    const taskWords = tasks << SHIFT.RECORD;
    const killed = words + taskWords;
    const reclaimed = killed + tasks + 1;
    const bytes = (reclaimed + pages + 1) * 4;
    const module = compiled && bytes <= MOST_BYTES ? code() : null;
    if (module) {
      const memory = memoryFor(bytes);
      const part = (from: number, to: number) => new Int32Array(memory.buffer, from * 4, to - from);
      this.words = part(0, words);
      this.tasks = part(words, killed);
      this.killed = part(killed, reclaimed);
      this.reclaimed = part(reclaimed, reclaimed + pages + 1);
      this.shared = { module, memory, at: { words, taskWords, killed, reclaimed, pages } };
    } else {
      this.words = new Int32Array(words);
      this.tasks = new Int32Array(taskWords);
    }
    this.doubles = new Float64Array(this.words.buffer, 0, words >> 1);
  }
}
