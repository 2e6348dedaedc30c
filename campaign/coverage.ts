// What a job has looked at: distinct states, and branches of the specification's text. Sums and samples that merge in any order.

import * as Schema from '@effect/schema/Schema';
import type { ProfileName } from '../model/index.ts';
import type { Observation } from '../properties/claims/claim.ts';
import { type Instrumented, WatchedSpecification } from './branches.ts';
import { hashOf } from './hash.ts';
import { Collector, mergeSamples, SampleSchema } from './sample.ts';

const Count = Schema.Number;

export const CoverageSchema = Schema.Struct({
  runs: Count,
  /** Steps, and so states looked at, one by one. */
  steps: Count,
  states: SampleSchema,
  /** By number of the branch (branches.ts): how often it was taken. */
  branches: Schema.Array(Count),
});

export type Coverage = typeof CoverageSchema.Type;

/** Of other runs: commutative and associative, so that the order of jobs is nothing. That a job counts once is the store's business. */
export function mergeCoverage(all: readonly Coverage[]): Coverage {
  const sum = (of: (one: Coverage) => number) => all.reduce((total, one) => total + of(one), 0);
  const branches: number[] = [];
  for (const one of all) {
    one.branches.forEach((count, i) => {
      branches[i] = (branches[i] ?? 0) + count;
    });
  }
  return {
    runs: sum(({ runs }) => runs),
    steps: sum(({ steps }) => steps),
    states: mergeSamples(all.map(({ states }) => states)),
    branches,
  };
}

/** A run is 40 to 200 moves and its closing ones. */
const STEPS_A_RUN = 140;
const ENTRIES = 65_536;

/** How much of the hashes the jobs of a plan keep: all of them together then hold a bounded number of entries, however many runs. */
export const levelFor = (runs: number): number =>
  Math.max(0, Math.ceil(Math.log2((runs * STEPS_A_RUN) / ENTRIES)));

/** Watches the runs of a job. */
export class Watch {
  readonly spec: WatchedSpecification;
  readonly #states: Collector;
  #runs = 0;
  #steps = 0;

  constructor(profile: ProfileName, instrumented: Instrumented, level: number) {
    this.spec = new WatchedSpecification(profile, instrumented);
    this.#states = new Collector(level);
  }

  /** What runBatch is given. */
  batch(): { spec: WatchedSpecification; watch(step: Observation, run: number): void } {
    let at = -1;
    return {
      spec: this.spec,
      watch: ({ after }, run) => {
        if (run !== at) {
          at = run;
          this.#runs++;
          this.#states.nextRun();
        }
        this.#steps++;
        this.#states.see(hashOf(after));
      },
    };
  }

  coverage(): Coverage {
    return {
      runs: this.#runs,
      steps: this.#steps,
      states: this.#states.sample(),
      branches: this.spec.taken,
    };
  }
}
