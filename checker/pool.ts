// The worker threads of a search. They start while the search already runs, and join it as they become ready.

import { Worker } from 'node:worker_threads';
import { ModelDefect, OptionError, StoodStill, WorkerDied } from './error.ts';
import type { Harvest } from './harvest.ts';
import type { Plan } from './plan.ts';
import type { Slice } from './ranges.ts';
import type { ModelSpec } from './report.ts';
import { PAUSE, type Table } from './table.ts';
import type { Answer, Birth, Order } from './thread.ts';

interface Thread {
  readonly worker: Worker;
  /** 1 and up; the searching thread itself is 0. */
  readonly number: number;
  ready: boolean;
  /** The slice it was sent last. */
  slice: Slice | null;
  /** Segments of the table that it has been handed. */
  segments: number;
  /** The shape that the table had then. */
  shape: number;
  /** Ends the wait for an answer. */
  answered: (() => void) | null;
}

export class Pool {
  readonly #threads: Thread[] = [];
  readonly #table: Table;
  #harvests: { harvest: Harvest; thread: number }[] = [];
  #answers: Promise<void>[] = [];
  #failure: Error | null = null;

  constructor(others: number, spec: ModelSpec | undefined, plan: Plan, moves: number, table: Table) {
    if (spec === undefined)
      throw new OptionError('workers: more than 1 needs `spec`, which says where a worker finds the model');
    this.#table = table;
    const workerData: Birth = { spec, plan, moves, view: table.view() };
    for (let number = 1; number <= others; number++) {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData, execArgv: [] });
      const thread: Thread = {
        worker,
        number,
        ready: false,
        slice: null,
        segments: table.segments.length,
        shape: table.shape,
        answered: null,
      };
      this.#threads.push(thread);
      worker.on('message', (answer: Answer) => this.#hear(thread, answer));
      worker.on('error', (error) =>
        this.#fail(thread, new WorkerDied(`worker ${number} died: ${error.message}`)),
      );
      worker.on('exit', (code) =>
        this.#fail(thread, new WorkerDied(`worker ${number} ended with status ${code}`)),
      );
    }
  }

  #hear(thread: Thread, answer: Answer): void {
    if (answer.kind === 'ready') {
      thread.ready = true;
      this.#answer(thread);
    } else if (answer.kind === 'harvest') {
      this.#harvests.push({ harvest: answer.harvest, thread: thread.number });
      this.#answer(thread);
    } else if (answer.kind === 'filled') this.#answer(thread);
    else if (answer.kind === 'defect')
      this.#fail(thread, new ModelDefect(answer.what, answer.move, answer.state));
    else if (answer.kind === 'stood still') this.#fail(thread, new StoodStill(answer.milliseconds));
    else this.#fail(thread, new WorkerDied(`worker ${thread.number}: ${answer.message}`));
  }

  #answer(thread: Thread): void {
    thread.answered?.();
    thread.answered = null;
  }

  #fail(thread: Thread, error: Error): void {
    this.#failure ??= error;
    thread.ready = false;
    Atomics.store(this.#table.control, PAUSE, 1);
    this.#answer(thread);
  }

  /** Resolves when every thread is ready; throws if one has died. */
  async ready(): Promise<void> {
    const waiting = this.#threads.filter((thread) => !thread.ready);
    await Promise.all(waiting.map((thread) => new Promise<void>((resolve) => (thread.answered = resolve))));
    this.check();
  }

  /** Throws what a thread has died of. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Sends the slice to every thread that is ready and has not had it; may be called again while the slice lasts. */
  join(slice: Slice): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.slice === slice) continue;
      thread.slice = slice;
      this.#send(thread, slice);
    }
  }

  /** Has every thread that is ready help to fill the slots of a table that has grown. */
  fill(): void {
    for (const thread of this.#threads) if (thread.ready) this.#send(thread, null);
  }

  #send(thread: Thread, slice: Slice | null): void {
    this.#answers.push(new Promise<void>((resolve) => (thread.answered = resolve)));
    const table = this.#table;
    const known = thread.shape === table.shape ? thread.segments : Math.min(thread.segments, table.kept);
    const order: Order = { slice, view: table.view(known) };
    thread.segments = table.segments.length;
    thread.shape = table.shape;
    thread.worker.postMessage(order);
  }

  /** Resolves when all that have joined have answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#answers);
    this.#answers = [];
  }

  /** What the threads have brought in since the last call. */
  take(): { harvest: Harvest; thread: number }[] {
    this.check();
    const taken = this.#harvests;
    this.#harvests = [];
    return taken;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#threads.map(({ worker }) => {
        worker.removeAllListeners('exit');
        return worker.terminate();
      }),
    );
  }
}
