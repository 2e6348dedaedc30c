// What a worker and the thread in which its jobs run say to each other, and the shared cells that tell of silence.

import type { Found } from '../properties/domain/index.ts';
import type { CampaignPlan, Job } from './plan.ts';
import type { JobFound, JobResult } from './result.ts';

/** Cells of the shared array: whether a subject is making a move, and which: batch, run, move. */
export const [MOVING, BATCH, RUN, MADE, CELLS] = [0, 1, 2, 3, 4];

export interface ThreadData {
  readonly plan: CampaignPlan;
  readonly shared: SharedArrayBuffer;
}

/** A job to do, or what a subject that fell silent has left to be shrunk. */
export type Order = { readonly job: Job } | { readonly shrink: Found };

export type Word =
  | { readonly ready: string }
  | { readonly note: string }
  | { readonly sofar: Partial<JobResult> }
  | { readonly result: JobResult }
  | { readonly shrunk: JobFound }
  | { readonly failed: string };
