// Any program that speaks the line protocol, as a child process: one JSON value a line in, one out, and a bound on every wait.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The program broke the protocol: it is silent, gone, or says what cannot be read. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export interface ProgramOptions {
  /** How long an answer may take, in ms. */
  readonly patience?: number | undefined;
  /** Takes the program's stderr, a line at a time. */
  readonly remark?: (line: string) => void;
}

const PATIENCE_MS = 10_000;
const LONGEST_LINE = 4_000_000;
/** What the shell that starts a program means by these. */
const SHELL_SAYS: Readonly<Record<number, string>> = {
  126: ': the command cannot be executed',
  127: ': no such command',
};

export class Program {
  readonly #child: ChildProcess;
  readonly #patience: number;
  #waiting: { resolve(line: string): void; reject(error: Error): void; timer: NodeJS.Timeout } | null = null;
  #lines: string[] = [];
  #partial = '';
  #end: ProtocolError | null = null;

  /** Starts `command` by the shell, in a process group of its own. */
  constructor(command: string, options: ProgramOptions = {}) {
    this.#patience = options.patience ?? PATIENCE_MS;
    this.#child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this);
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    const { stderr } = this.#child;
    if (stderr) createInterface({ input: stderr }).on('line', (line) => options.remark?.(line));
    this.#child.on('error', (error) => this.#over(`it cannot be started: ${error.message}`));
    this.#child.on('close', (code, signal) =>
      this.#over(
        `it ended (${signal === null ? `exit status ${code}${SHELL_SAYS[code ?? 0] ?? ''}` : `signal ${signal}`})`,
      ),
    );
  }

  /**
   * Sends one value and waits for the one that answers it.
   * @throws ProtocolError when none comes in time, the program ends, or the line is no JSON.
   */
  async ask(value: unknown): Promise<unknown> {
    const line = JSON.stringify(value, (_key, v) => (typeof v === 'bigint' ? Number(v) : v));
    const unasked = this.#lines.shift();
    if (unasked !== undefined) throw new ProtocolError(`a line that nobody asked for: ${excerpt(unasked)}`);
    const next = this.#next();
    this.#child.stdin?.write(`${line}\n`);
    const answer = await next;
    try {
      return JSON.parse(answer);
    } catch {
      throw new ProtocolError(`its line is not JSON: ${excerpt(answer)}`);
    }
  }

  #next(): Promise<string> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = null;
        reject(new ProtocolError(`no answer in ${this.#patience / 1000} s`));
      }, this.#patience);
      this.#waiting = { resolve, reject, timer };
    });
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    if (this.#partial.length > LONGEST_LINE) this.#over(`its line passes ${LONGEST_LINE} characters`);
    for (const line of lines) {
      if (!this.#waiting) {
        this.#lines.push(line);
        continue;
      }
      const { resolve, timer } = this.#waiting;
      clearTimeout(timer);
      this.#waiting = null;
      resolve(line);
    }
  }

  #over(what: string): void {
    this.#end ??= new ProtocolError(what);
    if (!this.#waiting) return;
    clearTimeout(this.#waiting.timer);
    this.#waiting.reject(this.#end);
    this.#waiting = null;
  }

  /** Ends the program: politely by the end of its input, after a moment by force, with whatever it started. */
  async close(grace = 500): Promise<void> {
    running.delete(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.kill(), grace);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, grace + 1000).unref())]);
    clearTimeout(timer);
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }
}

/** No program outlives this process. */
const running = new Set<Program>();
process.once('exit', () => {
  for (const program of running) program.kill();
});

const excerpt = (line: string): string =>
  line.length > 120 ? `${JSON.stringify(line.slice(0, 120))}...` : JSON.stringify(line);
