// The kernel as an implementation: fully observed commands a second, and long conformance runs. `node --import tsx bench/linux.ts [RUNS] [REGIME] [RECORD]`
// KERNEL=PATH in the environment: a kernel in a guest, CGROUP=v1|v2 its control groups; without it the running one. RECORD: a folder for the runs.

import { performance } from 'node:perf_hooks';
import { type Command, Session } from '../impl/linux/index.ts';
import { claimReports, merge, noTally, reachedReports, runOutsideBatch, runsOf } from '../lockstep/index.ts';
import { type ProfileName, profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { openLinux, probeLinux } from '../properties/subjects/linux/index.ts';
import { optionsOf } from '../properties/subjects/linux/regime.ts';
import { moveText } from '../properties/trace/move.ts';

const { KERNEL, CGROUP = 'v1' } = process.env;
const [runs = '200', regime = 'quiet', record] = process.argv.slice(2);
const impl = `linux+${regime}${KERNEL ? `:${KERNEL}` : ''}`;
const profile: ProfileName = CGROUP === 'v2' ? 'linux-v2' : 'linux-v1';
const options = optionsOf(impl, profile);
const found = KERNEL ? null : await probeLinux(options);
if (found && !found.ok) {
  console.log(`SKIP missing: ${found.missing.join(', ')}`);
  process.exit(0);
}
await rate(1);
await rate(8);
if (Number(runs) > 0) await conformance(Number(runs));

/**
 * Commands a second of the adapter alone: a mix in which every move changes something, each fully observed. One at a time, as a lockstep asks;
 * and a few in flight, as a replay can, so that the kernel works while the last answer is decoded.
 */
async function rate(inFlight: number): Promise<void> {
  const start = performance.now();
  const session = await Session.open(options);
  const opened = (performance.now() - start) / 1000;
  await session.reset({ containers: 2, tasks: 3, pages: 8 });
  for (const c of [0, 1]) await session.apply(['mkdir', c]);
  for (const t of [0, 1, 2]) await session.apply(['spawn', t, t % 2]);
  await session.apply(['setLimit', 0, 3]);
  const moves = Array.from({ length: 8 }, (_, p): Command[] => [
    ['touch', p % 3, p],
    ['touch', (p + 1) % 3, p],
    ['unmap', p % 3, p],
  ]).flat();
  const begin = performance.now();
  let commands = 0;
  while (performance.now() - begin < 3_000) {
    for (let at = 0; at < moves.length; at += inFlight)
      await Promise.all(moves.slice(at, at + inFlight).map((move) => session.apply(move)));
    commands += moves.length;
  }
  const seconds = (performance.now() - begin) / 1000;
  await session.close();
  console.log(
    `${impl} ${CGROUP}: opened in ${opened.toFixed(2)} s, ${Math.round(commands / seconds)} fully observed commands a second, ${inFlight} in flight`,
  );
}

async function conformance(runs: number): Promise<void> {
  const subject = await openLinux(impl, profile, { ...(record && { record }), remark: console.log });
  const domain = domainOf(profiles[profile], 'contract');
  const plan = { impl: 'linux', seed: 1, length: 40, outside: true };
  const drawn = runsOf(domain, plan, 0, runs).map((run) => ({ ...run, draws: run.draws.slice(0, 40) }));
  const begin = performance.now();
  const { tally, found } = await runOutsideBatch(domain, plan, 0, drawn, subject);
  const seconds = (performance.now() - begin) / 1000;
  await subject.close();
  const total = merge(noTally, tally);
  console.log(
    `${regime}: ${tally.runs} runs, ${tally.commands} commands in ${seconds.toFixed(1)} s, ${found ? 1 : 0} disagreements`,
  );
  if (found) console.log(found.claim, found.witness, '\n', found.moves.map(moveText).join('; '));
  for (const { name, verdict, met, checked } of claimReports(domain, subject.observed, total))
    console.log(`  ${name}: ${verdict} ${met}/${checked}`);
  for (const { name, count, floor } of reachedReports(domain, total, false))
    console.log(`  reached ${name}: ${count} (floor ${floor})`);
}
