// The steps of the searched graph, computed again from the stored states: what graphs and temporal claims are built on.

import { Chooser, eachStep } from './choose.ts';
import type { Effect, Model, PackedTwin } from './model.ts';
import { type Orbits, sameWords } from './symmetry.ts';
import type { Table } from './table.ts';

/** A step from a stored state: to the state with index `to` (-1: not in the table), by which move, and whether it changed anything. */
export type VisitStep = (to: number, move: number, changed: boolean) => void;

export class Steps<State> {
  readonly #model: Model<State>;
  readonly #twin: PackedTwin | null;
  readonly #table: Table;
  readonly #orbits: Orbits<State> | null;
  readonly #chooser = new Chooser();
  readonly #words: Uint32Array;
  readonly #out: Uint32Array;

  constructor(model: Model<State>, twin: PackedTwin | null, table: Table, orbits: Orbits<State> | null) {
    this.#model = model;
    this.#twin = twin;
    this.#table = table;
    this.#orbits = orbits;
    this.#words = new Uint32Array(model.width);
    this.#out = new Uint32Array(model.width);
  }

  state(index: number): State {
    this.#table.read(index, this.#words);
    return this.#model.unpack(this.#words, 0);
  }

  /** True if some step leads from the one state to the other. */
  leads(from: Uint32Array, to: Uint32Array): boolean {
    let found = false;
    this.#words.set(from);
    this.#each(() => {
      if (!sameWords(this.#out, this.#words)) this.#orbits?.least(this.#out);
      found ||= sameWords(this.#out, to);
    });
    return found;
  }

  each(index: number, visit: VisitStep): void {
    const arrive = (move: number) => {
      const changed = !sameWords(this.#out, this.#words);
      if (changed) this.#orbits?.least(this.#out);
      visit(changed ? this.#table.find(this.#out) : index, move, changed);
    };
    this.#table.read(index, this.#words);
    this.#each(arrive);
  }

  /** Every step from the state in `#words`: the state after it lies in `#out`. */
  #each(arrive: (move: number) => void): void {
    if (this.#twin !== null) {
      this.#twin.successors(this.#words, 0, this.#out, arrive);
      return;
    }
    const arriveAt = (m: number, { state }: Effect<State>) => {
      this.#model.pack(state, this.#out, 0);
      arrive(m);
    };
    eachStep(this.#model, this.#model.unpack(this.#words, 0), arriveAt, this.#chooser);
  }
}
