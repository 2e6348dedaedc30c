// What the workers of a stress run share beside the controller: a barrier, a clock, and for each worker the record of its operations.

import { Stuck } from '../../../impl/concurrent/index.ts';
import { actions, type Move, moveOf } from '../../../model/index.ts';
import type { Answer } from '../../view/answer.ts';
import type { Size } from '../../view/view.ts';
import type { Call } from '../linearize/history.ts';

/** One run: a fresh controller, `windows` times `each` operations a worker, with everybody at rest between two windows. */
export interface Plan {
  readonly size: Size;
  readonly workers: number;
  readonly windows: number;
  readonly each: number;
  readonly seed: number;
}

// The control words, each on a cache line of its own.
export const STOP = 0;
const ARRIVED = 16;
const ROUND = 32;
const CLOCK = 48;
const CONTROL = 64;

const names = actions.map(({ name }) => name);
const arity = new Map(actions.map(({ name, args }) => [name, args.length]));
const outcomes = ['ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH', 'EINVAL', 'ENOMEM'];

/** Words of one operation: when, what, the outcome, and room for every task and page as killed or reclaimed. */
const recordWords = ({ size }: Plan): number => 9 + size.tasks + size.pages;

/** The shared memory of a run, as plain data that can be posted to a worker. */
export interface Books {
  readonly control: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
  /** The controller's memory as it was at rest after each window. */
  readonly pictures: SharedArrayBuffer;
}

export function booksFor(plan: Plan, controllerWords: number): Books {
  const { records, pictures } = booksSize(plan, controllerWords);
  return {
    control: new SharedArrayBuffer(CONTROL * 4),
    records: new SharedArrayBuffer(records),
    pictures: new SharedArrayBuffer(pictures),
  };
}

/** In bytes. */
export function booksSize(plan: Plan, controllerWords: number): { records: number; pictures: number } {
  const { workers, windows, each } = plan;
  return {
    records: workers * windows * each * recordWords(plan) * 4,
    pictures: windows * controllerWords * 4,
  };
}

/** The worker's pen. */
export class Recorder {
  readonly #plan: Plan;
  readonly #control: Int32Array;
  readonly #records: Int32Array;
  readonly #words: number;
  readonly #patience: number;

  constructor(plan: Plan, books: Books, patience: number) {
    this.#plan = plan;
    this.#control = new Int32Array(books.control);
    this.#records = new Int32Array(books.records);
    this.#words = recordWords(plan);
    this.#patience = patience;
  }

  #at(worker: number, window: number, n: number): number {
    const { windows, each } = this.#plan;
    return ((worker * windows + window) * each + n) * this.#words;
  }

  /** Written before the operation begins, so that a worker that dies leaves it behind without a response. */
  invoke(worker: number, window: number, n: number, [name, ...args]: Move): void {
    const at = this.#at(worker, window, n);
    this.#records[at + 2] = names.indexOf(name);
    for (let i = 0; i < args.length; i++) this.#records[at + 3 + i] = Number(args[i]);
    this.#records[at] = Atomics.add(this.#control, CLOCK, 1) + 1;
  }

  respond(
    worker: number,
    window: number,
    n: number,
    code: number,
    killed: readonly number[],
    reclaimed: readonly number[],
  ): void {
    const responded = Atomics.add(this.#control, CLOCK, 1) + 1;
    const at = this.#at(worker, window, n);
    this.#records[at + 6] = code;
    this.#records[at + 7] = killed.length;
    this.#records[at + 8] = reclaimed.length;
    this.#records.set(killed, at + 9);
    this.#records.set(reclaimed, at + 9 + killed.length);
    this.#records[at + 1] = responded;
  }

  get isStopped(): boolean {
    return Atomics.load(this.#control, STOP) !== 0;
  }

  stop(): void {
    Atomics.store(this.#control, STOP, 1);
    Atomics.add(this.#control, ROUND, 1);
    Atomics.notify(this.#control, ROUND);
  }

  /** Waits for all workers. False: the run was stopped. @throws Stuck if they do not come within the patience. */
  meet(): boolean {
    const c = this.#control;
    const round = Atomics.load(c, ROUND);
    if (Atomics.add(c, ARRIVED, 1) === this.#plan.workers - 1) {
      Atomics.store(c, ARRIVED, 0);
      Atomics.add(c, ROUND, 1);
      Atomics.notify(c, ROUND);
      return !this.isStopped;
    }
    // Worth spinning: who sleeps here wakes up when the others have finished, and nothing overlaps.
    for (let i = 0; i < 20_000; i++) if (Atomics.load(c, ROUND) !== round) return !this.isStopped;
    while (Atomics.load(c, ROUND) === round) {
      if (Atomics.wait(c, ROUND, round, this.#patience) === 'timed-out')
        throw new Stuck(`the other workers did not come within ${this.#patience} ms`);
    }
    return !this.isStopped;
  }

  /** The finished operations of a window, by all workers. */
  window(window: number): Call<Move, Answer>[] {
    const calls: Call<Move, Answer>[] = [];
    for (let worker = 0; worker < this.#plan.workers; worker++) {
      for (let n = 0; n < this.#plan.each; n++) {
        const at = this.#at(worker, window, n);
        if (this.#records[at + 1] > 0) calls.push(this.#call(worker, at));
      }
    }
    return calls;
  }

  #call(worker: number, at: number): Call<Move, Answer> {
    const r = this.#records;
    const ids = at + 9;
    const middle = ids + r[at + 7];
    return {
      thread: worker,
      input: this.#move(at),
      output: {
        outcome: outcomes[r[at + 6]] ?? `outcome ${r[at + 6]}`,
        killed: [...r.subarray(ids, middle)],
        reclaimed: [...r.subarray(middle, middle + r[at + 8])],
      },
      invoked: r[at],
      responded: r[at + 1],
    };
  }

  #move(at: number): Move {
    const name = names[this.#records[at + 2]];
    return moveOf(name, [...this.#records.subarray(at + 3, at + 3 + (arity.get(name) as number))]);
  }

  /** The last operation of a worker, and whether it came to its end; null if it never began one. */
  last(worker: number): { readonly window: number; readonly move: Move; readonly ended: boolean } | null {
    for (let window = this.#plan.windows - 1; window >= 0; window--) {
      for (let n = this.#plan.each - 1; n >= 0; n--) {
        const at = this.#at(worker, window, n);
        if (this.#records[at] > 0) return { window, move: this.#move(at), ended: this.#records[at + 1] > 0 };
      }
    }
    return null;
  }
}
