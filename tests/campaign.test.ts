// Campaigns in local worker processes: nothing counted twice, nothing lost, whoever works and whoever is killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Claims, Strikes } from '../campaign/claims.ts';
import { work as working } from '../campaign/engine.ts';
import { LocalEngine } from '../campaign/local.ts';
import { decodePlan, jobsOf, programVersion } from '../campaign/plan.ts';
import { ledgerOf, reportOf } from '../campaign/report.ts';
import { runJob } from '../campaign/run.ts';
import { Store } from '../campaign/store.ts';
import { MOST_STRIKES } from '../campaign/strike.ts';
import { agree, commandsOf } from '../cli/campaign-plan.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-campaign-'));
test.after(() => rmSync(folder, { recursive: true }));

const plan = decodePlan({
  profiles: ['letter', 'linux-v2'],
  impl: 'controller',
  seed: 7,
  jobs: 4,
  batches: 1,
  length: 60,
  scopes: [{ containers: 1, tasks: 1, pages: 1, limit: 1 }],
});
const version = programVersion();
const fresh = (name: string) => Store.start(join(folder, name), plan, version);

const work = (store: Store) => working(new LocalEngine(store));
const worker = (store: Store): ChildProcess =>
  spawn(process.execPath, [bin, 'campaign', 'work', '--dir', store.folder], { stdio: 'ignore' });
const ended = (child: ChildProcess) =>
  new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));

const alone = fresh('alone');
await work(alone);
const expected = reportOf(ledgerOf(alone));

test('one worker does every job once', () => {
  assert.is(expected.verdict, 'holds');
  assert.is(expected.done, 10);
  assert.is(expected.profiles.letter?.runs, 100);
  assert.is(expected.scopes.closed, 2);
});

test('two processes count what one counts, and a kill -9 changes nothing', async () => {
  const store = fresh('two');
  const [killed, other] = [worker(store), worker(store)];
  const ends = [ended(killed), ended(other)];
  while (readdirSync(join(store.folder, 'claims')).length === 0 && store.done().size < 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  killed.kill('SIGKILL');
  assert.equal(await Promise.all(ends), ['SIGKILL', 0]);
  assert.is(await ended(worker(store)), 0);
  assert.equal(reportOf(ledgerOf(store)), expected);
});

test('a result that comes twice counts once', async () => {
  const store = fresh('twice');
  const [job] = store.jobs;
  const result = await runJob(job, plan);
  assert.is(store.put(result), true);
  assert.is(store.put(result), false);
  assert.is(reportOf(ledgerOf(store)).done, 1);
  assert.is(reportOf(ledgerOf(store)).verdict, 'unknown');
});

test('a job that took its worker with it too often is poisoned, and the verdict is unknown', async () => {
  const few = { ...plan, profiles: ['letter' as const], jobs: 2, scopes: [] };
  const store = Store.start(join(folder, 'poison'), few, version);
  const strikes = new Strikes(store.folder);
  for (let n = 0; n < MOST_STRIKES; n++) strikes.begun(store.jobs[0].name);
  await work(store);
  const { done, poisoned, profiles, verdict } = reportOf(ledgerOf(store));
  assert.equal([done, poisoned, profiles.letter?.runs, verdict], [2, 1, 25, 'unknown']);
});

test('another version, another plan and no plan are refused', () => {
  assert.throws(() => Store.open(alone.folder, 'another'), /of version/);
  assert.throws(() => Store.start(alone.folder, { ...plan, seed: 8 }, version), /another plan/);
  assert.throws(() => Store.open(join(folder, 'nowhere')), /no campaign/);
  // Node's own recursive mkdir has no end there.
  assert.throws(
    () => Store.start('/proc/firsttouch', plan, version),
    /cannot be used as a campaign's folder/,
  );
  assert.throws(() => decodePlan({ ...plan, extra: 1 }));
  // All that is wrong at once, each with its place.
  assert.throws(
    () => decodePlan({ ...plan, extra: 1, seed: -1, batches: 0 }),
    /excess property\s+at \["extra"\]\s.*\s+at \["seed"\]\s.*\s+at \["batches"\]/,
  );
  assert.throws(
    () => decodePlan({ ...plan, impl: 'mutant:Z8', mutants: { ids: ['Z9'], seeds: 1, runs: 1, shrink: 0 } }),
    /no mutant Z9; .*; there is no mutant Z8/,
  );
});

test('who starts a campaign agrees to its command, with or without a slash in it; names are no commands', () => {
  const [scope] = plan.scopes;
  const judged = (impl: string) => ({ ...plan, scopes: [{ ...scope, model: 'lru' as const, impl }] });
  assert.equal(commandsOf(judged('mutant:A1')), []);
  assert.equal(commandsOf({ ...judged('subject'), impl: 'linux' }), ['subject']);
  agree(judged('subject'), commandsOf(judged('subject'))[0]);
  assert.throws(() => agree(judged('subject'), plan.impl), /runs a command in a shell/);
});

test('what a job runs sees neither the address of the server nor its password', async () => {
  const says = `sh -c 'echo "{\\"skip\\":\\"sees $FIRSTTOUCH_REDIS$FIRSTTOUCH_REDIS_PASSWORD$FIRSTTOUCH_ELSE\\"}"'`;
  const one = { ...plan, profiles: ['letter' as const], impl: says, jobs: 1, scopes: [] };
  const store = Store.start(join(folder, 'secret'), one, version);
  Object.assign(process.env, {
    FIRSTTOUCH_REDIS: 'address',
    FIRSTTOUCH_REDIS_PASSWORD: 'password',
    FIRSTTOUCH_ELSE: 'else',
  });
  await work(store);
  const { reasons } = reportOf(ledgerOf(store));
  assert.is(reasons.length, 1);
  assert.match(reasons[0], /sees else$/);
});

test('cancel leaves the rest undone', async () => {
  const store = fresh('cancelled');
  store.cancel();
  assert.is(await work(store), 0);
});

test('status names: 10,000 jobs have 10,000 names, the same each time', () => {
  const names = (seed: number) => jobsOf({ ...plan, seed, jobs: 5000 }, version).map(({ name }) => name);
  assert.is(new Set(names(1)).size, 10_002);
  assert.equal(names(1), names(1));
  assert.is(new Set([...names(1), ...names(2)]).size, 20_002);
});

test('a claim that another process has by now is not released, and one that cannot be read is not taken for abandoned', () => {
  const { folder } = fresh('claims');
  const claims = new Claims(folder);
  assert.ok(claims.take('job'));
  const file = join(folder, 'claims', 'job');
  writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname() }));
  claims.release('job');
  assert.not(claims.take('job'), 'the other has it still');
  symlinkSync('loop', join(folder, 'claims', 'loop'));
  assert.throws(() => claims.take('loop'), /ELOOP/);
});

test.run();
