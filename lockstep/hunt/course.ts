// One domain's part of a hunt: which batch is next, what was found, what was counted.

import { type Domain, type Kinds, type Observed, Unavailable } from '../domain.ts';
import { type ClaimReport, claimReports, type Reached, reachedReports } from '../report.ts';
import { merge, noTally, type Tally } from '../tally.ts';
import { type BatchResult, type Found, mistakeIn, type Plan, RUNS_A_BATCH } from './batch.ts';
import type { Task } from './worker.ts';

export interface HuntOptions<K extends Kinds> extends Plan<K['size']> {
  /** Hunted in one after the other; a finding in one ends the hunt, unless the plan is to keep going. */
  readonly domains: readonly Domain<K>[];
  /** Runs in each domain; Infinity: until the time is up. */
  readonly runs: number;
  readonly minutes?: number | undefined;
  /** Threads, for domains that say where threads find them. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** How long a subject may be silent, in ms: 10 s if left out. */
  readonly patience?: number | undefined;
  readonly progress?: (commands: number, runs: number) => void;
  /** Takes what a subject outside this process says besides its answers. */
  readonly remark?: (line: string) => void;
  /** A folder for recordings of what it answers. */
  readonly record?: string;
}

export interface DomainReport<K extends Kinds> {
  readonly domain: K['name'];
  readonly impl: string;
  readonly runs: number;
  readonly commands: number;
  readonly seconds: number;
  readonly claims: readonly ClaimReport[];
  readonly reached: readonly Reached[];
}

/** A subject outside that keeps on making mistakes that are known: after so many the hunt knows enough of it. */
const ENOUGH = 200;
export const isOutside = <K extends Kinds>({ domains, impl }: HuntOptions<K>): boolean =>
  domains.some(({ subjects }) => subjects?.isOutside?.(impl) ?? false);

/** One domain's batches: which is next, what was found, what was counted. */
export class Course<K extends Kinds> {
  readonly domain: Domain<K>;
  readonly options: HuntOptions<K>;
  readonly #told: () => void;
  readonly #results = new Map<number, BatchResult<K>>();
  #deadline = Infinity;
  #upTo = Infinity;
  #worked = 0;
  #next = 0;
  tally: Tally = noTally;
  /** Of each mistake the earliest. */
  readonly founds = new Map<string, Found<K>>();
  /** Violations since the last that was a new mistake. */
  #stale = 0;
  cutOff = false;
  /** Why a batch was not judged, if that was the machine's doing. */
  late: string | null = null;
  /** What the subject shows; null until it was opened. */
  observed: Observed | null = null;
  /** Why the subject cannot run in this domain, or not any more. */
  skipped: string | null = null;

  constructor(options: HuntOptions<K>, domain: Domain<K>, told: () => void) {
    this.options = options;
    this.domain = domain;
    this.#told = told;
  }

  /** Of several violations the one of the earliest batch counts. */
  get found(): Found<K> | null {
    const [first = null, ...others] = this.founds.values();
    return others.reduce((a, b) => (isEarlier(b, a) ? b : a), first);
  }

  /** There is nothing more to do in this domain. */
  get isDone(): boolean {
    return this.skipped !== null || this.#next * RUNS_A_BATCH >= this.options.runs;
  }

  /** Has a crew work its next batches, before the one called `upTo` and before the deadline. */
  async run(crew: Crew<K>, upTo: number, deadline: number): Promise<void> {
    const from = performance.now();
    this.#upTo = upTo;
    this.#deadline = deadline;
    this.cutOff = false;
    try {
      await crew.work(this);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.#skip(error.message);
    }
    this.#worked += performance.now() - from;
  }

  /** Of a subject that was opened before, what was judged and found until now stands, and there was to be more. */
  #skip(reason: string): void {
    this.cutOff = this.observed !== null;
    this.skipped = this.cutOff ? `after ${this.tally.runs} runs: ${reason}` : reason;
  }

  /** The batch that was taken last has not been judged. */
  putBack({ batch }: Omit<Task, 'source'>): void {
    this.#next = batch;
  }

  /** The next batch, or null when there is no more to do. */
  take(): Omit<Task, 'source'> | null {
    const isFound = this.options.keepGoing ? this.#stale > ENOUGH : this.founds.size > 0;
    if (isFound || this.options.signal?.aborted || this.#next >= this.#upTo) return null;
    const left = this.options.runs - this.#next * RUNS_A_BATCH;
    if (left <= 0) return null;
    if (performance.now() > this.#deadline) {
      // A time is the plan itself unless runs were asked for, too.
      this.cutOff = Number.isFinite(this.options.runs);
      return null;
    }
    return { batch: this.#next++, runs: Math.min(left, RUNS_A_BATCH) };
  }

  /** Books a result, or the next part of a batch. Without `keepGoing` nothing counts that is after the earliest violation. */
  give(result: BatchResult<K>): void {
    const part = this.#results.get(result.batch);
    this.#results.set(result.batch, part ? { ...result, tally: merge(part.tally, result.tally) } : result);
    for (const found of [...(result.found ? [result.found] : []), ...(result.others ?? [])]) {
      const mistake = this.options.keepGoing ? mistakeIn(this.domain, found) : '';
      const known = this.founds.get(mistake);
      this.#stale = known && isOutside(this.options) ? this.#stale + 1 : 0;
      if (!known || isEarlier(found, known)) this.founds.set(mistake, found);
    }
    this.tally = merge(this.tally, result.tally);
    this.#told();
  }

  report(isFound: boolean): DomainReport<K> {
    const last = this.options.keepGoing ? Infinity : (this.found?.batch ?? Infinity);
    const counted = [...this.#results.values()].filter(({ batch }) => batch <= last);
    const tally = counted.map((r) => r.tally).reduce(merge, noTally);
    const { domain } = this;
    return {
      domain: domain.name,
      impl: this.options.impl,
      runs: tally.runs,
      commands: tally.commands,
      seconds: this.#worked / 1000,
      claims: claimReports(domain, this.observed ?? new Set(), tally, this.options.claims),
      // One scope, one length or one claim is no portfolio.
      reached: reachedReports(domain, tally, !isOutside(this.options)).map((row) =>
        isFound || this.options.size || this.options.length !== undefined ? { ...row, floor: 0 } : row,
      ),
    };
  }
}

const isEarlier = <K extends Kinds>(a: Found<K>, b: Found<K> | null): boolean =>
  b === null || a.batch < b.batch || (a.batch === b.batch && a.run < b.run);

/** Who works the batches of a course. */
export interface Crew<K extends Kinds> {
  /** Works a course to its end, and tells it what the subject shows as soon as that is open. @throws Unavailable */
  work(course: Course<K>): Promise<void>;
  close(): Promise<void>;
}
