// The broker's process: one line out, one line back, in order; and its end.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { decodeDone, isFailed } from './answer.ts';

/** Longer than the broker itself waits for a task, so that it can say which. */
const ANSWER_MS = 40_000;
const LEAVE_MS = 20_000;
/** Of what the broker, or the console of its guest, said last. */
const MOST_TOLD = 2_000;

/** The broker died, said something else than an answer, or nothing at all. The kernel under it may be fine. */
export class BrokerError extends Error {
  override name = 'BrokerError';
}

/** How a broker is started: here, or in a guest. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asks whatever stands between us and the broker to end it and itself. */
  readonly isGuest: boolean;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Broker {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Waiting[] = [];
  readonly #closed: Promise<void>;
  readonly #isGuest: boolean;
  #rest = '';
  #complaint = '';
  #dead: BrokerError | null = null;
  #timer: NodeJS.Timeout;

  /** Starts it; resolves when groups and tasks can be made. */
  static async start(launch: Launch): Promise<Broker> {
    const broker = new Broker(launch);
    try {
      decodeDone(await broker.#next());
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  private constructor({ command, args, env, isGuest }: Launch) {
    this.#isGuest = isGuest;
    // Out of our process group: a signal to all of it (^C, timeout) is ours to answer, and would look like a broker that died.
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(env && { env }),
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-MOST_TOLD);
    });
    this.#child.stdin.on('error', () => {}); // its death is told by 'close'
    this.#child.on('error', (error) => this.#fail(`the broker does not start: ${error.message}`));
    this.#closed = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#fail(
          `${this.#isGuest ? 'the guest' : 'the broker'} ended (${signal ?? code}) ${this.#complaint}`.trim(),
        );
        resolve();
      });
    });
    // One timer for all answers: put off by each, it costs nothing a command.
    this.#timer = setTimeout(() => this.#late(), ANSWER_MS);
    this.#timer.unref();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Writes a command and resolves with its answer, parsed but not yet decoded. */
  ask(line: string): Promise<unknown> {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#timer.refresh();
    this.#child.stdin.write(`${line}\n`);
    return this.#next();
  }

  /** Lets the broker take its groups and tasks away, and ends it if it does not; of a guest nothing is left anyhow, and so it is ended at once. */
  async close(): Promise<void> {
    if (this.#isGuest) this.#child.kill('SIGTERM');
    else this.#child.stdin.end('quit\n');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LEAVE_MS);
    await this.#closed;
    clearTimeout(timer);
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#answer(line);
  }

  #answer(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#fail(`the broker said ${line.slice(0, 80)}`);
      return;
    }
    if (isFailed(value)) this.#fail(value.error);
    else this.#waiting.shift()?.resolve(value);
  }

  #late(): void {
    if (this.#waiting.length === 0) return;
    this.#fail(`no answer in ${ANSWER_MS / 1000} s ${this.#complaint}`.trim());
    this.#child.kill(this.#isGuest ? 'SIGTERM' : 'SIGKILL');
  }

  #fail(why: string): void {
    clearTimeout(this.#timer);
    this.#dead ??= new BrokerError(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#dead);
  }
}
