// Campaigns measured: many workers and many deaths against one worker, two workers against one, status at 10,000 jobs, and what a night costs.
// Run: node --import tsx bench/campaign.ts [same] [speed] [status] [night]; COMMANDS, KILLS and ROUNDS set the sizes. Needs /proc.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { mergeCoverage } from '../campaign/coverage.ts';
import { type CampaignPlan, decodePlan, programVersion } from '../campaign/plan.ts';
import { RedisEngine } from '../campaign/redis.ts';
import { ledgerOf, reportOf, storyOfLedger } from '../campaign/report.ts';
import { runJob } from '../campaign/run.ts';
import { Store } from '../campaign/store.ts';
import { summaryOf } from '../campaign/summary.ts';
import { hasServer, sleep, TestServer } from '../tests/campaign-redis.ts';
import { inTurn, many, median, row, runParts, target } from './tools.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'firsttouch-bench-'));
const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill();
  rmSync(room, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Commands of a job of 20 batches in these profiles, on the average. */
const COMMANDS_A_JOB = 62_000;
const random = (commands: number, seed: number): CampaignPlan =>
  decodePlan({
    profiles: ['letter', 'linux-v2'],
    impl: 'controller',
    seed,
    jobs: Math.max(2, Math.round(commands / COMMANDS_A_JOB / 2)),
    batches: 20,
    scopes: [],
  });

const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

interface Campaign {
  readonly store: Store;
  /** Seconds from the start of the command until its last job had ended, and until it had ended itself, its page written. */
  readonly worked: number;
  readonly whole: number;
  /** Seconds of processor time of the command and its workers: what other work on the machine does not lengthen. */
  readonly processor: number;
}

/** Of all processes that this one has started and that have ended, with theirs. */
function processorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Runs `campaign start` to its end, and shows it to `watch` meanwhile. */
async function campaign(
  name: string,
  plan: CampaignPlan,
  workers: number,
  watch: (child: ChildProcess, store: Store) => Promise<void> = async () => {},
): Promise<Campaign> {
  const dir = join(room, name);
  const file = `${dir}.json`;
  writeFileSync(file, JSON.stringify(plan));
  const store = Store.start(dir, plan, programVersion());
  const [from, used] = [Date.now(), processorSeconds()];
  const args = [bin, 'campaign', 'start', '--plan', file, '--dir', dir, '--workers', String(workers)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  started.add(child);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await watch(child, store);
  const status = await ended;
  started.delete(child);
  if (status !== 0) throw new Error(`campaign start ended with ${status}`);
  const whole = (Date.now() - from) / 1000;
  const last = Math.max(...store.results().map(({ finished }) => finished));
  return { store, worked: (last - from) / 1000, whole, processor: processorSeconds() - used };
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Kills workers with -9: each at a moment drawn anew, spread over the jobs. How many did die. */
async function killSome(child: ChildProcess, store: Store, kills: number): Promise<number> {
  const jobs = store.jobs.length;
  const moments = Array.from({ length: kills }, () => Math.random() * 0.9 * jobs).sort((a, b) => a - b);
  let killed = 0;
  for (const moment of moments) {
    while (store.done().size < moment && isAlive(child)) await sleep(20);
    await sleep(Math.random() * 500);
    const workers = isAlive(child) ? childrenOf(child.pid) : [];
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (victim === undefined) continue;
    process.kill(victim, 'SIGKILL');
    killed++;
  }
  return killed;
}

async function same(): Promise<void> {
  const commands = Number(process.env.COMMANDS ?? 1_000_000);
  const kills = Number(process.env.KILLS ?? 20);
  const plan = {
    ...random(commands, 1),
    scopes: [{ containers: 2, tasks: 2, pages: 2, limit: 2 }],
  };
  let killed = 0;
  const alone = await campaign('same-one', plan, 1);
  const crowd = await campaign('same-four', plan, 4, async (child, store) => {
    killed = await killSome(child, store, kills);
  });
  const [one, four] = await Promise.all([alone, crowd].map(({ store }) => countsOf(store)));
  const { report, stories } = one;
  const sum = Object.values(report.profiles).reduce((n, tally) => n + tally.commands, 0);
  console.log(`one worker, ${many(sum)} commands in ${report.done} jobs: ${alone.worked.toFixed(0)} s`);
  console.log(`four workers, ${killed} killed with -9 and followed by others: ${crowd.worked.toFixed(0)} s`);
  for (const { profile, statement } of stories)
    for (const line of statement) console.log(`  ${profile}: ${line}`);
  const strikes = readdirSync(join(crowd.store.folder, 'starts'))
    .map(
      (file) => readFileSync(join(crowd.store.folder, 'starts', file), 'utf8').match(/begun/g)?.length ?? 0,
    )
    .reduce((n, begun) => n + begun - 1, 0);
  console.log(`  jobs begun a second time because their worker died: ${strikes}`);
  const parts: Record<string, boolean> = {
    'jobs, verdict, findings, scopes': isDeepStrictEqual(
      { ...report, profiles: null },
      { ...four.report, profiles: null },
    ),
    'runs, commands, claims checked and met, reachability': isDeepStrictEqual(
      report.profiles,
      four.report.profiles,
    ),
    'coverage: branches, samples of states': isDeepStrictEqual(one.coverage, four.coverage),
    'distinct states, and what is told of them': isDeepStrictEqual(stories, four.stories),
  };
  for (const [what, equal] of Object.entries(parts)) {
    console.log(`  ${what}: ${equal ? 'the same' : 'DIFFER'}`);
  }
  if (Object.values(parts).includes(false)) process.exitCode = 1;
}

async function countsOf(store: Store) {
  const ledger = ledgerOf(store);
  const coverage = store.plan.profiles.map((profile) =>
    mergeCoverage(ledger.results.flatMap((r) => (r.profile === profile ? (r.coverage ?? []) : []))),
  );
  const { profiles } = await storyOfLedger(ledger);
  return { report: reportOf(ledger), coverage, stories: profiles };
}

/** Turn about, so that a machine that slows down slows both. The clock runs from the start of the command, so workers' starts are in it. */
async function speed(): Promise<void> {
  const plan = random(Number(process.env.COMMANDS ?? 10_000_000), 2);
  const rounds = Number(process.env.ROUNDS ?? 1);
  let started = 0;
  const by = (workers: number) => () => campaign(`speed-${workers}-${started++}`, plan, workers);
  const { one, two } = await inTurn({ one: by(1), two: by(2) }, rounds);
  const { commands } = summaryOf(one[0].store);
  console.log(`${many(commands)} commands, ${rounds} times in turn, medians; ${cpus().length} processors`);
  const of = (some: readonly Campaign[], what: 'worked' | 'whole' | 'processor') =>
    median(some.map((campaign) => campaign[what]));
  for (const [i, some] of [one, two].entries()) {
    const [worked, whole, processor] = [of(some, 'worked'), of(some, 'whole'), of(some, 'processor')];
    const rate = many(commands / worked);
    console.log(
      `  ${i + 1}: ${worked.toFixed(1)} s to the last job's end, ${rate} commands/s; ${whole.toFixed(1)} s with the report; ${processor.toFixed(1)} s of processor time`,
    );
  }
  const ratio = of(one, 'worked') / of(two, 'worked');
  target(`two workers against one: ${ratio.toFixed(2)} (1.8 asked)`, ratio >= 1.8);
  console.log(`  the same with the report: ${(of(one, 'whole') / of(two, 'whole')).toFixed(2)}`);
}

/** Wall time of the command, node's start included. */
function secondsOf(args: readonly string[], env = process.env): number {
  const from = performance.now();
  execFileSync(process.execPath, [bin, 'campaign', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return (performance.now() - from) / 1000;
}

const JOBS = 10_000;
const LOOKS = 5;

async function status(): Promise<void> {
  const plan: CampaignPlan = { ...random(0, 3), jobs: JOBS / 2, batches: 1 };
  const dir = join(room, 'status');
  const store = Store.start(dir, plan, programVersion());
  const result = await runJob(store.jobs[0], plan);
  // So many ended since the look before; the first look finds all but those.
  const since = 100;
  let done = 0;
  const end = (jobs: number) => {
    for (const { name, profile } of store.jobs.slice(done, (done += jobs))) {
      writeFileSync(join(dir, 'results', `${name}.json`), JSON.stringify({ ...result, job: name, profile }));
    }
  };
  end(JOBS - since * (LOOKS + 1));
  const first = secondsOf(['status', '--dir', dir]);
  const looks = Array.from({ length: LOOKS }, () => {
    end(since);
    return secondsOf(['status', '--dir', dir]);
  });
  console.log(`status at ${many(JOBS)} jobs, ${many(done)} with a result, median of ${LOOKS}:`);
  const one = median(looks);
  target(`a folder, ${since} jobs ended since the look before: ${one.toFixed(2)} s (1 asked)`, one < 1);
  console.log(`  the first look of all: ${first.toFixed(2)} s`);
  if (!hasServer) {
    console.log('  a server: SKIP redis-server is not installed');
    return;
  }
  const server = await TestServer.start();
  const engine = await RedisEngine.start(server.server, { name: 'status' }, plan, programVersion());
  try {
    await engine.enqueue(store.jobs.slice(done));
    for (const { name, profile } of store.jobs.slice(0, done))
      await engine.put({ ...result, job: name, profile });
    const env = { ...process.env, FIRSTTOUCH_REDIS: server.url };
    const args = ['status', '--engine', 'redis', '--name', 'status', '--dir', join(room, 'none')];
    const asked = median(Array.from({ length: LOOKS }, () => secondsOf(args, env)));
    target(`a server: ${asked.toFixed(2)} s (1 asked)`, asked < 1);
  } finally {
    await engine.close();
    await server.close();
  }
}

interface Cost {
  readonly seconds: number;
  readonly jobs: number;
  readonly commands: number;
  readonly states: number;
  /** Resident bytes of the largest worker, and of the folder on the disk. */
  readonly memory: number;
  readonly disk: number;
  readonly report: string;
}

/** What a campaign of two workers takes. */
async function costOf(name: string, plan: CampaignPlan): Promise<Cost> {
  let memory = 0;
  const { store, worked } = await campaign(name, plan, 2, async (child) => {
    for (; isAlive(child); await sleep(100)) memory = Math.max(memory, ...childrenOf(child.pid).map(peakOf));
  });
  const { commands, states } = summaryOf(store);
  const files = readdirSync(store.folder, { recursive: true }).map((file) =>
    statSync(join(store.folder, String(file))),
  );
  const disk = files.reduce((sum, file) => sum + file.blocks * 512, 0);
  const { profiles } = await storyOfLedger(ledgerOf(store));
  const report = profiles.flatMap(({ statement }) => statement).join('; ');
  return { seconds: worked, jobs: store.jobs.length, commands, states, memory, disk, report };
}

/** The most that a process ever held; none if it has just gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const NIGHT_S = 8 * 3600;
const NIGHT_JOBS = 1000;

/** A night on paper: rates of two workers now, times eight hours. */
async function night(): Promise<void> {
  const runs = await costOf('night-random', random(Number(process.env.COMMANDS ?? 1_500_000), 4));
  const { log } = console;
  log(
    row('two workers', 'commands/s', 'states/s', '8 h: commands', '8 h: states', 'a worker', 'disk in 8 h'),
  );
  log(row('---', '---:', '---:', '---:', '---:', '---:', '---:'));
  const rate = runs.commands / runs.seconds;
  // A result's samples are bounded, however long its job is.
  const grown = (runs.disk / runs.jobs) * NIGHT_JOBS;
  const [second, all] = [many(rate), many(rate * NIGHT_S)];
  log(row('random runs', second, second, all, 'as many looked at', mebi(runs.memory), mebi(grown)));
  for (const { model, ...scope } of SCOPES) {
    const plan = { ...random(0, 5), jobs: 0, scopes: [{ ...scope, model }] };
    const { seconds, states, memory, disk } = await costOf(`night-${model}`, plan);
    const { containers, tasks, pages, limit } = scope;
    const name = `${model} ${containers}/${tasks}/${pages}/${limit}`;
    const each = `${mebi(memory)}, ${many(memory / (states / 2))} bytes a state`;
    const rate = states / seconds;
    log(row(name, '', many(rate), '', many(rate * NIGHT_S), each, mebi(disk)));
  }
  const batches = Math.round((rate * NIGHT_S * 20) / COMMANDS_A_JOB / NIGHT_JOBS);
  console.log(
    `random runs: a night in ${many(NIGHT_JOBS)} jobs of ${many(batches)} batches; now ${runs.report}`,
  );
}

/** Closed in two profiles, a job each, so that two workers have one each. */
const SCOPES = [
  { containers: 2, tasks: 2, pages: 3, limit: 2, model: 'contract' },
  { containers: 2, tasks: 2, pages: 2, limit: 2, model: 'lru' },
] as const;

await runParts({ same, speed, status, night }, process.argv.slice(2));
process.exit();
