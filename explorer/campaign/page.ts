// The report page of a campaign: findings first, then what was looked at. No script.

import type { CampaignReport } from '../../campaign/report.ts';
import type { FindingStory, ProfileStory, Story } from '../../campaign/story.ts';
import { type Html, html, many, table } from '../spec/html.ts';

export type CampaignHead = Pick<CampaignReport, 'verdict' | 'jobs' | 'done' | 'poisoned' | 'skipped'>;

/** Where the explorer's page lies, seen from the report. */
export const EXPLORER = 'explorer.html';

const signs = { holds: '✓ holds', violated: '✗ violated', unknown: '? unknown' } as const;

export function campaignBody(head: CampaignHead, { profiles, findings, seconds }: Story): string {
  const { verdict, jobs, done, poisoned, skipped } = head;
  const commands = profiles.reduce((sum, profile) => sum + profile.commands, 0);
  return html`<header class="top"><h1>firsttouch: campaign</h1>
<p class="verdict">${signs[verdict]}</p>
<p>${many(done)} of ${many(jobs)} jobs, ${poisoned} poisoned, ${skipped} skipped;
${many(commands)} commands, ${many(seconds)} s from the first end of a job to the last.</p>
<nav aria-label="contents"><a href="#findings">Findings</a> <a href="#looked">What was looked at</a></nav></header>
<main class="spec">${findingsSection(findings)}${lookedSection(profiles)}</main>`.text;
}

function findingsSection(findings: readonly FindingStory[]): Html {
  const none = html`<p>No violation was found. That is no proof: see what was looked at.</p>`;
  return html`<section id="findings"><h2>Findings</h2>${findings.length === 0 ? none : findings.map(finding)}</section>`;
}

const finding = ({ claim, witness, profile, times, traces, moves, link }: FindingStory): Html =>
  html`<article class="finding"><h3>✗ ${claim}</h3>
<p>${witness} <small>profile ${profile}, found by ${times} ${times === 1 ? 'job' : 'jobs'}${traces === 1 ? '' : ` in ${traces} traces, this is the shortest`}, ${moves.length} moves</small></p>
<p>${link === null ? 'no link holds this trace; its file is in findings/' : html`<a href="${EXPLORER}#${link}">look at it in the explorer: ${claim}, ${moves.length} moves</a>`}</p>
<details><summary>the moves of ${claim}</summary><ol>${moves.map((move) => html`<li><code>${move}</code></li>`)}</ol></details></article>`;

const lookedSection = (profiles: readonly ProfileStory[]): Html =>
  html`<section id="looked"><h2>What was looked at</h2>${profiles.map(
    ({ profile, runs, commands, statement, looked, claims }) => html`<h3>${profile}</h3>
<p>${many(runs)} runs, ${many(commands)} commands</p>
<ul class="statement">${statement.map((line) => html`<li>${line}</li>`)}</ul>
${looked.branches.never.length === 0 ? '' : html`<details><summary>branches of the specification never taken under ${profile}</summary><ul>${looked.branches.never.map((name) => html`<li><code>model/${name}</code></li>`)}</ul></details>`}
${claims.length === 0 ? '' : metTable(profile, claims)}`,
  )}</section>`;

const metTable = (profile: string, claims: ProfileStory['claims']): Html =>
  html`<details><summary>how often each claim's antecedent was met under ${profile}</summary>
${table(`claims under ${profile}`, ['claim', 'met', 'checked'], claims.map(metRow))}</details>`;

const metRow = ({ name, met, checked, violated, known, reason }: ProfileStory['claims'][number]): Html => {
  const vacuous = met === 0 ? ` ∅ ${reason ?? 'vacuous'}` : '';
  const said = violated > 0 ? ' ✗ violated' : known > 0 ? ' (known violation)' : vacuous;
  return html`<tr><th scope="row">${name}${said}</th><td class="number">${many(met)}</td><td class="number">${many(checked)}</td></tr>`;
};
