// `holds` is said of what was judged: what was asked for and not met is unknown, with what was not looked at and where it would be.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportOf } from '../campaign/report.ts';
import { type Claim, check } from '../checker/index.ts';
import * as flag from '../cli/flags.ts';
import { reportText } from '../cli/verify-report.ts';
import { lock } from '../examples/lock.ts';
import { hunt } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { ask } from '../properties/scopes/ask.ts';
import { askProtocol } from '../properties/scopes/protocol.ts';
import { drawer } from './checker-models.ts';
import { counters, type Vector } from './checker-toys.ts';

const tiny = { containers: 1, tasks: 1, pages: 1, limit: 1 };
const letter = { kind: 'contract', profile: 'letter', scope: tiny } as const;

test('a claim that the model has no words for: I17 of a contract, which has no order of pages', async () => {
  const { result } = await ask({ ...letter, claims: ['LruOrder'] });
  assert.is(result.verdict, 'unknown');
  assert.match(result.unknown!.why, 'LruOrder (judged by verify and check --model lru)');
  assert.equal(
    result.claims.map(({ name, verdict }) => [name, verdict]),
    [['LruOrder', 'unknown']],
  );
  const lru = await ask({
    kind: 'lru',
    profile: 'letter',
    scope: { ...tiny, pages: 3, limit: 2 },
    claims: ['LruOrder'],
  });
  assert.is(lru.result.verdict, 'holds');
});

test('a claim asked for that is never met, beside one that is; and one that the profile rules out', async () => {
  const { result } = await ask({ ...letter, claims: ['OwnedIffMapped', 'MoveKeepsCharges'] });
  assert.is(result.verdict, 'unknown');
  assert.match(result.unknown!.why, 'asked for and not judged: MoveKeepsCharges (never met)');
  assert.equal(
    result.claims.map(({ verdict }) => verdict),
    ['holds', 'unknown'],
  );
  const ruledOut = await ask({ ...letter, profile: 'linux-v1', claims: ['WithinLimit'] });
  assert.is(ruledOut.result.verdict, 'unknown');
  assert.is(ruledOut.result.claims[0].verdict, 'not applicable');
  const situation = await ask({ ...letter, claims: ['SecondMapper'] });
  assert.is(situation.result.verdict, 'unknown', 'a page with two mappers, and one task');
});

test('states may be counted, and all claims judged, without a word about claims', async () => {
  assert.is((await ask({ ...letter, claims: [] })).result.verdict, 'holds');
  const { result } = await ask(letter);
  assert.equal([result.verdict, result.unknown], ['holds', null]);
});

test('the protocol knows C5, and says of I17 where it is judged', async () => {
  const asked = { profile: 'letter', scope: { ...tiny, tasks: 2 } } as const;
  const { result } = await askProtocol({ ...asked, claims: ['Linearizable', 'LruOrder'] });
  assert.equal(
    result.claims.map(({ name, verdict }) => [name, verdict]),
    [
      ['Linearizable', 'holds'],
      ['LruOrder', 'unknown'],
    ],
  );
  assert.match(result.unknown!.why, 'LruOrder (judged by verify and check --model lru)');
});

const vacuous = (name: string): Claim<Vector> => ({
  kind: 'state',
  name,
  claim: name,
  judge: () => ({ met: false, violation: null }),
});
const met = (name: string): Claim<Vector> =>
  ({ ...vacuous(name), judge: () => ({ met: true, violation: null }) }) as Claim<Vector>;

test('the library: no claim met, one asked for and not met, a temporal one with symmetry', async () => {
  const two = counters(2, 2, true, [vacuous('Never'), met('Always')]);
  assert.is((await check(two)).verdict, 'holds');
  const asked = await check(two, { claims: ['Never', 'Always'] });
  assert.equal([asked.verdict, asked.unknown?.by], ['unknown', 'claims']);
  assert.match(asked.unknown!.why, 'Never (never met)');
  const none = await check(counters(2, 2, true, [vacuous('Never')]));
  assert.match(none.unknown!.why, 'no claim was met');
  const fair = await check(lock({ threads: 3, kind: 'queue' }), { claims: ['Enters0'], symmetry: true });
  assert.is(fair.verdict, 'unknown');
  assert.match(fair.unknown!.why, 'Enters0 (a symmetry reduction does not keep fairness; check without it)');
});

test('random sets of claims, met and unmet, asked for or not: holds only if all that was asked for was met', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const draw = drawer(seed);
    const claims = Array.from({ length: 1 + draw(3) }, (_, k) => (draw(2) ? met(`M${k}`) : vacuous(`V${k}`)));
    const names = claims.map(({ name }) => name);
    const asked = draw(2) === 0 ? undefined : names.filter(() => draw(2) === 0);
    const judged = asked ?? names;
    const fine = asked === undefined ? judged.some((n) => n[0] === 'M') : judged.every((n) => n[0] === 'M');
    const { verdict } = await check(
      counters(1, 2, true, claims),
      asked === undefined ? {} : { claims: asked },
    );
    assert.is(verdict, fine ? 'holds' : 'unknown', `seed ${seed}: ${names} of which ${asked ?? 'all'}`);
  }
});

const IDS = [
  ...Array.from({ length: 17 }, (_, k) => `I${k + 1}`),
  ...['I5b', 'T1', 'T2', 'C1', 'C2', 'C3', 'C4', 'C5'],
  ...Array.from({ length: 13 }, (_, k) => `L${k + 1}`),
  ...Array.from({ length: 6 }, (_, k) => `S${k + 1}`),
];

test('no id of SEMANTICS is unknown to a flag --claims', async () => {
  const { decode } = flag.claims();
  for (const id of IDS) assert.ok((await decode(id, 'claims', []))!.length > 0, id);
  assert.equal(await decode('I4,L9,T1', 'claims', []), ['UsageIsLruSize', 'ChargeTerminates']);
});

const plan = { impl: 'controller', seed: 1, domains: [domainOf(profiles.letter)], runs: 20, workers: 1 };

test('verify: what the command does not judge, and what a program does not show', async () => {
  const elsewhere = await hunt<Rss>({ ...plan, claims: ['ChargeTerminates'] });
  assert.is(elsewhere.verdict, 'unknown');
  assert.match(elsewhere.unjudged!, 'ChargeTerminates (judged by check --model contract or lru');
  const size = { containers: 1, tasks: 1, pages: 2, limit: 2 };
  const source = readFileSync(new URL('../examples/external/rss.py', import.meta.url), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  writeFileSync(join(folder, 'rss.py'), source.replaceAll(/^ +"(in)?active": .*$/gm, ''));
  const program = `python3 ${join(folder, 'rss.py')}`;
  const unseen = await hunt<Rss>({ ...plan, impl: program, runs: 3, size, claims: ['LruOrder'] });
  assert.is(unseen.verdict, 'unknown');
  assert.match(unseen.unjudged!, 'LruOrder (does not show lists');
  rmSync(folder, { recursive: true });
});

test('verify: after no command nothing has reached its floor', async () => {
  const { signal } = aborted();
  const report = await hunt<Rss>({ ...plan, signal });
  const text = reportText(report, (_, one) => one, false);
  assert.not.match(text, 'reached their floor');
  assert.is(report.verdict, 'unknown');
});

const aborted = () => {
  const controller = new AbortController();
  controller.abort();
  return controller;
};

test('a campaign of no jobs is unknown', () => {
  assert.is(reportOf({ jobs: [], results: [], unshrunk: 0 }).verdict, 'unknown');
});

test('the exit status is 3, and the answer says why', async () => {
  const program = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
  const [status, stdout] = await new Promise<[number, string]>((resolve) => {
    execFile(process.execPath, [program, 'check', '--claims', 'I17', '--scope', '1/1/1/1'], (error, out) =>
      resolve([error ? Number(error.code) : 0, out]),
    );
  });
  assert.is(status, 3);
  assert.match(stdout, 'asked for and not judged: LruOrder (judged by verify and check --model lru)');
});

test.run();
