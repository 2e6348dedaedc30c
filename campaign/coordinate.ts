// The coordinator of a campaign on a server: hands out jobs, and takes each result onto its own disk, where no restart of the server reaches it.

import type { Job } from './plan.ts';
import { idOf, pause, type RedisEngine } from './redis.ts';
import { poisoned } from './result.ts';
import type { Store } from './store.ts';
import { MOST_STRIKES } from './strike.ts';

interface CoordinateOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stopOnFailure?: boolean | undefined;
  /** Told after each look at the server. */
  readonly told?: (done: number) => void;
  readonly lookMs?: number;
}

const LOOK_MS = 500;
/** Every so many looks, jobs that are neither done nor on the queue are put there anew. */
const SWEEP = 20;

/**
 * Works a campaign to its end. A result counts as acknowledged once it is on this disk; whatever the server loses before that
 * is done again, and what it loses after that is here. Any number of coordinators may do this at once.
 */
export async function coordinate(
  engine: RedisEngine,
  store: Store,
  options: CoordinateOptions = {},
): Promise<void> {
  const { signal, told, lookMs = LOOK_MS } = options;
  const desk = new Desk(engine, store);
  // A connection that is down waits for ever; who asks to stop does not.
  const stopped = new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  const orStopped = (promise: Promise<unknown>) => Promise.race([promise, stopped]);
  for (let look = 0; !signal?.aborted; look++) {
    await orStopped(desk.look(look % SWEEP === 0));
    if (store.cancelled || (options.stopOnFailure && desk.found)) {
      await orStopped(engine.cancel());
      store.cancel();
    }
    told?.(desk.have.size);
    if (desk.isDone || store.cancelled) break;
    await pause(lookMs, signal);
  }
  if (store.cancelled && !desk.isDone) await orStopped(desk.lastWords(signal));
  if (desk.isDone) await orStopped(engine.finish('done'));
}

/** After a cancel, the jobs under way are waited for so long. */
const LAST_MS = 60_000;

class Desk {
  readonly have: Set<string>;
  found = false;
  readonly #engine: RedisEngine;
  readonly #store: Store;
  readonly #noted = new Set<string>();
  readonly #byId: ReadonlyMap<string, Job>;
  readonly #names: ReadonlySet<string>;

  constructor(engine: RedisEngine, store: Store) {
    this.#engine = engine;
    this.#store = store;
    this.have = store.done();
    this.#byId = new Map(store.jobs.map((job) => [idOf(job.name), job]));
    this.#names = new Set(store.jobs.map(({ name }) => name));
  }

  get isDone(): boolean {
    return this.have.size >= this.#store.jobs.length;
  }

  async look(sweep: boolean): Promise<void> {
    await this.#engine.claimName();
    if ((await this.#engine.state()) === 'cancelled') this.#store.cancel();
    await this.#takeNotes();
    await this.#giveUp();
    const there = await this.#engine.names();
    await this.#takeResults(there);
    if (this.isDone || this.#store.cancelled) return;
    if (sweep || (await this.#isShort(there.length))) {
      await this.#engine.enqueue(this.#store.jobs.filter(({ name }) => !this.have.has(name)));
    }
  }

  /** What the workers that were at it when the campaign was cancelled still bring. */
  async lastWords(signal: AbortSignal | undefined): Promise<void> {
    const from = performance.now();
    while (!signal?.aborted && performance.now() - from < LAST_MS) {
      const active = await (await this.#engine.queue()).getActiveCount();
      await this.#takeNotes();
      await this.#takeResults(await this.#engine.names());
      if (active === 0) return;
      await pause(LOOK_MS, signal);
    }
  }

  /** The server has lost jobs. A result is put before its job leaves the queue, so that the queue is to be asked first. */
  async #isShort(taken: number): Promise<boolean> {
    const queue = await this.#engine.queue();
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
    const queued = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const fresh = (await this.#engine.count()) - taken;
    return this.have.size + fresh + queued < this.#store.jobs.length;
  }

  /** A job that BullMQ has given up, after so many stalls or strikes, is booked as poisoned: by the first coordinator to see it. */
  async #giveUp(): Promise<void> {
    const queue = await this.#engine.queue();
    for (const queued of await queue.getFailed(0, 99)) {
      const job = this.#byId.get(queued.id ?? '');
      if (job) await this.#engine.put(poisoned(job, reasonOf(queued.failedReason)));
      await queued.remove().catch(() => {});
    }
  }

  async #takeNotes(): Promise<void> {
    for (const { job, example } of await this.#engine.notes()) {
      const key = `${job} ${example}`;
      if (this.#noted.has(key) || !this.#names.has(job)) continue;
      this.#store.note(job, example);
      this.#noted.add(key);
    }
  }

  async #takeResults(there: readonly string[]): Promise<void> {
    for (const name of there) {
      if (this.have.has(name) || !this.#names.has(name)) continue;
      const result = await this.#engine.result(name);
      if (result === null) continue;
      this.#store.put(result);
      this.have.add(name);
      if (result.found.length > 0) this.found = true;
    }
  }
}

const reasonOf = (text: string | undefined): string =>
  text === undefined || /stalled more/.test(text) ? `its worker died ${MOST_STRIKES} times` : text;
