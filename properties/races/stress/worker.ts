// A free-running worker: takes plans from its parent, does random operations on the shared controller, and writes down what it did.

import { parentPort, workerData } from 'node:worker_threads';
import type { Operation } from '../../../impl/concurrent/index.ts';
import type { Move } from '../../../model/index.ts';
import { dice, drawMove } from './moves.ts';
import { type Books, type Plan, Recorder } from './record.ts';

/** What a worker is told once, when it starts. */
export interface WorkerStart {
  readonly worker: number;
  /** The module to load the controller from: the shipped one, or a form with a planted mistake. */
  readonly controller: string;
  readonly patience: number;
}

/** What it is told for each run, and what it answers. */
export interface WorkerRun {
  readonly plan: Plan;
  readonly books: Books;
  readonly memory: SharedArrayBuffer;
}
export type WorkerNews = { readonly done: true } | { readonly failed: string };

const { worker, controller, patience } = workerData as WorkerStart;
const { Controller } = (await import(controller)) as typeof import('../../../impl/concurrent/index.ts');

parentPort?.on('message', (run: WorkerRun) => {
  const news = attempt(run);
  parentPort?.postMessage(news);
});
parentPort?.postMessage({ done: true } satisfies WorkerNews);

function attempt(run: WorkerRun): WorkerNews {
  const recorder = new Recorder(run.plan, run.books, patience);
  try {
    work(run, recorder);
    return { done: true };
  } catch (error) {
    recorder.stop();
    return { failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function work({ plan, books, memory }: WorkerRun, recorder: Recorder): void {
  const k = Controller.attach(memory, worker, { patience });
  const pictures = new Int32Array(books.pictures);
  const random = dice(plan.seed * 64 + worker + 1);
  const drawn: Move[] = [];
  const moves: Operation[] = [];
  for (let window = 0; window < plan.windows; window++) {
    for (let n = 0; n < plan.each; n++) moves[n] = (drawn[n] = drawMove(random, plan.size)) as Operation;
    if (!recorder.meet()) return;
    for (let n = 0; n < plan.each; n++) {
      recorder.invoke(worker, window, n, drawn[n]);
      const code = k.perform(moves[n]);
      recorder.respond(worker, window, n, code, k.killed, k.reclaimed);
    }
    if (!recorder.meet()) return;
    if (worker === 0) pictures.set(k.handle.m, window * k.handle.m.length);
  }
}
