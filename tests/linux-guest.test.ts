// A kernel in a guest, as an ordinary user: Debian's User Mode Linux, where its package is installed; nothing of this machine is touched.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, Session } from '../impl/linux/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const uml = '/usr/bin/linux.uml';
const missing = [uml, '/sbin/mke2fs'].filter((file) => !existsSync(file));
const inGuest = (name: string, body: () => void | Promise<void>) =>
  missing.length === 0
    ? test(name, body)
    : console.log(`SKIP ${name}: missing ${missing.join(', ')} (apt-get install user-mode-linux e2fsprogs)`);

const firsttouch = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'cli/firsttouch.mjs'), ...args], { encoding: 'utf8', cwd: root });

for (const cgroup of ['v1', 'v2'] as const) {
  inGuest(`20 runs on Debian's User Mode Linux in cgroup ${cgroup}: no disagreement`, () => {
    const { stdout, stderr, status } = firsttouch(
      ...`verify --impl linux --kernel ${uml} --cgroup ${cgroup} --runs 20 --length 60 --seed 4 --json`.split(
        ' ',
      ),
    );
    assert.is(status, 0, stdout.slice(0, 2000));
    assert.match(stderr, /^linux: Linux \d+\.\d+/);
    const { verdict, profiles } = JSON.parse(stdout);
    assert.is(verdict, 'holds');
    assert.is(profiles[0].profile, `linux-${cgroup}`);
    assert.ok(profiles[0].commands > 600, `${profiles[0].commands} commands`);
    const claims = new Map(profiles[0].claims.map((claim: { name: string }) => [claim.name, claim]));
    // Groups lie in groups: only then is there something to say of inner ones.
    const ofV2 = cgroup === 'v2' ? ['InnerContainersHoldNoTasks', 'RefusedForksAreNotCounted'] : [];
    for (const name of ['KernelIsQuiet', 'BooksAgree', 'PeakIsWithinLimit', 'RemovedGroupsDie', ...ofV2])
      assert.is((claims.get(name) as { verdict: string }).verdict, 'holds', name);
  });
}

/** `KILLS=10 KILLED=PATH npm test linux-guest`: so many kills of each cgroup, with another kernel. */
const KILLS = Number(process.env.KILLS ?? 1);
const killed = process.env.KILLED ?? uml;

const driver = `
import { Session } from './impl/linux/index.ts';
const session = await Session.open({ kernel: '${killed}', cgroup: process.argv[1] });
console.log(session.pid);
for (const parent = process.ppid; process.ppid === parent; ) {
  await session.reset({ containers: 2, tasks: 3, pages: 6 });
  await session.apply(['mkdir', 0]); await session.apply(['spawn', 0, 0]); await session.apply(['fork', 0, 1]);
  await session.apply(['setLimit', 0, 2]);
  for (let p = 0; p < 6; p++) { await session.apply(['touch', 0, p]); await session.apply(['pin', 0, p]); }
}`;

/** What is there of a guest: its processes by their folder, which is named with the pid of the suite. */
const processesOf = (suite: number) =>
  readdirSync('/proc').filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) &&
        readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`firsttouch-guest-${suite}-`)
      );
    } catch {
      return false;
    }
  });
const foldersOf = (suite: number) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`firsttouch-guest-${suite}-`));

inGuest(
  'all of a guest stays on one processor: from one to the other each of its calls would be waited for',
  async () => {
    const session = await Session.open({ kernel: uml });
    try {
      const allowed = processesOf(process.pid)
        .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(uml))
        .map((pid) => /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      assert.ok(allowed.length > 2);
      assert.is(new Set(allowed).size, 1);
      assert.match(`${allowed[0]}`, /^\d+$/);
    } finally {
      await session.close();
    }
  },
);

inGuest(
  'what a task had mapped that the kernel killed in the midst of a copy was not reclaimed',
  async () => {
    const session = await Session.open({ kernel: uml, oom: 'kernel', active: true, nested: true });
    try {
      await session.reset({ containers: 1, tasks: 2, pages: 3 });
      const moves: Command[] = [
        ...([
          ['mkdir', 0],
          ['spawn', 0, 0],
          ['touch', 0, 0],
          ['pin', 0, 0],
          ['touch', 0, 1],
        ] as const),
        ...([
          ['fork', 0, 1],
          ['unmap', 0, 1],
          ['pin', 1, 1],
          ['setLimit', 0, 2],
        ] as const),
      ];
      for (const move of moves) assert.is((await session.apply(move)).outcome, 'ok', move.join(' '));
      const { outcome, events } = await session.apply(['copy', 0, 0, 2]);
      assert.is(outcome, 'ok');
      assert.equal(events, [['killed', 1]]);
    } finally {
      await session.close();
    }
  },
);

inGuest('killed, the suite leaves no process and no folder, and a guest beside it goes on', async () => {
  const neighbour = await Session.open({ kernel: uml, cgroup: 'v2' });
  try {
    await neighbour.reset({ containers: 1, tasks: 1, pages: 1 });
    const moments = Array.from({ length: 2 * KILLS }, (_, i) => [i, i % 2 === 0 ? 'v1' : 'v2'] as const);
    for (const [i, cgroup] of moments) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', driver, cgroup],
        { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const suite = child.pid as number;
      const [keeper] = (await once(child.stdout, 'data')) as [Buffer];
      assert.ok(processesOf(suite).length > 2);
      assert.is(foldersOf(suite).length, 1);
      await wait(i * 100);
      // By turns the whole group of the suite with the outer keeper in it, the keeper of its guest, and the suite.
      process.kill([-suite, Number(keeper.toString()), suite][(i + (i >> 1)) % 3], 'SIGKILL');
      for (let ms = 0; ms < 20_000 && processesOf(suite).length + foldersOf(suite).length > 0; ms += 20)
        await wait(20);
      child.kill('SIGKILL');
      assert.equal(processesOf(suite), [], cgroup);
      assert.equal(foldersOf(suite), [], cgroup);
    }
    if (KILLS > 1) console.log(`${moments.length} kills of ${killed}: no process, no folder left`);
    assert.is((await neighbour.apply(['mkdir', 0])).outcome, 'ok');
  } finally {
    await neighbour.close();
  }
  assert.equal(foldersOf(process.pid), []);
});

test('a kernel that is not there, or no kernel, is skipped with the reason', () => {
  const absent = firsttouch('verify', '--impl', 'linux', '--kernel', '/nowhere/linux', '--cgroup', 'v1');
  assert.is(absent.status, 4);
  assert.match(absent.stdout, /^skipped: .*there is no \/nowhere\/linux/);
  const other = firsttouch('verify', '--impl', 'linux', '--kernel', 'package.json', '--cgroup', 'v1');
  assert.is(other.status, 4);
  assert.match(other.stdout, /neither a User Mode Linux binary nor a bzImage/);
});

test('--kernel and --cgroup go with --impl linux, and with a profile of that cgroup', () => {
  const other = firsttouch('verify', '--impl', 'lru', '--kernel', uml);
  assert.is(other.status, 2);
  assert.match(other.stderr, /--kernel goes with --impl linux, not lru/);
  const mixed = firsttouch('verify', '--impl', 'linux', '--profile', 'linux-v1', '--cgroup', 'v2');
  assert.is(mixed.status, 2);
  assert.match(mixed.stderr, /--cgroup v2 is profile linux-v2, not linux-v1/);
});

test.run();
