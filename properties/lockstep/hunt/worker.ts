// A hunting worker: takes batches from the coordinator, one at a time, and leaves in shared memory where it is, should its subject fall silent.

import { parentPort, workerData } from 'node:worker_threads';
import type { ProfileName } from '../../../model/index.ts';
import { openSubject } from '../../subjects/implementation.ts';
import type { Subject } from '../../subjects/subject.ts';
import { LARGEST, type Plan, runBatch, runsOf } from './batch.ts';

/** Cells of the shared array: the run and move under way. */
export const RUN = 0;
export const MADE = 1;
export const CELLS = 2;

export interface Task {
  readonly profile: ProfileName;
  readonly batch: number;
  readonly runs: number;
}

if (parentPort) {
  const port = parentPort;
  const { plan, shared } = workerData as { plan: Plan; shared: SharedArrayBuffer };
  const place = new Int32Array(shared);
  const subjects = new Map<ProfileName, Subject>();
  port.on('message', async ({ profile, batch, runs }: Task) => {
    const subject = subjects.get(profile) ?? (await openSubject(plan.impl, profile, plan.size ?? LARGEST));
    subjects.set(profile, subject);
    const before = (run: number, made: number) => {
      Atomics.store(place, RUN, run);
      Atomics.store(place, MADE, made);
    };
    const drawn = runsOf(plan, profile, batch, runs);
    port.postMessage(runBatch(plan, profile, batch, drawn, subject, { before }));
  });
  port.postMessage('ready');
}
