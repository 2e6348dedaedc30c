// Writes docs/proof.json: what `prove` shows of each claim in every profile, and for each conjunct of the invariant a condition that fails without it.
// Run: node --import tsx bench/proof.ts [all] (a minute; `all` also looks again for what failed without a conjunct where nothing did: some more). Then FIRSTTOUCH_GOLDEN=write npm test prove readme renews the tables made from it.

import { readFileSync, writeFileSync } from 'node:fs';
import { profileNames } from '../model/index.ts';
import { conditionsOf, openSolver, prove } from '../proof/index.ts';
import { conjuncts, firstFailure } from '../tests/proof-needed.ts';

const solver = await openSolver();
const profiles: Record<string, Record<string, string>> = {};
for (const profile of profileNames) {
  const { claims, conditions, seconds } = await prove(profile, solver);
  profiles[profile] = Object.fromEntries(claims.map(({ name, verdict }) => [name, verdict]));
  process.stderr.write(`${profile}: ${conditions} conditions, ${seconds.toFixed(0)} s\n`);
}

type Row = { claim: string; conjunct: string; fails: string | null };
const file = new URL('../docs/proof.json', import.meta.url);
const { needed: before } = JSON.parse(readFileSync(file, 'utf8')) as { needed: Row[] };
const needed: Row[] = [];
for (const { claim, conjunct, without } of conjuncts()) {
  // What failed last time is asked first.
  const last = before.find((one) => one.claim === claim && one.conjunct === conjunct)?.fails;
  let fails: string | null = null;
  for (const system of last === null && !process.argv.includes('all') ? [] : without) {
    const conditions = conditionsOf(system);
    const again = conditions.filter(({ name }) => name === last);
    fails ??= ((await firstFailure(again, solver)) ?? (await firstFailure(conditions, solver)))?.name ?? null;
  }
  needed.push({ claim, conjunct, fails });
  process.stderr.write(`${claim}: ${conjunct}: ${fails ?? 'nothing fails'}\n`);
}
await solver.close();
writeFileSync(file, `${JSON.stringify({ profiles, needed }, null, 2)}\n`);
