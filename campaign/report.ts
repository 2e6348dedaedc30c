// What a campaign says: its results summed (order is nothing), its verdict, and its story.

import { merge, noTally, type Tally } from '../lockstep/index.ts';
import type { ProfileName } from '../model/index.ts';
import { instrumentedModel } from './branches.ts';
import type { ClosedScope } from './estimate.ts';
import type { Job } from './plan.ts';
import type { JobFound, JobResult } from './result.ts';
import type { Store } from './store.ts';
import { type Story, storyOf } from './story.ts';

export interface CampaignReport {
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly jobs: number;
  readonly done: number;
  readonly poisoned: number;
  /** Jobs that could not run where they were tried, and why jobs were given up. */
  readonly skipped: number;
  readonly reasons: readonly string[];
  readonly profiles: Readonly<Partial<Record<ProfileName, Tally>>>;
  readonly scopes: { readonly closed: number; readonly states: number };
  readonly mutants: readonly NonNullable<JobResult['mutant']>[];
  /** Mutants that some seed missed. */
  readonly missed: readonly string[];
  readonly found: readonly JobFound[];
  /** Counterexamples of jobs that never came to their end: noted, and not shrunk. */
  readonly unshrunk: number;
}

/** All that a campaign has come to: its jobs and results, and counterexamples that were noted and not shrunk. */
export interface Ledger {
  readonly jobs: readonly Job[];
  readonly results: readonly JobResult[];
  readonly unshrunk: number;
}

export function ledgerOf(store: Store): Ledger {
  const results = store.results();
  return { jobs: store.jobs, results, unshrunk: store.notes(results).length };
}

export function reportOf({ jobs, results, unshrunk }: Ledger): CampaignReport {
  const of = (state: JobResult['state']) => results.filter((result) => result.state === state);
  const profiles: Partial<Record<ProfileName, Tally>> = {};
  for (const { profile, tally } of results) profiles[profile] = merge(profiles[profile] ?? noTally, tally);
  const found = results.flatMap((result) => result.found);
  const given = [...of('poisoned'), ...of('skipped')];
  const scopes = results.filter(({ verdict }) => verdict !== null);
  const mutants = results.flatMap(({ mutant }) => mutant ?? []);
  const missed = mutants.filter(({ caught, seeds }) => caught < seeds).map(({ id }) => id);
  const isViolated =
    found.length + unshrunk + missed.length > 0 || scopes.some(({ verdict }) => verdict === 'violated');
  const isOpen =
    jobs.length === 0 || results.length < jobs.length || scopes.some(({ verdict }) => verdict === 'unknown');
  return {
    verdict: isViolated ? 'violated' : isOpen || given.length > 0 ? 'unknown' : 'holds',
    jobs: jobs.length,
    done: results.length,
    poisoned: of('poisoned').length,
    skipped: of('skipped').length,
    reasons: [...new Set(given.flatMap(({ reason }) => reason ?? []))].sort(),
    profiles,
    scopes: {
      closed: scopes.filter(({ verdict }) => verdict !== 'unknown').length,
      states: scopes.reduce((sum, { states }) => sum + states, 0),
    },
    mutants,
    missed,
    found,
    unshrunk,
  };
}

/** The scope that a job has searched to its end without a violation, by the model alone. */
function closedBy(jobs: readonly Job[]): (result: JobResult) => ClosedScope | null {
  const scopes = new Map(
    jobs.flatMap((job) => (job.kind === 'scope' ? [[job.name, job.scope] as const] : [])),
  );
  return ({ job, verdict, states }) => {
    const scope = scopes.get(job);
    return scope && verdict === 'holds' ? { ...scope, model: scope.model ?? 'contract', states } : null;
  };
}

/** What the report page tells. */
export async function storyOfLedger({ jobs, results }: Ledger): Promise<Story> {
  const { names } = await instrumentedModel();
  return storyOf(results, { branches: names, closed: closedBy(jobs) });
}
