// docs/proof.md and docs/proof.json say what `prove` shows: the letter is proved again, and every conjunct that is needed fails again without it.
// FIRSTTOUCH_GOLDEN=write renews the tables of the page from docs/proof.json, which bench/proof.ts writes.

import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reachable } from '../cli/prove-reach.ts';
import { provedWhere, recorded } from '../explorer/spec/proved.ts';
import { conditionsOf, contract, NoSolver, openSolver, prove, systemsOf, textOf } from '../proof/index.ts';
import { conjuncts, firstFailure, refutation } from './proof-needed.ts';

const { profiles, needed } = recorded();
const file = new URL('../docs/proof.md', import.meta.url);

function table(mark: string, rows: readonly string[]): void {
  const written = readFileSync(file, 'utf8');
  const [from, to] = [`<!-- ${mark}: bench/proof.ts -->\n`, `<!-- end of ${mark} -->`];
  const before = written.slice(written.indexOf(from) + from.length, written.indexOf(to));
  const now = `${rows.join('\n')}\n`;
  if (process.env.FIRSTTOUCH_GOLDEN === 'write')
    writeFileSync(file, written.replace(from + before + to, from + now + to));
  else assert.is(before, now);
}

/** A formula in a table's cell: its | is no border. */
const cell = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

test('the page has the verdict of each claim in each profile', () => {
  const names = [...new Set(Object.values(profiles).flatMap((claims) => Object.keys(claims)))];
  const ids = new Map(
    systemsOf('linux-v2').flatMap(({ claims }) => claims.map(({ id, name }) => [name, id])),
  );
  const rows = names.map((name) => {
    const verdicts = Object.values(profiles).map((claims) => claims[name] ?? '');
    return `| ${ids.get(name)?.replace('-', '') ?? ''} | ${name} | ${verdicts.join(' | ')} |`;
  });
  const head = [`| id | claim | ${Object.keys(profiles).join(' | ')} |`, '|---|---|---|---|---|---|'];
  table('verdicts', [...head, ...rows]);
  assert.ok(names.length > 25);
  assert.is(provedWhere('OwnedIffMapped'), 'yes');
  assert.is(provedWhere('InnerContainersHoldNoTasks'), 'linux-v2');
});

test('the page has every conjunct of the invariant, and what fails without it', () => {
  const rows = needed.map(
    ({ claim, conjunct, fails }) => `| ${claim} | ${cell(conjunct)} | ${fails ?? 'for its own sake'} |`,
  );
  table('needed', ['| claim | fact | without it fails |', '|---|---|---|', ...rows]);
  const texts = conjuncts().map(({ claim, conjunct }) => `${claim}: ${conjunct}`);
  assert.equal(
    needed.map(({ claim, conjunct }) => `${claim}: ${conjunct}`),
    texts,
  );
});

const solver = await openSolver().catch((error) => {
  if (error instanceof NoSolver) return null;
  throw error;
});
test.after(() => solver?.close());

test('letter: every claim is proved, as recorded', async () => {
  if (!solver) return console.log('SKIP z3-solver was left out of this install');
  const { verdict, claims } = await prove('letter', solver);
  assert.is(verdict, 'proved');
  assert.equal(Object.fromEntries(claims.map(({ name, verdict: found }) => [name, found])), profiles.letter);
  const trees = ['InnerContainersHoldNoTasks', 'ContainersAreATree'];
  for (const { name, verdict: found, conditions } of claims)
    if (!trees.includes(name)) assert.ok(found === 'proved' && conditions > 0, name);
});

test("the page's example of a new claim: proved of the letter, refuted in linux-v1 as it says", async () => {
  if (!solver) return console.log('SKIP z3-solver was left out of this install');
  const page = readFileSync(file, 'utf8');
  const example = /^ {3}(claim X1 .*)\n {3}( {2}step .*)\n/m.exec(page) ?? [];
  const text = `${textOf('contract')}\n${example[1]}\n${example[2]}\n`;
  const added = (profile: 'letter' | 'linux-v1') => contract(profile, text);
  assert.is(await refutation(added('letter'), 'LimitsStay', solver), null);
  const picture = await refutation(added('linux-v1'), 'LimitsStay', solver);
  assert.ok(picture);
  const { where, picture: shown } = await reachable(picture);
  // Which number the root has is the solver's choice.
  const numberless = (told: string) => told.replaceAll(/\d/g, 'N');
  assert.ok(numberless(page).includes(numberless(`${shown.title} breaks it; ${where}\n`)), where);
});

test('without a conjunct that is needed the recorded condition fails, with two states: the first of each claim', async () => {
  if (!solver) return console.log('SKIP z3-solver was left out of this install');
  const asked = new Set<string>();
  for (const { claim, conjunct, without } of conjuncts()) {
    const fails = needed.find((one) => one.claim === claim && one.conjunct === conjunct)?.fails ?? null;
    if (fails === null || asked.has(claim)) continue;
    asked.add(claim);
    const found = await firstFailure(
      conditionsOf(without[0]).filter(({ name }) => name === fails),
      solver,
    );
    assert.is(found?.name, fails, `${claim}: ${conjunct}`);
  }
  assert.ok(asked.size > 6);
});

test.run();
