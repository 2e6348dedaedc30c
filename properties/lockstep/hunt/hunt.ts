// The hunt: batches handed to workers, their counts summed, the earliest violation kept, whatever the order in which workers answer.

import { Worker } from 'node:worker_threads';
import {
  type ClaimReport,
  claimReports,
  merge,
  NotAlive,
  noTally,
  type Reached,
  reachedReports,
  type Tally,
} from '../../../lockstep/index.ts';
import type { ProfileName } from '../../../model/index.ts';
import { profiles as allProfiles } from '../../../model/index.ts';
import { domainOf } from '../../domain/index.ts';
import { openOutside, openSubject, Unavailable } from '../../subjects/implementation.ts';
import { isOutside } from '../../subjects/known.ts';
import type { Observed } from '../../view/view.ts';
import {
  type BatchResult,
  type Found,
  LARGEST,
  movesUpTo,
  notAlive,
  OUTSIDE,
  type Plan,
  RUNS_A_BATCH,
  runOutsideBatch,
  runsOf,
} from './batch.ts';
import { CELLS, MADE, RUN, type Task } from './worker.ts';

export interface HuntOptions extends Plan {
  readonly profiles: readonly ProfileName[];
  /** Runs in each profile; Infinity: until the time is up. */
  readonly runs: number;
  readonly minutes?: number;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (commands: number, runs: number) => void;
  readonly remark?: (line: string) => void;
  /** A folder for what the kernel answers, run by run. */
  readonly record?: string;
}

export interface ProfileReport {
  readonly profile: ProfileName;
  readonly impl: string;
  readonly runs: number;
  readonly commands: number;
  readonly seconds: number;
  readonly claims: readonly ClaimReport[];
  readonly reached: readonly Reached[];
}

export interface HuntReport {
  /** unknown: cut off, or a situation was met less often than its floor. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly seed: number;
  readonly profiles: readonly ProfileReport[];
  readonly found: Found | null;
  readonly cutOff: boolean;
  /** Profiles that the implementation cannot run, and why. */
  readonly skipped: readonly { readonly profile: ProfileName; readonly reason: string }[];
}

const PATIENCE_MS = 10_000;
/** Batches of each profile that a program is looked at first: each may hold a mistake of its own, and to the end of one it is long. */
const FIRST_LOOK = 2;

/** Hunts in each profile in turn. @throws Unavailable if the implementation can run in none of them. */
export async function hunt(options: HuntOptions): Promise<HuntReport> {
  const deadline = options.minutes === undefined ? Infinity : performance.now() + options.minutes * 60_000;
  const isSlow = isOutside(options.impl);
  const crew: Crew = isSlow ? new Visitors(options) : new Workers(options);
  const courses = options.profiles.map(
    (profile) =>
      new Course(options, profile, () =>
        options.progress?.(sumOf(courses, 'commands'), sumOf(courses, 'runs')),
      ),
  );
  try {
    for (const upTo of isSlow && courses.length > 1 ? [FIRST_LOOK, Infinity] : [Infinity]) {
      const open = courses.filter(({ isDone }) => !isDone);
      for (const [k, course] of open.entries()) {
        if (isOver(options, courses)) break;
        const share = (deadline - performance.now()) / (open.length - k);
        await course.run(crew, upTo, performance.now() + share);
      }
    }
  } finally {
    await crew.close();
  }
  return reportOf(options, courses);
}

const isOver = ({ signal }: HuntOptions, courses: readonly Course[]): boolean =>
  (signal?.aborted ?? false) || courses.some(({ found }) => found);

const sumOf = (courses: readonly Course[], what: 'commands' | 'runs'): number =>
  courses.reduce((sum, { tally }) => sum + tally[what], 0);

/** @throws Unavailable */
function reportOf(options: HuntOptions, courses: readonly Course[]): HuntReport {
  const found = courses.find((course) => course.found)?.found ?? null;
  const skipped = courses.flatMap(({ profile, skipped: reason }) =>
    reason === null ? [] : [{ profile, reason }],
  );
  const begun = courses.filter(({ observed }) => observed !== null);
  if (begun.length === 0 && skipped.length > 0)
    throw new Unavailable([...new Set(skipped.map(({ reason }) => reason))].join('; '));
  // A violation ends the run early: floors would say nothing.
  const profiles = begun.map((course) => course.report(found !== null));
  // A profile that had no turn was not looked at, whatever the plan was.
  const cutOff =
    (options.signal?.aborted ?? false) ||
    begun.some((course) => course.cutOff) ||
    (!found && profiles.some(({ commands }) => commands === 0));
  const low = profiles.some(({ reached }) => reached.some(({ count, floor }) => count < floor));
  const verdict = found ? 'violated' : cutOff || low ? 'unknown' : 'holds';
  return { verdict, seed: options.seed, profiles, found, cutOff, skipped };
}

/** One profile's batches: which is next, what was found, what was counted. */
class Course {
  readonly profile: ProfileName;
  readonly options: HuntOptions;
  readonly #told: () => void;
  readonly #results = new Map<number, BatchResult>();
  #deadline = Infinity;
  #upTo = Infinity;
  #worked = 0;
  #next = 0;
  tally: Tally = noTally;
  found: Found | null = null;
  cutOff = false;
  /** What the subject shows; null before its first turn. */
  observed: Observed | null = null;
  /** Why the implementation cannot run in this profile. */
  skipped: string | null = null;

  constructor(options: HuntOptions, profile: ProfileName, told: () => void) {
    this.options = options;
    this.profile = profile;
    this.#told = told;
  }

  /** There is nothing more to do in this profile. */
  get isDone(): boolean {
    return this.skipped !== null || this.#next * RUNS_A_BATCH >= this.options.runs;
  }

  /** Has a crew work its next batches, before the one called `upTo` and before the deadline. */
  async run(crew: Crew, upTo: number, deadline: number): Promise<void> {
    const from = performance.now();
    this.#upTo = upTo;
    this.#deadline = deadline;
    this.cutOff = false;
    try {
      this.observed = await crew.work(this);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.skipped = error.message;
    }
    this.#worked += performance.now() - from;
  }

  /** The next batch, or null when there is no more to do. */
  take(): Task | null {
    if (this.found || this.options.signal?.aborted || this.#next >= this.#upTo) return null;
    const left = this.options.runs - this.#next * RUNS_A_BATCH;
    if (left <= 0) return null;
    if (performance.now() > this.#deadline) {
      // A time is the plan itself unless runs were asked for, too.
      this.cutOff = Number.isFinite(this.options.runs);
      return null;
    }
    return { profile: this.profile, batch: this.#next++, runs: Math.min(left, RUNS_A_BATCH) };
  }

  /** Books a result. Of several violations the one of the earliest batch counts, and nothing after it. */
  give(result: BatchResult): void {
    this.#results.set(result.batch, result);
    if (result.found && (!this.found || result.batch < this.found.batch)) this.found = result.found;
    this.tally = merge(this.tally, result.tally);
    this.#told();
  }

  report(isFound: boolean): ProfileReport {
    const last = this.found?.batch ?? Infinity;
    const counted = [...this.#results.values()].filter(({ batch }) => batch <= last);
    const tally = counted.map((r) => r.tally).reduce(merge, noTally);
    const domain = domainOf(allProfiles[this.profile]);
    return {
      profile: this.profile,
      impl: this.options.impl,
      runs: tally.runs,
      commands: tally.commands,
      seconds: this.#worked / 1000,
      claims: claimReports(domain, this.observed ?? new Set(), tally, this.options.claims),
      // One scope, one length or one claim is no portfolio.
      reached: reachedReports(domain, tally, !isOutside(this.options.impl)).map((row) =>
        isFound || this.options.size || this.options.length !== undefined ? { ...row, floor: 0 } : row,
      ),
    };
  }
}

interface Crew {
  /** Works a course to its end; tells what the subject shows. */
  work(course: Course): Promise<Observed>;
  close(): Promise<void>;
}

/** Worker threads for subjects of this process. */
class Workers implements Crew {
  readonly #options: HuntOptions;
  readonly #pool: Hunter[] = [];

  constructor(options: HuntOptions) {
    this.#options = options;
  }

  async work(course: Course): Promise<Observed> {
    const { impl, size } = this.#options;
    const { observed } = await openSubject(impl, course.profile, size ?? LARGEST);
    const batches = Math.ceil(this.#options.runs / RUNS_A_BATCH);
    const count = Math.max(1, Math.min(this.#options.workers ?? 1, batches));
    while (this.#pool.length < count) this.#pool.push(new Hunter(this.#options));
    await Promise.all(this.#pool.map((hunter) => hunter.work(course)));
    return observed;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pool.map((hunter) => hunter.close()));
  }
}

/** One worker thread and the watch over it. */
class Hunter {
  readonly #plan: Plan;
  readonly #place = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  #worker: Worker | null = null;
  #settle: { resolve(result: BatchResult): void; reject(error: unknown): void } | null = null;

  constructor({ impl, seed, length, size, claims, compare, exotic }: HuntOptions) {
    this.#plan = JSON.parse(JSON.stringify({ impl, seed, length, size, claims, compare, exotic }));
  }

  async work(course: Course): Promise<void> {
    for (let task = course.take(); task !== null; task = course.take()) {
      course.give(await this.#do(task));
    }
  }

  async #do(task: Task): Promise<BatchResult> {
    const worker = this.#worker ?? (await this.#start());
    const answer = new Promise<BatchResult>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    let [run, made, since] = [-1, -1, performance.now()];
    const timer = setInterval(() => {
      const [r, m] = [Atomics.load(this.#place, RUN), Atomics.load(this.#place, MADE)];
      if (r !== run || m !== made) [run, made, since] = [r, m, performance.now()];
      else if (performance.now() - since > PATIENCE_MS) this.#settle?.resolve(this.#silent(task, run, made));
    }, 500);
    worker.postMessage(task);
    return answer.finally(() => clearInterval(timer));
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: { plan: this.#plan, shared: this.#place.buffer },
    });
    this.#worker = worker;
    const ready = new Promise<BatchResult>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    worker.on('message', (result: BatchResult) => this.#settle?.resolve(result));
    worker.on('error', (error) => this.#settle?.reject(error));
    worker.on('exit', (code) => this.#settle?.reject(new Error(`a worker ended with ${code}`)));
    await ready;
    return worker;
  }

  /** The subject does not come back from a move: the worker goes, the trace up to that move is the violation. */
  #silent({ profile, batch, runs }: Task, run: number, made: number): BatchResult {
    void this.#worker?.terminate();
    this.#worker = null;
    const at = Math.max(run, 0);
    const drawn = runsOf(this.#plan, profile, batch, runs)[at];
    const moves = movesUpTo(this.#plan, profile, drawn, made);
    const witness = `no answer in ${PATIENCE_MS / 1000} s`;
    const place = { profile, size: drawn.size, batch, run: at };
    return notAlive(place, { moves, witness }, { runs: at + 1, commands: made });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#settle = null;
    await worker?.terminate();
  }
}

/** Programs and kernels: one at a time, driven from here. */
class Visitors implements Crew {
  readonly #options: HuntOptions;

  constructor(options: HuntOptions) {
    this.#options = options;
  }

  async work(course: Course): Promise<Observed> {
    const { impl, remark, record, size = OUTSIDE } = this.#options;
    const plan: Plan = { ...this.#options, size, exotic: false };
    const scope = { ...size, limit: size.pages + 1 };
    const start = { profile: course.profile, size, batch: 0, run: 0 };
    let observed: Observed = new Set();
    try {
      const subject = await openOutside(impl, course.profile, scope, {
        ...(remark ? { remark } : {}),
        ...(record ? { record } : {}),
      });
      observed = subject.observed;
      try {
        const { stumble } = subject;
        if (stumble) course.give(notAlive(start, stumble));
        for (let task = course.take(); task !== null; task = course.take()) {
          const runs = runsOf(plan, task.profile, task.batch, task.runs);
          course.give(await runOutsideBatch(plan, task.profile, task.batch, runs, subject));
        }
      } finally {
        await subject.close();
      }
    } catch (error) {
      if (!(error instanceof NotAlive)) throw error;
      course.give(notAlive(start, { moves: [], witness: error.message }));
    }
    return observed;
  }

  async close(): Promise<void> {}
}
