// What a long hunt has looked at, and what it has not: distinct states, Good and Turing's estimate of the unseen, and what lies in scopes that check has closed.

import type { Coverage } from './coverage.ts';
import { fits, type Uses, usesOf } from './hash.ts';
import type { Sample } from './sample.ts';

/** A figure that a sample stands for, with twice its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

export interface Unseen {
  /** Distinct things seen, and how many of them only one run has seen. */
  readonly distinct: Estimate;
  readonly inOneRun: Estimate;
  /** The probability that a step of one more run, drawn as these were, ends in what no run has seen. */
  readonly step: Estimate;
  /** The same if steps were independent draws, which they are not: it is too low, and told for comparison. */
  readonly naive: number;
  /** What one more run would add. */
  readonly newInARun: Estimate;
  /** Chao's lower bound of how many there are to be seen by such runs. */
  readonly atLeast: number;
}

interface Counted {
  readonly visits: number;
  readonly runs: number;
}

/**
 * Good and Turing over runs, not steps: the steps of a run follow from each other, runs are drawn independently. Leave one run
 * out: what only it has seen is what it would have added to the others. So the states that one run alone has seen, over the
 * runs, are what one more run adds; and the steps into them, over all steps, are the share of its steps that end in a new one.
 * Both are exact in expectation for one run less, if all runs are drawn alike; by a weighted policy they are as of its mixture.
 */
export function unseen(level: number, seen: Iterable<Counted>, runs: number, steps: number): Unseen {
  const scale = 2 ** level;
  let [count, alone, twice, visits, squares, singles] = [0, 0, 0, 0, 0, 0];
  for (const one of seen) {
    count++;
    if (one.visits === 1) singles++;
    if (one.runs === 2) twice++;
    if (one.runs !== 1) continue;
    alone++;
    visits += one.visits;
    squares += one.visits * one.visits;
  }
  // Of a full sample distinct is a count; of one in 2^level, each entry was there by a chance of its own.
  const of = (number: number, variance: number): Estimate => ({
    value: number * scale,
    error: 2 * Math.sqrt(variance) * scale,
  });
  const sampled = 1 - 1 / scale;
  const over = ({ value, error }: Estimate, all: number): Estimate =>
    all === 0 ? { value: 1, error: 0 } : { value: value / all, error: error / all };
  const distinct = of(count, count * sampled);
  const [q1, q2] = [alone * scale, twice * scale];
  return {
    distinct,
    inOneRun: of(alone, alone * sampled),
    step: over(of(visits, squares), steps),
    naive: steps === 0 ? 1 : (singles * scale) / steps,
    newInARun: over(of(alone, alone), runs),
    atLeast: distinct.value + (q2 > 0 ? (q1 * q1) / (2 * q2) : (q1 * (q1 - 1)) / 2),
  };
}

/** A scope that the checker has searched to its end. */
export interface ClosedScope extends Uses {
  readonly model: string;
  readonly states: number;
}

export interface InScopes {
  /** The share of steps that end in a state of a closed scope: counted, not estimated. */
  readonly steps: number;
  /** The share of the distinct states, up to renaming. */
  readonly states: Estimate;
}

/**
 * What part of a random hunt the closed scopes already cover. A state has the identity of one in a scope of the contract if it uses no more
 * than the scope has: there every such state is reachable (tests count them). Order of lists and bits are no part of
 * that identity, so the scopes of other models do not count here.
 */
export function inScopes({ uses, states, steps }: Coverage, scopes: readonly ClosedScope[]): InScopes {
  const contract = scopes.filter(({ model }) => model === 'contract');
  const lies = (of: number) => {
    const used = usesOf(of);
    return contract.some((scope) => fits(used, scope));
  };
  let inside = 0;
  for (const [of, count] of Object.entries(uses)) if (lies(Number(of))) inside += count;
  const among = states.entries.filter(([, , , of]) => lies(of)).length;
  const all = states.entries.length;
  const share = all === 0 ? 0 : among / all;
  const error = states.level === 0 || all === 0 ? 0 : 2 * Math.sqrt((share * (1 - share)) / all);
  return { steps: steps === 0 ? 0 : inside / steps, states: { value: share, error } };
}

export interface Looked {
  readonly runs: number;
  readonly steps: number;
  readonly views: Unseen;
  readonly states: Unseen;
  readonly paths: Unseen;
  readonly branches: { readonly taken: number; readonly all: number; readonly never: readonly string[] };
  readonly closed: readonly ClosedScope[];
  readonly inScopes: InScopes;
}

/** All of it, of one profile. The branches' names belong to the program that counted them; without them they have none. */
export function looked(coverage: Coverage, closed: readonly ClosedScope[], names: readonly string[]): Looked {
  const { runs, steps, branches } = coverage;
  const of = ({ level, entries }: Sample) =>
    unseen(
      level,
      entries.map(([, visits, inRuns]) => ({ visits, runs: inRuns })),
      runs,
      steps,
    );
  return {
    runs,
    steps,
    views: of(coverage.views),
    states: of(coverage.states),
    paths: of(coverage.paths),
    branches: {
      taken: branches.filter((count) => count > 0).length,
      all: branches.length,
      never: names.filter((_, i) => branches[i] === 0),
    },
    closed,
    inScopes: inScopes(coverage, closed),
  };
}

const percent = (share: number): string =>
  share === 0 ? '0%' : share < 0.0001 ? '<0.01%' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`;
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const about = ({ value, error }: Estimate): string =>
  error === 0 ? whole(value) : `about ${whole(value)} ± ${whole(error)}`;

/** The closing statement of a profile's hunt: a line each. */
export function statement({
  runs,
  steps,
  views,
  states,
  paths,
  branches,
  closed,
  inScopes: inside,
}: Looked): string[] {
  const scopes = closed.map(
    ({ model, containers, tasks, pages, limit, states: count }) =>
      `${model} ${containers}/${tasks}/${pages}/${limit} (${whole(count)} states)`,
  );
  return [
    `looked at ${whole(steps)} states one by one, in ${whole(runs)} runs`,
    `distinct: ${about(states.distinct)} up to renaming, ${about(views.distinct)} as they are; ` +
      `${about(states.inOneRun)} in one run only`,
    `not seen: a step of one more such run ends in a new state with probability ` +
      `${percent(states.step.value)} ± ${percent(states.step.error)} (Good-Turing over runs; by steps, as if they ` +
      `were independent, ${percent(states.naive)}); there are at least ${whole(states.atLeast)} such states (Chao)`,
    `paths through the specification: ${about(paths.distinct)}; a step takes a new one with probability ` +
      `${percent(paths.step.value)} ± ${percent(paths.step.error)}`,
    `branches of the specification: ${branches.taken} of ${branches.all} taken`,
    scopes.length === 0
      ? 'closed by check: no scope'
      : `closed by check: ${scopes.join(', ')}; in them lie ${percent(inside.steps)} of the steps and ` +
        `${percent(inside.states.value)} of the distinct states`,
  ];
}
