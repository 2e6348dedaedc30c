// A worker of a test's campaign in a process of its own, so that it can be killed.

import { RedisEngine } from '../campaign/redis.ts';
import { serverOf } from '../campaign/server.ts';
import { answerTo, LEASE_MS, sleep, VERSION } from './campaign-redis.ts';

const [, , name = '', bane = ''] = process.argv;
const engine = await RedisEngine.join(serverOf(process.env), { name, leaseMs: LEASE_MS }, VERSION);
await engine.serve(async (job) => {
  if (job.name === bane) process.kill(process.pid, 'SIGKILL');
  if (bane === 'stay') console.log('at its job');
  await sleep(bane === 'stay' ? 600_000 : 40);
  return answerTo(job);
});
await engine.close();
