// The watch over the thread in which jobs run: a subject that falls silent is a violation, a job that hangs or breaks is a strike.

import { merge, movesUpTo, noTally, notAlive, runsOf, stillness, WatchedThread } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, type Found, type Rss } from '../properties/domain/index.ts';
import { isOutside } from '../properties/subjects/known.ts';
import { withoutServer } from './environment.ts';
import type { CampaignPlan, Job } from './plan.ts';
import { emptyResult, type JobFound, type JobResult } from './result.ts';
import { huntOf } from './run.ts';
import { BadCampaign } from './store.ts';
import { Interrupted, Strike } from './strike.ts';
import { BATCH, CELLS, MADE, MOVING, type Order, RUN, type Word } from './words.ts';

interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  /** Keeps a counterexample before it is shrunk. */
  readonly note?: (example: string) => void;
}

/** What does a job: a thread, or what a test puts in its place. */
export type Runner = (job: Job, hooks: RunHooks) => Promise<JobResult>;

/** A job may take this long unless the plan says otherwise. */
const MOST_SECONDS = 1800;
/** A move of a subject of this process that takes longer does not come back. */
const PATIENCE_MS = 10_000;

export interface WatchOptions {
  /** What the thread runs: thread.mjs unless a test says otherwise. */
  readonly module?: URL;
}

export class JobThread {
  readonly #plan: CampaignPlan;
  readonly #version: string;
  readonly #place = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  readonly #thread: WatchedThread<Order, Word>;

  constructor(plan: CampaignPlan, version: string, { module }: WatchOptions = {}) {
    this.#plan = plan;
    this.#version = version;
    this.#thread = new WatchedThread(module ?? new URL('./thread.mjs', import.meta.url), {
      workerData: { plan, shared: this.#place.buffer },
      env: withoutServer(process.env),
      // The module registers what reads TypeScript itself, once its libraries are loaded.
      execArgv: [],
    });
  }

  /** @throws Strike or what killed the thread, Interrupted, or BadCampaign if the sources changed meanwhile */
  readonly run: Runner = async (job, hooks) => {
    let sofar: Partial<JobResult> = {};
    const hear = (word: Word) => {
      if ('sofar' in word) sofar = word.sofar;
      return 'result' in word ? word.result : undefined;
    };
    const isWatched = job.kind === 'random' && !isOutside(this.#plan.impl);
    const look = isWatched ? this.#lookOut(job.profile) : undefined;
    const answer = await this.#ask<JobResult | Found>({ job }, hooks, hear, look);
    // A mutant's code, and what the engine learnt about it, goes with its thread.
    if (job.kind !== 'random') await this.#thread.end();
    return 'moves' in answer ? await this.#silentResult(job, sofar, answer, hooks) : answer;
  };

  async close(): Promise<void> {
    this.#thread.abandon(new Interrupted('the worker is closed'));
    await this.#thread.end();
  }

  async #silentResult(
    job: Job,
    { tally = noTally, found = [] }: Partial<JobResult>,
    silent: Found,
    hooks: RunHooks,
  ): Promise<JobResult> {
    const shrunk = await this.#ask({ shrink: silent }, hooks, (word) =>
      'shrunk' in word ? word.shrunk : undefined,
    );
    const counted = { runs: silent.run + 1, commands: silent.moves.length };
    const last = notAlive(silent, silent, counted).tally;
    const all: JobFound[] = [...found, shrunk];
    return { ...emptyResult(job), tally: merge(tally, last), found: all };
  }

  /** Once the subject has not come back from a move for too long: the trace up to it. */
  #lookOut(profile: Job['profile']): () => Found | undefined {
    const still = stillness(this.#place);
    return () => {
      const [isMoving, batch, run, made] = [MOVING, BATCH, RUN, MADE].map((cell) => this.#place[cell]);
      if (still() < PATIENCE_MS || !isMoving) return undefined;
      const domain = domainOf(profiles[profile]);
      const drawn = runsOf(domain, huntOf(this.#plan), batch)[run];
      const moves = movesUpTo(domain, drawn, made);
      const witness = `no answer in ${PATIENCE_MS / 1000} s`;
      return notAlive<Rss>({ domain: profile, size: drawn.size, batch, run }, { moves, witness }).found;
    };
  }

  async #ask<Answer>(
    order: Order,
    { signal, note }: RunHooks,
    hear: (word: Word) => Answer | undefined,
    look: () => Answer | undefined = () => undefined,
  ): Promise<Answer> {
    if (signal?.aborted) throw new Interrupted('the worker was asked to stop');
    this.#place.fill(0);
    const most = (this.#plan.seconds ?? MOST_SECONDS) * 1000;
    // What a new thread loads first is not the job's time.
    let from = this.#thread.isRunning ? performance.now() : Infinity;
    const stop = () => this.#thread.abandon(new Interrupted('the worker was asked to stop'));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await this.#thread.ask<Answer>(order, {
        hear: (word) => {
          if ('failed' in word) throw new Strike(word.failed);
          if ('note' in word) note?.(word.note);
          if ('ready' in word) {
            this.#mustBeSame(word.ready);
            from = performance.now();
          }
          return hear(word);
        },
        look: () => {
          if (performance.now() - from > most) throw new Strike(`no end after ${most / 1000} s`);
          return look();
        },
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** @throws BadCampaign */
  #mustBeSame(version: string): void {
    if (version === this.#version) return;
    throw new BadCampaign(
      `the sources changed while the campaign ran: it is of version ${this.#version}, they are ${version} now`,
    );
  }
}
