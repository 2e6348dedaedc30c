// Writes docs/profiles.md: every property in every profile, holds or its shortest counterexample, as the checker finds it now.
// Run: node --import tsx bench/profiles.ts (a few minutes).

import { writeFileSync } from 'node:fs';
import { type ProfileName, profileNames } from '../model/index.ts';
import { claims } from '../properties/claims/index.ts';
import { ask } from '../properties/scopes/ask.ts';
import type { CheckResult, ClaimResult } from '../properties/scopes/result.ts';
import { scopeFromText } from '../properties/trace/move.ts';

const scopes = ['1/2/2/2', '2/2/1/1', '2/1/2/1', '1/1/3/2'];
const rank = ['violated', 'known violation', 'unknown', 'holds', 'not applicable', 'vacuous', 'not observed'];

const results = new Map<ProfileName, CheckResult[]>();
for (const profile of profileNames) {
  const found: CheckResult[] = [];
  for (const text of scopes) {
    found.push((await ask({ kind: 'lru', profile, scope: scopeFromText(text), refine: true })).result);
    process.stderr.write(`${profile} ${text}: ${found.at(-1)?.verdict}\n`);
  }
  results.set(profile, found);
}

/** The most telling of the rows that the scopes give, with its scope. */
function row(profile: ProfileName, name: string): { claim: ClaimResult; scope: string } | null {
  const rows = (results.get(profile) ?? []).flatMap(({ claims: all, scope }) =>
    all.filter((claim) => claim.name === name).map((claim) => ({ claim, scope })),
  );
  rows.sort(
    (a, b) =>
      rank.indexOf(a.claim.verdict) - rank.indexOf(b.claim.verdict) ||
      (a.claim.trace?.length ?? 0) - (b.claim.trace?.length ?? 0),
  );
  return rows[0] ?? null;
}

const notes: string[] = [];
function cell(profile: ProfileName, name: string): string {
  const found = row(profile, name);
  if (!found) return '';
  const { claim, scope } = found;
  if (claim.trace) {
    const moves = claim.trace.map(({ move }) => move.join(' ')).join('; ');
    notes.push(`${name} in ${profile} (${claim.reason}), scope ${scope}: \`${moves}\`.`);
    return `${claim.verdict} [${notes.length}]`;
  }
  const reason = claim.verdict === 'not applicable' ? `: ${claim.reason}` : '';
  return `${claim.verdict}${reason}`;
}

const first = results.get('letter')?.[0].claims.map(({ name }) => name) ?? [];
const table = first.map((name) => {
  const id = claims.find((claim) => claim.name === name)?.id ?? (name === 'ChargeTerminates' ? 'T1' : '');
  return `| ${id} | ${name} | ${profileNames.map((profile) => cell(profile, name)).join(' | ')} |`;
});
const sizes = profileNames.map((profile) => {
  const counts = (results.get(profile) ?? []).map(
    ({ scope, states }) => `${scope} ${states.toLocaleString('en-US')}`,
  );
  return `- ${profile}: ${counts.join(', ')}`;
});

const page = `# Every property in every profile

Written by \`node --import tsx bench/profiles.ts\`; do not edit. Each cell is what the checker finds over every reachable state of the LRU spec in the
scopes (containers/tasks/pages/limit) below. \`holds\`: no violation in any of them, and the antecedent was met. \`vacuous\`: it was met in none.
Nothing is said about larger scopes.

| id | property | ${profileNames.join(' | ')} |
|---|---|${profileNames.map(() => '---').join('|')}|
${table.join('\n')}

States by scope:

${sizes.join('\n')}

Shortest traces of the known violations:

${notes.map((note, i) => `${i + 1}. ${note}`).join('\n')}

The bounded scan of v3.1 gives up in none of these scopes. It needs long lists: on an inactive list of 8,191 pages, all pinned but the newest, which is
referenced, thirteen passes reach that page once, in the last, clear its bit, and end (\`tests/check-refinement.test.ts\`).
`;
writeFileSync(new URL('../docs/profiles.md', import.meta.url), page);
