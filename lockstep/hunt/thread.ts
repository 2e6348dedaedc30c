// A worker thread that is asked one thing at a time and looked after meanwhile: one that hangs is ended, and the next question starts another.

import { Worker } from 'node:worker_threads';

const LOOK_MS = 250;

/** What it starts with; as `WorkerOptions` of node:worker_threads. */
export interface ThreadOptions {
  readonly workerData: unknown;
  readonly execArgv?: string[];
  readonly env?: Record<string, string | undefined>;
}

export interface Asked<Word, Answer> {
  /** Takes each word of the thread: the answer, or undefined while there is more to come. What it throws ends the thread. */
  hear(word: Word): Answer | undefined;
  /** Asked a few times a second. With an answer the thread is given up and ended, as with what it throws. */
  look(): Answer | undefined;
}

export class WatchedThread<Order, Word> {
  readonly #module: URL;
  readonly #options: ThreadOptions;
  #thread: Worker | null = null;
  #hear: (word: Word) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(module: URL, options: ThreadOptions) {
    this.#module = module;
    this.#options = options;
  }

  /** Otherwise the next question starts it. */
  get isRunning(): boolean {
    return this.#thread !== null;
  }

  /** @throws what killed the thread, what `hear` or `look` throws, or the reason to `abandon` */
  async ask<Answer>(order: Order, { hear, look }: Asked<Word, Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const thread = this.#thread ?? this.#start();
      return await new Promise<Answer>((resolve, reject) => {
        const tell = (ask: () => Answer | undefined): boolean => {
          try {
            const answer = ask();
            if (answer !== undefined) resolve(answer);
            return answer !== undefined;
          } catch (error) {
            reject(error);
            return true;
          }
        };
        this.#hear = (word) => tell(() => hear(word));
        this.#fail = reject;
        timer = setInterval(() => tell(look) && this.end(), LOOK_MS);
        thread.postMessage(order);
      });
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** Whoever waits for an answer is thrown the reason. */
  abandon(reason: Error): void {
    this.#fail(reason);
  }

  async end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  /** What a thread says after its end was wanted concerns nobody: another may have taken its place. */
  #start(): Worker {
    const thread = new Worker(this.#module, this.#options);
    this.#thread = thread;
    const lost = (error: Error) => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#fail(error);
    };
    thread.on('message', (word: Word) => this.#thread === thread && this.#hear(word));
    thread.on('error', lost);
    thread.on('exit', (code) => lost(new Error(`the thread ended with ${code}`)));
    return thread;
  }
}

/** Tells for how long shared cells have been the same, in ms. Time in which nobody asked, for the process was stopped, is not counted. */
export function stillness(cells: Int32Array): () => number {
  let [seen, last, still] = [cells.join(), performance.now(), 0];
  return () => {
    const now = cells.join();
    still = now === seen ? still + Math.min(performance.now() - last, 4 * LOOK_MS) : 0;
    [seen, last] = [now, performance.now()];
    return still;
  };
}
