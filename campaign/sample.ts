// A sample of what was seen, by hash: the same part of all hashes in every job, so that samples merge in any order and counts stay exact.

import * as Schema from '@effect/schema/Schema';
import { HASH_BITS } from './hash.ts';

const Whole = Schema.Number.check(Schema.isInt());

/** One state that was seen: its hash, how often, in how many runs. */
const EntrySchema = Schema.Tuple([Whole, Whole, Whole]);

export const SampleSchema = Schema.Struct({
  /** Hashes below 2^(52 - level) are kept: one in 2^level. */
  level: Whole.check(Schema.isBetween({ minimum: 0, maximum: HASH_BITS })),
  /** By hash, ascending. */
  entries: Schema.Array(EntrySchema),
});

/** Plain data, in one order only: two samples of the same things are the same text. */
export type Sample = typeof SampleSchema.Type;

/** More entries than that are thinned out. */
const MOST_ENTRIES = 65_536;

export interface Seen {
  visits: number;
  runs: number;
}

/** What a sample is collected and merged in. */
export class Collector {
  level: number;
  readonly most: number;
  readonly #seen = new Map<number, Seen & { last: number }>();
  #below: number;
  #run = 0;

  constructor(level = 0, most = MOST_ENTRIES) {
    this.level = level;
    this.most = most;
    this.#below = 2 ** (HASH_BITS - level);
  }

  /** What is seen from now on belongs to a new run. */
  nextRun(): void {
    this.#run++;
  }

  see(hash: number): void {
    if (hash >= this.#below) return;
    const seen = this.#seen.get(hash);
    if (seen === undefined) {
      this.#seen.set(hash, { visits: 1, runs: 1, last: this.#run });
      if (this.#seen.size > this.most) this.#thin();
      return;
    }
    seen.visits++;
    if (seen.last === this.#run) return;
    seen.last = this.#run;
    seen.runs++;
  }

  /**
   * Adds a sample of other runs. The level in the end is the least at which all that was seen fits, whatever the order:
   * it rises only when the entries below it are too many, and then they are too many in every order. And an entry that is
   * kept at the end was below every level on the way, so that its counts are whole.
   */
  add({ level, entries }: Sample): void {
    if (level > this.level) this.#raise(level);
    for (const [hash, visits, runs] of entries) {
      if (hash >= this.#below) break;
      const seen = this.#seen.get(hash);
      if (seen === undefined) this.#seen.set(hash, { visits, runs, last: 0 });
      else {
        seen.visits += visits;
        seen.runs += runs;
      }
      if (this.#seen.size > this.most) this.#thin();
    }
  }

  get size(): number {
    return this.#seen.size;
  }

  sample(): Sample {
    const entries = [...this.#seen]
      .map(([hash, { visits, runs }]) => [hash, visits, runs] as const)
      .sort((x, y) => x[0] - y[0]);
    return { level: this.level, entries };
  }

  #raise(level: number): void {
    this.level = level;
    this.#below = 2 ** (HASH_BITS - level);
    for (const hash of this.#seen.keys()) if (hash >= this.#below) this.#seen.delete(hash);
  }

  #thin(): void {
    while (this.#seen.size > this.most) this.#raise(this.level + 1);
  }
}

export function mergeSamples(samples: Iterable<Sample>, most = MOST_ENTRIES): Sample {
  const all = new Collector(0, most);
  for (const sample of samples) all.add(sample);
  return all.sample();
}
