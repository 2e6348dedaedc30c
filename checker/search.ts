// The coordinator: level by level, slice by slice, with growth, limits, checkpoints and progress at the seams.
// Longer than most files here: the state of a search is one thing, and each method is one seam.

import { cannotBeWritten, loadCheckpoint, type Saved, saveCheckpoint } from './checkpoint.ts';
import { Disk } from './disk.ts';
import { CheckpointError, DiskError } from './error.ts';
import { better, type Find, type Harvest, type Layout, REFUSED, TRANSITIONS, VISITED } from './harvest.ts';
import { Lane } from './lane.ts';
import { defaultMemory } from './limit.ts';
import type { Model, PackedTwin } from './model.ts';
import type { Plan } from './plan.ts';
import { Pool } from './pool.ts';
import { ascending, BLOCK, cutIntoBlocks, estimate, joined, SLICE, type Slice } from './ranges.ts';
import type { CheckOptions, Cut, Progress } from './report.ts';
import { Steps } from './steps.ts';
import { Orbits } from './symmetry.ts';
import { CURSOR, PAUSE, Table } from './table.ts';
import { messageOf } from './text.ts';

const STEPS_COMPARED = 50;
/** Below so many states a level is not worth waking other threads for. */
const WORTH_SHARING = 256;

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** All a search knows, apart from the table. What `checkpoint.ts` saves is taken from here. */
export class Search<State> {
  readonly model: Model<State>;
  readonly plan: Plan;
  readonly options: CheckOptions;
  readonly table: Table;
  /** Where the states are that the table has no room for; null as long as it holds them all. */
  disk: Disk | null = null;
  readonly #orbits: Orbits<State> | null;
  readonly layout: Layout;
  readonly #lane: Lane<State>;
  readonly #pool: Pool | null;
  readonly #started = performance.now();
  readonly tally: Float64Array;
  stored = 0;
  weighted = 0;
  readonly levels: number[] = [];
  readonly levelStored: number[] = [];
  /** Ranges still to visit in this level, and those found for the next. */
  todo: number[] = [];
  next: number[] = [];
  depth = 0;
  readonly finds = new Map<number, Find>();
  #levelFinds = new Map<number, Find>();
  readonly branches = new Set<string>();
  readonly shares: number[];
  cut: Cut | null = null;
  /** True if a violation ended the search with states still to visit. */
  stoppedByViolation = false;
  #hung = false;
  /** What a checkpoint says while a level is only judged, not expanded: the search as it was before that level. */
  #unexpanded: Saved | null = null;
  secondsBefore = 0;
  resumedFrom: { states: number; depth: number } | null = null;
  #lastSaved = performance.now();
  #lastProgress = performance.now();
  #lastStates = 0;

  constructor(model: Model<State>, twin: PackedTwin | null, plan: Plan, options: CheckOptions) {
    this.model = model;
    this.plan = plan;
    this.options = options;
    this.table = new Table(model.width);
    this.#orbits = plan.symmetry ? new Orbits(model, twin) : null;
    this.#lane = new Lane(model, twin, plan, this.table);
    this.layout = this.#lane.layout;
    this.tally = new Float64Array(this.layout.size);
    const threads = options.workers ?? 1;
    this.shares = Array.from({ length: threads }, () => 0);
    if (options.resume === undefined) this.#begin();
    else this.#resume(options.resume);
    this.#pool =
      threads > 1 ? new Pool(threads - 1, options.spec, plan, model.moves.length, this.table) : null;
  }

  /** Resolves when all workers can work. */
  async ready(): Promise<void> {
    await this.#pool?.ready();
  }

  async endThreads(): Promise<void> {
    await this.#pool?.close();
  }

  /** Ends the threads, and what is on disk. */
  async close(): Promise<void> {
    await this.endThreads();
    this.disk?.close();
  }

  /** What a state is looked up in by its index. */
  get store(): Pick<Table, 'read' | 'parent'> {
    return this.disk ?? this.table;
  }

  get #bound(): number {
    return (this.options.memoryMiB ?? defaultMemory()) * 2 ** 20;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #begin(): void {
    this.#lane.proveInitial();
    for (const state of this.model.initial()) {
      if (this.table.growthPeak() > this.table.bytes) this.table.grow();
      this.#lane.addInitial(state);
    }
    this.#merge(this.#lane.harvest());
    this.todo = this.next;
    this.next = [];
  }

  /** Takes a few stored steps again: a model that has changed under the same name shows itself. */
  #compareWithModel(path: string): void {
    const { store } = this;
    const steps = new Steps(this.model, null, this.table, this.#orbits);
    const count = this.disk?.count ?? this.table.reserved;
    const words = new Uint32Array(this.model.width);
    const before = words.slice();
    for (let k = 0; k < STEPS_COMPARED; k++) {
      const index = Math.floor((k * count) / STEPS_COMPARED);
      const parent = store.parent(index);
      if (parent < 0) continue;
      store.read(index, words);
      store.read(parent, before);
      if (!steps.leads(before, words))
        throw new CheckpointError(
          `checkpoint ${path} is of another search: a stored step is none of this model`,
        );
    }
  }

  #resume(path: string): void {
    const saved = loadCheckpoint(path, this.model, this.plan, this.table);
    if (saved.tally.length !== this.tally.length)
      throw new CheckpointError(`checkpoint ${path}: it counts other claims or moves`);
    if (saved.disk !== undefined) {
      this.disk = Disk.resume(saved.disk, this.model.width, path, this.options.checkpoint);
      this.table.reshape(this.#bound);
    }
    this.#compareWithModel(path);
    this.tally.set(saved.tally);
    this.stored = saved.stored;
    this.weighted = saved.weighted;
    this.levels.push(...saved.levels);
    this.levelStored.push(...saved.levelStored);
    this.todo = [...saved.todo];
    this.next = [...saved.next];
    this.depth = saved.depth;
    for (const find of saved.finds) this.finds.set(find.claim, find);
    for (const find of saved.levelFinds) this.#levelFinds.set(find.claim, find);
    for (const branch of saved.branches) this.branches.add(branch);
    this.secondsBefore = saved.seconds;
    this.resumedFrom = { states: saved.weighted, depth: saved.depth };
  }

  /** What a checkpoint needs besides the table. A level that is not expanded is all to be done again: its states still have successors. */
  saved(): Saved {
    const seconds = this.secondsBefore + this.seconds;
    if (this.#unexpanded !== null) return { ...this.#unexpanded, seconds };
    return {
      tally: [...this.tally],
      stored: this.stored,
      weighted: this.weighted,
      levels: this.levels,
      levelStored: this.levelStored,
      todo: this.todo,
      next: this.next,
      depth: this.depth,
      finds: [...this.finds.values()],
      levelFinds: [...this.#levelFinds.values()],
      branches: [...this.branches],
      seconds,
      ...(this.disk === null ? {} : { disk: this.disk.saved() }),
    };
  }

  /** The search itself. Yields between slices; a yielded promise must be awaited before going on. */
  *run(): Generator<Promise<unknown> | null, void> {
    // A checkpoint may have been written between the last slice of a level and its end: then only `next` has states.
    while (this.todo.length > 0 || this.next.length > 0 || this.disk?.pending) {
      const expand = this.options.depth === undefined || this.depth < this.options.depth;
      if (!expand) this.#beginUnexpanded();
      while (this.todo.length > 0) {
        if (this.#mustStop() || !(yield* this.#makeRoom())) return;
        yield* this.#slice(expand);
        if (this.#hung) return this.#endAtHang();
      }
      if (!(yield* this.#settleDisk())) return;
      if (!this.#endLevel(expand)) return;
      this.#atSeam();
    }
    // A checkpoint of the last slice of all has finds, and nothing left to visit.
    this.#settleFinds();
  }

  /** From here on a checkpoint holds the search as it is now, whatever has been judged since. */
  #beginUnexpanded(): void {
    this.#unexpanded = structuredClone(this.saved());
    this.#save();
  }

  /** Beyond memory only now it shows which candidates are new. False if the search ends here. */
  *#settleDisk(): Generator<null, boolean> {
    const { disk } = this;
    if (disk === null) return true;
    const first = disk.count;
    let weight = 0;
    try {
      disk.spill(this.table);
      for (const pause of disk.settle((words) => (weight += this.#orbits?.size(words) ?? 1))) {
        this.#reportProgress(false);
        if (this.#over !== null) break;
        yield pause;
      }
      // Left early, nothing has changed on the disk: a checkpoint may be written.
      if (disk.pending && this.#mustStop()) return false;
    } catch (error) {
      return this.#diskFailed(error);
    }
    const added = disk.count - first;
    if (added === 0) return true;
    this.#count(added, weight);
    this.next = joined([...this.next, first, disk.count]);
    return true;
  }

  #diskFailed(error: unknown): false {
    if (!(error instanceof DiskError)) throw error;
    const { checkpoint } = this.options;
    this.#cutBy(
      'memory',
      `${error.message}${checkpoint === undefined ? '' : `; ${checkpoint} stands as it was saved last`}`,
    );
    return false;
  }

  /** States that have come in for the level after this one. */
  #count(added: number, weight: number): void {
    this.stored += added;
    this.weighted += weight;
    const level = this.levels.length === 0 ? 0 : this.depth + 1;
    this.levels[level] = (this.levels[level] ?? 0) + weight;
    this.levelStored[level] = (this.levelStored[level] ?? 0) + added;
  }

  /** Closes a level; false if the search ends with it. */
  #endLevel(expand: boolean): boolean {
    this.#settleFinds();
    if (!expand) {
      this.#cutBy('depth', `depth ${this.options.depth} reached`);
      return false;
    }
    this.todo = this.next;
    this.next = [];
    if (this.todo.length > 0) this.depth++;
    if ((this.options.keepGoing ?? false) || !this.violated) return true;
    this.stoppedByViolation = this.todo.length > 0;
    return false;
  }

  #settleFinds(): void {
    for (const [claim, find] of this.#levelFinds) if (!this.finds.has(claim)) this.finds.set(claim, find);
    this.#levelFinds.clear();
  }

  /** Who did not come to an end is not asked again. All earlier levels were visited whole, so the trace is still a shortest one. */
  #endAtHang(): void {
    this.#settleFinds();
    this.stoppedByViolation = true;
  }

  /** A claim is broken. */
  get violated(): boolean {
    return [this.finds, this.#levelFinds].some((finds) =>
      [...finds.keys()].some((claim) => this.#isViolation(claim)),
    );
  }

  #isViolation(claim: number): boolean {
    const name = this.plan.claims[claim];
    return name === undefined || this.model.claims.find((one) => one.name === name)!.kind !== 'reachable';
  }

  /** Works on `todo` until it is empty or somebody calls a pause. */
  *#slice(expand: boolean): Generator<Promise<unknown> | null, void> {
    const { control } = this.table;
    const { here, rest } = this.disk === null ? { here: this.todo, rest: [] } : this.#window(this.disk);
    const blocks = cutIntoBlocks(here);
    const slice: Slice = {
      blocks,
      count: blocks.length / 2,
      expand,
      settled: [...this.finds.keys()],
    };
    this.todo = rest;
    Atomics.store(control, CURSOR, 0);
    Atomics.store(control, PAUSE, 0);
    const pool = slice.count * BLOCK >= WORTH_SHARING ? this.#pool : null;
    for (;;) {
      pool?.join(slice);
      const end = this.#lane.work(slice, performance.now() + SLICE);
      if (end !== 'more') break;
      yield null;
      this.#pool?.check();
      if (this.#wantsPause()) Atomics.store(control, PAUSE, 1);
    }
    this.#merge(this.#lane.harvest());
    if (pool !== null) {
      yield pool.answered();
      for (const { harvest, thread } of pool.take()) this.#merge(harvest, thread);
    }
    const taken = Math.min(Atomics.load(control, CURSOR), slice.count);
    const { base } = this.table;
    for (let k = taken * 2; k < blocks.length; k++) this.todo.push(base + blocks[k]!);
    this.todo = joined(this.disk === null ? this.todo : ascending(this.todo));
    this.next = joined(this.next);
    this.#atSeam();
  }

  /** Shows the next states of the level in the table's window: their places there, and what does not fit. */
  #window(disk: Disk): { here: number[]; rest: number[] } {
    const from = this.todo[0]!;
    const end = disk.open(this.table, from);
    const here: number[] = [];
    const rest: number[] = [];
    for (let k = 0; k < this.todo.length; k += 2) {
      const start = this.todo[k]!;
      const stop = this.todo[k + 1]!;
      if (start < end) here.push(start - from, Math.min(stop, end) - from);
      if (stop > end) rest.push(Math.max(start, end), stop);
    }
    return { here, rest };
  }

  #merge(harvest: Harvest, thread = 0): void {
    for (let k = 0; k < this.tally.length; k++) this.tally[k]! += harvest.tally[k]!;
    const { base } = this.table;
    if (this.disk === null) {
      if (harvest.added > 0) this.#count(harvest.added, harvest.addedWeight);
      this.next.push(...harvest.ranges);
    }
    this.#hung ||= harvest.hung;
    this.todo.push(...harvest.leftover.map((index) => base + index));
    for (const found of harvest.finds) {
      const find = base === 0 ? found : { ...found, index: base + found.index };
      const best = this.#levelFinds.get(find.claim);
      if (best === undefined || better(find, best)) this.#levelFinds.set(find.claim, find);
    }
    for (const branch of harvest.branches) this.branches.add(branch);
    this.shares[thread]! += harvest.tally[VISITED]!;
  }

  /** States found and not expanded. */
  get frontier(): number {
    const { todo, next } = this.#unexpanded ?? this;
    let sum = 0;
    for (const ranges of [todo, next])
      for (let k = 0; k < ranges.length; k += 2) sum += ranges[k + 1]! - ranges[k]!;
    return sum;
  }

  #cutBy(by: Cut['by'], why: string): void {
    const { transitions, frontier } = this;
    const covered =
      `${this.weighted} states and ${transitions} transitions; every run of up to ${by === 'depth' ? this.options.depth : this.depth} moves` +
      `, ${frontier} states not expanded`;
    this.cut = { by, why, covered, frontier };
  }

  get transitions(): number {
    return this.tally[TRANSITIONS]!;
  }
  get refused(): number {
    return this.tally[REFUSED]!;
  }
  get visited(): number {
    return this.tally[VISITED]!;
  }

  /** Why the search must end here, or null. */
  get #over(): { by: Cut['by']; why: string } | null {
    const { minutes, signal } = this.options;
    if (signal?.aborted) return { by: 'interrupt', why: 'interrupted' };
    if (minutes !== undefined && this.seconds >= minutes * 60)
      return { by: 'time', why: `${minutes} minutes are over` };
    return null;
  }

  #mustStop(): boolean {
    const over = this.#over;
    if (over === null) return false;
    this.#cutBy(over.by, over.why);
    this.#save();
    return true;
  }

  #wantsPause(): boolean {
    this.#reportProgress(false);
    return this.#over !== null || this.#saveIsDue();
  }

  #saveIsDue(): boolean {
    if (this.options.checkpoint === undefined) return false;
    return performance.now() - this.#lastSaved >= (this.options.checkpointSeconds ?? 30) * 1000;
  }

  #atSeam(): void {
    this.#reportProgress(false);
    if (this.#saveIsDue()) this.#save();
  }

  #save(): void {
    const { checkpoint } = this.options;
    if (checkpoint === undefined) return;
    try {
      if (this.#unexpanded === null) this.disk?.spill(this.table);
      saveCheckpoint(checkpoint, this.model, this.plan, this.table, this.saved());
    } catch (error) {
      if (error instanceof DiskError) throw cannotBeWritten(checkpoint, error.message);
      throw error;
    }
    this.disk?.sweep();
    this.#lastSaved = performance.now();
  }

  /** Grows the table if it is short, or goes on on disk; false (with `cut` set) if that may not be or cannot be. */
  *#makeRoom(): Generator<Promise<unknown> | null, boolean> {
    if (this.disk !== null) return this.#spill(this.disk);
    const peak = this.table.growthPeak();
    if (peak === this.table.bytes) return true;
    const bound = this.#bound;
    let why = `growing the tables would take ${mebibytes(peak)}, the bound is ${mebibytes(bound)}`;
    if (peak <= bound) {
      try {
        if (this.table.enlarge()) yield* this.#fill();
        return true;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        why = `the machine refused the tables ${mebibytes(peak)} (${messageOf(error)})`;
      }
    }
    const needs = this.#needsAllStates();
    if (needs === null) return this.#beginDisk(bound);
    this.#cutBy('memory', `${why}${needs}`);
    this.#save();
    return false;
  }

  /** Why this search cannot go on beyond memory: what to say; or null. */
  #needsAllStates(): string | null {
    if (this.options.disk === false) return '';
    const temporal = this.model.claims.find(
      ({ name, kind }) => kind === 'temporal' && this.plan.claims.includes(name),
    );
    if (temporal !== undefined) return `, and ${temporal.name} needs all states in memory`;
    return (this.options.graph ?? false) === false ? null : ', and a graph needs all states in memory';
  }

  #beginDisk(bound: number): boolean {
    try {
      this.disk = Disk.begin(this.table, this.options.checkpoint);
    } catch (error) {
      return this.#diskFailed(error);
    }
    this.table.reshape(bound);
    // A window is looked for upwards; two threads have added states in memory in any order.
    this.todo = joined(ascending(this.todo));
    this.next = joined(ascending(this.next));
    return true;
  }

  #spill(disk: Disk): boolean {
    if (!this.table.short) return true;
    try {
      disk.spill(this.table);
    } catch (error) {
      return this.#diskFailed(error);
    }
    return true;
  }

  *#fill(): Generator<Promise<unknown> | null, void> {
    this.#pool?.fill();
    this.table.fill();
    if (this.#pool === null) return;
    yield this.#pool.answered();
    this.#pool.check();
  }

  #reportProgress(force: boolean): void {
    if (this.options.progress === undefined) return;
    const now = performance.now();
    const passed = (now - this.#lastProgress) / 1000;
    if (!force && passed < (this.options.progressSeconds ?? 1)) return;
    const exact = this.plan.symmetry || this.disk !== null;
    const states = exact ? this.weighted : Math.max(this.weighted, this.table.reserved - 64);
    const progress: Progress = {
      states,
      frontier: this.frontier,
      depth: this.depth,
      transitions: this.transitions,
      seconds: this.seconds,
      rate: (states - this.#lastStates) / Math.max(passed, 1e-3),
      estimate: estimate(this.levels, this.weighted),
    };
    this.#lastProgress = now;
    this.#lastStates = states;
    this.options.progress(progress);
  }
}
