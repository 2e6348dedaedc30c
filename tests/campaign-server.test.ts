// Campaigns over a real Redis server, and what can befall them: nothing is counted twice, and nothing that was acknowledged is lost.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// Loaded before anything waits for a server: it takes seconds where much else goes on, and in them no answer is heard.
import 'bullmq';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coordinate } from '../campaign/coordinate.ts';
import { work } from '../campaign/engine.ts';
import type { CampaignPlan, Job } from '../campaign/plan.ts';
import { RedisEngine } from '../campaign/redis.ts';
import { ledgerOf, reportOf } from '../campaign/report.ts';
import type { JobResult } from '../campaign/result.ts';
import { connect, serverOf } from '../campaign/server.ts';
import { Store } from '../campaign/store.ts';
import { MOST_STRIKES } from '../campaign/strike.ts';
import { counterexampleText, readCounterexample } from '../properties/trace/counterexample.ts';
import { answerTo, child, ended, hasServer, planOf, TestServer, until, VERSION } from './campaign-redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'firsttouch-server-'));
const servers: TestServer[] = [];
const engines: RedisEngine[] = [];
test.after(async () => {
  for (const engine of engines) await engine.close();
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true });
});

let count = 0;
const storeOf = (plan: CampaignPlan) => Store.start(join(folder, `ledger-${count++}`), plan, VERSION);
async function serve(password?: string): Promise<TestServer> {
  const server = await TestServer.start(password);
  servers.push(server);
  return server;
}
async function begin(server: TestServer, name: string, plan: CampaignPlan): Promise<RedisEngine> {
  const engine = await RedisEngine.start(server.server, { name }, plan, VERSION);
  engines.push(engine);
  return engine;
}

/** What takes long is begun at once, all of it side by side, and each test waits for its own. */
function begun<T>(scenario: () => Promise<T>): Promise<T> {
  const promise = scenario();
  promise.catch(() => {});
  return promise;
}

const quick = { lookMs: 50 };
const runner = async (job: Job) => answerTo(job);
/** What one worker would have counted, with no mishap. */
const sumOf = (jobs: readonly Job[]): number => jobs.reduce((n, job) => n + answerTo(job).tally.commands, 0);
function assertWhole(store: Store): void {
  const { verdict, done, jobs, profiles } = reportOf(ledgerOf(store));
  assert.is(done, jobs);
  assert.is(profiles.letter?.runs, jobs);
  assert.is(profiles.letter?.commands, sumOf(store.jobs));
  assert.is(verdict, 'holds');
}

if (!hasServer) {
  test('campaigns over a server', () => console.log('SKIP redis-server is not installed'));
} else {
  const shared = await serve();

  test('two workers and two coordinators, each with a folder of its own: both have every result once', async () => {
    const plan = planOf(60);
    const [first, second] = [await begin(shared, 'two', plan), await begin(shared, 'two', plan)];
    const [here, there] = [storeOf(plan), storeOf(plan)];
    const both = Promise.all([coordinate(first, here, quick), coordinate(second, there, quick)]);
    const stood = await Promise.all([first.serve(runner), second.serve(runner)]);
    await both;
    assert.is(stood[0] + stood[1], 60);
    assertWhole(here);
    assertWhole(there);
  });

  test('status tells what is done and what somebody has at this moment', async () => {
    const engine = await begin(shared, 'status', planOf(3));
    await engine.enqueue(engine.jobs);
    const seen: number[][] = [];
    await engine.serve(async (job) => {
      const { jobs, done, running } = await engine.status();
      seen.push([jobs, done, running]);
      return answerTo(job);
    });
    assert.equal(seen, [
      [3, 0, 1],
      [3, 1, 1],
      [3, 2, 1],
    ]);
  });

  const killed = begun(async () => {
    const plan = planOf(60, 2);
    const engine = await begin(shared, 'killed', plan);
    const store = storeOf(plan);
    const coordinated = coordinate(engine, store, quick);
    // They stand at their jobs, however long it takes to be killed.
    const victims = [child(shared, 'killed', 'stay'), child(shared, 'killed', 'stay')];
    await Promise.all(victims.map(({ stdout }) => stdout && once(stdout, 'data')));
    for (const victim of victims) victim.kill('SIGKILL');
    const ends = await Promise.all(victims.map(ended));
    const steady = child(shared, 'killed');
    await coordinated;
    return { store, ends: [...ends, await ended(steady)] };
  });

  test('workers are killed with -9 at their jobs', async () => {
    const { store, ends } = await killed;
    assert.equal(ends, ['SIGKILL', 'SIGKILL', 0]);
    assertWhole(store);
  });

  const poison = begun(async () => {
    const plan = planOf(6, 3);
    const engine = await begin(shared, 'poison', plan);
    const store = storeOf(plan);
    const coordinated = coordinate(engine, store, quick);
    const bane = store.jobs[2].name;
    const victims = Array.from({ length: MOST_STRIKES + 1 }, () => ended(child(shared, 'poison', bane)));
    await coordinated;
    return { store, ends: await Promise.all(victims) };
  });

  test('a job that kills whoever takes it is poisoned, and the rest is done', async () => {
    const { store, ends } = await poison;
    assert.is(ends.filter((end) => end === 'SIGKILL').length, MOST_STRIKES);
    assert.is(ends.filter((end) => end === 0).length, 1);
    const report = reportOf(ledgerOf(store));
    assert.is(report.poisoned, 1);
    assert.equal(report.reasons, [`its worker died ${MOST_STRIKES} times`]);
    assert.is(report.verdict, 'unknown');
    assert.is(report.profiles.letter?.runs, 5);
  });

  const hung = begun(async () => {
    const plan = planOf(3, 4);
    const engine = await begin(shared, 'hangs', plan);
    const store = storeOf(plan);
    const coordinated = coordinate(engine, store, quick);
    const module = new URL('./campaign-hangs.mjs', import.meta.url);
    await Promise.all([work(engine, { module }), coordinated]);
    return reportOf(ledgerOf(store));
  });

  test('a job that hangs is ended by the watch, tried again, and given up', async () => {
    const report = await hung;
    assert.is(report.poisoned, 1);
    assert.equal(report.reasons, ['no end after 1 s']);
    assert.is(report.done, 3);
  });

  for (const keeps of [true, false]) {
    const restarted = begun(async () => {
      const server = await serve();
      const plan = planOf(80, 5);
      const engine = await begin(server, 'restart', plan);
      const store = storeOf(plan);
      const coordinated = coordinate(engine, store, quick);
      const workers = [child(server, 'restart'), child(server, 'restart')];
      await until(() => store.done().size >= 10);
      await server.kill();
      const acknowledged = store.done();
      if (!keeps) server.forget();
      await server.up();
      await coordinated;
      return { store, acknowledged, ends: await Promise.all(workers.map(ended)) };
    });

    test(`the server dies and comes back ${keeps ? 'with' : 'without'} its data`, async () => {
      const { store, acknowledged, ends } = await restarted;
      assert.ok(acknowledged.size < 80);
      for (const name of acknowledged) assert.ok(store.has(name));
      assertWhole(store);
      assert.equal(ends, [0, 0]);
    });
  }

  test('a counterexample that two jobs find is one file; one that was noted outlives its worker', async () => {
    const plan = planOf(4, 6);
    const engine = await begin(shared, 'finds', plan);
    const store = storeOf(plan);
    const at = fileURLToPath(new URL('../counterexamples/', import.meta.url));
    const text = counterexampleText(readCounterexample(join(at, readdirSync(at)[0])));
    const found = [{ claim: 'UsageIsLruSize', witness: 'a witness', batch: 0, run: 0, example: text }];
    const coordinated = coordinate(engine, store, quick);
    await engine.serve(async (job, { note }) => {
      note?.(text);
      // The last job never comes to a result: its thread breaks, as often as it is tried.
      if (job.name === store.jobs[3].name) throw new Error('broken');
      return { ...answerTo(job), found };
    });
    await coordinated;
    const report = reportOf(ledgerOf(store));
    assert.is(report.verdict, 'violated');
    assert.is(report.found.length, 3);
    assert.is(report.unshrunk, 1);
    assert.equal(report.reasons, ['broken']);
    assert.is(readdirSync(join(store.folder, 'findings')).length, 1);
  });

  test('cancel lets the job under way come to its end, and no other; its counterexample is kept', async () => {
    const plan = planOf(20, 7);
    const engine = await begin(shared, 'cancelled', plan);
    const store = storeOf(plan);
    const coordinated = coordinate(engine, store, { ...quick, stopOnFailure: true });
    const found = [{ claim: 'UsageIsLruSize', witness: 'a witness', batch: 0, run: 0 }];
    const stood = await engine.serve(async (job): Promise<JobResult> => ({ ...answerTo(job), found }), {
      stopOnFailure: true,
    });
    await coordinated;
    assert.is(stood, 1);
    assert.ok(store.cancelled);
    assert.is(reportOf(ledgerOf(store)).found.length, 1);
    assert.is(reportOf(ledgerOf(store)).verdict, 'violated');
  });

  test('another version, another plan and no campaign are refused; after its end the name is free', async () => {
    const { server } = shared;
    const plan = planOf(2, 8);
    const engine = await begin(shared, 'refused', plan);
    const refusal = async (attempt: Promise<RedisEngine>): Promise<string> => {
      try {
        await (await attempt).close();
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const name = 'refused';
    assert.match(
      await refusal(RedisEngine.join(server, { name }, 'later')),
      /of version test, this program is later/,
    );
    assert.match(await refusal(RedisEngine.start(server, { name }, plan, 'later')), /another version/);
    assert.match(await refusal(RedisEngine.start(server, { name }, planOf(3), VERSION)), /another plan/);
    assert.match(await refusal(RedisEngine.join(server, { name: 'nobody' })), /has no campaign nobody/);
    await engine.cancel();
    assert.is(await refusal(RedisEngine.start(server, { name }, planOf(3), VERSION)), 'accepted');
  });

  test('a result that cannot be read is thrown away, and its job done again', async () => {
    const plan = planOf(3, 9);
    const engine = await begin(shared, 'garbled', plan);
    const store = storeOf(plan);
    const redis = await connect(shared.server);
    await redis.hset(engine.resultsKey, store.jobs[0].name, 'garbage', store.jobs[1].name, 'garbage');
    redis.disconnect();
    await Promise.all([coordinate(engine, store, quick), engine.serve(runner)]);
    assertWhole(store);
  });

  test('what was read is acted on only while it is there: another may have put a good result, or have taken the name', async () => {
    const [plan, later, third] = [planOf(3, 11), planOf(4, 11), planOf(5, 11)];
    const engine = await begin(shared, 'meanwhile', plan);
    const [job] = engine.jobs;
    await engine.put(answerTo(job));
    engine.redis.hgetBuffer = async () => Buffer.from('garbage');
    assert.is(await engine.result(job.name), null);
    assert.equal(await engine.names(), [job.name]);
    await engine.cancel();
    const other = await begin(shared, 'meanwhile', later);
    const read = engine.redis.get.bind(engine.redis);
    const stale = await read('firsttouch:campaign:meanwhile');
    await other.cancel();
    await begin(shared, 'meanwhile', third);
    const first = [stale];
    Object.assign(engine.redis, {
      get: (key: string) => (key.endsWith(':state') ? read(key) : (first.pop() ?? read(key))),
    });
    const message = await engine.claimName().then(String, (error: Error) => error.message);
    assert.match(message, /holds a campaign meanwhile of another plan/);
  });

  test('a counterexample that could not be noted is told of, when its job comes to no result', async () => {
    const plan = planOf(1, 12);
    const engine = await begin(shared, 'unnoted', plan);
    const store = storeOf(plan);
    engine.redis.hsetnx = () => Promise.reject(new Error('the server has no room'));
    const coordinated = coordinate(await begin(shared, 'unnoted', plan), store, quick);
    await engine.serve(async (_, { note }) => {
      note?.('{}');
      throw new Error('broken');
    });
    await coordinated;
    assert.equal(reportOf(ledgerOf(store)).reasons, ['the server has no room']);
  });

  test('the address and the password stay in the environment', async () => {
    const server = await serve('s3cret-word');
    const plan = planOf(2, 10);
    await begin(server, 'secret', plan);
    const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
    const say = (environment: NodeJS.ProcessEnv) => {
      const args = [
        bin,
        'campaign',
        'status',
        '--engine',
        'redis',
        '--name',
        'secret',
        '--dir',
        join(folder, 'none'),
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        env: { ...process.env, ...environment },
        encoding: 'utf8',
      });
      const said = stdout + stderr;
      assert.not.match(said, /s3cret-word|wr0ng|127\.0\.0\.1/);
      assert.not.match(said, new RegExp(String(server.server.port)));
      return { status, said };
    };
    assert.match(say({ FIRSTTOUCH_REDIS: server.url }).said, /0 of 2 jobs done/);
    const refused = say({ FIRSTTOUCH_REDIS: server.url.replace('s3cret-word', 'wr0ng') });
    assert.is(refused.status, 2);
    assert.match(refused.said, /refuses the user or password/);
    await server.kill();
    assert.match(say({ FIRSTTOUCH_REDIS: server.url }).said, /does not answer \(ECONNREFUSED\)/);
  });
}

test('what an address may be', () => {
  const at = (text: string) => serverOf({ FIRSTTOUCH_REDIS: text });
  assert.equal(serverOf({}), { host: '127.0.0.1', port: 6379, db: 0 });
  assert.equal(serverOf({ FIRSTTOUCH_REDIS_PASSWORD: 'p' }), {
    host: '127.0.0.1',
    port: 6379,
    db: 0,
    password: 'p',
  });
  assert.equal(at('rediss://u:p%40@[::1]:1/2'), {
    host: '::1',
    port: 1,
    db: 2,
    username: 'u',
    password: 'p@',
    tls: {},
  });
  for (const bad of ['', 'here', 'http://secret@host', 'redis://', 'redis://h/x', 'redis://h:99999']) {
    assert.throws(
      () => at(bad),
      (error: Error) => error.name === 'BadServer' && !/secret/.test(error.message),
    );
  }
});

test.run();
