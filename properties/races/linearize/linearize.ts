// Is a history linearizable? Wing and Gong's search (1993) with Lowe's memoisation (2017): no set of finished operations meets a state twice.

import type { History, Linearizability, Sequential } from './history.ts';

export interface Bounds {
  /** Configurations (set of operations placed, state) to look at before the answer is `unknown`. */
  readonly visits?: number;
}

const DEFAULT_VISITS = 200_000;

/**
 * Looks for an order of the operations that respects real time (one that responded before another was invoked comes first) and that the
 * sequential object allows from `initial`. The verdict carries the order by index; a violation, the longest order that was still allowed.
 */
export function linearize<S, I, O>(
  history: History<I, O>,
  object: Sequential<S, I, O>,
  initial: S,
  { visits = DEFAULT_VISITS }: Bounds = {},
): Linearizability {
  const search = new Search(history, object, visits);
  return search.run(initial);
}

class Search<S, I, O> {
  readonly #history: History<I, O>;
  readonly #object: Sequential<S, I, O>;
  readonly #visits: number;
  /** The moments in order, each an index into the history: invocations as i, responses as -i - 1. A linked list, so that a placed operation leaves it. */
  readonly #next: Int32Array;
  readonly #prev: Int32Array;
  readonly #call: Int32Array;
  readonly #invocationAt: Int32Array;
  readonly #responseAt: Int32Array;
  readonly #placed: Uint32Array;
  readonly #seen = new Set<string>();

  constructor(history: History<I, O>, object: Sequential<S, I, O>, visits: number) {
    this.#history = history;
    this.#object = object;
    this.#visits = visits;
    const n = history.length;
    const moments = history.flatMap((call, i) => [
      { at: call.invoked, call: i },
      { at: call.responded, call: -i - 1 },
    ]);
    moments.sort((a, b) => a.at - b.at);
    this.#next = Int32Array.from({ length: 2 * n + 1 }, (_, i) => i + 1);
    this.#prev = Int32Array.from({ length: 2 * n + 2 }, (_, i) => i - 1);
    this.#call = new Int32Array(2 * n + 1);
    this.#invocationAt = new Int32Array(n);
    this.#responseAt = new Int32Array(n);
    for (const [i, { call }] of moments.entries()) {
      // Node 0 is the head of the list; the node behind the last is its end.
      this.#call[i + 1] = call;
      if (call >= 0) this.#invocationAt[call] = i + 1;
      else this.#responseAt[-call - 1] = i + 1;
    }
    this.#placed = new Uint32Array((n + 31) >>> 5);
  }

  run(initial: S): Linearizability {
    const end = 2 * this.#history.length + 1;
    const order: number[] = [];
    const states: S[] = [initial];
    let longest: number[] = [];
    let at = this.#next[0];
    for (;;) {
      if (at === end && order.length === this.#history.length && this.#isEnd(states[states.length - 1])) {
        return { verdict: 'holds', order, visited: this.#seen.size };
      }
      const i = at === end ? -1 : this.#call[at];
      if (i >= 0) {
        const state = this.#place(states[states.length - 1], i);
        if (state === undefined) at = this.#next[at];
        else {
          order.push(i);
          states.push(state);
          this.#leave(i);
          at = this.#next[0];
        }
        if (this.#seen.size > this.#visits) {
          const why = `no order found among the first ${this.#visits} configurations of ${this.#history.length} operations`;
          return { verdict: 'unknown', why, visited: this.#seen.size };
        }
        continue;
      }
      // A response whose operation is not placed, or the end in a wrong state: take the last placed operation back and go on behind it.
      if (order.length > longest.length) longest = [...order];
      const last = order.pop();
      if (last === undefined) return { verdict: 'violated', longest, visited: this.#seen.size };
      states.pop();
      this.#comeBack(last);
      at = this.#next[this.#invocationAt[last]];
    }
  }

  #isEnd(state: S): boolean {
    return this.#object.mayEnd?.(state) ?? true;
  }

  /** The state after operation i, if it may come next and this configuration is new. */
  #place(state: S, i: number): S | undefined {
    const { input, output } = this.#history[i];
    const after = this.#object.step(state, input, output);
    if (after === null) return undefined;
    this.#placed[i >>> 5] ^= 1 << (i & 31);
    const configuration = `${this.#placed.join()}:${this.#object.key(after)}`;
    this.#placed[i >>> 5] ^= 1 << (i & 31);
    if (this.#seen.has(configuration)) return undefined;
    this.#seen.add(configuration);
    return after;
  }

  #leave(i: number): void {
    this.#placed[i >>> 5] |= 1 << (i & 31);
    for (const at of [this.#invocationAt[i], this.#responseAt[i]]) {
      this.#next[this.#prev[at]] = this.#next[at];
      this.#prev[this.#next[at]] = this.#prev[at];
    }
  }

  /** In the opposite order of `leave`, so that the links fit again. */
  #comeBack(i: number): void {
    this.#placed[i >>> 5] &= ~(1 << (i & 31));
    for (const at of [this.#responseAt[i], this.#invocationAt[i]]) {
      this.#next[this.#prev[at]] = at;
      this.#prev[this.#next[at]] = at;
    }
  }
}
