// The README keeps its word: the letter's scenario is replayed, the table of claims is what the code says. FIRSTTOUCH_GOLDEN=write renews the table.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { provedWhere } from '../explorer/spec/proved.ts';
import { profileNames } from '../model/index.ts';
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

/** What the checker found of each claim in each profile: the rows of docs/profiles.md, by the claim's name. */
const found = new Map(
  readFileSync(new URL('../docs/profiles.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, , name, ...verdicts]) => [name, verdicts]),
);

const WORDS: readonly (readonly [string, string])[] = [
  ['holds', 'yes'],
  ['not applicable', 'n/a'],
  ['known violation', 'known'],
];

function row({ id, name, claim, letter }: Claim): string {
  const cells = profileNames.map((_, i) => {
    const verdict = found.get(name)?.[i] ?? 'nothing';
    return WORDS.find(([begins]) => verdict.startsWith(begins))?.[1] ?? `docs/profiles.md says ${verdict}`;
  });
  return `| ${id} | \`${name}\` | ${claim} | ${letter.join(' ')} | ${cells.join(' | ')} | ${provedWhere(name)} |`;
}

test("the letter's scenario in the README prints what it says, on specification and controller", async () => {
  await bothPrint(block('<!-- scenario -->\n```\n', '```'));
});

test('the table of claims in the README is the one in the code, its verdicts those of docs/profiles.md and docs/proof.json', () => {
  for (const { name } of claims) assert.ok(found.has(name), `docs/profiles.md has a row for ${name}`);
  const table = [
    `| id | property | claim | passage | ${profileNames.join(' | ')} | proved for any number |`,
    `|---|---|---|---|${profileNames.map(() => '---|').join('')}---|`,
    ...claims.map(row),
  ].join('\n');
  const [from, to] = ['<!-- claims -->\n', '<!-- /claims -->'];
  const written = block(from, to);
  if (process.env.FIRSTTOUCH_GOLDEN === 'write') {
    writeFileSync(file, readFileSync(file, 'utf8').replace(from + written + to, `${from}${table}\n${to}`));
  } else {
    assert.is(written.trim(), table);
  }
  assert.is(claims.length > 15, true);
});

/** A program with a mistake, judged as the README tells: what the terminal shows from the verdict on. */
function failure(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-readme-'));
  try {
    const right = readFileSync(new URL('../examples/external/rss.py', import.meta.url), 'utf8');
    const wrong = right.replaceAll('active.insert(0, p)', 'active.append(p)');
    assert.is.not(wrong, right, 'the mistake was planted');
    writeFileSync(join(folder, 'mine.py'), wrong);
    const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
    const args = [
      'verify',
      '--impl',
      'python3 mine.py',
      '--profile',
      'letter',
      '--seed',
      '1',
      '--save',
      'found',
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.is(status, 1, stderr);
    const told = stdout.slice(stdout.indexOf('violated: EqualsSpec'));
    return `$ npx firsttouch verify --impl "python3 mine.py" --profile letter --seed 1 --save found\n${told}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the failure in the README is what the terminal shows', () => {
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const told = failure();
  const [from, to] = ['<!-- failure -->\n```\n', '```\n<!-- /failure -->'];
  const written = block(from, to);
  if (process.env.FIRSTTOUCH_GOLDEN === 'write')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(from + written + to, `${from}${told.trim()}\n${to}`),
    );
  else assert.is(written.trim(), told.trim());
  assert.match(told, />\s+4 {2}touch t0 p1/);
});

test('every command that the README names exists', async () => {
  const { commands } = await import('../cli/commands.ts');
  const named = [...readme.matchAll(/npx firsttouch ([a-z]+)/g)].map(([, name]) => name);
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(commands[name], `${name} is a command`);
});

test.run();
