// The one door to the shared memory. The controlled scheduler runs the same controller behind another door, which stops at each of these.

export type Words = Int32Array;

// Atomic operations: sequentially consistent, each a point where another thread may come in between.

export function load(m: Words, at: number): number {
  return Atomics.load(m, at);
}

export function store(m: Words, at: number, value: number): void {
  Atomics.store(m, at, value);
}

/** Returns the value before, as do all that follow. */
export function add(m: Words, at: number, n: number): number {
  return Atomics.add(m, at, n);
}

export function or(m: Words, at: number, bits: number): number {
  return Atomics.or(m, at, bits);
}

export function and(m: Words, at: number, bits: number): number {
  return Atomics.and(m, at, bits);
}

export function swap(m: Words, at: number, value: number): number {
  return Atomics.exchange(m, at, value);
}

/** Writes `value` if the word is `expected`; returns the value before. */
export function cas(m: Words, at: number, expected: number, value: number): number {
  return Atomics.compareExchange(m, at, expected, value);
}

/** Sleeps until notified, unless the word is no longer `expected`. False: nothing happened for `ms` milliseconds. */
export function wait(m: Words, at: number, expected: number, ms: number): boolean {
  return Atomics.wait(m, at, expected, ms) !== 'timed-out';
}

export function notify(m: Words, at: number, count: number): void {
  Atomics.notify(m, at, count);
}

// Plain accesses: only to words that a lock guards, by a thread that holds it.

export const peek = (m: Words, at: number): number => m[at] as number;

export const poke = (m: Words, at: number, value: number): void => {
  m[at] = value;
};
