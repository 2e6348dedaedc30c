// Who has which job, among processes that share a campaign's folder; and how often a job was begun without coming to a result.

import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { putIfAbsent } from './store.ts';

const Claimed = Schema.Struct({ pid: Schema.Number, host: Schema.String });
const decodeClaim = Schema.decodeUnknownSync(Claimed);

/** A claim that nobody has touched for so long is given up; a dead process of this machine loses it at once. */
const LEASE_MS = 60_000;
export const TOUCH_MS = 5000;

const MINE = JSON.stringify({ pid: process.pid, host: hostname() });

export class Claims {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes a job for this process unless another that lives has it. Two that race may both work: only one result stands. */
  take(job: string): boolean {
    const file = join(this.#folder, 'claims', job);
    if (putIfAbsent(file, MINE)) return true;
    if (isHeld(file)) return false;
    rmSync(file, { force: true });
    return putIfAbsent(file, MINE);
  }

  /** Says that the process still lives. */
  touch(job: string): void {
    const now = new Date();
    try {
      utimesSync(join(this.#folder, 'claims', job), now, now);
    } catch {
      // Another one has taken it for abandoned: then both work, and one result stands.
    }
  }

  /** Another may have taken it for abandoned: then it is the other's. */
  release(job: string): void {
    const file = join(this.#folder, 'claims', job);
    ifThere(() => readFileSync(file, 'utf8') === MINE && rmSync(file));
  }

  /** Jobs that a living process has. */
  held(): number {
    const files = readdirSync(join(this.#folder, 'claims')).filter((name) => !name.includes('.'));
    return files.filter((name) => isHeld(join(this.#folder, 'claims', name))).length;
  }
}

function isHeld(file: string): boolean {
  try {
    const { pid, host } = decodeClaim(JSON.parse(readFileSync(file, 'utf8')));
    if (Date.now() - statSync(file).mtimeMs > LEASE_MS) return false;
    if (host !== hostname()) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'kill') return code === 'EPERM';
    // It is there no more, or no claim.
    if (code === 'ENOENT' || code === undefined) return false;
    throw error;
  }
}

/** What `read` reads; undefined if the file is not there. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Books how a job was begun and ended, a line each: what was begun and neither came back nor was given back is a strike. */
export class Strikes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  begun(job: string): void {
    this.#write(job, 'begun');
  }

  /** Its worker was asked to stop: no strike. */
  returned(job: string): void {
    this.#write(job, 'returned');
  }

  failed(job: string, why: string): void {
    this.#write(job, `failed ${why.replaceAll(/\s+/g, ' ')}`);
  }

  /** How many strikes there are, and the last reason. */
  of(job: string): { readonly count: number; readonly why: string } {
    const text = ifThere(() => readFileSync(join(this.#folder, 'starts', job), 'utf8'));
    const lines = text?.split('\n') ?? [];
    const count = (word: string) => lines.filter((line) => line === word).length;
    const why = lines.findLast((line) => line.startsWith('failed '))?.slice('failed '.length);
    return { count: count('begun') - count('returned'), why: why ?? 'its worker died each time' };
  }

  #write(job: string, line: string): void {
    appendFileSync(join(this.#folder, 'starts', job), `${line}\n`);
  }
}
