// One thread's share of the search: visit a state, judge it, expand it, put what is new into the table.

import { Chooser } from './choose.ts';
import { ModelDefect } from './error.ts';
import { guarded, NO_ANSWER } from './guard.ts';
import {
  better,
  EXPANDED,
  type Find,
  type Harvest,
  Layout,
  REFUSED,
  TRANSITIONS,
  VISITED,
} from './harvest.ts';
import { ImageProver, type Noted } from './image.ts';
import type { Claim, Effect, Model, Move, PackedTwin } from './model.ts';
import { chosenClaims, looksAtSteps, type Plan } from './plan.ts';
import { isSample, proveDeterministic, whoWrote } from './prove.ts';
import type { Slice } from './ranges.ts';
import { effectOf, isBadAnswer, judgementOf, refusalOf, truthOf } from './shape.ts';
import { SymmetryProver } from './symmetric.ts';
import { Orbits, sameWords } from './symmetry.ts';
import { ADDED, BATCH, CURSOR, FULL, PAUSE, ROOT, type Table } from './table.ts';
import { messageOf, moveText, stateText } from './text.ts';
import { Watch } from './watch.ts';

export class Lane<State> {
  readonly table: Table;
  readonly #model: Model<State>;
  readonly #twin: PackedTwin | null;
  readonly #claims: readonly Claim<State>[];
  readonly #stateClaims: number[] = [];
  readonly #stepClaims: number[] = [];
  readonly #deadlock: number;
  readonly #needsState: boolean;
  readonly #patience: number;
  readonly #branchNames: boolean;
  readonly #orbits: Orbits<State> | null;
  readonly #symmetries: SymmetryProver<State> | null;
  readonly layout: Layout;
  readonly #chooser = new Chooser();
  readonly #taken: number;
  readonly #changed: number;
  readonly #current: Uint32Array;
  readonly #out: Uint32Array;
  /** States on their way into the table. */
  readonly #batch: Uint32Array;
  #waiting = 0;
  readonly #watch: Watch<State> | null;
  readonly #images: ImageProver<State>;
  #tally: Float64Array;
  readonly #mark: Float64Array;
  #added = 0;
  #addedWeight = 0;
  #finds = new Map<number, Find>();
  #branches = new Set<string>();
  #settled: readonly number[] = [];
  readonly #moves: number[] = [];
  #index = 0;
  #weight = 1;
  #enabled = 0;
  #full = false;
  #block = 0;
  #blockEnd = 0;
  #doing = '';
  /** The claim that is being judged; -1: none. */
  #judging = -1;
  #hung = false;
  #move = -1;

  constructor(model: Model<State>, twin: PackedTwin | null, plan: Plan, table: Table) {
    this.table = table;
    this.#model = model;
    this.#twin = plan.twin ? twin : null;
    this.#claims = chosenClaims(model, plan);
    this.#claims.forEach((claim, k) => {
      if (looksAtSteps(claim)) this.#stepClaims.push(k);
      else if (claim.kind !== 'temporal') this.#stateClaims.push(k);
    });
    this.#deadlock = plan.deadlock ? this.#claims.length : -1;
    this.#branchNames = model.branches !== undefined;
    this.#orbits = plan.symmetry ? new Orbits(model, twin) : null;
    this.layout = new Layout(this.#claims.length + 1, model.moves.length);
    const tell = (k: number, m: number, witness: () => string) => this.#find(k, m, witness);
    const watch = (on: PackedTwin) =>
      new Watch(model, on, this.#claims, plan, this.layout, this.#chooser, tell);
    this.#watch = this.#twin && watch(this.#twin);
    const judges = this.#watch?.judges ?? false;
    this.#needsState = this.#twin === null || (this.#stateClaims.length > 0 && !judges);
    const silent = judges ? null : this.#twin;
    this.#symmetries = this.#orbits && new SymmetryProver(model, silent, this.#claims, this.#orbits);
    this.#patience = plan.patience;
    this.#images = new ImageProver(model);
    this.#taken = this.layout.taken(0);
    this.#changed = this.layout.changed(0);
    this.#current = new Uint32Array(model.width);
    this.#out = new Uint32Array(model.width);
    this.#batch = new Uint32Array(BATCH * model.width);
    this.#tally = new Float64Array(this.layout.size);
    this.#mark = new Float64Array(this.layout.size);
  }

  /** What must be so of the initial states before any search. */
  proveInitial(): void {
    this.#symmetries?.proveInitial();
  }

  /** Adds an initial state (or its least image). */
  addInitial(state: State): void {
    this.#model.pack(state, this.#out, 0);
    if (this.#orbits !== null) this.#orbits.least(this.#out);
    if (this.table.insert(this.#out, ROOT) !== ADDED) return;
    this.#added++;
    this.#addedWeight += this.#orbits?.size(this.#out) ?? 1;
  }

  /** Visits blocks until none is left ('done'), a pause is asked for ('paused'), or `until` (ms of performance.now) passes ('more'). */
  work(slice: Slice, until: number): 'done' | 'paused' | 'more' {
    return guarded(
      Math.ceil(until - performance.now()) + this.#patience,
      () => this.#work(slice, until),
      () => this.#hangs(),
    );
  }

  /** A claim may ask an implementation, which may loop: that is what was found. Anything else that loops is a defect of the model. */
  #hangs(): 'paused' {
    Atomics.store(this.table.control, PAUSE, 1);
    const judging = this.#judging < 0 ? (this.#watch?.judging ?? -1) : this.#judging;
    if (judging < 0) throw this.#defect(`${this.#doing} does not come to an end`);
    this.#find(judging, -1, NO_ANSWER);
    this.#tally.set(this.#mark);
    this.#hung = true;
    return 'paused';
  }

  #work(slice: Slice, until: number): 'done' | 'paused' | 'more' {
    const control = this.table.control;
    this.#settled = slice.settled;
    for (let steps = 0; ; steps++) {
      if (Atomics.load(control, PAUSE) !== 0) return 'paused';
      if ((steps & 15) === 15 && performance.now() > until) return 'more';
      if (this.#block === this.#blockEnd) {
        const k = Atomics.add(control, CURSOR, 1);
        if (k >= slice.count) return 'done';
        this.#block = slice.blocks[2 * k]!;
        this.#blockEnd = slice.blocks[2 * k + 1]!;
      }
      if (!this.#guarded(this.#block, slice.expand)) {
        Atomics.store(control, PAUSE, 1);
        return 'paused';
      }
      this.#block++;
    }
  }

  /** Everything since the last harvest. */
  harvest(): Harvest {
    const leftover = this.#block < this.#blockEnd ? [this.#block, this.#blockEnd] : [];
    this.#block = this.#blockEnd = 0;
    const harvest: Harvest = {
      tally: this.#tally,
      added: this.#added,
      addedWeight: this.#addedWeight,
      ranges: this.table.takeRanges(),
      leftover,
      finds: [...this.#finds.values()],
      branches: [...this.#branches],
      hung: this.#hung,
    };
    this.#tally = new Float64Array(this.layout.size);
    this.#added = this.#addedWeight = 0;
    this.#finds = new Map();
    this.#branches = new Set();
    return harvest;
  }

  /** A visit in which whatever the model throws becomes a ModelDefect that names move and state. */
  #guarded(index: number, expand: boolean): boolean {
    try {
      return this.#visit(index, expand);
    } catch (error) {
      if (error instanceof ModelDefect) throw error;
      throw this.#defect(isBadAnswer(error) ? error.message : `${this.#doing} throws: ${messageOf(error)}`);
    }
  }

  /** A defect of the model at the move and in the state that are being visited. */
  #defect(what: string): ModelDefect {
    const move = this.#move < 0 ? null : moveText(this.#model.moves[this.#move]!);
    return new ModelDefect(what, move, stateText(this.#model, this.#current));
  }

  /** False if the table is full: then the visit has counted nothing and is to be made again. */
  #visit(index: number, expand: boolean): boolean {
    this.#mark.set(this.#tally);
    this.#index = index;
    this.#move = -1;
    this.#full = false;
    this.#enabled = 0;
    this.table.read(index, this.#current);
    if (this.#orbits !== null) {
      this.#doing = 'a symmetry';
      this.#weight = this.#orbits.size(this.#current);
      if (isSample(index)) this.#proveSymmetries(this.#orbits);
    }
    this.#tally[VISITED]! += this.#weight;
    this.#doing = 'unpack';
    const state = this.#needsState ? this.#model.unpack(this.#current, 0) : null;
    if (state !== null) this.#judgeState(state);
    if (!expand) {
      if (this.#watch?.judges) this.#judgeUnexpanded(this.#watch);
      return true;
    }
    if (this.#twin !== null) this.#expandTwin(this.#twin);
    else this.#expand(state as State, isSample(index));
    if (this.#full) {
      this.#tally.set(this.#mark);
      return false;
    }
    this.#tally[EXPANDED]! += this.#weight;
    if (this.#deadlock >= 0) this.#judgeEnd();
    return true;
  }

  #proveSymmetries(orbits: Orbits<State>): void {
    orbits.prove(this.#current, (words) => stateText(this.#model, words));
    this.#doing = 'a move or a claim, in an image of the state,';
    this.#symmetries?.prove(this.#current);
  }

  #judgeState(state: State): void {
    for (const k of this.#stateClaims) {
      const claim = this.#claims[k]!;
      this.#doing = `claim ${claim.name}`;
      this.#tally[this.layout.checked(k)]! += this.#weight;
      if (claim.kind === 'state' || claim.kind === 'run') {
        this.#judging = k;
        const { met, violation } = judgementOf(claim.name, claim.judge(state));
        this.#judging = -1;
        if (met) this.#tally[this.layout.met(k)]! += this.#weight;
        if (violation !== null) this.#find(k, -1, violation);
      } else if ('holdsIn' in claim && truthOf(this.#doing, claim.holdsIn(state))) {
        this.#tally[this.layout.met(k)]! += this.#weight;
        this.#find(k, -1, 'reached');
      }
    }
  }

  #judgeEnd(): void {
    this.#tally[this.layout.checked(this.#deadlock)]! += this.#weight;
    this.#tally[this.layout.met(this.#deadlock)]! += this.#weight;
    if (this.#enabled > 0) return;
    this.#move = -1;
    this.#doing = 'mayEnd';
    const mayEnd = this.#model.mayEnd?.(this.#model.unpack(this.#current, 0)) ?? false;
    if (!truthOf('mayEnd', mayEnd))
      this.#find(this.#deadlock, -1, 'no move is enabled, and the model may not end here');
  }

  /** `witness`: its words, or what makes them and the choices. */
  #find(claim: number, move: number, witness: string | (() => string)): void {
    if (this.#settled.includes(claim)) return;
    const words = this.#current;
    const best = this.#finds.get(claim);
    if (best !== undefined && !better({ words, move }, best)) return;
    const text = typeof witness === 'string' ? witness : witness();
    const choices = move < 0 ? [] : [...this.#chooser.digits];
    this.#finds.set(claim, { claim, index: this.#index, words: [...words], move, choices, witness: text });
  }

  readonly #emit = (move: number): void => {
    if (this.#full) return;
    this.#watch!.step(move);
    this.#arrive(move);
  };

  /** As `#arrive`, but what is new waits for the others of its batch. Orbits are told apart one by one. */
  readonly #emitToBatch = (move: number): void => {
    const { width } = this.table;
    this.#watch!.step(move);
    if (!this.#counts(move)) return;
    const at = this.#waiting * width;
    for (let k = 0; k < width; k++) this.#batch[at + k] = this.#out[k]!;
    if (++this.#waiting === BATCH) this.#insertBatch();
  };

  #insertBatch(): void {
    if (!this.#full) {
      const added = this.table.insertAll(this.#batch, this.#waiting, this.#index);
      this.#added += added;
      this.#addedWeight += added;
      this.#full = this.table.full;
    }
    this.#waiting = 0;
  }

  #expandTwin(twin: PackedTwin): void {
    this.#doing = 'the twin';
    this.#watch!.begin(this.#current, this.#index);
    const emit = this.#orbits === null ? this.#emitToBatch : this.#emit;
    const refused = twin.successors(this.#current, 0, this.#out, emit);
    this.#insertBatch();
    this.#tally[REFUSED]! += refused * this.#weight;
    this.#watch!.end(this.#enabled, this.#weight, this.#tally);
  }

  /** The state alone, at a depth bound. */
  #judgeUnexpanded(watch: Watch<State>): void {
    watch.begin(this.#current, this.#index);
    const show = watch.wantsAllSteps ? (move: number) => watch.step(move) : () => {};
    this.#twin!.successors(this.#current, 0, this.#out, show);
    watch.end(0, this.#weight, this.#tally);
  }

  #expand(state: State, sample: boolean): void {
    this.#doing = 'a move';
    if (sample) proveDeterministic(this.#model, this.#current);
    this.#images.begin(this.#index, sample);
    for (const m of this.#enabledMoves(state)) if (!this.#take(state, m)) return;
    if (this.#full) return;
    this.#move = -1;
    this.#doing = 'pack';
    this.#model.pack(state, this.#out, 0);
    if (!sameWords(this.#out, this.#current)) throw whoWrote(this.#model, this.#current);
    const noted = this.#images.noted();
    if (noted.length > 0) this.#provePacking(noted);
  }

  /** Of states that this one leads to: as they were made they must be as good as unpacked. */
  #provePacking(noted: Noted<State>): void {
    const from = this.#current.slice();
    this.#doing = 'a move';
    for (const [m, state] of noted) {
      this.#model.pack(state, this.#current, 0);
      this.#images.prove(state, m);
    }
    this.#current.set(from);
  }

  #enabledMoves(state: State): readonly number[] {
    const { moves } = this.#model;
    const enabled = this.#moves;
    enabled.length = 0;
    this.#doing = 'the guard';
    for (let m = 0; m < moves.length; m++) {
      this.#move = m;
      if (refusalOf(this.#model.guard(state, moves[m]!)) === null) enabled.push(m);
    }
    this.#tally[REFUSED]! += (moves.length - enabled.length) * this.#weight;
    return enabled;
  }

  /** Every outcome of one enabled move; false if the table is full. */
  #take(state: State, m: number): boolean {
    const move = this.#model.moves[m]!;
    this.#move = m;
    this.#chooser.begin();
    do {
      this.#doing = 'the effect';
      const effect = effectOf(this.#model.effect(state, move, this.#chooser.choose));
      this.#chooser.finish();
      // A state that a claim has found fault with need not survive its packing: the claim says what is wrong.
      if (!this.#breaksIn(state, move, m, effect)) this.#images.note(effect.state, m);
      this.#doing = 'pack';
      this.#model.pack(effect.state, this.#out, 0);
      this.#arrive(m);
      if (this.#full) return false;
    } while (this.#chooser.next());
    return true;
  }

  /** Judges a step; true if it breaks a claim. */
  #breaksIn(before: State, move: Move, m: number, effect: Effect<State>): boolean {
    let breaks = false;
    for (const k of this.#stepClaims) {
      const claim = this.#claims[k]!;
      this.#doing = `claim ${claim.name}`;
      this.#tally[this.layout.checked(k)]! += this.#weight;
      if (claim.kind === 'step') {
        const { met, violation } = judgementOf(claim.name, claim.judge(before, move, effect));
        if (met) this.#tally[this.layout.met(k)]! += this.#weight;
        breaks ||= violation !== null;
        if (violation !== null) this.#find(k, m, violation);
      } else if ('holds' in claim && truthOf(this.#doing, claim.holds(before, move, effect))) {
        this.#tally[this.layout.met(k)]! += this.#weight;
        this.#find(k, m, 'reached');
      }
    }
    if (this.#branchNames) {
      const taken = (effect.detail as { branches?: readonly string[] } | undefined)?.branches;
      if (taken !== undefined) for (const branch of taken) this.#branches.add(branch);
    }
    return breaks;
  }

  /** Counts a transition by `move` to the words in `#out`; true if it leads to another state. */
  #counts(move: number): boolean {
    this.#enabled++;
    this.#tally[TRANSITIONS]! += this.#weight;
    this.#tally[this.#taken + move]! += this.#weight;
    if (sameWords(this.#out, this.#current)) return false;
    this.#tally[this.#changed + move]! += this.#weight;
    return true;
  }

  /** A transition by `move` to the words in `#out`. */
  #arrive(move: number): void {
    const { table } = this;
    const out = this.#out;
    if (!this.#counts(move)) return;
    if (this.#orbits !== null) this.#orbits.least(out);
    const result = table.insert(out, this.#index);
    if (result === FULL) {
      this.#full = true;
      return;
    }
    if (result === ADDED) {
      this.#added++;
      this.#addedWeight += this.#orbits === null ? 1 : this.#orbits.size(out);
    }
  }
}
