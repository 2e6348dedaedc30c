// A campaign's worker: takes jobs that nobody has, runs them, and leaves each result under the job's name.

import { join } from 'node:path';
import { saveFound } from '../finding.ts';
import { type BatchResult, LARGEST, type Plan, runBatch, runsOf } from '../hunt/batch.ts';
import { openSubject } from '../implementation.ts';
import { merge, noTally, type Tally } from '../judge.ts';
import type { CampaignPlan, Job, RandomJob, ScopeJob } from './plan.ts';
import { type JobResult, MOST_STARTS, type Store } from './store.ts';

export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly stopOnFailure?: boolean;
}

/** Works until no job is free. How many results of this worker stand. */
export async function work(store: Store, { signal, stopOnFailure }: WorkOptions = {}): Promise<number> {
  let count = 0;
  for (const job of store.jobs) {
    if (signal?.aborted || store.cancelled) break;
    if (store.has(job.name) || !store.claim(job.name)) continue;
    try {
      if (store.has(job.name)) continue;
      const poisoned = store.started(job.name) > MOST_STARTS;
      const result = poisoned ? poison(job) : await runJob(job, store.plan, join(store.folder, 'findings'));
      if (store.put(result)) count++;
      if (stopOnFailure && result.found.length > 0) store.cancel();
    } finally {
      store.release(job.name);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return count;
}

const empty = (job: Job): JobResult => ({
  job: job.name,
  profile: job.profile,
  state: 'done',
  tally: noTally,
  states: 0,
  verdict: null,
  found: [],
  finished: Date.now(),
});

const poison = (job: Job): JobResult => ({ ...empty(job), state: 'poisoned' });

export async function runJob(job: Job, plan: CampaignPlan, folder: string): Promise<JobResult> {
  const part = job.kind === 'random' ? await runRandom(job, plan, folder) : await closeScope(job);
  return { ...empty(job), ...part, finished: Date.now() };
}

/** A counterexample is on file before the result is: a worker that dies between leaves the job to be done again. */
async function runRandom(job: RandomJob, plan: CampaignPlan, folder: string): Promise<Partial<JobResult>> {
  const { impl, seed, length } = plan;
  const hunted: Plan = { impl, seed, ...(length === undefined ? {} : { length }) };
  const subject = await openSubject(impl, job.profile, LARGEST);
  let tally: Tally = noTally;
  const found: JobResult['found'][number][] = [];
  for (let batch = job.first; batch < job.first + plan.batches; batch++) {
    const result: BatchResult = runBatch(
      hunted,
      job.profile,
      batch,
      runsOf(hunted, job.profile, batch),
      subject,
    );
    tally = merge(tally, result.tally);
    if (!result.found) continue;
    const { claim, witness, run } = result.found;
    await saveFound(result.found, { impl, seed, folder });
    found.push({ claim, witness, batch, run });
  }
  return { tally, found };
}

async function closeScope({ profile, scope }: ScopeJob): Promise<Partial<JobResult>> {
  const { ask } = await import('../check/ask.ts');
  const { result } = await ask({ kind: 'contract', profile, scope, workers: 1 });
  return { states: result.states, verdict: result.verdict };
}
