// Any program that speaks the line protocol, as a child process: one JSON value a line in, one out, and a bound on every wait.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { keep, numberOfNext } from './log.ts';

/** The program broke the protocol: it is silent, gone, or says what cannot be read. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export interface ProgramOptions {
  /** How long the program may be silent when an answer is due, in ms. */
  readonly patience?: number | undefined;
  /** Takes the program's stderr, a line at a time; a long line is cut. */
  readonly remark?: ((line: string) => void) | undefined;
  /** Ends the program at once; whoever waits for it is thrown the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export const PATIENCE_MS = 10_000;
/** Its silence is measured in so many ticks: one that comes late, because this process was busy, counts as one. */
const TICKS = 20;
/** A limit of more digits than a double has is read as it was written; but no limit, 2^63-1, as doubles have it, stays one. */
const LONG_NUMBER = /("limit"\s*:\s*)(?!9223372036854775808|9223372036854776000)([0-9]{16,})(?=\s*[,}])/g;
const LONGEST_LINE = 4_000_000;
const LONGEST_REMARK = 2000;
/** Something that it started may hold its output open, out of our reach: so long do we wait for the end of it. */
const DRAIN_MS = 200;
/** What the shell that starts a program means by these. */
const SHELL_SAYS: Readonly<Record<number, string>> = {
  126: ': the command cannot be executed',
  127: ': no such command',
};

/**
 * The shell that becomes the program leaves a watcher behind, in the same process group. It reads from a pipe that only we hold:
 * when we are gone, however that came, it ends the group.
 */
const START = '{ read -r _; kill -KILL 0; } <&3 >/dev/null 2>&1 3<&- & exec 3<&-; exec /bin/sh -c "$1"';

/** Every process that a program starts carries its mark in the environment, also one that has left the group. */
const MARK = 'FIRSTTOUCH_PROGRAM';

interface Waiting {
  resolve(line: string): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

export class Program {
  readonly #child: ChildProcess;
  readonly #mark = randomUUID();
  readonly #number = numberOfNext();
  readonly #patience: number;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => this.#interrupt();
  #waiting: Waiting | null = null;
  #lines: string[] = [];
  /** What was sent before it was asked, and how many answers to what nobody asks any more are still to come. */
  #foretold: string[] = [];
  #stale = 0;
  #partial = '';
  #end: unknown = null;
  #isSwept = false;

  /** Starts `command` by the shell, in a process group of its own. */
  constructor(command: string, { patience = PATIENCE_MS, remark = () => {}, signal }: ProgramOptions = {}) {
    this.#patience = patience;
    this.#signal = signal;
    const isWindows = process.platform === 'win32';
    const [file, args] = isWindows ? [command, []] : ['/bin/sh', ['-c', START, 'sh', command]];
    this.#child = spawn(file, args, {
      shell: isWindows,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, [MARK]: this.#mark },
    });
    running.add(this);
    keep(this.#number, '==', `started: ${command}`);
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, this.#child.stdio[3]]) stream?.on('error', () => {});
    stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    if (stderr)
      eachRemark(stderr, (line) => {
        keep(this.#number, '!!', line);
        remark(line);
      });
    this.#child.on('error', (error) =>
      this.#over(new ProtocolError(`it cannot be started: ${error.message}`)),
    );
    this.#child.on('exit', (code, killer) => this.#left(code, killer));
    if (signal?.aborted) this.#interrupt();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** It has ended: so does whatever it started, and what it wrote last is still read. */
  #left(code: number | null, killer: NodeJS.Signals | null): void {
    this.kill();
    const how = killer === null ? `exit status ${code}${SHELL_SAYS[code ?? 0] ?? ''}` : `signal ${killer}`;
    keep(this.#number, '==', `ended (${how})`);
    const end = () => this.#over(new ProtocolError(`it ended (${how})`));
    this.#child.once('close', end);
    setTimeout(() => setImmediate(end), DRAIN_MS).unref();
  }

  #interrupt(): void {
    this.#over(this.#signal?.reason);
    this.kill();
  }

  /**
   * Sends one value and waits for the one that answers it.
   * @throws ProtocolError when none comes in time, the program ends, or the line is no JSON; the signal's reason when that is aborted.
   */
  async ask(value: unknown): Promise<unknown> {
    const line = lineOf(value);
    const isForetold = this.#foretold[0] === line;
    if (!isForetold) this.#forget();
    while (this.#stale > 0) {
      this.#stale--;
      await this.#next();
    }
    if (isForetold) this.#foretold.shift();
    const next = this.#next();
    if (!isForetold) this.#write(line);
    const answer = await next;
    try {
      return JSON.parse(answer.replaceAll(LONG_NUMBER, '$1"$2"'));
    } catch {
      throw new ProtocolError(`its line is not JSON: ${excerpt(answer)}`);
    }
  }

  /** Sends what will be asked next, in this order: its answers are then there sooner. What is asked instead makes the rest void. */
  foretell(values: readonly unknown[]): void {
    this.#forget();
    this.#foretold = values.map(lineOf);
    this.#write(this.#foretold.join(''));
  }

  #write(lines: string): void {
    for (const line of lines.split('\n').slice(0, -1)) keep(this.#number, '->', line);
    this.#child.stdin?.write(lines);
  }

  #forget(): void {
    this.#stale += this.#foretold.length;
    this.#foretold = [];
  }

  #next(): Promise<string> {
    const here = this.#lines.shift();
    if (here !== undefined) return Promise.resolve(here);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      let ticks = 0;
      const timer = setInterval(() => {
        // What has arrived meanwhile is read first.
        if (++ticks >= TICKS) setImmediate(() => this.#waiting?.timer === timer && this.#giveUp());
      }, this.#patience / TICKS);
      this.#waiting = { resolve, reject, timer };
    });
  }

  #giveUp(): void {
    this.#settle()?.reject(new ProtocolError(`no answer in ${this.#patience / 1000} s`));
  }

  /** Nobody waits any more. */
  #settle(): Waiting | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) clearInterval(waiting.timer);
    return waiting;
  }

  #take(text: string): void {
    if (this.#end) return;
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    if ([...lines, this.#partial].some(({ length }) => length > LONGEST_LINE))
      this.#refuse(`its line passes ${LONGEST_LINE} characters`);
    for (const line of lines) if (!this.#end) this.#hear(line);
  }

  #hear(line: string): void {
    keep(this.#number, '<-', line);
    const waiting = this.#settle();
    if (waiting) waiting.resolve(line);
    else if (this.#lines.length < this.#foretold.length + this.#stale) this.#lines.push(line);
    else this.#refuse(`a line that nobody asked for: ${excerpt(line)}`);
  }

  /** It breaks the protocol and is ended, so that it can fill no memory. */
  #refuse(why: string): void {
    this.#partial = '';
    this.#over(new ProtocolError(why));
    this.kill();
  }

  #over(what: unknown): void {
    this.#end ??= what;
    this.#settle()?.reject(this.#end);
  }

  /** Ends the program: politely by the end of its input, after a moment by force, with whatever it started. */
  async close(grace = 500): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#abort);
    if (this.#isRunning) {
      const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
      this.#child.stdin?.end();
      const timer = setTimeout(() => this.kill(), grace);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, grace + 1000).unref())]);
      clearTimeout(timer);
    }
    this.kill();
    running.delete(this);
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  get #isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the program and whatever it started, now. Once it has ended the number of its group may become another's. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isSwept) return;
    this.#isSwept = !this.#isRunning;
    this.#child.kill('SIGKILL');
    for (const id of [-pid, ...marked(this.#mark)]) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/** No program outlives this process. */
const running = new Set<Program>();
process.once('exit', () => {
  for (const program of running) program.kill();
});

/** The processes that carry a mark. Where there is no /proc, the group is all that is known. */
function marked(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  const carries = (id: string): boolean => {
    try {
      return readFileSync(`/proc/${id}/environ`, 'latin1').includes(`${MARK}=${mark}`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id) && carries(id))
    .map(Number);
}

/** Hands on a stream's lines, each cut to what somebody may want to read. */
function eachRemark(stream: Readable, remark: (line: string) => void): void {
  let line = '';
  const tell = () => {
    remark(line.length > LONGEST_REMARK ? `${line.slice(0, LONGEST_REMARK)}...` : line);
    line = '';
  };
  stream.setEncoding('utf8').on('data', (text: string) => {
    const [first, ...others] = text.split(/\r?\n/);
    line = (line + first).slice(0, LONGEST_REMARK + 1);
    for (const other of others) {
      tell();
      line = other.slice(0, LONGEST_REMARK + 1);
    }
  });
  stream.on('end', () => line !== '' && tell());
}

const lineOf = (value: unknown): string => `${JSON.stringify(value, exactly)}\n`;

/** What no double holds goes as a string of digits. */
function exactly(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

const excerpt = (line: string): string =>
  line.length > 120 ? `${JSON.stringify(line.slice(0, 120))}...` : JSON.stringify(line);
