// The hunt: batches handed to workers, their counts summed, the earliest violation kept, whatever the order in which workers answer.

import { setImmediate } from 'node:timers/promises';
import {
  ALIVE,
  type Domain,
  type Kinds,
  NotAlive,
  type Observed,
  type OpenSubject,
  type Source,
  type Subject,
  Unavailable,
} from '../domain.ts';
import { guarded } from '../guard.ts';
import { notLookedAt } from '../report.ts';
import {
  type BatchResult,
  type Found,
  movesUpTo,
  notAlive,
  type Plan,
  RUNS_A_BATCH,
  runBatch,
  runOutsideBatch,
  runsOf,
} from './batch.ts';
import { Course, type Crew, type DomainReport, type HuntOptions, isOutside } from './course.ts';
import { stillness, WatchedThread } from './thread.ts';
import { CELLS, LOADING, MADE, openInside, RUN, type Task } from './worker.ts';

export interface HuntReport<K extends Kinds> {
  /** unknown: cut off, a situation was met less often than its floor, or a claim that was asked for was not judged. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly seed: number;
  readonly domains: readonly DomainReport<K>[];
  readonly found: Found<K> | null;
  /** With `keepGoing`: the first of each mistake, `found` among them. */
  readonly founds: readonly Found<K>[];
  readonly cutOff: boolean;
  /** Why nothing was judged, or not what was asked for; null if it was. */
  readonly unjudged: string | null;
  /** Domains that the subject cannot run in, or not to the end, and why. */
  readonly skipped: readonly { readonly domain: K['name']; readonly reason: string }[];
}

const PATIENCE_MS = 10_000;
/** Before the first move modules are loaded and runs drawn, which on a busy machine takes long: that is not the subject's silence, but no judgement. */
const LOADING_MS = 120_000;
/** So many batches of each domain are judged in this thread, before others are started: that takes longer than most findings. */
const SCOUTED = 2;
/** A batch that takes longer than this here, in ms, is left to a thread that is watched. */
const SCOUT_MS = 3_000;
/** So many batches of each domain before more of any: each may hold a mistake of its own, and to the end of one it is long. */
const LOOKS = [2, 8, 32, Infinity];

/** Hunts in each domain in turn. @throws Unavailable if the subject can run in none of them. */
export async function hunt<K extends Kinds>(options: HuntOptions<K>): Promise<HuntReport<K>> {
  const deadline = options.minutes === undefined ? Infinity : performance.now() + options.minutes * 60_000;
  const isSlow = isOutside(options);
  const crew = crewFor(options, isSlow);
  const courses = options.domains.map(
    (domain) =>
      new Course(options, domain, () =>
        options.progress?.(sumOf(courses, 'commands'), sumOf(courses, 'runs')),
      ),
  );
  try {
    for (const upTo of courses.length > 1 ? LOOKS : [Infinity]) {
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

function crewFor<K extends Kinds>(options: HuntOptions<K>, isSlow: boolean): Crew<K> {
  if (isSlow) return new Visitors(options);
  const isFound = options.domains.every(({ source }) => source !== undefined);
  return isFound && options.workers !== 0 ? new Workers(options) : new Here(options);
}

const isOver = <K extends Kinds>(
  { signal, keepGoing }: HuntOptions<K>,
  courses: readonly Course<K>[],
): boolean => (signal?.aborted ?? false) || (!keepGoing && courses.some(({ found }) => found));

const sumOf = <K extends Kinds>(courses: readonly Course<K>[], what: 'commands' | 'runs'): number =>
  courses.reduce((sum, { tally }) => sum + tally[what], 0);

/** @throws Unavailable */
function reportOf<K extends Kinds>(options: HuntOptions<K>, courses: readonly Course<K>[]): HuntReport<K> {
  const found = courses.find((course) => course.found)?.found ?? null;
  const skipped = courses.flatMap(({ domain, skipped: reason }) =>
    reason === null ? [] : [{ domain: domain.name, reason }],
  );
  const begun = courses.filter(({ observed }) => observed !== null);
  if (begun.length === 0 && skipped.length > 0)
    throw new Unavailable([...new Set(skipped.map(({ reason }) => reason))].join('; '));
  // A violation ends the run early: floors would say nothing.
  const reports = begun.map((course) => course.report(found !== null));
  // A domain that had no turn was not looked at, whatever the plan was.
  const cutOff =
    (options.signal?.aborted ?? false) ||
    begun.some((course) => course.cutOff) ||
    (!found && reports.some(({ commands }) => commands === 0));
  const low = reports.some(({ reached }) => reached.some(({ count, floor }) => count < floor));
  const rows = reports.flatMap(({ claims }) => claims);
  const late = courses.find((course) => course.late)?.late;
  const unjudged = found ? null : (late ?? notLookedAt(rows, options.claims));
  const verdict = found ? 'violated' : cutOff || low || unjudged !== null ? 'unknown' : 'holds';
  return {
    verdict,
    seed: options.seed,
    domains: reports,
    found,
    founds: oncePerMistake(courses),
    cutOff,
    unjudged,
    skipped,
  };
}

/** The same mistake in two domains is one. */
function oncePerMistake<K extends Kinds>(courses: readonly Course<K>[]): Found<K>[] {
  const all = courses.flatMap(({ founds }) => [...founds]);
  return [...new Map(all.reverse()).values()].reverse();
}

const shownBy = <K extends Kinds>(domain: Domain<K>, { observed }: Pick<Subject<K>, 'observed'>): Observed =>
  observed ?? new Set(domain.observables);

/** Up to `most` batches in this thread; one that takes longer than `patience`, in ms, is put back, and is the last. */
async function workHere<K extends Kinds>(
  course: Course<K>,
  subject: Subject<K>,
  most = Infinity,
  patience?: number,
): Promise<void> {
  const { domain, options } = course;
  for (let made = 0; made < most; made++) {
    const task = course.take();
    if (task === null) return;
    const runs = runsOf(domain, options, task.batch, task.runs);
    const judge = () => runBatch(domain, options, task.batch, runs, subject);
    const result =
      patience === undefined ? judge() : guarded<BatchResult<K> | null>(patience, judge, () => null);
    if (result === null) return course.putBack(task);
    course.give(result);
    await setImmediate();
  }
}

/** This thread, for a domain that no other thread can find. Nobody watches over a subject that hangs. */
class Here<K extends Kinds> implements Crew<K> {
  readonly #options: HuntOptions<K>;

  constructor(options: HuntOptions<K>) {
    this.#options = options;
  }

  async work(course: Course<K>): Promise<void> {
    const subject = await openInside(course.domain, this.#options);
    course.observed = shownBy(course.domain, subject);
    await workHere(course, subject);
  }

  async close(): Promise<void> {}
}

/** Worker threads for subjects of this process. */
class Workers<K extends Kinds> implements Crew<K> {
  readonly #options: HuntOptions<K>;
  readonly #pool: Hunter<K>[] = [];

  constructor(options: HuntOptions<K>) {
    this.#options = options;
  }

  async work(course: Course<K>): Promise<void> {
    const subject = await openInside(course.domain, this.#options);
    course.observed = shownBy(course.domain, subject);
    if (this.#pool.length === 0) await workHere(course, subject, SCOUTED, SCOUT_MS);
    const batches = Math.ceil(this.#options.runs / RUNS_A_BATCH);
    const count = Math.max(1, Math.min(this.#options.workers ?? 1, batches));
    while (this.#pool.length < count) this.#pool.push(new Hunter(this.#options));
    await Promise.all(this.#pool.map((hunter) => hunter.work(course)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#pool.map((hunter) => hunter.close()));
  }
}

/** One worker thread and the watch over it. */
class Hunter<K extends Kinds> {
  readonly #plan: Plan<K['size']>;
  readonly #patience: number;
  readonly #place = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  readonly #thread: WatchedThread<Task, BatchResult<K>>;

  constructor(options: HuntOptions<K>) {
    // Nothing but the plan crosses to the thread.
    const { domains, signal, progress, remark, ...plan } = options;
    this.#plan = plan;
    this.#patience = options.patience ?? PATIENCE_MS;
    const workerData = { plan, shared: this.#place.buffer };
    this.#thread = new WatchedThread(new URL('./worker.mjs', import.meta.url), { workerData });
  }

  async work(course: Course<K>): Promise<void> {
    for (let task = course.take(); task !== null; task = course.take()) {
      const result = await this.#do(course.domain, task);
      if (result !== 'late') course.give(result);
      else course.late = `no thread was ready to hunt after ${LOADING_MS / 1000} s`;
    }
  }

  #do(domain: Domain<K>, task: Omit<Task, 'source'>): Promise<BatchResult<K> | 'late'> {
    this.#place[RUN] = LOADING;
    const still = stillness(this.#place);
    return this.#thread.ask<BatchResult<K> | 'late'>(
      { ...task, source: domain.source as Source },
      {
        hear: (result) => result,
        look: () => {
          const isLoading = this.#place[RUN] === LOADING;
          if (still() < (isLoading ? LOADING_MS : this.#patience)) return undefined;
          return isLoading ? 'late' : this.#silent(domain, task);
        },
      },
    );
  }

  /** The subject does not come back from a move: the trace up to that move is the violation. */
  #silent(domain: Domain<K>, { batch, runs }: Omit<Task, 'source'>): BatchResult<K> {
    const [run, made] = [this.#place[RUN], this.#place[MADE]];
    const drawn = runsOf(domain, this.#plan, batch, runs)[run];
    const witness = `no answer in ${this.#patience / 1000} s`;
    const moves = movesUpTo(domain, drawn, made);
    const place = { domain: domain.name, size: drawn.size, batch, run, drawn };
    return notAlive(place, { moves, witness }, { runs: run + 1, commands: made });
  }

  async close(): Promise<void> {
    this.#thread.abandon(new Error('the hunt is over'));
    await this.#thread.end();
  }
}

/** Programs and machines: one at a time, driven from here. */
class Visitors<K extends Kinds> implements Crew<K> {
  readonly #options: HuntOptions<K>;

  constructor(options: HuntOptions<K>) {
    this.#options = options;
  }

  async work(course: Course<K>): Promise<void> {
    const { domain } = course;
    const size = this.#options.size ?? domain.sizes?.outside;
    const start = { domain: domain.name, size, batch: 0, run: 0 };
    let place = start;
    try {
      let subject: OpenSubject<K> | null = await this.#open(domain, size);
      const observed = shownBy(domain, subject);
      course.observed = observed;
      const plan: Plan<K['size']> = { ...this.#options, size, outside: true, shown: [...observed] };
      const earlier: (readonly K['move'][])[] = [];
      try {
        if (subject.stumble) course.give(notAlive(start, subject.stumble));
        for (let task = course.take(); task !== null; task = course.take()) {
          const runs = runsOf(domain, plan, task.batch, task.runs);
          for (let from = 0; from < runs.length; ) {
            const rest = runs.slice(from);
            const { signal } = this.#options;
            const result = await runOutsideBatch(domain, plan, task.batch, rest, subject, earlier, signal);
            const { found } = result;
            course.give(found ? { ...result, found: { ...found, run: found.run + from } } : result);
            if (!found || !plan.keepGoing || this.#options.signal?.aborted) break;
            from += found.run + 1;
            if (found.claim !== ALIVE && !subject.staysDamaged) continue;
            place = { ...start, batch: task.batch, run: from };
            const damaged = subject;
            subject = null;
            await damaged.close();
            subject = await this.#open(domain, size);
            earlier.length = 0;
          }
        }
      } finally {
        await subject?.close();
      }
    } catch (error) {
      const isAborted = this.#options.signal?.aborted ?? false;
      if (!isAborted && !(error instanceof NotAlive)) throw error;
      course.observed ??= new Set();
      if (!isAborted) course.give(notAlive(place, { moves: [], witness: (error as NotAlive).message }));
    }
  }

  #open({ subjects }: Domain<K>, size: K['size']): Promise<OpenSubject<K>> {
    const { impl, remark, record, patience, signal } = this.#options;
    if (!subjects?.openOutside) throw new Unavailable(`${impl} cannot be opened`);
    return subjects.openOutside(impl, size, { remark, record, patience, signal });
  }

  async close(): Promise<void> {}
}
