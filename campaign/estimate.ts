// What a long hunt has looked at, and the one estimate of what it has not: how likely a step of one more run ends in a state that no run has seen.

import type { Coverage } from './coverage.ts';
import type { Sample } from './sample.ts';

/** A figure that a sample stands for, with twice its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** A scope that the checker has searched to its end. */
export interface ClosedScope {
  readonly model: string;
  readonly containers: number;
  readonly tasks: number;
  readonly pages: number;
  readonly limit: number;
  readonly states: number;
}

export interface Looked {
  readonly runs: number;
  readonly steps: number;
  readonly distinct: Estimate;
  /** The probability that a step of one more run, drawn as these were, ends in a state that no run has seen. */
  readonly unseen: Estimate;
  readonly branches: { readonly taken: number; readonly all: number; readonly never: readonly string[] };
  readonly closed: readonly ClosedScope[];
}

/**
 * Good and Turing over runs, not steps: the steps of a run follow from each other, runs are drawn independently. Leave one run
 * out: what only it has seen is what it would have added to the others. So the steps into states that one run alone has seen,
 * over all steps, are the share of its steps that end in a new one; exact in expectation for one run less.
 */
export function unseen({ level, entries }: Sample, steps: number): Estimate {
  if (steps === 0) return { value: 1, error: 0 };
  let [visits, squares] = [0, 0];
  for (const [, count, runs] of entries) {
    if (runs !== 1) continue;
    visits += count;
    squares += count * count;
  }
  const scale = 2 ** level;
  return { value: (visits * scale) / steps, error: (2 * Math.sqrt(squares) * scale) / steps };
}

/** Of a full sample a count; of one in 2^level, each entry was there by a chance of its own. */
export function distinct({ level, entries }: Sample): Estimate {
  const scale = 2 ** level;
  return { value: entries.length * scale, error: 2 * Math.sqrt(entries.length * (1 - 1 / scale)) * scale };
}

/** All of it, of one profile. The branches' names belong to the program that counted them; without them they have none. */
export function looked(coverage: Coverage, closed: readonly ClosedScope[], names: readonly string[]): Looked {
  const { runs, steps, branches, states } = coverage;
  return {
    runs,
    steps,
    distinct: distinct(states),
    unseen: unseen(states, steps),
    branches: {
      taken: branches.filter((count) => count > 0).length,
      all: branches.length,
      never: names.filter((_, i) => branches[i] === 0),
    },
    closed,
  };
}

const percent = (share: number): string =>
  share === 0 ? '0%' : share < 0.0001 ? '<0.01%' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`;
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const about = ({ value, error }: Estimate): string =>
  error === 0 ? whole(value) : `about ${whole(value)} ± ${whole(error)}`;

/** The closing statement of a profile's hunt: a line each. */
export function statement(all: Looked): string[] {
  const scopes = all.closed.map(
    ({ model, containers, tasks, pages, limit, states }) =>
      `${model} ${containers}/${tasks}/${pages}/${limit} (${whole(states)} states)`,
  );
  return [
    `looked at ${whole(all.steps)} states one by one, in ${whole(all.runs)} runs; distinct: ${about(all.distinct)}`,
    `not seen: a step of one more such run ends in a new state with probability ` +
      `${percent(all.unseen.value)} ± ${percent(all.unseen.error)} (Good-Turing over runs)`,
    `branches of the specification: ${all.branches.taken} of ${all.branches.all} taken`,
    `closed by check: ${scopes.length === 0 ? 'no scope' : scopes.join(', ')}`,
  ];
}
