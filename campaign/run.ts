// One job from its name to its result: random runs, a scope closed, or a mutant hunted. Runs in the thread of thread.ts.

import {
  type BatchResult,
  merge,
  NotAlive,
  noTally,
  notAlive,
  RUNS_A_BATCH,
  runBatch,
  runOutsideBatch,
  runsOf,
  type Tally,
  Unavailable,
} from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, type Found, LARGEST, OUTSIDE, type Plan, type Rss } from '../properties/domain/index.ts';
import { openOutside, openSubject } from '../properties/subjects/implementation.ts';
import { isOutside } from '../properties/subjects/known.ts';
import { type Counterexample, counterexampleText } from '../properties/trace/counterexample.ts';
import { exampleOf, findingOf } from '../properties/trace/finding.ts';
import { instrumentedModel } from './branches.ts';
import { levelFor, Watch } from './coverage.ts';
import type { CampaignPlan, Job, MutantJob, RandomJob, ScopeJob } from './plan.ts';
import { emptyResult, type JobFound, type JobResult } from './result.ts';

export interface JobHooks {
  /** Told before each move of a subject of this process: which batch, run and move. */
  readonly before?: (batch: number, run: number, made: number) => void;
  /** Told after each batch, and after each counterexample, all that was counted and found so far. */
  readonly sofar?: (part: Partial<JobResult>) => void;
  /** Told of a counterexample as it was found, before it is shrunk: from here on it must not be lost. */
  readonly note?: (example: string) => void;
}

export async function runJob(job: Job, plan: CampaignPlan, hooks: JobHooks = {}): Promise<JobResult> {
  try {
    const part = await partOf(job, plan, hooks);
    return { ...emptyResult(job), ...part, finished: Date.now() };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { ...emptyResult(job), state: 'skipped', reason: error.message };
  }
}

function partOf(job: Job, plan: CampaignPlan, hooks: JobHooks): Promise<Partial<JobResult>> {
  if (job.kind === 'scope') return closeScope(job, plan);
  if (job.kind === 'mutant') return huntMutant(job, plan);
  return isOutside(plan.impl) ? runOutside(job, plan, hooks) : runInside(job, plan, hooks);
}

/** What decides which runs there are. */
export const huntOf = ({ impl, seed, length }: CampaignPlan): Plan => ({
  impl,
  seed,
  ...(length === undefined ? {} : { length }),
});

/** What a job counts and finds, batch by batch. */
class Books {
  readonly #plan: CampaignPlan;
  readonly #hooks: JobHooks;
  tally: Tally = noTally;
  found: JobFound[] = [];

  constructor(plan: CampaignPlan, hooks: JobHooks) {
    this.#plan = plan;
    this.#hooks = hooks;
  }

  async book({ tally, found }: BatchResult<Rss>): Promise<void> {
    this.tally = merge(this.tally, tally);
    if (found) this.found.push(await shrunk(found, this.#plan, this.#hooks));
    this.#hooks.sofar?.(this.part);
  }

  get part(): Pick<JobResult, 'tally' | 'found'> {
    return { tally: this.tally, found: [...this.found] };
  }
}

/** What every job that finds the same must write the same way: where it was found is in the result, not in the file. */
const canonical = (example: Counterexample, { seed }: CampaignPlan): string =>
  counterexampleText({ ...example, found: `campaign, seed ${seed}, profile ${example.profile}` });

/** Noted before it is shrunk: a death in between loses nothing. */
export async function shrunk(found: Found, plan: CampaignPlan, { note }: JobHooks): Promise<JobFound> {
  const { impl, seed } = plan;
  if (found.moves.length > 0) note?.(canonical(exampleOf(found, found, { impl, seed }), plan));
  const { example, witness } = await findingOf(found, { impl, seed });
  const { batch, run } = found;
  const text = example.moves.length > 0 ? { example: canonical(example, plan) } : {};
  return { claim: example.breaks, witness, batch, run, ...text };
}

const batchesOf = ({ first }: RandomJob, { batches }: CampaignPlan): number[] =>
  Array.from({ length: batches }, (_, k) => first + k);

async function runInside(job: RandomJob, plan: CampaignPlan, hooks: JobHooks): Promise<Partial<JobResult>> {
  const hunt = huntOf(plan);
  const { profile } = job;
  const subject = await openSubject(plan.impl, profile, LARGEST);
  const books = new Books(plan, hooks);
  const domain = domainOf(profiles[profile]);
  const level = levelFor(plan.jobs * plan.batches * RUNS_A_BATCH);
  const watch = new Watch(profile, await instrumentedModel(), level);
  for (const batch of batchesOf(job, plan)) {
    const before = (run: number, made: number) => hooks.before?.(batch, run, made);
    const runs = runsOf(domain, hunt, batch);
    await books.book(runBatch(domain, hunt, batch, runs, subject, { before, ...watch.batch() }));
  }
  return { ...books.part, coverage: watch.coverage() };
}

/** A program, or the kernel: driven from here, with a patience of its own. What breaks the protocol is a violation. */
async function runOutside(job: RandomJob, plan: CampaignPlan, hooks: JobHooks): Promise<Partial<JobResult>> {
  const hunt: Plan = { ...huntOf(plan), size: OUTSIDE, outside: true };
  const { profile } = job;
  const domain = domainOf(profiles[profile]);
  const scope = { ...OUTSIDE, limit: OUTSIDE.pages + 1 };
  const books = new Books(plan, hooks);
  const at = () => ({ domain: profile, size: OUTSIDE, batch, run: 0 });
  let batch = job.first;
  try {
    const subject = await openOutside(plan.impl, profile, scope, { trusting: true });
    try {
      if (subject.stumble) await books.book(notAlive(at(), subject.stumble));
      for (batch of batchesOf(job, plan)) {
        const runs = runsOf(domain, hunt, batch, RUNS_A_BATCH);
        await books.book(await runOutsideBatch(domain, hunt, batch, runs, subject));
      }
    } finally {
      await subject.close();
    }
  } catch (error) {
    if (!(error instanceof NotAlive)) throw error;
    await books.book(notAlive(at(), { moves: [], witness: error.message }));
  }
  return books.part;
}

/** A search ends a little before the job's time does: unknown says more than a strike. */
const SEARCH_SHARE = 0.9;

async function closeScope(job: ScopeJob, plan: CampaignPlan): Promise<Partial<JobResult>> {
  const { model = 'contract', impl, ...scope } = job.scope;
  const { profile } = job;
  const question = {
    profile,
    scope,
    workers: 1,
    ...(plan.memory === undefined ? {} : { memoryMiB: plan.memory }),
    ...(plan.seconds === undefined ? {} : { minutes: (plan.seconds * SEARCH_SHARE) / 60 }),
  };
  const { result } =
    model === 'protocol'
      ? await (await import('../properties/scopes/protocol.ts')).askProtocol(question)
      : impl !== undefined && impl !== 'controller'
        ? await (await import('../properties/scopes/paths.ts')).askByPaths({ ...question, kind: model }, impl)
        : await (await import('../properties/scopes/ask.ts')).ask({
            ...question,
            kind: model,
            ...(impl === undefined ? {} : { impl }),
          });
  const { states, verdict, counterexample } = result;
  if (!counterexample) return { states, verdict };
  const { claim, witness } = counterexample;
  const { exampleOf: ofCheck } = await import('../properties/scopes/save.ts');
  const example = model === 'protocol' ? null : ofCheck(result, scope);
  const text = example ? { example: counterexampleText(example) } : {};
  return {
    states,
    verdict,
    found: [{ claim, witness, batch: 0, run: 0, ...text }],
    ...(example ? {} : { trace: JSON.stringify(result) }),
  };
}

/** The job's thread is the mutant's: its code is gone with the next one that is started. */
async function huntMutant({ id }: MutantJob, { mutants }: CampaignPlan): Promise<Partial<JobResult>> {
  if (!mutants) throw new RangeError(`the plan has no mutants, and so no job for ${id}`);
  const { seeds, runs, shrink } = mutants;
  const { examine } = await import('../mutants/examine.ts');
  const { rowOf } = await import('../mutants/examine-all.ts');
  return { mutant: rowOf(await examine({ id, seeds, runs, shrink }), seeds) };
}
