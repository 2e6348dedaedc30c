// The README keeps its word: the letter's scenario is replayed, the table of claims is what the code says. FIRSTTOUCH_GOLDEN=write renews the table.

import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { profileNames, profiles } from '../model/index.ts';
import type { Claim } from '../properties/claims/claim.ts';
import { claims } from '../properties/claims/index.ts';
import { bothPrint } from './transcripts.ts';

const file = new URL('../README.md', import.meta.url).pathname;
const readme = readFileSync(file, 'utf8');

const block = (from: string, to: string): string => {
  const start = readme.indexOf(from);
  assert.ok(start >= 0, `the README has ${from}`);
  return readme.slice(start + from.length, readme.indexOf(to, start + from.length));
};

function row({ id, name, claim, letter, notApplicable, known }: Claim): string {
  const cells = profileNames.map((profile) => {
    if (notApplicable?.(profiles[profile])) return 'n/a';
    return known?.(profiles[profile]) ? 'known' : 'yes';
  });
  return `| ${id} | \`${name}\` | ${claim} | ${letter.join(' ')} | ${cells.join(' | ')} |`;
}

test("the letter's scenario in the README prints what it says, on specification and controller", async () => {
  await bothPrint(block('<!-- scenario -->\n```\n', '```'));
});

test('the table of claims in the README is the one in the code', () => {
  const table = [
    `| id | property | claim | letter | ${profileNames.join(' | ')} |`,
    `|---|---|---|---|${profileNames.map(() => '---|').join('')}`,
    ...claims.map(row),
  ].join('\n');
  const [from, to] = ['<!-- claims -->\n', '<!-- /claims -->'];
  const written = block(from, to);
  if (process.env.FIRSTTOUCH_GOLDEN === 'write') {
    writeFileSync(file, readme.replace(from + written + to, `${from}${table}\n${to}`));
  } else {
    assert.is(written.trim(), table);
  }
  assert.is(claims.length > 15, true);
});

test('every command that the README names exists', async () => {
  const { commands } = await import('../cli/commands.ts');
  const named = [...readme.matchAll(/npx firsttouch ([a-z]+)/g)].map(([, name]) => name);
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(commands[name], `${name} is a command`);
});

test.run();
