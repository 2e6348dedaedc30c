// The other door to the shared memory: takes the place of impl/concurrent/atomics.ts in the stepping form, and stops before every atomic operation.

export type Words = Int32Array;

/** What a thread is about to do, as one number: the kind in the high bits, the word's place in the low ones. */
export const PLACE_BITS = 20;
export const PLACE = (1 << PLACE_BITS) - 1;
export const kinds = [
  'load',
  'store',
  'add',
  'or',
  'and',
  'swap',
  'cas',
  'wait',
  'notify',
  'sleep',
  'wake',
] as const;
const [LOAD, STORE, ADD, OR, AND, SWAP, CAS, WAIT, NOTIFY, SLEEP, WAKE] = kinds.map(
  (_, i) => i << PLACE_BITS,
) as [number, number, number, number, number, number, number, number, number, number, number];

/** Not operations but news for the scheduler: the thread has gone to sleep on a word; sleepers on a word are to be woken. */
export { SLEEP, WAKE };
export const news = { count: 0 };

/** Who wants to hear of every access as it happens, plain ones among them, which are no stops: the search for data races. */
export interface Watch {
  plain(at: number, writes: boolean): void;
  atomic(at: number, reads: boolean, writes: boolean): void;
}
export const watch: { by: Watch | null } = { by: null };

type Step<T> = Generator<number, T, void>;

export function* load(m: Words, at: number): Step<number> {
  yield LOAD | at;
  watch.by?.atomic(at, true, false);
  return m[at] as number;
}

export function* store(m: Words, at: number, value: number): Step<void> {
  yield STORE | at;
  watch.by?.atomic(at, false, true);
  m[at] = value;
}

export function* add(m: Words, at: number, n: number): Step<number> {
  yield ADD | at;
  watch.by?.atomic(at, true, true);
  const before = m[at] as number;
  m[at] = before + n;
  return before;
}

export function* or(m: Words, at: number, bits: number): Step<number> {
  yield OR | at;
  watch.by?.atomic(at, true, true);
  const before = m[at] as number;
  m[at] = before | bits;
  return before;
}

export function* and(m: Words, at: number, bits: number): Step<number> {
  yield AND | at;
  watch.by?.atomic(at, true, true);
  const before = m[at] as number;
  m[at] = before & bits;
  return before;
}

export function* swap(m: Words, at: number, value: number): Step<number> {
  yield SWAP | at;
  watch.by?.atomic(at, true, true);
  const before = m[at] as number;
  m[at] = value;
  return before;
}

export function* cas(m: Words, at: number, expected: number, value: number): Step<number> {
  yield CAS | at;
  const before = m[at] as number;
  watch.by?.atomic(at, true, before === expected);
  if (before === expected) m[at] = value;
  return before;
}

/** Time does not pass here: a sleep ends only when somebody ends it. If nobody ever does, all threads are asleep, and that is a deadlock. */
export function* wait(m: Words, at: number, expected: number, _ms: number): Step<boolean> {
  yield WAIT | at;
  watch.by?.atomic(at, true, false);
  if (m[at] === expected) yield SLEEP | at;
  return true;
}

export function* notify(_m: Words, at: number, count: number): Step<void> {
  yield NOTIFY | at;
  news.count = count;
  yield WAKE | at;
}

export const peek = (m: Words, at: number): number => {
  watch.by?.plain(at, false);
  return m[at] as number;
};

export const poke = (m: Words, at: number, value: number): void => {
  watch.by?.plain(at, true);
  m[at] = value;
};
