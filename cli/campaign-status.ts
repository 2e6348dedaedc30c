// How far a campaign is, and what came of it, in words.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStatus } from '../campaign/engine.ts';
import type { CampaignReport } from '../campaign/report.ts';
import { BadCampaign, Store } from '../campaign/store.ts';
import { rateOf, type Summary, summaryOf } from '../campaign/summary.ts';
import type { CampaignContext } from './campaign.ts';
import { openEngine } from './campaign-plan.ts';
import { many } from './printable.ts';

export interface CampaignStatus extends EngineStatus {
  /** What the folder holds; null on a machine that has no folder of the campaign, only the server. */
  readonly counts:
    | (Omit<Summary, 'counted' | 'latest'> & { readonly jobs: number; readonly rate: number | null })
    | null;
}

export async function statusOf(context: CampaignContext, dir: string): Promise<CampaignStatus> {
  const engine = await openEngine(context, dir);
  try {
    const status = await engine.status();
    return { ...status, counts: countsOf(dir, engine.store) };
  } finally {
    await engine.close();
  }
}

function countsOf(dir: string, store?: Store): CampaignStatus['counts'] {
  if (!existsSync(join(dir, 'plan.json'))) return null;
  try {
    const summary = summaryOf(store ?? Store.open(dir));
    const { counted, latest: _, ...counts } = summary;
    return { ...counts, jobs: counted.length, rate: rateOf(summary) };
  } catch (error) {
    if (error instanceof BadCampaign) return null;
    throw error;
  }
}

export function statusText({ jobs, done, running, workers, cancelled, counts }: CampaignStatus): string {
  const share = jobs === 0 ? 100 : Math.floor((100 * done) / jobs);
  const first = `${many(done)} of ${many(jobs)} jobs done (${share} %)${cancelled ? ', cancelled' : ''}`;
  const second = `${running} running, ${workers} workers`;
  if (!counts) return `${first}; ${second}`;
  const { commands, states, found, poisoned, skipped, rate } = counts;
  const looked = [
    `${many(commands)} commands`,
    ...(states > 0 ? [`${many(states)} states`] : []),
    ...(rate === null ? [] : [`${many(rate)} commands/s`]),
  ];
  const came = [`${found} found`, `${poisoned} poisoned`, ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return `${first}; ${second}\n${looked.join(', ')}; ${came.join(', ')}`;
}

export function reportText(told: CampaignReport, dir: string): string {
  const lines = [
    `${told.verdict}: ${told.done} of ${told.jobs} jobs, ${told.poisoned} poisoned, ${told.skipped} skipped, ${told.found.length} found`,
  ];
  if (told.jobs === 0) lines.push('the plan has no jobs: nothing was looked at');
  for (const [name, { runs, commands }] of Object.entries(told.profiles)) {
    lines.push(`${name}: ${many(runs)} runs, ${many(commands)} commands`);
  }
  const { closed, states } = told.scopes;
  if (closed > 0) lines.push(`scopes closed: ${closed}, ${many(states)} states`);
  if (told.mutants.length > 0) {
    const missed =
      told.missed.length > 0 ? `, missed by some seed: ${told.missed.join(', ')}` : ', none missed';
    lines.push(`mutants: ${told.mutants.length}${missed}`);
  }
  for (const reason of told.reasons) lines.push(`given up: ${reason}`);
  const texts = [...new Set(told.found.map(({ claim, witness }) => `${claim}: ${witness}`))];
  for (const one of texts.slice(0, 20)) lines.push(one);
  if (told.found.length > 0) lines.push(`counterexamples: ${join(dir, 'findings')}`);
  if (told.unshrunk > 0) lines.push(`${told.unshrunk} more, not shrunk: ${join(dir, 'notes')}`);
  return `${lines.join('\n')}\n`;
}
