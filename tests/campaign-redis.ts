// A real redis-server for a test, on loopback, on a free port, in a folder of its own; and a campaign whose jobs are cheap.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePlan, type Job } from '../campaign/plan.ts';
import { emptyResult, type JobResult } from '../campaign/result.ts';
import { connect, type Server } from '../campaign/server.ts';

/** Any server that speaks the protocol and takes the same options, Valkey's for one. */
const PROGRAM = process.env.FIRSTTOUCH_TEST_SERVER ?? 'redis-server';
export const hasServer = spawnSync(PROGRAM, ['--version']).status === 0;

export const VERSION = 'test';
export const LEASE_MS = 1000;
export const planOf = (jobs: number, seed = 1) =>
  decodePlan({ profiles: ['letter'], impl: 'controller', seed, jobs, batches: 1, scopes: [], seconds: 1 });

/** What a job of a test answers: counts that follow from its name. */
export function answerTo(job: Job): JobResult {
  const commands = Number.parseInt(job.name.slice(0, 4), 16);
  return { ...emptyResult(job), tally: { runs: 1, commands, claims: {}, reached: {} }, finished: 0 };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export class TestServer {
  readonly server: Server;
  readonly #password: string | undefined;
  #folder = '';
  #child: ChildProcess | null = null;

  private constructor(port: number, password?: string) {
    this.server = { host: '127.0.0.1', port, db: 0, ...(password ? { password } : {}) };
    this.#password = password;
  }

  static async start(password?: string): Promise<TestServer> {
    const server = new TestServer(await freePort(), password);
    await server.up();
    return server;
  }

  get url(): string {
    const { port, password } = this.server;
    return `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}`;
  }

  /** With what it had on the disk, if it was there before. */
  async up(): Promise<void> {
    if (this.#folder === '') this.#folder = mkdtempSync(join(tmpdir(), 'firsttouch-redis-'));
    const args = ['--port', String(this.server.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    args.push('--save', '', '--appendonly', 'yes', '--appendfsync', 'always');
    if (this.#password) args.push('--requirepass', this.#password);
    this.#child = spawn(PROGRAM, args, { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      try {
        (await connect(this.server)).disconnect();
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(50);
      }
    }
  }

  /** As a power cut would: no time to say goodbye. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Its disk is gone. */
  forget(): void {
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = '';
  }

  async close(): Promise<void> {
    await this.kill();
    this.forget();
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(holds: () => boolean | Promise<boolean>, ms = 200_000): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error('what was waited for did not come');
    await sleep(20);
  }
}

/** A worker process whose jobs take a little while; it dies at the job that is its bane. */
export function child(server: TestServer, name: string, bane = ''): ChildProcess {
  const file = new URL('./campaign-child.mjs', import.meta.url);
  return spawn(process.execPath, [fileURLToPath(file), name, bane], {
    env: { ...process.env, FIRSTTOUCH_REDIS: server.url },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

export const ended = (process: ChildProcess): Promise<number | string> =>
  new Promise((resolve) => {
    if (process.exitCode !== null) resolve(process.exitCode);
    process.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
