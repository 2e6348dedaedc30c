// A thread for one mutant: its code and what the engine learnt about it are gone with the thread.

import { parentPort, workerData } from 'node:worker_threads';
import { examine, type Job } from './examine.ts';

if (parentPort) parentPort.postMessage(await examine(workerData as Job));
