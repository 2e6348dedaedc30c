// What a job has looked at: view states, paths through the specification's text, its branches, and what the states use. All sums and samples.

import * as Schema from '@effect/schema/Schema';
import type { ProfileName } from '../model/index.ts';
import type { Observation } from '../properties/claims/claim.ts';
import { type Instrumented, WatchedSpecification } from './branches.ts';
import { BEYOND, Hasher } from './hash.ts';
import { Collector, mergeSamples, noSample, SampleSchema } from './sample.ts';

const Count = Schema.Number;

export const CoverageSchema = Schema.Struct({
  runs: Count,
  /** Steps, and so states looked at, one by one. */
  steps: Count,
  /** View states as they are, and up to renaming of containers, tasks and pages. */
  views: SampleSchema,
  states: SampleSchema,
  /** Paths of a move through the specification: which branches, how often (once, twice, more). */
  paths: SampleSchema,
  /** By number of the branch (branches.ts): how often it was taken. */
  branches: Schema.Array(Count),
  /** By number of the arm (weights.ts): its runs and steps. */
  arms: Schema.Array(Schema.Tuple([Count, Count])),
  /** By class of what a state uses (hash.ts): steps that ended in one. */
  uses: Schema.Record(Schema.String, Count),
});

export type Coverage = typeof CoverageSchema.Type;

export const noCoverage: Coverage = {
  runs: 0,
  steps: 0,
  views: noSample,
  states: noSample,
  paths: noSample,
  branches: [],
  arms: [],
  uses: {},
};

/** Of other runs: commutative and associative, so that the order of jobs is nothing. That a job counts once is the store's business. */
export function mergeCoverage(all: readonly Coverage[]): Coverage {
  const sum = (of: (one: Coverage) => number) => all.reduce((total, one) => total + of(one), 0);
  const branches: number[] = [];
  const arms: [number, number][] = [];
  const uses: Record<string, number> = {};
  for (const one of all) {
    one.branches.forEach((count, i) => {
      branches[i] = (branches[i] ?? 0) + count;
    });
    one.arms.forEach(([runs, steps], i) => {
      const [r, s] = arms[i] ?? [0, 0];
      arms[i] = [r + runs, s + steps];
    });
    for (const [key, count] of Object.entries(one.uses)) uses[key] = (uses[key] ?? 0) + count;
  }
  return {
    runs: sum(({ runs }) => runs),
    steps: sum(({ steps }) => steps),
    views: mergeSamples(all.map(({ views }) => views)),
    states: mergeSamples(all.map(({ states }) => states)),
    paths: mergeSamples(all.map(({ paths }) => paths)),
    branches,
    arms,
    uses: Object.fromEntries(Object.entries(uses).sort(([x], [y]) => Number(x) - Number(y))),
  };
}

/** How much of the hashes the jobs of a plan keep: all of them together then hold a bounded number of entries, however many jobs. */
interface Levels {
  readonly states: number;
  readonly paths: number;
}

/** A run is 40 to 200 moves and its closing ones; a job of 500 runs takes about 1,000 paths. */
const STEPS_A_RUN = 140;
const PATHS_A_JOB = 1000;
const ENTRIES = 65_536;

const levelFor = (entries: number): number => Math.max(0, Math.ceil(Math.log2(entries / ENTRIES)));

export const levelsFor = (jobs: number, runsEach: number): Levels => ({
  states: levelFor(jobs * runsEach * STEPS_A_RUN),
  paths: levelFor((jobs * PATHS_A_JOB) / 4),
});

/** Watches the runs of a job. */
export class Watch {
  readonly spec: WatchedSpecification;
  readonly #hasher = new Hasher();
  readonly #views: Collector;
  readonly #states: Collector;
  readonly #paths: Collector;
  readonly #uses = new Map<number, number>();
  readonly #arms: [runs: number, steps: number][] = [];
  #arm = 0;

  constructor(profile: ProfileName, instrumented: Instrumented, levels: Levels) {
    this.spec = new WatchedSpecification(profile, instrumented);
    this.#views = new Collector(levels.states);
    this.#states = new Collector(levels.states);
    this.#paths = new Collector(levels.paths);
  }

  nextRun(arm: number): void {
    while (this.#arms.length <= arm) this.#arms.push([0, 0]);
    this.#arms[arm][0]++;
    this.#arm = arm;
    for (const all of [this.#views, this.#states, this.#paths]) all.nextRun(arm);
  }

  readonly step = ({ after }: Observation): void => {
    const hasher = this.#hasher;
    hasher.look(after);
    this.#arms[this.#arm][1]++;
    this.#views.see(hasher.view, BEYOND);
    this.#states.see(hasher.orbit, hasher.uses);
    this.#paths.see(this.spec.path, BEYOND);
    this.#uses.set(hasher.uses, (this.#uses.get(hasher.uses) ?? 0) + 1);
  };

  /** What runBatch is given for runs of these arms. */
  batch(arms: readonly number[]): {
    spec: WatchedSpecification;
    watch(step: Observation, run: number): void;
  } {
    let at = -1;
    return {
      spec: this.spec,
      watch: (step, run) => {
        if (run !== at) this.nextRun(arms[(at = run)]);
        this.step(step);
      },
    };
  }

  coverage(): Coverage {
    const uses = [...this.#uses].sort(([x], [y]) => x - y);
    return {
      runs: this.#arms.reduce((sum, [runs]) => sum + runs, 0),
      steps: this.#arms.reduce((sum, [, steps]) => sum + steps, 0),
      views: this.#views.sample(),
      states: this.#states.sample(),
      paths: this.#paths.sample(),
      branches: [...this.spec.taken],
      arms: this.#arms.map(([runs, steps]) => [runs, steps]),
      uses: Object.fromEntries(uses.map(([key, count]) => [String(key), count])),
    };
  }
}
