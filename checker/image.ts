// The packing proved: a state as an effect made it and the state that its words give back must be alike in all that a search looks at.

import { Chooser } from './choose.ts';
import { ModelDefect } from './error.ts';
import { guarded } from './guard.ts';
import type { Choose, Model } from './model.ts';
import { proveDeterministic, SAMPLE, whoWrote } from './prove.ts';
import { sameWords } from './symmetry.ts';
import { messageOf, moveText, stateText } from './text.ts';

/** Walks from the initial states, and steps of each: what a packing forgets may matter only some moves later. */
const WALKS = 8;
const STEPS = 24;
/** Of a sample's steps one of so many has the state it leads to proved, in turn; all of them until so many moves have been tried for it. */
const STEPS_PROVED = 8;
const MOVES_TRIED = 20_000;

/** States as effects made them, each with the move that led there. */
export type Noted<State> = readonly (readonly [move: number, state: State])[];

/**
 * Compares states with their images, `unpack(pack(state))`: the same refusals of every move, and for every choice successors of the same words.
 * What only counts history may be lost, for it changes neither; a sign, a fraction or a high bit that matters may not.
 */
export class ImageProver<State> {
  readonly #model: Model<State>;
  readonly #words: Uint32Array;
  readonly #ours: Uint32Array;
  readonly #theirs: Uint32Array;
  readonly #chooser = new Chooser();
  readonly #again = new Chooser();
  #budget = MOVES_TRIED;
  /** Every so manieth step is noted; 0: none. */
  #every = 0;
  #nth = 0;
  #noted: [move: number, state: State][] = [];

  constructor(model: Model<State>) {
    this.#model = model;
    this.#words = new Uint32Array(model.width);
    this.#ours = new Uint32Array(model.width);
    this.#theirs = new Uint32Array(model.width);
  }

  /** Begins with the steps of another state. */
  begin(index: number, sample: boolean): void {
    if (this.#noted.length > 0) this.#noted = [];
    this.#every = !sample ? 0 : this.#budget > 0 ? 1 : STEPS_PROVED;
    this.#nth = Math.floor(index / SAMPLE);
  }

  /** Keeps what a step led to, if it is the turn of this one to be proved. */
  note(state: State, by: number): void {
    if (this.#every > 0 && this.#nth++ % this.#every === 0) this.#noted.push([by, state]);
  }

  /** What is to be proved, once it is known that nothing wrote to the state. */
  noted(): Noted<State> {
    this.#budget -= this.#noted.length * this.#model.moves.length;
    return this.#noted;
  }

  /** Throws a ModelDefect unless the state, which `by` led to, is as good as its image. */
  prove(state: State, by: number | null): void {
    const model = this.#model;
    model.pack(state, this.#words, 0);
    const image = model.unpack(this.#words, 0);
    for (let m = 0; m < model.moves.length; m++) {
      const move = model.moves[m]!;
      const ours = answer(() => model.guard(state, move));
      const theirs = answer(() => model.guard(image, move));
      const what = `${moveText(move)} is ${ours}, in the state unpacked ${theirs}`;
      if (ours !== theirs) throw this.#defect(by, what);
      if (ours === ENABLED) this.#compareEffects(state, image, m, by);
    }
    model.pack(state, this.#ours, 0);
    if (!sameWords(this.#ours, this.#words)) throw whoWrote(model, this.#words);
  }

  #compareEffects(state: State, image: State, m: number, by: number | null): void {
    const chooser = this.#chooser;
    chooser.begin();
    do {
      const ours = this.#leadsTo(state, m, chooser, this.#ours);
      this.#again.begin(chooser.digits);
      const theirs = this.#leadsTo(image, m, this.#again, this.#theirs);
      const differ = ours !== theirs || (ours === null && !sameWords(this.#ours, this.#theirs));
      if (!differ) continue;
      const to = (failed: string | null, words: Uint32Array) =>
        failed ?? `leads to ${stateText(this.#model, words)}`;
      const what = `${to(ours, this.#ours)}, in the state unpacked ${to(theirs, this.#theirs)}`;
      throw this.#defect(by, `${moveText(this.#model.moves[m]!)} ${what}`);
    } while (chooser.next());
  }

  /** Packs the state after the move; a text if the effect throws. */
  #leadsTo(state: State, m: number, chooser: Chooser, words: Uint32Array): string | null {
    try {
      this.#model.pack(this.#model.effect(state, this.#model.moves[m]!, chooser.choose).state, words, 0);
      return null;
    } catch (error) {
      return `throws: ${messageOf(error)}`;
    }
  }

  #defect(by: number | null, what: string): ModelDefect {
    const move = by === null ? null : moveText(this.#model.moves[by]!);
    // A model that answers now this, now that, would look like it.
    proveDeterministic(this.#model, this.#words);
    return new ModelDefect(
      `the packing loses what matters: ${what}`,
      move,
      stateText(this.#model, this.#words),
    );
  }

  /**
   * Runs of the model itself, never unpacked on the way, each state of them proved; the same runs each time.
   * A move that throws ends its run: the search will come there by the shortest way and say so.
   */
  walk(): void {
    const initials = this.#model.initial();
    let draw = 1;
    const pick: Choose = (count) => {
      draw = (Math.imul(draw, 1664525) + 1013904223) >>> 0;
      return Math.floor((draw / 2 ** 32) * count);
    };
    for (let walk = 0; walk < WALKS; walk++) this.#run(initials[walk % initials.length]!, pick);
  }

  #run(start: State, pick: Choose): void {
    const { moves } = this.#model;
    let state = start;
    let by: number | null = null;
    for (let step = 0; step < STEPS; step++) {
      this.prove(state, by);
      try {
        const enabled = moves.flatMap((move, m) => (this.#model.guard(state, move) === null ? [m] : []));
        if (enabled.length === 0) return;
        by = enabled[pick(enabled.length)]!;
        state = this.#model.effect(state, moves[by]!, pick).state;
      } catch {
        return;
      }
    }
  }
}

/** One that does not come to an end is left to the search, which says in which state. */
export function walkImages<State>(model: Model<State>, patience: number): void {
  const images = new ImageProver(model);
  guarded(
    patience,
    () => images.walk(),
    () => {},
  );
}

const ENABLED = 'enabled';

function answer(guard: () => string | null): string {
  try {
    const why = guard();
    return why === null ? ENABLED : `refused (${why})`;
  } catch (error) {
    return `a throw: ${messageOf(error)}`;
  }
}
