// A tour: every transition of the specification, within a size and up to a length, asked of processes outside, in few moves. What is left to be
// tried at a situation is tried while one is there; then the way goes on to a next one, and only from a dead end back to a reset.

import { type Domain, type Kinds, NotAlive, type Observed, type Specification } from '../domain.ts';
import { EQUALS_SPEC, type Failure } from '../judge.ts';
import { differenceOf } from '../referee.ts';
import { memoryKey } from '../shrink/memory.ts';
import type { Crew, Planned, Walker } from './crew.ts';

export interface TourOptions<K extends Kinds> {
  readonly size: K['size'];
  /** The moves of the size, in their order. */
  readonly moves: readonly K['move'][];
  /** When two situations of the specification are one; all that it remembers, if left out. */
  readonly key?: ((state: unknown) => string) | undefined;
  /** No trace is longer. */
  readonly longest?: number | undefined;
  /** Moves that are sent at most. */
  readonly budget?: number | undefined;
  readonly isOver?: (() => boolean) | undefined;
  /** Told of each move that was tried, and what the specification answers. */
  readonly asked?: ((move: K['move'], expected: K['answer']) => void) | undefined;
  readonly progress?:
    | ((tour: {
        readonly places: number;
        readonly all: number;
        readonly depth: number;
        readonly tried: number;
      }) => void)
    | undefined;
}

export interface TourResult<K extends Kinds> {
  /** Where specification and subject part; of the shortest such traces the first in order. */
  readonly found: (Failure & { readonly moves: readonly K['move'][] }) | null;
  /** The trace was played from a reset and fails there, too: then no transition of a shorter one does. */
  readonly isShortest: boolean;
  /** Situations of the specification; those whose every move was tried; moves that were tried. */
  readonly places: number;
  readonly done: number;
  readonly tried: number;
  readonly isCut: boolean;
}

/** A run this long is begun anew: what it found is not too far from a reset. */
const LONGEST_RUN = 400;
/** So many situations beyond the first that is not done are charted: through them a run may go on. */
const AHEAD = 1000;

/** The tag of a move on the way to where something is tried. */
const ON_THE_WAY = -1;

export class Tour<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #crew: Crew<K>;
  readonly #options: TourOptions<K>;
  readonly #spec: Specification<K>;
  readonly #observed: Observed;
  #expected: K['view'];
  /** By situation, in the order of their first shortest traces. */
  readonly #states: unknown[] = [];
  readonly #from: number[] = [];
  readonly #by: number[] = [];
  readonly #depth: number[] = [];
  /** By situation that is left again: where each move leads; itself, if it changes nothing. */
  readonly #targets: Int32Array[] = [];
  /** By situation: the move that is next to be tried; those that change nothing are tried at the first visit. */
  readonly #next: number[] = [];
  readonly #looped: boolean[] = [];
  readonly #known = new Map<string, number>();
  readonly #again: { readonly place: number; readonly m: number }[] = [];
  #cursor = 0;
  #best: { readonly place: number; readonly m: number; readonly failure: Failure } | null = null;
  /** What fails only after all that went before it in its process. */
  #carried: (Failure & { readonly moves: readonly K['move'][] }) | null = null;
  #tried = 0;

  constructor(domain: Domain<K>, crew: Crew<K>, options: TourOptions<K>) {
    this.#domain = domain;
    this.#crew = crew;
    this.#options = options;
    this.#spec = domain.specification();
    this.#observed = crew.observed;
    this.#expected = domain.blank?.(options.size);
  }

  async run(): Promise<TourResult<K>> {
    this.#spec.reset();
    this.#placeOf(this.#spec.state, -1, -1);
    await this.#crew.work((walker) => this.#turn(walker));
    const done = this.#doneSoFar();
    const found = this.#best
      ? { ...this.#best.failure, moves: [...this.#path(this.#best.place), this.#options.moves[this.#best.m]] }
      : this.#carried;
    return {
      found,
      isShortest: this.#best !== null && !this.#isOver() && !this.#crew.gone,
      places: this.#states.length,
      done,
      tried: this.#tried,
      isCut: this.#isOver() && found === null,
    };
  }

  #isOver(): boolean {
    const { budget = Infinity, isOver } = this.#options;
    return this.#crew.sent >= budget || (isOver?.() ?? false);
  }

  /** Notes a situation; of one that is known the number. */
  #placeOf(state: unknown, from: number, m: number): number {
    const { key = (of) => memoryKey(of as object) } = this.#options;
    const name = key(state);
    const before = this.#known.get(name);
    if (before !== undefined) return before;
    const place = this.#states.push(state) - 1;
    this.#known.set(name, place);
    this.#from.push(from);
    this.#by.push(m);
    this.#depth.push(from < 0 ? 0 : this.#depth[from] + 1);
    this.#next.push(0);
    this.#looped.push(false);
    return place;
  }

  /** Finds out, by the specification alone, where the moves of the situations before this one lead, in their order. False: of all that there are. */
  #chart(upTo: number): boolean {
    const { moves, longest = Infinity } = this.#options;
    const spec = this.#spec;
    for (let place = this.#targets.length; place < upTo; place++) {
      if (place >= this.#states.length || this.#depth[place] >= longest) return false;
      const state = this.#states[place];
      const targets = new Int32Array(moves.length);
      for (const [m, move] of moves.entries()) {
        spec.state = state;
        spec.apply(move, undefined);
        targets[m] = spec.state === state ? place : this.#placeOf(spec.state, place, m);
      }
      this.#targets.push(targets);
    }
    return true;
  }

  async #turn(walker: Walker<K>): Promise<boolean> {
    if (this.#isOver() || (this.#carried && !this.#best)) return false;
    const run = this.#plan();
    if (!run) return false;
    await this.#walk(walker, run);
    this.#options.progress?.({
      places: this.#cursor,
      all: this.#targets.length,
      depth: this.#depth[Math.min(this.#cursor, this.#depth.length - 1)],
      tried: this.#tried,
    });
    return true;
  }

  /** The next run: to the first situation where something is left to be tried, and on from there. `tag`: from which situation; null: no more. */
  #plan(): Planned<K>[] | null {
    const again = this.#again.pop();
    if (again) return [...this.#way(again.place), this.#look(again.place, again.m)];
    do this.#chart(this.#cursor + AHEAD);
    while (this.#passed());
    const limit = this.#best ? this.#best.place + 1 : this.#targets.length;
    if (this.#cursor >= limit) return null;
    let at = this.#cursor;
    const run = this.#way(at);
    while (at < limit && run.length < LONGEST_RUN) {
      if (!this.#looped[at]) this.#loops(at, run);
      const m = this.#nextWay(at);
      if (m < 0) break;
      this.#next[at] = m + 1;
      run.push(this.#look(at, m));
      at = this.#targets[at][m];
    }
    return run;
  }

  /** Goes on over the situations where nothing is left to be tried; true if more must be charted to know. */
  #passed(): boolean {
    const from = this.#cursor;
    while (this.#cursor < this.#targets.length && this.#isDone(this.#cursor)) this.#cursor++;
    return this.#cursor > from && this.#cursor === this.#targets.length;
  }

  #loops(place: number, run: Planned<K>[]): void {
    this.#looped[place] = true;
    this.#targets[place].forEach((target, m) => {
      if (target === place && !this.#isBehind(place, m)) run.push(this.#look(place, m));
    });
  }

  /** The next move that leads away from a situation and was not tried; -1: none. */
  #nextWay(place: number): number {
    const targets = this.#targets[place];
    for (let m = this.#next[place]; m < targets.length; m++)
      if (targets[m] !== place && !this.#isBehind(place, m)) return m;
    return -1;
  }

  #isDone(place: number): boolean {
    return this.#looped[place] && this.#nextWay(place) < 0;
  }

  #doneSoFar(): number {
    let place = 0;
    while (place < this.#targets.length && this.#isDone(place)) place++;
    return place;
  }

  #look(place: number, m: number): Planned<K> {
    return { move: this.#options.moves[m], look: true, tag: place * this.#options.moves.length + m };
  }

  #way(place: number): Planned<K>[] {
    return this.#path(place).map((move) => ({ move, look: false, tag: ON_THE_WAY }));
  }

  #path(place: number): K['move'][] {
    const path: K['move'][] = [];
    for (let p = place; this.#from[p] >= 0; p = this.#from[p]) path.push(this.#options.moves[this.#by[p]]);
    return path.reverse();
  }

  async #walk(walker: Walker<K>, run: readonly Planned<K>[]): Promise<void> {
    const failed = await this.#played(walker, run);
    if (failed) await this.#parted(walker, run, failed);
  }

  /** The specification goes along from the reset on: it keeps count of what is no part of a situation. */
  async #played(
    walker: Walker<K>,
    run: readonly Planned<K>[],
  ): Promise<{ readonly step: number; readonly failure: Failure } | null> {
    let failed: { readonly step: number; readonly failure: Failure } | null = null;
    let state = this.#states[0];
    await walker.play([run], (_run, at, answer, view) => {
      const step = Math.min(at, run.length - 1);
      this.#spec.state = state;
      const failure = this.#judged(run[step], answer, view);
      state = this.#spec.state;
      if (failure) failed = { step, failure };
      return failure === null;
    });
    return failed;
  }

  #judged({ move, tag }: Planned<K>, answer: K['answer'] | NotAlive, view: K['view'] | null): Failure | null {
    if (answer instanceof NotAlive) return { claim: answer.claim, witness: answer.message };
    const spec = this.#spec;
    const expected = spec.apply(move, answer);
    if (tag === ON_THE_WAY) return null;
    this.#tried++;
    this.#options.asked?.(move, expected);
    const witness =
      differenceOf(this.#domain, 'answer', answer, expected, this.#observed) ?? this.#viewDiffers(spec, view);
    return witness === null ? null : { claim: EQUALS_SPEC, witness };
  }

  #viewDiffers(spec: Specification<K>, view: K['view']): string | null {
    this.#expected = spec.look(this.#expected);
    return differenceOf(this.#domain, 'view', view, this.#expected, this.#observed);
  }

  /** Specification and subject part in a run. What was planned after it is to be planned again; and does it fail by the shortest way, too? */
  async #parted(
    walker: Walker<K>,
    run: readonly Planned<K>[],
    { step, failure }: { readonly step: number; readonly failure: Failure },
  ): Promise<void> {
    const { moves } = this.#options;
    for (const { tag } of run.slice(step + 1)) this.#redo(tag);
    await walker.restart();
    const { tag } = run[step];
    const [place, m] = [Math.floor(tag / moves.length), tag % moves.length];
    const direct =
      tag === ON_THE_WAY || walker.gone
        ? null
        : await this.#played(walker, [...this.#way(place), this.#look(place, m)]);
    if (direct) await walker.restart();
    if (direct) this.#take(place, m, direct.failure);
    else
      this.#carried ??= {
        ...this.#lastOf(walker, failure),
        moves: run.slice(0, step + 1).map(({ move }) => move),
      };
  }

  /** What failed, and that nobody could ask again. */
  #lastOf({ gone }: Walker<K>, { claim, witness }: Failure): Failure {
    const end = gone ? `; after that it does not start again: ${gone.message}` : '';
    return { claim, witness: `${witness}${end}` };
  }

  #redo(tag: number): void {
    if (tag === ON_THE_WAY) return;
    const { length } = this.#options.moves;
    const [place, m] = [Math.floor(tag / length), tag % length];
    if (!this.#isBehind(place, m)) this.#again.push({ place, m });
  }

  #take(place: number, m: number, failure: Failure): void {
    if (this.#isBehind(place, m)) return;
    this.#best = { place, m, failure };
    for (let i = this.#again.length - 1; i >= 0; i--)
      if (this.#isBehind(this.#again[i].place, this.#again[i].m)) this.#again.splice(i, 1);
  }

  /** What fails there would not be told: something shorter, or earlier in order, fails. */
  #isBehind(place: number, m: number): boolean {
    const best = this.#best;
    return best !== null && (place > best.place || (place === best.place && m >= best.m));
  }
}
