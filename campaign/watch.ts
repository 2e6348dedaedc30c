// The watch over the thread in which jobs run: a subject that falls silent is a violation, a job that hangs or breaks is a strike.

import { Worker } from 'node:worker_threads';
import { merge, movesUpTo, noTally, notAlive, runsOf } from '../lockstep/index.ts';
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
const LOOK_MS = 250;

interface Waiting {
  readonly hear: (word: Word) => void;
  readonly end: (error: Error) => void;
}

export interface WatchOptions {
  /** What the thread runs: thread.mjs unless a test says otherwise. */
  readonly module?: URL;
}

export class JobThread {
  readonly #plan: CampaignPlan;
  readonly #version: string;
  readonly #options: WatchOptions;
  readonly #place = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  #thread: Worker | null = null;
  #waiting: Waiting | null = null;

  constructor(plan: CampaignPlan, version: string, options: WatchOptions = {}) {
    this.#plan = plan;
    this.#version = version;
    this.#options = options;
  }

  /** @throws Strike, Interrupted, or BadCampaign if the sources changed meanwhile */
  readonly run: Runner = async (job, hooks) => {
    let sofar: Partial<JobResult> = {};
    let silent: Found | null = null;
    const hear = (word: Word) => {
      if ('sofar' in word) sofar = word.sofar;
    };
    const watched = job.kind === 'random' && !isOutside(this.#plan.impl);
    const look = watched ? this.#lookOut(job.profile, (found) => (silent = found)) : () => false;
    const word = await this.#ask({ job }, hooks, hear, look);
    // A mutant's code, and what the engine learnt about it, goes with its thread.
    if (job.kind !== 'random') await this.#end();
    if (word !== null && 'result' in word) return word.result;
    if (silent === null) throw new Strike('the thread gave no result');
    return this.#silentResult(job, sofar, silent, hooks);
  };

  async close(): Promise<void> {
    this.#waiting?.end(new Interrupted('the worker is closed'));
    await this.#end();
  }

  async #silentResult(
    job: Job,
    { tally = noTally, found = [] }: Partial<JobResult>,
    silent: Found,
    hooks: RunHooks,
  ): Promise<JobResult> {
    const word = await this.#ask({ shrink: silent }, hooks);
    if (word === null || !('shrunk' in word)) throw new Strike('the thread did not shrink what it was given');
    const counted = { runs: silent.run + 1, commands: silent.moves.length };
    const last = notAlive(silent, silent, counted).tally;
    const all: JobFound[] = [...found, word.shrunk];
    return { ...emptyResult(job), tally: merge(tally, last), found: all };
  }

  /** True once the subject has not come back from a move for too long; then tells of the trace up to it. */
  #lookOut(profile: Job['profile'], tell: (found: Found) => void): () => boolean {
    let [seen, since] = ['', performance.now()];
    return () => {
      const cells = Array.from({ length: CELLS }, (_, i) => Atomics.load(this.#place, i));
      const now = cells.join();
      if (cells[MOVING] === 0 || now !== seen) [seen, since] = [now, performance.now()];
      if (performance.now() - since < PATIENCE_MS) return false;
      const [batch, run, made] = [cells[BATCH], cells[RUN], cells[MADE]];
      const hunt = huntOf(this.#plan);
      const domain = domainOf(profiles[profile]);
      const drawn = runsOf(domain, hunt, batch)[run];
      const moves = movesUpTo(domain, drawn, made);
      const witness = `no answer in ${PATIENCE_MS / 1000} s`;
      tell(notAlive<Rss>({ domain: profile, size: drawn.size, batch, run }, { moves, witness }).found);
      return true;
    };
  }

  /** The last word on an order; null if `look` ended it. */
  async #ask(
    order: Order,
    { signal, note }: RunHooks,
    hear: (word: Word) => void = () => {},
    look: () => boolean = () => false,
  ): Promise<Word | null> {
    if (signal?.aborted) throw new Interrupted('the worker was asked to stop');
    this.#place.fill(0);
    const thread = await this.#start();
    const most = (this.#plan.seconds ?? MOST_SECONDS) * 1000;
    const from = performance.now();
    let timer: NodeJS.Timeout | undefined;
    let stop = () => {};
    try {
      return await new Promise<Word | null>((resolve, reject) => {
        stop = () => reject(new Interrupted('the worker was asked to stop'));
        signal?.addEventListener('abort', stop, { once: true });
        timer = setInterval(() => {
          if (look()) resolve(null);
          else if (performance.now() - from > most) reject(new Strike(`no end after ${most / 1000} s`));
        }, LOOK_MS);
        this.#waiting = {
          hear: (word) => {
            if ('note' in word) note?.(word.note);
            else if ('failed' in word) reject(new Strike(word.failed));
            else if ('sofar' in word) hear(word);
            else resolve(word);
          },
          end: reject,
        };
        thread.postMessage(order);
      }).then(async (word) => {
        if (word === null) await this.#end();
        return word;
      });
    } catch (error) {
      await this.#end();
      throw error;
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
      this.#waiting = null;
    }
  }

  async #start(): Promise<Worker> {
    if (this.#thread) return this.#thread;
    const module = this.#options.module ?? new URL('./thread.mjs', import.meta.url);
    const thread = new Worker(module, {
      workerData: { plan: this.#plan, shared: this.#place.buffer },
      env: withoutServer(process.env),
      // The module registers what reads TypeScript itself, once its libraries are loaded.
      execArgv: [],
    });
    this.#thread = thread;
    const ready = new Promise<string>((resolve, reject) => {
      this.#waiting = { hear: (word) => 'ready' in word && resolve(word.ready), end: reject };
    });
    const lost = (why: string) => {
      if (this.#thread === thread) this.#thread = null;
      this.#waiting?.end(new Strike(why));
    };
    thread.on('message', (word: Word) => this.#thread === thread && this.#waiting?.hear(word));
    thread.on('error', (error: Error) => lost(`the job's thread died: ${error.message}`));
    thread.on('exit', (code) => this.#thread === thread && lost(`the job's thread ended with ${code}`));
    const version = await ready;
    if (version !== this.#version) {
      await this.#end();
      throw new BadCampaign(
        `the sources changed while the campaign ran: it is of version ${this.#version}, they are ${version} now`,
      );
    }
    return thread;
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }
}
