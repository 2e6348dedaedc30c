// The engine over many machines: jobs are BullMQ's on a Redis or Valkey server, results are put once under the job's name.

import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { digest } from './digest.ts';
import type { Engine, EngineStatus, ServeOptions } from './engine.ts';
import { BadServer } from './environment.ts';
import { type CampaignPlan, countOfJobs, type Job, jobsOf, planText } from './plan.ts';
import { decodeResult, type JobResult } from './result.ts';
import { connect, connectionOf, type Server } from './server.ts';
import { BadCampaign, type CampaignState, decodeState } from './store.ts';
import { Interrupted, MOST_STRIKES } from './strike.ts';
import type { Runner } from './watch.ts';

const PREFIX = 'firsttouch';

interface RedisOptions {
  /** The campaign's name on the server. */
  readonly name: string;
  /** A worker that is silent for so long has lost its job. 30 s if left out. */
  readonly leaseMs?: number;
}

/** How often a worker looks whether the campaign goes on. */
const LOOK_MS = 500;
/** A worker waits so long for a coordinator to bring back a campaign that the server has lost. */
const LOST_MS = 120_000;
/** Workers that were heard of in this time count as there. */
const LATELY_MS = 10_000;
/** A campaign that has come to its end is kept on the server this long. */
const KEEP_S = 7 * 24 * 3600;

/** A server that is down must not keep a worker from ending. */
const CLOSE_MS = 3000;

const [deflate, inflate] = [promisify(deflateRaw), promisify(inflateRaw)];

/** What was decided by a value is done only while it is there: another may have written meanwhile. */
const REPLACE = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2]) return 1`;
const DROP = `if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('hdel', KEYS[1], ARGV[1]) end`;

type State = 'open' | 'done' | 'cancelled';

export class RedisEngine implements Engine {
  readonly plan: CampaignPlan;
  readonly version: string;
  readonly redis: Redis;
  readonly #server: Server;
  readonly #over = new AbortController();
  readonly #header: string;
  readonly #options: RedisOptions;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #queueName: string;
  #queue: Promise<Queue> | null = null;
  #jobs: readonly Job[] | null = null;

  private constructor(
    redis: Redis,
    server: Server,
    options: RedisOptions,
    plan: CampaignPlan,
    version: string,
  ) {
    this.redis = redis;
    this.plan = plan;
    this.version = version;
    this.#server = server;
    this.#options = options;
    this.#header = headerOf(plan, version);
    const id = digest(this.#header, 16);
    this.#keys = keysOf(options.name, id);
    this.#queueName = `${options.name}-${id}`;
  }

  get jobs(): readonly Job[] {
    this.#jobs ??= jobsOf(this.plan, this.version);
    return this.#jobs;
  }

  /** Who only looks never needs it, and has its answer before BullMQ would be loaded. */
  queue(): Promise<Queue> {
    this.#queue ??= this.#open();
    return this.#queue;
  }

  async #open(): Promise<Queue> {
    const { Queue: Queues } = await import('bullmq');
    const queue = new Queues(this.#queueName, {
      connection: connectionOf(this.#server, this.#over.signal),
      prefix: PREFIX,
    });
    queue.on('error', () => {});
    return queue;
  }

  /** Begins a campaign on the server, or goes on with the same one. @throws BadCampaign, BadServer */
  static async start(
    server: Server,
    options: RedisOptions,
    plan: CampaignPlan,
    version: string,
  ): Promise<RedisEngine> {
    const redis = await connect(server);
    const engine = new RedisEngine(redis, server, options, plan, version);
    try {
      await engine.claimName();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** Joins the campaign of that name. @throws BadCampaign, BadServer */
  static async join(server: Server, options: RedisOptions, version?: string): Promise<RedisEngine> {
    const redis = await connect(server);
    try {
      const { plan, version: theirs } = await RedisEngine.#read(redis, options.name);
      if (version !== undefined && version !== theirs) {
        throw new BadCampaign(
          `the campaign ${options.name} is of version ${theirs}, this program is ${version}`,
        );
      }
      return new RedisEngine(redis, server, options, plan, theirs);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  static async #read(redis: Redis, name: string): Promise<CampaignState> {
    const text = await redis.get(nameKey(name));
    if (text === null) throw new BadCampaign(`the server has no campaign ${name}; campaign start makes one`);
    try {
      return decodeState(JSON.parse(text));
    } catch {
      throw new BadCampaign(`the campaign ${name} on the server was written by another version`);
    }
  }

  /** The name is this campaign's, also after the server has lost it. Another's is taken over only when it is over. */
  async claimName(): Promise<void> {
    const key = nameKey(this.#options.name);
    if ((await this.redis.setnx(key, this.#header)) === 1) return;
    const there = await this.redis.get(key);
    if (there === null) return this.claimName();
    if (there === this.#header) return;
    const other = await RedisEngine.#read(this.redis, this.#options.name).catch(() => null);
    const id = digest(there, 16);
    const state = await this.redis.get(keysOf(this.#options.name, id).state);
    if (state === 'done' || state === 'cancelled') {
      if ((await this.redis.eval(REPLACE, 1, key, there, this.#header)) === 0) await this.claimName();
      return;
    }
    const differs = other && planText(other.plan) === planText(this.plan) ? 'version' : 'plan';
    throw new BadCampaign(
      `the server holds a campaign ${this.#options.name} of another ${differs}; campaign cancel ends it, --name begins another`,
    );
  }

  /** Puts jobs on the queue; one that is there already is left as it is. */
  async enqueue(jobs: readonly Job[]): Promise<void> {
    const queue = await this.queue();
    for (let at = 0; at < jobs.length; at += 1000) {
      const some = jobs.slice(at, at + 1000);
      await queue.addBulk(
        some.map(({ name }) => ({ name: 'job', data: {}, opts: { jobId: idOf(name), ...RETRY } })),
      );
    }
  }

  async serve(run: Runner, { signal, stopOnFailure }: ServeOptions = {}): Promise<number> {
    const { UnrecoverableError, WaitingError, Worker } = await import('bullmq');
    const known = new Map(this.jobs.map((job) => [idOf(job.name), job]));
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    signal?.addEventListener('abort', leave, { once: true });
    let stand = 0;
    let fatal: BadCampaign | null = null;
    const lockDuration = this.#options.leaseMs ?? 30_000;
    const worker = new Worker(
      this.#queueName,
      async (queued, token) => {
        const job = known.get(queued.id ?? '');
        if (!job) throw new UnrecoverableError('no job of this plan');
        if ((await this.redis.hexists(this.#keys.results, job.name)) === 1) return;
        if ((await this.state()) === 'cancelled') return;
        const notes: Promise<unknown>[] = [];
        try {
          const note = (example: string) => void notes.push(this.#note(job.name, example));
          const result = await run(job, { signal: leaving.signal, note });
          if (await this.put(result)) stand++;
          if (stopOnFailure && result.found.length > 0) await this.cancel();
        } catch (error) {
          if (error instanceof BadCampaign) fatal = error;
          if (!(error instanceof Interrupted || error instanceof BadCampaign)) {
            // Of a job that comes to no result they are all that is left.
            await Promise.all(notes);
            throw error;
          }
          // An interrupted job waits again, and it was no strike.
          await queued.moveToWait(token);
          throw new WaitingError();
        }
      },
      {
        connection: connectionOf(this.#server, this.#over.signal),
        prefix: PREFIX,
        lockDuration,
        stalledInterval: lockDuration / 2,
        maxStalledCount: MOST_STRIKES - 1,
        drainDelay: 1,
        removeOnComplete: { count: 0 },
      },
    );
    worker.on('error', () => {});
    try {
      const over = await this.#untilOver(leaving.signal, () => fatal);
      // After a cancel the job under way is finished; after the end it is somebody's twice.
      if (over === 'cancelled') await worker.close();
    } finally {
      signal?.removeEventListener('abort', leave);
      leave();
      await inTime(worker.close(), CLOSE_MS);
      await inTime(this.redis.zrem(this.#keys.workers, ME), CLOSE_MS);
    }
    return stand;
  }

  /** Returns when the campaign is over or the signal comes. @throws BadCampaign when it is another one by now, BadServer */
  async #untilOver(signal: AbortSignal, fatal: () => BadCampaign | null): Promise<State> {
    let lost = performance.now();
    while (!signal.aborted) {
      const error = fatal();
      if (error) throw error;
      const seen = await inTime(this.#look(), LOOK_MS * 4, signal);
      if (seen && (seen.state !== 'open' || seen.count >= this.jobs.length)) return seen.state;
      if (seen && seen.header !== null && seen.header !== this.#header) {
        throw new BadCampaign(`the campaign ${this.#options.name} on the server is another one now`);
      }
      if (seen?.header === this.#header) lost = performance.now();
      if (performance.now() - lost > LOST_MS) {
        if (!seen) throw new BadServer('the server does not answer any more');
        const { name } = this.#options;
        throw new BadCampaign(`the server has lost the campaign ${name}, and no coordinator brought it back`);
      }
      await pause(LOOK_MS, signal);
    }
    return 'open';
  }

  async #look(): Promise<{ header: string | null; state: State; count: number }> {
    const [header, state, count] = await Promise.all([
      this.redis.get(nameKey(this.#options.name)),
      this.state(),
      this.count(),
      this.redis.zadd(this.#keys.workers, Date.now(), ME),
    ]);
    return { header, state, count };
  }

  /** On its way while the shrinking goes on: the connection keeps the order of what is sent, so it is there before the result. */
  #note(job: string, example: string): Promise<unknown> {
    const noted = this.redis.hsetnx(this.#keys.notes, `${job} ${digest(example, 12)}`, example);
    // Who waits for it hears of a failure, and nobody has to.
    noted.catch(() => {});
    return noted;
  }

  /** True if this result stands; false if there was one already, which then stands. */
  async put(result: JobResult): Promise<boolean> {
    const packed = await deflate(JSON.stringify(result));
    return (await this.redis.hsetnx(this.#keys.results, result.job, packed)) === 1;
  }

  /** Where the results are on the server: a hash, by the job's name. */
  get resultsKey(): string {
    return this.#keys.results;
  }

  /** Names of the jobs that have a result on the server. */
  async names(): Promise<string[]> {
    return this.redis.hkeys(this.#keys.results);
  }

  async count(): Promise<number> {
    return this.redis.hlen(this.#keys.results);
  }

  /** A result; null if there is none, or it is none that can be read: then it is thrown away, and the job is to be done again. */
  async result(job: string): Promise<JobResult | null> {
    const packed = await this.redis.hgetBuffer(this.#keys.results, job);
    if (packed === null) return null;
    try {
      const result = decodeResult(JSON.parse((await inflate(packed)).toString()));
      if (result.job === job) return result;
    } catch {
      // Thrown away below.
    }
    await this.redis.eval(DROP, 1, this.#keys.results, job, packed);
    return null;
  }

  /** The counterexamples that were noted before they were shrunk. */
  async notes(): Promise<{ readonly job: string; readonly example: string }[]> {
    const all = await this.redis.hgetall(this.#keys.notes);
    return Object.entries(all).map(([key, example]) => ({ job: key.split(' ')[0], example }));
  }

  async state(): Promise<State> {
    const state = await this.redis.get(this.#keys.state);
    return state === 'done' || state === 'cancelled' ? state : 'open';
  }

  /** The server forgets a campaign that is over, a week later. */
  async finish(state: 'done' | 'cancelled'): Promise<void> {
    await this.redis.set(this.#keys.state, state, 'EX', KEEP_S);
    for (const key of [this.#keys.results, this.#keys.notes, this.#keys.workers])
      await this.redis.expire(key, KEEP_S);
    if ((await this.redis.get(nameKey(this.#options.name))) === this.#header) {
      await this.redis.expire(nameKey(this.#options.name), KEEP_S);
    }
  }

  async status(): Promise<EngineStatus> {
    const [done, running, workers, state] = await Promise.all([
      this.count(),
      // Where BullMQ keeps the jobs that somebody has.
      this.redis.llen(`${PREFIX}:${this.#queueName}:active`),
      this.redis.zcount(this.#keys.workers, Date.now() - LATELY_MS, '+inf'),
      this.state(),
    ]);
    return {
      jobs: countOfJobs(this.plan, this.version),
      done,
      running,
      workers,
      cancelled: state === 'cancelled',
    };
  }

  async cancel(): Promise<void> {
    await this.finish('cancelled');
    await (await this.queue()).drain();
  }

  async close(): Promise<void> {
    const queue = await this.#queue;
    if (queue) await inTime(queue.close(), CLOSE_MS);
    this.#over.abort();
    this.redis.disconnect();
  }
}

const ME = `${hostname()}:${process.pid}`;
/** Ids of BullMQ may not be whole numbers, which a digest can be. */
export const idOf = (name: string): string => `j${name}`;
const RETRY = { attempts: MOST_STRIKES, removeOnComplete: true, stackTraceLimit: 1 };

const headerOf = (plan: CampaignPlan, version: string): string =>
  JSON.stringify({ version, plan: JSON.parse(planText(plan)) });
const nameKey = (name: string): string => `${PREFIX}:campaign:${name}`;
const keysOf = (name: string, id: string) => {
  const key = (part: string) => `${PREFIX}:campaign:${name}:${id}:${part}`;
  return { results: key('results'), notes: key('notes'), state: key('state'), workers: key('workers') };
};

/** What a promise comes to; null if the time or the signal comes first, or it fails. */
function inTime<T>(promise: Promise<T>, ms: number, signal?: AbortSignal): Promise<T | null> {
  return Promise.race([promise.catch(() => null), pause(ms, signal).then(() => null)]);
}

/** Until the time, or the signal, comes. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {});
