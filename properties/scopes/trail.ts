// What a packed twin did in the step it emits, besides the words that it led to, and what it refused: what claims want to know.

import type { Errno, Outcome } from '../../model/index.ts';
import type { Fields } from './layout.ts';

export class Trail {
  /** The state that the step led to, as fields and as words; to be read while it is emitted. */
  next: Fields;
  words: Uint32Array = new Uint32Array(0);
  outcome: Outcome = 'ok';
  /** In the order in which it happened. */
  readonly killed: number[] = [];
  readonly reclaimed: number[] = [];
  /** By slot: refusals and reclaims that were counted; `counted` says whether there may be any. */
  readonly failcnt: Int32Array;
  readonly reclaims: Int32Array;
  counted = false;
  /** How many moves were refused in this state, which, and why; kept only if somebody wants to know. */
  refusals = 0;
  readonly refusedMoves: number[] = [];
  readonly errnos: Errno[] = [];
  keepsRefusals = false;

  constructor(fields: Fields, slots: number) {
    this.next = fields;
    this.failcnt = new Int32Array(slots);
    this.reclaims = new Int32Array(slots);
  }

  /** The steps of another state come next; their words will be written to `words`. */
  beginState(words: Uint32Array): void {
    this.words = words;
    this.refusals = 0;
    this.begin();
  }

  /** Another step begins. */
  begin(): void {
    this.outcome = 'ok';
    if (this.killed.length > 0) this.killed.length = 0;
    if (this.reclaimed.length > 0) this.reclaimed.length = 0;
    if (!this.counted) return;
    this.counted = false;
    this.failcnt.fill(0);
    this.reclaims.fill(0);
  }

  /** A charge was refused. */
  count(slot: number): void {
    this.counted = true;
    this.failcnt[slot]++;
  }

  refuse(move: number, errno: Errno): void {
    this.refusedMoves[this.refusals] = move;
    this.errnos[this.refusals++] = errno;
  }
}
