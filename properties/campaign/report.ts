// What a campaign says: its results summed (order is nothing), its verdict, and one HTML file.

import type { ProfileName } from '../../model/index.ts';
import { merge, noTally, type Tally } from '../judge.ts';
import type { JobResult, Store } from './store.ts';

export interface CampaignReport {
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly jobs: number;
  readonly done: number;
  readonly poisoned: number;
  readonly profiles: Readonly<Partial<Record<ProfileName, Tally>>>;
  readonly scopes: { readonly closed: number; readonly states: number };
  readonly found: readonly JobResult['found'][number][];
}

export function reportOf(store: Store): CampaignReport {
  const results = store.results();
  const profiles: Partial<Record<ProfileName, Tally>> = {};
  for (const { profile, tally } of results) profiles[profile] = merge(profiles[profile] ?? noTally, tally);
  const found = results.flatMap((result) => result.found);
  const poisoned = results.filter(({ state }) => state === 'poisoned').length;
  const scopes = results.filter(({ verdict }) => verdict !== null);
  const violated = found.length > 0 || scopes.some(({ verdict }) => verdict === 'violated');
  const open = results.length < store.jobs.length || scopes.some(({ verdict }) => verdict === 'unknown');
  return {
    verdict: violated ? 'violated' : open || poisoned > 0 ? 'unknown' : 'holds',
    jobs: store.jobs.length,
    done: results.length,
    poisoned,
    profiles,
    scopes: {
      closed: scopes.filter(({ verdict }) => verdict !== 'unknown').length,
      states: scopes.reduce((sum, { states }) => sum + states, 0),
    },
    found,
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
