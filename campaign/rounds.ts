// A weighted campaign as rounds: each a campaign with a plan of its own, weights included, made from all that the rounds before it saw.

import type { ProfileName } from '../model/index.ts';
import { type Coverage, mergeCoverage } from './coverage.ts';
import type { CampaignPlan } from './plan.ts';
import type { JobResult } from './result.ts';
import { armsOf, weigh } from './weights.ts';

/**
 * The plan of a round. It follows from the whole plan and the merged results of all earlier rounds, in which order is nothing; so
 * whoever works, however often and in whatever order, the rounds are the same, and so are the names of their jobs.
 */
export function planOfRound(plan: CampaignPlan, index: number, earlier: readonly JobResult[]): CampaignPlan {
  const arms = armsOf(plan.seed);
  const priors = arms.map(({ prior }) => prior);
  const weightsOf = (profile: ProfileName): number[] => {
    const seen = mergeCoverage(earlier.flatMap((result) => coverageOf(result, profile)));
    return seen.runs === 0 ? priors : weigh(arms, seen).map(rounded);
  };
  const weights = Object.fromEntries(plan.profiles.map((profile) => [profile, weightsOf(profile)]));
  return { ...plan, round: { index, weights } };
}

const coverageOf = ({ profile, coverage }: JobResult, of: ProfileName): Coverage[] =>
  profile === of && coverage ? [coverage] : [];

/** Weights are read by people, too. */
const rounded = (weight: number): number => Math.round(weight * 10_000) / 10_000;
