// Free-running threads on the concurrent controller: every window between two moments of rest is a history, and every history is judged.

import { Worker } from 'node:worker_threads';
import { Controller, wordsFor } from '../../../impl/concurrent/index.ts';
import type { Size } from '../../view/view.ts';
import { type Books, booksFor, booksSize, type Plan, Recorder } from './record.ts';
import { type Flaw, judgeRun, type Tally } from './verdict.ts';
import type { WorkerNews, WorkerRun, WorkerStart } from './worker.ts';

export interface StressOptions {
  readonly workers?: number;
  /** Runs, each on a fresh controller: 50 windows of 250 operations a worker. */
  readonly runs?: number;
  readonly windows?: number;
  readonly each?: number;
  readonly seed?: number;
  /** Sizes that the runs take turns in. */
  readonly sizes?: readonly Size[];
  /** The URL of the controller's index.ts: the shipped one, if left out. */
  readonly controller?: string;
  /** The bound of every wait, in ms. */
  readonly patience?: number;
  /** Configurations that the judge looks at before a history is too long to judge. */
  readonly visits?: number;
  /** Begin no further run after that long. */
  readonly minutes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (tally: Tally) => void;
  /** Called when the workers of a run are under way: for a test that ends one of them. */
  readonly onRun?: (workers: readonly Worker[], recorder: Recorder) => void;
}

export interface StressReport extends Tally {
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly seed: number;
  readonly workers: number;
  readonly runs: number;
  readonly seconds: number;
  readonly flaw: Flaw | null;
  /** Why an end came before all runs were done. */
  readonly cut: string | null;
}

/** Contended, and less so. */
export const usualSizes: readonly Size[] = [
  { containers: 2, tasks: 3, pages: 3 },
  { containers: 3, tasks: 4, pages: 8 },
  { containers: 2, tasks: 2, pages: 2 },
  { containers: 4, tasks: 6, pages: 16 },
];
const shipped = new URL('../../../impl/concurrent/index.ts', import.meta.url).href;
export const usual = { workers: 4, runs: 20, windows: 50, each: 250, patience: 10_000 } as const;

/** More is not recorded at once, in MiB. */
const MOST_MIB = 512;

/** The records of one run would take more memory than is reasonable. */
export class TooLargeToStress extends RangeError {
  override name = 'TooLargeToStress';
}

function refuseTooLarge(plan: Plan): void {
  const { size, workers, each } = plan;
  const { records, pictures } = booksSize(plan, wordsFor({ ...size, workers }));
  const needed = Math.ceil((records + pictures) / 2 ** 20);
  if (needed <= MOST_MIB) return;
  const world = `${size.containers} containers, ${size.tasks} tasks, ${size.pages} pages`;
  throw new TooLargeToStress(
    `${world}, ${workers} workers, ${each} operations a window: the records of a run take ${needed} MiB, at most ${MOST_MIB} are legal`,
  );
}

/** @throws TooLargeToStress before anything is started */
export async function stress(options: StressOptions = {}): Promise<StressReport> {
  const { workers, runs, windows, each, patience } = { ...usual, ...options };
  const { sizes = usualSizes, controller = shipped, seed = 1, signal } = options;
  const began = performance.now();
  const isOver = () => performance.now() - began > (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const tally: Tally = {
    operations: 0,
    windows: 0,
    judged: 0,
    unknown: 0,
    overlapping: 0,
    visits: 0,
    outcomes: {},
  };
  for (const size of sizes) refuseTooLarge({ size, workers, windows, each, seed });
  const crew = await Crew.start(workers, controller, patience);
  let flaw: Flaw | null = null;
  let done = 0;
  let judged: (() => void) | null = null;
  try {
    for (let run = 0; run < runs && !flaw && !signal?.aborted && !isOver(); run++) {
      const plan: Plan = { size: sizes[run % sizes.length], workers, windows, each, seed: seed + run };
      const work = crew.run(plan, options.onRun);
      // The run before is judged while this one goes on.
      await new Promise((resolve) => setImmediate(resolve));
      judged?.();
      const { failure, recorder, books } = await work;
      judged = () => {
        flaw ??= judgeRun(plan, recorder, books, tally, options.visits) ?? failure;
        done++;
        options.onProgress?.(tally);
      };
      if (failure) break;
    }
    judged?.();
  } finally {
    await crew.dismiss();
  }
  const alone =
    tally.overlapping === 0 ? 'no two operations overlapped, so nothing concurrent was judged' : null;
  const cut = flaw ? null : done >= runs ? alone : whyCut(done, runs, signal?.aborted ?? false);
  const verdict = flaw ? 'violated' : cut || tally.unknown > 0 ? 'unknown' : 'holds';
  return {
    verdict,
    seed,
    workers,
    runs: done,
    seconds: (performance.now() - began) / 1000,
    flaw,
    cut,
    ...tally,
  };
}

/** Without a number of runs the end of the time is no cut, an interruption is one; and a run there must have been. */
function whyCut(done: number, runs: number, isInterrupted: boolean): string | null {
  if (isInterrupted && !Number.isFinite(runs))
    return `interrupted after ${done} ${done === 1 ? 'run' : 'runs'}`;
  if (Number.isFinite(runs)) return `stopped after ${done} of ${runs} runs`;
  return done === 0 ? 'stopped before the first run' : null;
}

interface Ran {
  readonly failure: Flaw | null;
  readonly recorder: Recorder;
  readonly books: Books;
}

/** The worker threads, kept from run to run. */
class Crew {
  readonly #workers: readonly Worker[];
  readonly #patience: number;

  private constructor(workers: readonly Worker[], patience: number) {
    this.#workers = workers;
    this.#patience = patience;
  }

  static async start(count: number, controller: string, patience: number): Promise<Crew> {
    const workers = Array.from({ length: count }, (_, worker) => {
      const workerData: WorkerStart = { worker, controller, patience };
      return new Worker(new URL('./worker.mjs', import.meta.url), { workerData });
    });
    const crew = new Crew(workers, patience);
    const news = await Promise.all(workers.map((worker) => hear(worker)));
    const failed = news.find((one) => 'failed' in one);
    if (failed && 'failed' in failed) {
      await crew.dismiss();
      throw new Error(`a worker could not start: ${failed.failed}`);
    }
    return crew;
  }

  async run(plan: Plan, onRun?: StressOptions['onRun']): Promise<Ran> {
    const k = Controller.create({ ...plan.size, workers: plan.workers });
    const books = booksFor(plan, k.handle.m.length);
    const recorder = new Recorder(plan, books, this.#patience);
    const message: WorkerRun = { plan, books, memory: k.buffer };
    const heard = this.#workers.map(async (worker, i) => {
      const news = await hear(worker);
      if ('failed' in news) recorder.stop();
      return 'failed' in news ? { worker: i, why: news.failed } : null;
    });
    for (const worker of this.#workers) worker.postMessage(message);
    onRun?.(this.#workers, recorder);
    const first = await Promise.race([firstFailure(heard), Promise.all(heard).then(() => null)]);
    if (first === null) return { failure: null, recorder, books };
    // The others may be waiting for what the dead one holds: they get their patience, then they are ended.
    const everybody = Promise.all(heard);
    await Promise.race([everybody, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    return { failure: lost(first, recorder), recorder, books };
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** The next news of a worker; its end without news is a failure, too. */
function hear(worker: Worker): Promise<WorkerNews> {
  return new Promise((resolve) => {
    const settle = (news: WorkerNews) => {
      worker.off('message', settle).off('error', onError).off('exit', onExit);
      resolve(news);
    };
    const onError = (error: Error) => settle({ failed: `${error.name}: ${error.message}` });
    const onExit = (code: number) => settle({ failed: `it ended in the middle (exit code ${code})` });
    worker.on('message', settle).on('error', onError).on('exit', onExit);
  });
}

type Failed = { readonly worker: number; readonly why: string };

/** The first worker that fails; never, if none does. */
function firstFailure(heard: readonly Promise<Failed | null>[]): Promise<Failed> {
  return new Promise((resolve) => {
    for (const one of heard) one.then((failed) => failed && resolve(failed));
  });
}

function lost({ worker, why }: Failed, recorder: Recorder): Flaw {
  const last = recorder.last(worker);
  const where = last
    ? `its last operation: ${last.move.join(' ')} in window ${last.window}, ${last.ended ? 'which had ended' : 'without a response'}`
    : 'before its first operation';
  return { claim: 'ImplementationAlive', witness: `worker ${worker}: ${why}; ${where}`, window: null };
}
