// Data races: two accesses to a word, one of them plain and one of them a write, that no chain of atomic operations puts in an order.
//
// Without one, a program of plain and atomic accesses behaves as if memory were sequentially consistent (ECMA-262, "Data Race Freedom"):
// so to stop at atomic operations only, as the scheduler does, hides nothing. Vector clocks, as in FastTrack (Flanagan and Freund, 2009).

import type { Watch } from './gates.ts';

/** What an access was: two bits. */
const WRITES = 1;
const PLAIN = 2;
const KINDS = 4;

/** Follows one execution. */
export class DataRaces implements Watch {
  readonly #threads: number;
  /** What each thread knows of each other's time. */
  readonly #clocks: Int32Array;
  /** What a word has been told by the atomic operations on it. */
  readonly #told: Int32Array;
  /** When each thread last accessed each word, in each of the four ways. */
  readonly #last: Int32Array;
  /** The first race, in words, or null. */
  found: { at: number; what: string } | null = null;
  /** Who does what is heard of. */
  thread = 0;

  constructor(threads: number, words: number) {
    this.#threads = threads;
    this.#clocks = new Int32Array(threads * threads);
    this.#told = new Int32Array(words * threads);
    this.#last = new Int32Array(words * threads * KINDS);
  }

  start(): void {
    this.#clocks.fill(0);
    for (let t = 0; t < this.#threads; t++) this.#clocks[t * this.#threads + t] = 1;
    this.#told.fill(0);
    this.#last.fill(0);
    this.found = null;
  }

  /** Who reads a word learns what it was told; who writes it tells what he knows, in place of what was told before. */
  atomic(at: number, reads: boolean, writes: boolean): void {
    const n = this.#threads;
    const t = this.thread;
    this.#access(at, writes ? WRITES : 0);
    for (let u = 0; u < n; u++) {
      if (reads) this.#clocks[t * n + u] = Math.max(this.#clocks[t * n + u], this.#told[at * n + u]);
      if (writes) this.#told[at * n + u] = this.#clocks[t * n + u];
    }
    if (writes) this.#clocks[t * n + t]++;
  }

  plain(at: number, writes: boolean): void {
    this.#access(at, PLAIN | (writes ? WRITES : 0));
  }

  #access(at: number, code: number): void {
    const n = this.#threads;
    const t = this.thread;
    for (let u = 0; u < n && this.found === null; u++) {
      if (u === t) continue;
      for (let other = 0; other < KINDS; other++) {
        if (((code | other) & PLAIN) === 0 || ((code | other) & WRITES) === 0) continue;
        if (this.#last[(at * n + u) * KINDS + other] <= this.#clocks[t * n + u]) continue;
        this.found = { at, what: `${saying(other)} by thread ${u}, ${saying(code)} by thread ${t}` };
        break;
      }
    }
    this.#last[(at * n + t) * KINDS + code] = this.#clocks[t * n + t];
  }
}

const saying = (code: number): string =>
  `${code & PLAIN ? 'plain' : 'atomic'} ${code & WRITES ? 'write' : 'read'}`;
