// The thread in which jobs run, one at a time, so that one that hangs can be ended without its worker.

import { parentPort, workerData } from 'node:worker_threads';
import { programVersion } from './plan.ts';
import { type JobHooks, runJob, shrunk } from './run.ts';
import { BATCH, MADE, MOVING, type Order, RUN, type ThreadData, type Word } from './words.ts';

if (parentPort) {
  const port = parentPort;
  const { plan, shared } = workerData as ThreadData;
  const place = new Int32Array(shared);
  const say = (word: Word) => port.postMessage(word);
  const hooks: JobHooks = {
    before: (batch, run, made) => {
      Atomics.store(place, BATCH, batch);
      Atomics.store(place, RUN, run);
      Atomics.store(place, MADE, made);
      Atomics.store(place, MOVING, 1);
    },
    sofar: (part) => say({ sofar: part }),
    note: (example) => {
      Atomics.store(place, MOVING, 0);
      say({ note: example });
    },
  };
  const obey = async (order: Order): Promise<Word> =>
    'job' in order
      ? { result: await runJob(order.job, plan, hooks) }
      : { shrunk: await shrunk(order.shrink, plan, hooks) };
  port.on('message', (order: Order) => {
    obey(order)
      .catch((error): Word => ({ failed: error instanceof Error ? error.message : String(error) }))
      .then((word) => {
        Atomics.store(place, MOVING, 0);
        say(word);
      });
  });
  say({ ready: programVersion() });
}
