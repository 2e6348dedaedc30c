// The policy: which kinds of runs the next jobs draw. What an arm is expected to find that nobody has seen decides, by generations, never by order.

import fc from 'fast-check';
import type { Kind } from '../properties/draw/draw.ts';
import {
  type Band,
  bands,
  type PortfolioOptions,
  portfolio,
  type Run,
  swarmTables,
} from '../properties/draw/portfolio.ts';
import type { Coverage } from './coverage.ts';
import type { Sample } from './sample.ts';

/** A way to draw runs: a band of sizes and a table of kinds. Arm 0 is the portfolio as it is. */
interface Arm {
  readonly name: string;
  readonly options: PortfolioOptions;
  /** Its share when nothing is known. */
  readonly prior: number;
}

const SWARMS = 8;

const PORTFOLIO: Arm = { name: 'portfolio', options: {}, prior: 0 };

/** The arms of a campaign follow from its seed: each band of sizes with the usual table, with swarms drawn anew for every run, and with a few fixed ones. */
export function armsOf(seed: number): Arm[] {
  const fixed = swarmTables(seed, SWARMS);
  const tables: [name: string, table: 'usual' | 'swarm' | readonly Kind[], share: number][] = [
    ['usual', 'usual', 1 / 2],
    ['swarms', 'swarm', 1 / 4],
    ...fixed.map((table, i): [string, readonly Kind[], number] => [`swarm ${i + 1}`, table, 1 / 4 / SWARMS]),
  ];
  const total = bands.reduce((sum, [, weight]) => sum + weight, 0);
  const arm = (band: Band, weight: number, [name, table, share]: (typeof tables)[number]): Arm => ({
    name: `${band}, ${name}`,
    options: { band, table },
    prior: (share * weight) / total,
  });
  return [PORTFOLIO, ...bands.flatMap(([band, weight]) => tables.map((table) => arm(band, weight, table)))];
}

export interface WeighOptions {
  /** How much paths through the specification count beside view states. */
  readonly paths: number;
  /** The part of the budget that goes by the priors, whatever was found. */
  readonly floor: number;
}

export const usualWeighing: WeighOptions = { paths: 0.5, floor: 0.25 };

/**
 * The weight of each arm after what all jobs of earlier generations saw together. By Good and Turing's argument over runs: what only one
 * run of all has seen, and that run was this arm's, is what one more run of the arm would have added. So an arm's yield is
 * the number of such states (and of such paths) a step, and its weight its prior times its yield over the mean one.
 */
export function weigh(arms: readonly Arm[], seen: Coverage, options = usualWeighing): number[] {
  const states = yields(arms, seen.states, seen);
  const paths = yields(arms, seen.paths, seen);
  const scores = arms.map(
    ({ prior }, i) => prior * (options.paths * paths[i] + (1 - options.paths) * states[i]),
  );
  const sum = scores.reduce((a, b) => a + b, 0);
  return arms.map(
    ({ prior }, i) => options.floor * prior + (1 - options.floor) * (sum > 0 ? scores[i] / sum : prior),
  );
}

/** New things a step of each arm, over their mean by priors; an arm without steps is taken for a mean one. */
function yields(arms: readonly Arm[], { level, entries }: Sample, { arms: booked }: Coverage): number[] {
  const alone = arms.map(() => 0);
  for (const [, , runs, , arm] of entries) if (runs === 1 && arm < alone.length) alone[arm]++;
  // Half a thing more: an arm that found nothing yet is not known to find nothing.
  const rates = arms.map((_, i) => {
    const steps = booked[i]?.[1] ?? 0;
    return steps === 0 ? null : ((alone[i] + 0.5) * 2 ** level) / steps;
  });
  const mean = arms.reduce((sum, { prior }, i) => sum + prior * (rates[i] ?? 0), 0);
  return rates.map((rate) => (rate === null || mean === 0 ? 1 : rate / mean));
}

/** A run with the arm that drew it. */
export interface ArmedRun {
  readonly run: Run;
  readonly arm: number;
}

export interface Drawing {
  readonly seed: number;
  readonly length?: number;
  readonly weights: readonly number[];
}

/** The runs of a batch: as many of each arm as its weight says, by a comb of even teeth whose offset follows from the seed. */
export function runsByWeight(
  arms: readonly Arm[],
  { seed, length, weights }: Drawing,
  count: number,
): ArmedRun[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const offset = (Math.imul(seed ^ (seed >>> 16), 0x9e3779b1) >>> 0) / 2 ** 32;
  const drawn: ArmedRun[] = [];
  let upTo = 0;
  let tooth = 0;
  arms.forEach(({ options }, arm) => {
    upTo += (weights[arm] / sum) * count;
    const from = tooth;
    while (tooth < count && tooth + offset < upTo) tooth++;
    if (tooth === from) return;
    const all = portfolio({ ...options, ...(length === undefined ? {} : { length }) });
    const runs = fc.sample(all, { seed: seed ^ Math.imul(arm + 1, 0x85ebca6b), numRuns: tooth - from });
    for (const run of runs) drawn.push({ run, arm });
  });
  return drawn;
}
