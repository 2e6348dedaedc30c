// The running kernel, where there is one to drive: conformance, the census, wrong contracts convicted, and nothing left behind after a kill.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Session } from '../impl/linux/index.ts';
import { fromRun, Judge, OutsideLockstep } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { tableOf, usualWeights } from '../properties/draw/draw.ts';
import { Contract } from '../properties/subjects/contract.ts';
import { LinuxSubject, probeLinux } from '../properties/subjects/linux/index.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { View } from '../properties/view/view.ts';
import { moveCarriesCharges, secondToucherOwns } from './linux-wrong.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const found = await probeLinux();
const mount = found.hierarchy ?? '';
const live = (name: string, body: () => Promise<void>) =>
  found.ok ? test(name, body) : console.log(`SKIP ${name}: missing ${found.missing.join(', ')}`);

/** xorshift32: the same draws on every machine. */
function numbers(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 2;
  };
}

async function drive(Class: typeof Specification, runs: number, oom: 'quiet' | 'random' = 'quiet') {
  const subject = await LinuxSubject.open({ oom });
  const domain = domainOf(profiles['linux-v1'], 'contract');
  const judge = new Judge(domain, subject.observed);
  const lockstep = new OutsideLockstep(subject, judge, { spec: new Contract(domain.profile, Class) });
  const next = numbers(7_919);
  try {
    for (let run = 1; run <= runs; run++) {
      const size = { containers: 1 + (next() % 3), tasks: 1 + (next() % 4), pages: 2 + (next() % 6) };
      const draws = Array.from({ length: 40 }, next);
      const style = { table: tableOf(usualWeights), exotic: false, nested: false, leavesOnly: false };
      const violation = await lockstep.run(size, fromRun(domain, { size, draws, style }));
      if (violation) return { runs: run, violation };
    }
    return { runs, violation: null };
  } finally {
    await subject.close();
  }
}

live('30 runs with the quiet killer and 10 with any victim: no disagreement', async () => {
  assert.is((await drive(Specification, 30)).violation, null);
  assert.is((await drive(Specification, 10, 'random')).violation, null);
});

live(
  'the kernel convicts a contract in which the second toucher owns, or a move carries charges',
  async () => {
    for (const Class of [secondToucherOwns, moveCarriesCharges]) {
      const { runs, violation } = await drive(Class, 20);
      assert.is(violation?.claim, 'EqualsSpec', `${Class.name}: ${runs} runs`);
    }
  },
);

live('the census of all frames and the locks of all mappings confirm what was seen', async () => {
  const size = { containers: 2, tasks: 2, pages: 4 };
  const subject = await LinuxSubject.open();
  const view = new View(size);
  try {
    await subject.reset(size);
    for (const c of [0, 1]) await subject.apply(['mkdir', c], view);
    for (const t of [0, 1]) await subject.apply(['spawn', t, t], view);
    for (const p of [0, 1, 2]) await subject.apply(['touch', p % 2, p], view);
    await subject.apply(['touch', 1, 0], view);
    await subject.apply(['pin', 1, 0], view);
    const [group] = groupsOf(subject.pid);
    const folders = [0, 1].map((c) => join(mount, group, 'root', `c${c}`));
    assert.equal([view.usage[0], view.usage[1]], framesOf(folders));
    assert.equal([...view.usage.slice(0, 2)], [2, 1]);
    assert.equal(folders.map(lockedIn), [0, 1]);
    assert.is(view.pins[0], 1);
  } finally {
    await subject.close();
  }
});

/** How many frames of the whole machine are charged to each of these groups: the kernel names a group by its directory's inode. */
function framesOf(folders: readonly string[]): number[] {
  const inodes = folders.map((folder) => statSync(folder, { bigint: true }).ino);
  const counts = folders.map(() => 0);
  const file = openSync('/proc/kpagecgroup', 'r');
  const frames = new BigUint64Array(1 << 16);
  for (let bytes = 1, at = 0; bytes > 0; at += bytes) {
    bytes = readSync(file, frames, 0, frames.byteLength, at);
    for (const inode of frames.subarray(0, bytes / 8)) {
      const which = inodes.indexOf(inode);
      if (which >= 0) counts[which]++;
    }
  }
  closeSync(file);
  return counts;
}

/** How many mappings the tasks in a group have locked. */
function lockedIn(folder: string): number {
  const pids = readFileSync(join(folder, 'tasks'), 'utf8').trim().split('\n');
  const flags = pids.flatMap(
    (pid) => readFileSync(`/proc/${pid}/smaps`, 'utf8').match(/^VmFlags:.* lo\b/gm) ?? [],
  );
  return flags.length;
}

const driver = `
import { Session } from './impl/linux/index.ts';
const session = await Session.open();
console.log(session.pid);
for (;;) {
  await session.reset({ containers: 2, tasks: 3, pages: 6 });
  await session.apply(['mkdir', 0]); await session.apply(['spawn', 0, 0]); await session.apply(['fork', 0, 1]);
  await session.apply(['setLimit', 0, 2]);
  for (let p = 0; p < 6; p++) { await session.apply(['touch', 0, p]); await session.apply(['pin', 0, p]); }
}`;

const groupsOf = (pid: number) => readdirSync(mount).filter((name) => name.startsWith(`firsttouch-${pid}-`));

/** Processes that are in a group of the broker's. */
const tasksOf = (pid: number) =>
  readdirSync('/proc').filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cgroup`, 'utf8').includes(`/firsttouch-${pid}-`)
      );
    } catch {
      return false;
    }
  });

live(
  'killed at ten moments, the suite leaves no process, and the next start no group; others keep theirs',
  async () => {
    // Somebody else's group, of a name like ours, with a limit and a process in it; and a session of ours that is alive.
    const foreign = join(mount, `firsttouch-foreign-${process.pid}`);
    const limit = join(foreign, 'memory.limit_in_bytes');
    const files = mkdtempSync(join(tmpdir(), 'firsttouch-files-'));
    mkdirSync(foreign);
    writeFileSync(limit, String(64 * 2 ** 20));
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    writeFileSync(join(foreign, 'tasks'), String(stranger.pid));
    const neighbour = await Session.open();
    try {
      await neighbour.reset({ containers: 1, tasks: 1, pages: 1 });
      for (const move of [['mkdir', 0] as const, ['spawn', 0, 0] as const, ['touch', 0, 0] as const])
        await neighbour.apply(move);
      const next = numbers(4_242);
      for (let i = 0; i < 10; i++) {
        const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', driver], {
          cwd: root,
          env: { ...process.env, FIRSTTOUCH_FILES: files },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const [text] = (await once(child.stdout, 'data')) as [Buffer];
        const broker = Number(text.toString());
        await wait(next() % 150);
        // By turns the suite, and the broker under it, which then cannot clean up.
        process.kill(i % 2 === 0 ? (child.pid as number) : broker, 'SIGKILL');
        if (i % 2 === 1) child.kill('SIGKILL');
        for (let ms = 0; ms < 20_000 && tasksOf(broker).length > 0; ms += 20) await wait(20);
        assert.equal(tasksOf(broker), [], `moment ${i}`);
        // The probe's group too may be left, if the suite is killed while it looks.
        mkdirSync(join(mount, `firsttouch-${broker}-1-probe-killed`));
        await (await Session.open()).close();
        assert.equal(groupsOf(broker), [], `moment ${i}`);
      }
      assert.equal(readdirSync(files), []);
      assert.is(readFileSync(join(foreign, 'tasks'), 'utf8').trim(), String(stranger.pid));
      assert.is(readFileSync(limit, 'utf8').trim(), String(64 * 2 ** 20));
      assert.equal((await neighbour.apply(['unmap', 0, 0])).outcome, 'ok');
    } finally {
      await neighbour.close();
      const ended = once(stranger, 'exit');
      stranger.kill('SIGKILL');
      await ended;
      rmdirSync(foreign);
      rmSync(files, { recursive: true });
    }
  },
);

live('the broker and its tasks stay far below 256 MiB', async () => {
  const session = await Session.open();
  try {
    await session.reset({ containers: 4, tasks: 8, pages: 60 });
    await session.apply(['mkdir', 0]);
    for (let t = 0; t < 8; t++) await session.apply(['spawn', t, 0]);
    for (let p = 0; p < 60; p++) await session.apply(['touch', p % 8, p]);
    const [group] = groupsOf(session.pid);
    const used = Number(readFileSync(join(mount, group, 'memory.max_usage_in_bytes'), 'utf8'));
    assert.ok(used > 0 && used < 256 * 2 ** 20, `${used} bytes`);
  } finally {
    await session.close();
  }
});

/** The brokers that a suite has started: by the groups that they have made. */
const brokersOf = (suite: number): number[] =>
  readdirSync(mount)
    .map((name) => Number(/^firsttouch-(\d+)-/.exec(name)?.[1]))
    .filter((pid) => existsSync(`/proc/${pid}/status`))
    .filter((pid) => readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${suite}\n`));

live(
  'a signal to the whole group is an interruption: 130, what was judged is told, and nothing is left',
  async () => {
    const bin = join(root, 'cli/firsttouch.mjs');
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const args = ['verify', '--impl', 'linux', '--profile', 'linux-v1', '--runs', '5000'];
      const child = spawn(process.execPath, [bin, ...args], { detached: true });
      let [out, err] = ['', ''];
      let broker = 0;
      child.stdout.on('data', (text) => (out += text));
      child.stderr.on('data', (text) => {
        err += text;
        if (!/^linux: Linux /m.test(err)) return;
        setTimeout(() => {
          broker = brokersOf(child.pid as number)[0];
          process.kill(-(child.pid as number), signal);
        }, 1_500);
      });
      const [status] = await once(child, 'close');
      assert.is(status, 130, `${out} ${err}`);
      assert.ok(broker > 0);
      assert.equal([groupsOf(broker), tasksOf(broker)], [[], []]);
      assert.match(out, /^unknown \(cut off\): no violation in [1-9][0-9,]* commands/m);
      assert.match(
        err,
        /^linux: profile linux-v1: makes groups and tasks of its own below \S+, kills no others, and removes them at the end\nlinux: Linux [^\n]+\n$/,
      );
    }
  },
);

live(
  'verify drives the kernel, and every situation that it can be brought into reaches its floor',
  async () => {
    const bin = join(root, 'cli/firsttouch.mjs');
    const args = 'verify --impl linux --runs 60 --seed 4 --profile linux-v1 --json'.split(' ');
    const { status, stdout } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
    const { verdict, profiles: looked } = JSON.parse(stdout);
    assert.is(verdict, 'holds');
    assert.ok(looked[0].commands > 1000);
    assert.is(status, 0);
  },
);

test.run();
