// The engine without a server: worker processes that share the campaign's folder.

import { Claims, Strikes, TOUCH_MS } from './claims.ts';
import type { Engine, EngineStatus, ServeOptions } from './engine.ts';
import type { Job } from './plan.ts';
import { type JobResult, poisoned } from './result.ts';
import { BadCampaign, type Store } from './store.ts';
import { Interrupted, MOST_STRIKES } from './strike.ts';
import type { Runner } from './watch.ts';

export class LocalEngine implements Engine {
  readonly store: Store;
  readonly #claims: Claims;
  readonly #strikes: Strikes;

  constructor(store: Store) {
    this.store = store;
    this.#claims = new Claims(store.folder);
    this.#strikes = new Strikes(store.folder);
  }

  get plan() {
    return this.store.plan;
  }

  get version() {
    return this.store.version;
  }

  /** Passes over the jobs until one finds none to take: what others have by then is theirs to finish. */
  async serve(run: Runner, options: ServeOptions = {}): Promise<number> {
    let stand = 0;
    for (let took = true; took; ) {
      took = false;
      const done = this.store.done();
      for (const job of this.store.jobs) {
        if (options.signal?.aborted || this.store.cancelled) return stand;
        if (done.has(job.name) || this.store.has(job.name) || !this.#claims.take(job.name)) continue;
        took = true;
        if (await this.#doClaimed(job, run, options)) stand++;
      }
    }
    return stand;
  }

  async #doClaimed(job: Job, run: Runner, { signal, stopOnFailure }: ServeOptions): Promise<boolean> {
    const touching = setInterval(() => this.#claims.touch(job.name), TOUCH_MS);
    try {
      if (this.store.has(job.name)) return false;
      const result = await this.#resultOf(job, run, signal);
      if (result === null) return false;
      const stands = this.store.put(result);
      if (stopOnFailure && result.found.length > 0) this.store.cancel();
      return stands;
    } finally {
      clearInterval(touching);
      this.#claims.release(job.name);
    }
  }

  /** Null if it was a strike, or the worker was asked to stop. */
  async #resultOf(job: Job, run: Runner, signal: AbortSignal | undefined): Promise<JobResult | null> {
    const { count, why } = this.#strikes.of(job.name);
    if (count >= MOST_STRIKES) return poisoned(job, why);
    this.#strikes.begun(job.name);
    try {
      return await run(job, { signal, note: (example) => this.store.note(job.name, example) });
    } catch (error) {
      if (error instanceof BadCampaign) {
        this.#strikes.returned(job.name);
        throw error;
      }
      if (error instanceof Interrupted) this.#strikes.returned(job.name);
      else this.#strikes.failed(job.name, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async status(): Promise<EngineStatus> {
    const running = this.#claims.held();
    return {
      jobs: this.store.jobs.length,
      done: this.store.done().size,
      running,
      workers: running,
      cancelled: this.store.cancelled,
    };
  }

  async cancel(): Promise<void> {
    this.store.cancel();
  }

  async close(): Promise<void> {}
}
