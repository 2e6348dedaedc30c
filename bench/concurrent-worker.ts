// One thread of the throughput benchmark: a task of its own, and operations made before the clock starts.

import { parentPort, workerData } from 'node:worker_threads';

export interface BenchStart {
  readonly controller: string;
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly worker: number;
  /** First page and how many. */
  readonly from: number;
  readonly pages: number;
  readonly passes: number;
  /** Passes before the clock starts. */
  readonly warm: number;
  /** Each page is left again; otherwise the limit makes room. */
  readonly unmaps: boolean;
}

const start = workerData as BenchStart;
const { Controller } = (await import(start.controller)) as typeof import('../impl/concurrent/index.ts');
const k = Controller.attach(start.memory, start.worker);
const control = new Int32Array(start.control);
const once = Array.from({ length: start.pages }, (_, i) => i + start.from).flatMap((p) => {
  const touch = ['touch', start.worker, p] as const;
  return start.unmaps ? [touch, touch, ['unmap', start.worker, p] as const] : [touch, touch];
});
// Until the optimizing compiler, which has threads of its own, has nothing left to do.
for (let pass = 0; pass < start.warm; pass++) for (const operation of once) k.perform(operation);

parentPort?.postMessage('ready');
Atomics.wait(control, 0, 0);
const began = process.hrtime.bigint();
for (let pass = 0; pass < start.passes; pass++) for (const operation of once) k.perform(operation);
const ended = process.hrtime.bigint();
parentPort?.postMessage({ began, ended, operations: once.length * start.passes });
