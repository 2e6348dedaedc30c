// A thread for jobs that answers each at once, but hangs at the first of the plan: it never lets go of the processor.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { jobsOf } = await import('../campaign/plan.ts');
const { answerTo, VERSION } = await import('./campaign-redis.ts');
const [bane] = jobsOf(workerData.plan, VERSION);
parentPort.on('message', ({ job }) => {
  while (job.name === bane.name);
  parentPort.postMessage({ result: answerTo(job) });
});
parentPort.postMessage({ ready: VERSION });
