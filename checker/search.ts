// The coordinator: level by level, slice by slice, with growth, limits, checkpoints and progress at the seams.
// Longer than most files here: the state of a search is one thing, and each method is one seam.

import { loadCheckpoint, type Saved, saveCheckpoint } from './checkpoint.ts';
import { CheckpointError } from './error.ts';
import { better, type Find, type Harvest, type Layout, REFUSED, TRANSITIONS, VISITED } from './harvest.ts';
import { Lane } from './lane.ts';
import { defaultMemory } from './limit.ts';
import type { Model, PackedTwin } from './model.ts';
import type { Plan } from './plan.ts';
import { Pool } from './pool.ts';
import { BLOCK, cutIntoBlocks, estimate, joined, SLICE, type Slice } from './ranges.ts';
import type { CheckOptions, Cut, Progress } from './report.ts';
import { Steps } from './steps.ts';
import { Orbits } from './symmetry.ts';
import { CURSOR, PAUSE, Table } from './table.ts';
import { messageOf } from './text.ts';

const STEPS_COMPARED = 50;
/** Below so many states a level is not worth waking other threads for. */
const WORTH_SHARING = 256;

/** All a search knows, apart from the table. What `checkpoint.ts` saves is taken from here. */
export class Search<State> {
  readonly model: Model<State>;
  readonly plan: Plan;
  readonly options: CheckOptions;
  readonly table: Table;
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
    this.#lane = new Lane(model, twin, plan, this.table);
    this.layout = this.#lane.layout;
    this.tally = new Float64Array(this.layout.size);
    const threads = options.workers ?? 1;
    this.shares = Array.from({ length: threads }, () => 0);
    if (options.resume === undefined) this.#begin();
    else this.#resume(options.resume, twin);
    this.#pool =
      threads > 1 ? new Pool(threads - 1, options.spec, plan, model.moves.length, this.table) : null;
  }

  /** Resolves when all workers can work. */
  async ready(): Promise<void> {
    await this.#pool?.ready();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool?.close();
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
  #compareWithModel(path: string, twin: PackedTwin | null): void {
    const orbits = this.plan.symmetry ? new Orbits(this.model, twin) : null;
    const steps = new Steps(this.model, null, this.table, orbits);
    const stride = Math.max(1, Math.floor(this.table.reserved / STEPS_COMPARED));
    let looked = 0;
    for (const index of this.table.indices()) {
      const parent = this.table.parent(index);
      if (looked++ % stride !== 0 || parent < 0) continue;
      let found = false;
      steps.each(parent, (to) => {
        found ||= to === index;
      });
      if (!found)
        throw new CheckpointError(
          `checkpoint ${path} is of another search: a stored step is none of this model`,
        );
    }
  }

  #resume(path: string, twin: PackedTwin | null): void {
    const saved = loadCheckpoint(path, this.model, this.plan, this.table);
    if (saved.tally.length !== this.tally.length)
      throw new CheckpointError(`checkpoint ${path}: it counts other claims or moves`);
    this.#compareWithModel(path, twin);
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
    };
  }

  /** The search itself. Yields between slices; a yielded promise must be awaited before going on. */
  *run(): Generator<Promise<unknown> | null, void> {
    // A checkpoint may have been written between the last slice of a level and its end: then only `next` has states.
    while (this.todo.length > 0 || this.next.length > 0) {
      const expand = this.options.depth === undefined || this.depth < this.options.depth;
      if (!expand) this.#beginUnexpanded();
      while (this.todo.length > 0) {
        if (this.#mustStop() || !(yield* this.#makeRoom())) return;
        yield* this.#slice(expand);
        if (this.#hung) return this.#endAtHang();
      }
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
    const blocks = cutIntoBlocks(this.todo);
    const slice: Slice = {
      blocks,
      count: blocks.length / 2,
      expand,
      settled: [...this.finds.keys()],
    };
    this.todo = [];
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
    for (let k = taken * 2; k < blocks.length; k++) this.todo.push(blocks[k]!);
    this.todo = joined(this.todo);
    this.next = joined(this.next);
    this.#atSeam();
  }

  #merge(harvest: Harvest, thread = 0): void {
    for (let k = 0; k < this.tally.length; k++) this.tally[k]! += harvest.tally[k]!;
    this.stored += harvest.added;
    this.weighted += harvest.addedWeight;
    if (harvest.added > 0) {
      const level = this.levels.length === 0 ? 0 : this.depth + 1;
      this.levels[level] = (this.levels[level] ?? 0) + harvest.addedWeight;
      this.levelStored[level] = (this.levelStored[level] ?? 0) + harvest.added;
    }
    this.#hung ||= harvest.hung;
    this.next.push(...harvest.ranges);
    this.todo.push(...harvest.leftover);
    for (const find of harvest.finds) {
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

  #mustStop(): boolean {
    const { minutes, signal } = this.options;
    if (signal?.aborted) this.#cutBy('interrupt', 'interrupted');
    else if (minutes !== undefined && this.seconds >= minutes * 60)
      this.#cutBy('time', `${minutes} minutes are over`);
    else return false;
    this.#save();
    return true;
  }

  #wantsPause(): boolean {
    const { minutes, signal } = this.options;
    this.#reportProgress(false);
    return (
      (signal?.aborted ?? false) ||
      (minutes !== undefined && this.seconds >= minutes * 60) ||
      this.#saveIsDue()
    );
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
    if (this.options.checkpoint === undefined) return;
    saveCheckpoint(this.options.checkpoint, this.model, this.plan, this.table, this.saved());
    this.#lastSaved = performance.now();
  }

  /** Grows the table if it is short; false (with `cut` set) if that would break the memory bound. */
  *#makeRoom(): Generator<Promise<unknown> | null, boolean> {
    const peak = this.table.growthPeak();
    if (peak === this.table.bytes) return true;
    const bound = this.options.memoryMiB ?? defaultMemory();
    let why = `growing the tables would take ${Math.ceil(peak / 2 ** 20)} MiB, the bound is ${Math.floor(bound)} MiB`;
    if (peak <= bound * 2 ** 20) {
      try {
        if (this.table.enlarge()) yield* this.#fill();
        return true;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        why = `the machine refused the tables ${Math.ceil(peak / 2 ** 20)} MiB (${messageOf(error)})`;
      }
    }
    this.#cutBy('memory', why);
    this.#save();
    return false;
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
    const states = this.plan.symmetry ? this.weighted : Math.max(this.weighted, this.table.reserved - 64);
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
