// What a campaign says: its results summed (order is nothing), its verdict, and one HTML file.

import type { ProfileName } from '../../model/index.ts';
import { merge, noTally, type Tally } from '../judge.ts';
import type { JobFound, JobResult } from './result.ts';
import type { Store } from './store.ts';

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

export function reportOf(store: Store): CampaignReport {
  const results = store.results();
  const of = (state: JobResult['state']) => results.filter((result) => result.state === state);
  const profiles: Partial<Record<ProfileName, Tally>> = {};
  for (const { profile, tally } of results) profiles[profile] = merge(profiles[profile] ?? noTally, tally);
  const found = results.flatMap((result) => result.found);
  const unshrunk = store.notes().length;
  const given = [...of('poisoned'), ...of('skipped')];
  const scopes = results.filter(({ verdict }) => verdict !== null);
  const mutants = results.flatMap(({ mutant }) => mutant ?? []);
  const missed = mutants.filter(({ caught, seeds }) => caught < seeds).map(({ id }) => id);
  const isViolated =
    found.length + unshrunk + missed.length > 0 || scopes.some(({ verdict }) => verdict === 'violated');
  const isOpen = results.length < store.jobs.length || scopes.some(({ verdict }) => verdict === 'unknown');
  return {
    verdict: isViolated ? 'violated' : isOpen || given.length > 0 ? 'unknown' : 'holds',
    jobs: store.jobs.length,
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

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function reportPage(report: CampaignReport): string {
  const rows = Object.entries(report.profiles).map(
    ([name, { runs, commands }]) => `<tr><td>${name}<td>${runs}<td>${commands}`,
  );
  const found = report.found.map(({ claim, witness }) => `<li>${escaped(claim)}: ${escaped(witness)}`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Campaign</title>
<h1>Campaign: ${report.verdict}</h1>
<p>${report.done} of ${report.jobs} jobs, ${report.poisoned} poisoned, ${report.scopes.closed} scopes closed.</p>
<table><tr><th>profile<th>runs<th>commands${rows.join('')}</table><h2>Findings</h2><ul>${found.join('')}</ul></html>
`;
}
