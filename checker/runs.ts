// Sorted runs of packed states on disk, read in order: what a search beyond memory knows its visited states and its candidates by.

import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { DiskError } from './error.ts';
import { hashOf } from './table.ts';
import { messageOf } from './text.ts';

/** Records that are read or written at once; each run keeps the hash of the first of every block, so that a reader can leap. */
const BLOCK = 1024;

/** Records are the packed words of a state, then its parent's index + 2. */
export const recordOf = (width: number) => width + 1;

interface Mark {
  readonly count: number;
  readonly hash: Hash | null;
}

/** A file of records that grows at its end. Its path may be gone already: then it ends with the process, however that ends. */
export class RecordFile {
  readonly path: string;
  readonly #width: number;
  readonly #file: number;
  readonly #buffer: Uint32Array;
  #filled = 0;
  /** Records written; those that still wait in the buffer included. */
  count: number;

  /** Of all that was flushed; kept for files that a checkpoint refers to. */
  #hash: Hash | null;

  /** A new file, or with `count` one that has at least so many records; what is behind them is written over. */
  constructor(path: string, width: number, hashed: boolean, count: number | null = null) {
    this.path = path;
    this.#width = width;
    this.#hash = hashed ? createHash('sha256') : null;
    this.#buffer = new Uint32Array(BLOCK * recordOf(width));
    this.count = count ?? 0;
    try {
      this.#file = openSync(path, count === null ? 'w+' : 'r+');
    } catch (error) {
      throw new DiskError(`${path} cannot be opened: ${messageOf(error)}`);
    }
  }

  get bytes(): number {
    return this.count * recordOf(this.#width) * 4;
  }

  push(words: Uint32Array, at: number, parent: number): void {
    const size = recordOf(this.#width);
    const to = this.#filled * size;
    for (let k = 0; k < this.#width; k++) this.#buffer[to + k] = words[at + k]!;
    this.#buffer[to + this.#width] = parent + 2;
    this.count++;
    if (++this.#filled === BLOCK) this.flush();
  }

  /** Writes what waits. Throws a DiskError, and then counts only what is surely there. */
  flush(): void {
    const size = recordOf(this.#width) * 4;
    const bytes = new Uint8Array(this.#buffer.buffer, 0, this.#filled * size);
    const from = (this.count - this.#filled) * size;
    try {
      for (let at = 0; at < bytes.length; )
        at += writeSync(this.#file, bytes, at, bytes.length - at, from + at);
      this.#hash?.update(bytes);
    } catch (error) {
      this.count -= this.#filled;
      throw new DiskError(`${this.path} cannot be written: ${messageOf(error)}`);
    } finally {
      this.#filled = 0;
    }
  }

  /** Where `rollback` goes back to. */
  mark(): Mark {
    this.flush();
    return { count: this.count, hash: this.#hash?.copy() ?? null };
  }

  rollback({ count, hash }: Mark): void {
    this.#filled = 0;
    this.count = count;
    this.#hash = hash;
  }

  /** Reads the whole file; true if its records are those that were saved. */
  matches(digest: string): boolean {
    const hash = createHash('sha256');
    const size = recordOf(this.#width);
    for (let from = 0; from < this.count; from += BLOCK) {
      const some = this.#buffer.subarray(0, Math.min(BLOCK, this.count - from) * size);
      this.read(from, some);
      hash.update(new Uint8Array(some.buffer, some.byteOffset, some.byteLength));
    }
    if (this.#hash !== null) this.#hash = hash.copy();
    return hash.digest('hex') === digest;
  }

  /** Fills `out` with the records from `from` on. All of them must have been flushed. */
  read(from: number, out: Uint32Array): void {
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    const start = from * recordOf(this.#width) * 4;
    for (let at = 0; at < bytes.length; ) {
      const got = readSync(this.#file, bytes, at, bytes.length - at, start + at);
      if (got === 0) throw new DiskError(`${this.path} is shorter than it was`);
      at += got;
    }
  }

  /** Makes sure that all is on the disk; the digest of it. */
  sync(): string {
    this.flush();
    fsyncSync(this.#file);
    return this.#hash?.copy().digest('hex') ?? '';
  }

  close(remove: boolean): void {
    closeSync(this.#file);
    if (remove) rmSync(this.path, { force: true });
  }
}

/** Records `start` up to `start + count` of a file, in ascending order of hash and words. */
export class Run {
  readonly file: RecordFile;
  readonly start: number;
  readonly count: number;
  /** Hash of the first record of each block. */
  readonly heads: Uint32Array;

  constructor(file: RecordFile, start: number, count: number, width: number) {
    this.file = file;
    this.start = start;
    this.count = count;
    this.heads = new Uint32Array(Math.ceil(count / BLOCK));
    const first = new Uint32Array(recordOf(width));
    for (let block = 0; block < this.heads.length; block++) {
      file.read(start + block * BLOCK, first);
      this.heads[block] = hashOf(first, 0, width);
    }
  }
}

/** Past the last record: greater than every hash. */
const END = 2 ** 32;

/** A place in a run. `hash` and the words at `at` of `records` are the record it stands at. */
export class Cursor {
  readonly #run: Run;
  readonly #width: number;
  readonly #size: number;
  #block = -1;
  #inBlock = 0;
  #filled = 0;
  records: Uint32Array;
  at = 0;
  hash = END;

  constructor(run: Run, width: number) {
    this.#run = run;
    this.#width = width;
    this.#size = recordOf(width);
    this.records = new Uint32Array(Math.min(BLOCK, run.count) * this.#size);
    this.#open(0);
  }

  get ended(): boolean {
    return this.hash === END;
  }

  get parent(): number {
    return this.records[this.at + this.#width]! - 2;
  }

  #open(block: number): void {
    this.#block = block;
    this.#inBlock = 0;
    this.at = 0;
    if (block >= this.#run.heads.length) {
      this.hash = END;
      return;
    }
    this.#filled = Math.min(BLOCK, this.#run.count - block * BLOCK);
    this.#run.file.read(this.#run.start + block * BLOCK, this.records.subarray(0, this.#filled * this.#size));
    this.hash = this.#run.heads[block]!;
  }

  next(): void {
    if (++this.#inBlock === this.#filled) {
      this.#open(this.#block + 1);
      return;
    }
    this.at += this.#size;
    this.hash = hashOf(this.records, this.at, this.#width);
  }

  /** Negative, 0 or positive, as this record is before, the same as or after the other's. */
  compare(other: Cursor): number {
    if (this.hash !== other.hash) return this.hash - other.hash;
    for (let k = 0; k < this.#width; k++) {
      const difference = this.records[this.at + k]! - other.records[other.at + k]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Goes on to the first record that is not before the other's; true if it is the same. Blocks that cannot hold it are not read. */
  seek(other: Cursor): boolean {
    if (this.hash < other.hash) {
      const { heads } = this.#run;
      let block = this.#block;
      while (block + 1 < heads.length && heads[block + 1]! < other.hash) block++;
      if (block !== this.#block) this.#open(block);
    }
    for (;;) {
      if (this.hash > other.hash) return false;
      const order = this.ended ? 1 : this.compare(other);
      if (order >= 0) return order === 0;
      this.next();
    }
  }
}

/** Each state of some runs once, in order, with the least of its parents; the cursor that is given stands at it. */
export function* merged(
  runs: readonly Run[],
  width: number,
): Generator<{ readonly cursor: Cursor; readonly parent: number }, void> {
  let cursors = runs.map((run) => new Cursor(run, width)).filter((cursor) => !cursor.ended);
  while (cursors.length > 0) {
    let least = cursors[0]!;
    for (let k = 1; k < cursors.length; k++) if (cursors[k]!.compare(least) < 0) least = cursors[k]!;
    let { parent } = least;
    for (const cursor of cursors) {
      if (cursor === least || cursor.compare(least) !== 0) continue;
      parent = Math.min(parent, cursor.parent);
      cursor.next();
    }
    yield { cursor: least, parent };
    least.next();
    if (cursors.some((cursor) => cursor.ended)) cursors = cursors.filter((cursor) => !cursor.ended);
  }
}
