// A thread for one mutant: its code and what the engine learnt about it are gone with the thread.

import { parentPort, workerData } from 'node:worker_threads';
import { catchers, examine, type Job } from './examine.ts';

const job = workerData as Job;
if (parentPort) parentPort.postMessage(await (job.matrix ? catchers(job) : examine(job)));
