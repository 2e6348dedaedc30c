// The kernel as an implementation: how long it takes to open, and fully observed commands a second. `node --import tsx bench/linux.ts [REGIME]`
// KERNEL=PATH in the environment: a kernel in a guest, CGROUP=v1|v2 its control groups; without it the running one.

import { performance } from 'node:perf_hooks';
import { type Command, Session } from '../impl/linux/index.ts';
import { probeLinux } from '../properties/subjects/linux/index.ts';
import { optionsOf } from '../properties/subjects/linux/regime.ts';

const { KERNEL, CGROUP = 'v1' } = process.env;
const [regime = 'quiet'] = process.argv.slice(2);
const impl = `linux+${regime}${KERNEL ? `:${KERNEL}` : ''}`;
const options = optionsOf(impl, CGROUP === 'v2' ? 'linux-v2' : 'linux-v1');
const found = KERNEL ? null : await probeLinux(options);
if (found && !found.ok) {
  console.log(`SKIP missing: ${found.missing.join(', ')}`);
  process.exit(0);
}
await rate(1);
await rate(8);

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
