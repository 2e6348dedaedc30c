// A search beyond memory: all states in a file in the order of their indices, the visited set as sorted runs, merged a level at a time.
//
// Within a level the table in memory only collects candidates: states that it does not hold itself. When it is full they are sorted and
// written as a run. At the end of the level the runs are merged, and what no visited run has is new. This is the delayed detection of
// duplicates of Stern and Dill (parallel Murphi with disks, 1998) and of TLC's disk set. It is exact: runs hold whole states.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CheckpointError, DiskError } from './error.ts';
import { Cursor, merged, RecordFile, Run, recordOf } from './runs.ts';
import { hashOf, type Table } from './table.ts';
import { messageOf } from './text.ts';

/** States sorted at once. */
const SORTED = 1 << 20;
/** More runs than this are made into one. */
const MANY = 32;
/** States that are looked at between two looks at signals. */
const BREATH = 1 << 16;

interface SavedFile {
  readonly name: string;
  readonly count: number;
  readonly digest: string;
}
interface SavedRun {
  readonly file: string;
  readonly start: number;
  readonly count: number;
}

/** What a checkpoint says of the folder beside it. */
export interface SavedDisk {
  readonly files: readonly SavedFile[];
  readonly visited: readonly SavedRun[];
  readonly candidates: readonly SavedRun[];
  readonly made: number;
}

const STATES = 'states';
/** The folder of a checkpoint's runs. */
export const folderOf = (checkpoint: string) => `${checkpoint}.states`;

export class Disk {
  readonly #width: number;
  readonly #folder: string;
  /** Files have names only if a checkpoint refers to them; else they end with the process. */
  readonly #named: boolean;
  readonly #files = new Map<string, RecordFile>();
  #states!: RecordFile;
  #visited: Run[] = [];
  #candidates: Run[] = [];
  #garbage: RecordFile[] = [];
  #made = 0;
  /** The most bytes there were at a time. */
  peak = 0;
  readonly #one: Uint32Array;

  private constructor(width: number, checkpoint: string | undefined) {
    this.#width = width;
    this.#named = checkpoint !== undefined;
    this.#one = new Uint32Array(recordOf(width));
    try {
      if (checkpoint === undefined) this.#folder = mkdtempSync(join(tmpdir(), 'firsttouch-states-'));
      else {
        this.#folder = folderOf(checkpoint);
        mkdirSync(this.#folder, { recursive: true });
      }
    } catch (error) {
      throw new DiskError(`no folder for the states: ${messageOf(error)}`);
    }
  }

  /** Takes over all states of a table that has reached its bound. */
  static begin(table: Table, checkpoint: string | undefined): Disk {
    const disk = new Disk(table.width, checkpoint);
    try {
      disk.#states = disk.#file(STATES);
      const words = new Uint32Array(table.width);
      for (let index = 0; index < table.reserved; index++) {
        table.read(index, words);
        disk.#states.push(words, 0, table.parent(index));
      }
      disk.#states.flush();
      disk.#visited = disk.#sorted(table, 0, 'visited');
      return disk;
    } catch (error) {
      disk.close();
      throw error;
    }
  }

  /** Opens what a checkpoint refers to. The files are copied if the search goes on under another name, or without a checkpoint. */
  static resume(saved: SavedDisk, width: number, from: string, checkpoint: string | undefined): Disk {
    const disk = new Disk(width, checkpoint);
    const there = folderOf(from);
    try {
      for (const { name, count, digest } of saved.files) {
        const path = join(disk.#folder, name);
        if (disk.#folder !== there) copyFileSync(join(there, name), path);
        const file = new RecordFile(path, width, disk.#named, count);
        disk.#files.set(name, file);
        if (!file.matches(digest)) throw new Error(`${basename(there)}/${name} is damaged`);
        if (!disk.#named) rmSync(path);
      }
      const open = (run: SavedRun) => new Run(disk.#files.get(run.file)!, run.start, run.count, width);
      disk.#states = disk.#files.get(STATES)!;
      disk.#visited = saved.visited.map(open);
      disk.#candidates = saved.candidates.map(open);
      disk.#made = saved.made;
      return disk;
    } catch (error) {
      disk.close();
      throw new CheckpointError(`checkpoint ${from} cannot be resumed: ${messageOf(error)}`);
    }
  }

  /** Makes all sure on the disk, and says what a checkpoint must know. */
  saved(): SavedDisk {
    const files = [...this.#files].map(([name, file]) => ({
      name,
      count: file.count,
      digest: file.sync(),
    }));
    const told = ({ file, start, count }: Run) => ({ file: basename(file.path), start, count });
    return {
      files,
      visited: this.#visited.map(told),
      candidates: this.#candidates.map(told),
      made: this.#made,
    };
  }

  /** After a checkpoint has been written: what only the one before needed can go. */
  sweep(): void {
    for (const file of this.#garbage) file.close(true);
    this.#garbage = [];
  }

  #file(name: string): RecordFile {
    const path = join(this.#folder, name);
    const file = new RecordFile(path, this.#width, this.#named);
    this.#files.set(name, file);
    if (!this.#named) rmSync(path);
    return file;
  }

  /** Runs that are no longer needed: their files go, unless another run lies in them. */
  #drop(runs: readonly Run[]): void {
    const others = [...this.#visited, ...this.#candidates].filter((run) => !runs.includes(run));
    const kept = new Set(others.map((run) => run.file)).add(this.#states);
    for (const file of new Set(runs.map((run) => run.file))) {
      if (kept.has(file)) continue;
      this.#files.delete(basename(file.path));
      if (this.#named) this.#garbage.push(file);
      else file.close(false);
    }
  }

  get bytes(): number {
    let sum = 0;
    for (const file of [...this.#files.values(), ...this.#garbage]) sum += file.bytes;
    return sum;
  }

  #count(): void {
    this.peak = Math.max(this.peak, this.bytes);
  }

  /** States by index, holes included. */
  get count(): number {
    return this.#states.count;
  }

  /** Candidates wait for the end of their level. */
  get pending(): boolean {
    return this.#candidates.length > 0;
  }

  /** Writes the states of a table from index `from` on as sorted runs. */
  #sorted(table: Table, from: number, kind: string): Run[] {
    if (table.reserved === from) return [];
    const file = this.#file(`${kind}-${++this.#made}`);
    const runs: Run[] = [];
    const words = new Uint32Array(this.#width);
    const { reserved } = table;
    for (let start = from; start < reserved; start += SORTED) {
      const first = file.count;
      for (const index of inOrder(table, start, Math.min(start + SORTED, reserved))) {
        table.read(index, words);
        file.push(words, 0, table.parent(index));
      }
      file.flush();
      if (file.count > first) runs.push(new Run(file, first, file.count - first, this.#width));
    }
    if (runs.length === 0) this.#drop([new Run(file, 0, 0, this.#width)]);
    this.#count();
    return runs;
  }

  /** Takes the candidates of a table, which is empty afterwards. Only while no other thread uses it. */
  spill(table: Table): void {
    this.#candidates.push(...this.#sorted(table, table.windowStates, 'candidates'));
    table.empty();
    if (this.#candidates.length > MANY) this.#candidates = this.#compacted(this.#candidates, 'candidates');
  }

  #compacted(runs: readonly Run[], kind: string): Run[] {
    const file = this.#file(`${kind}-${++this.#made}`);
    for (const { cursor, parent } of merged(runs, this.#width)) file.push(cursor.records, cursor.at, parent);
    file.flush();
    this.#count();
    this.#drop(runs);
    return [new Run(file, 0, file.count, this.#width)];
  }

  /**
   * The end of a level: the candidates that no visited run has become states, with the indices from `count` on. `weigh` is told each of them.
   * Yields now and then; left before its end it has changed nothing.
   */
  *settle(weigh: (words: Uint32Array) => void): Generator<null, void> {
    if (this.#visited.length > MANY) this.#visited = this.#compacted(this.#visited, 'visited');
    const states = this.#states;
    const start = states.mark();
    let looked = 0;
    let done = false;
    const seen = this.#visited.map((run) => new Cursor(run, this.#width));
    try {
      for (const { cursor, parent } of merged(this.#candidates, this.#width)) {
        if (++looked % BREATH === 0) yield null;
        if (seen.some((visited) => visited.seek(cursor))) continue;
        states.push(cursor.records, cursor.at, parent);
        weigh(cursor.records.subarray(cursor.at, cursor.at + this.#width));
      }
      states.flush();
      done = true;
    } finally {
      if (!done) states.rollback(start);
    }
    const { count } = start;
    if (states.count > count) this.#visited.push(new Run(states, count, states.count - count, this.#width));
    this.#count();
    const old = this.#candidates;
    this.#candidates = [];
    this.#drop(old);
  }

  /** Copies the states from index `from` on into the table's window, as many as it holds; returns the end of them. */
  open(table: Table, from: number): number {
    const size = recordOf(this.#width);
    const end = Math.min(from + table.windowStates, this.count);
    const records = new Uint32Array(1024 * size);
    for (let start = from; start < end; start += 1024) {
      const count = Math.min(1024, end - start);
      const some = records.subarray(0, count * size);
      this.#states.read(start, some);
      for (let k = 0; k < count; k++) table.show(start - from + k, some, k * size);
    }
    table.base = from;
    return end;
  }

  /** Words of a state, copied to `out`. */
  read(index: number, out: Uint32Array): void {
    this.#states.read(index, this.#one);
    out.set(this.#one.subarray(0, this.#width));
  }

  parent(index: number): number {
    this.#states.read(index, this.#one);
    return this.#one[this.#width]! - 2;
  }

  /** Ends it. What a checkpoint refers to stays. */
  close(): void {
    for (const file of [...this.#files.values(), ...this.#garbage]) file.close(false);
    if (!this.#named) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The states of a table with indices from `start` up to `end`, in the order of runs. */
function inOrder(table: Table, start: number, end: number): Uint32Array {
  const { width } = table;
  const keys = new BigUint64Array(end - start);
  const halves = new Uint32Array(keys.buffer);
  const words = new Uint32Array(width);
  let count = 0;
  for (let index = start; index < end; index++) {
    if (table.parent(index) === -2) continue;
    table.read(index, words);
    halves[2 * count] = index;
    halves[2 * count + 1] = hashOf(words, 0, width);
    count++;
  }
  keys.subarray(0, count).sort();
  const order = new Uint32Array(count);
  for (let k = 0; k < count; k++) order[k] = halves[2 * k]!;
  // Few share a hash: those are put in the order of their words.
  const other = new Uint32Array(width);
  const before = (a: number, b: number) => {
    table.read(a, words);
    table.read(b, other);
    const k = words.findIndex((word, at) => word !== other[at]);
    return k >= 0 && words[k]! < other[k]!;
  };
  for (let k = 1; k < count; k++) {
    for (let at = k; at > 0 && halves[2 * at + 1] === halves[2 * at - 1]; at--) {
      if (!before(order[at]!, order[at - 1]!)) break;
      const one = order[at]!;
      order[at] = order[at - 1]!;
      order[at - 1] = one;
    }
  }
  return order;
}
