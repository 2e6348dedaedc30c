// Orbits: the least packed image of a state stands for all of them.

import { ModelDefect, OptionError } from './error.ts';
import type { Model, PackedTwin } from './model.ts';

/** A state, packed. */
export function wordsOf<State>(model: Model<State>, state: State): Uint32Array {
  const words = new Uint32Array(model.width);
  model.pack(state, words, 0);
  return words;
}

export function compareWords(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k]! < b[k]! ? -1 : 1;
  return 0;
}

export function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** Maps packed states to the least of their images and counts the distinct ones. Not shared between threads. */
export class Orbits<State> {
  readonly #model: Model<State>;
  readonly #twin: PackedTwin | null;
  readonly count: number;
  readonly #image: Uint32Array;
  readonly #least: Uint32Array;
  readonly #seen: Uint32Array[];

  constructor(model: Model<State>, twin: PackedTwin | null) {
    this.#model = model;
    this.#twin = twin?.images !== undefined && twin.image !== undefined ? twin : null;
    this.count = this.#twin?.images ?? model.symmetries?.length ?? 0;
    if (this.count === 0)
      throw new OptionError(
        `symmetry: the model ${model.name} declares no symmetries (legal: run without symmetry)`,
      );
    this.#image = new Uint32Array(model.width);
    this.#least = new Uint32Array(model.width);
    this.#seen = Array.from({ length: this.count }, () => new Uint32Array(model.width));
  }

  /** The image of a packed state under one of the symmetries. */
  map(words: Uint32Array, symmetry: number, out: Uint32Array): void {
    if (this.#twin !== null) this.#twin.image!(words, 0, out, symmetry);
    else this.#model.pack(this.#model.symmetries![symmetry]!(this.#model.unpack(words, 0)), out, 0);
  }

  /** Rewrites `words` to the least image. */
  least(words: Uint32Array): void {
    this.#least.set(words);
    for (let s = 1; s < this.count; s++) {
      this.map(words, s, this.#image);
      if (compareWords(this.#image, this.#least) < 0) this.#least.set(this.#image);
    }
    words.set(this.#least);
  }

  /** How many distinct states the orbit of `words` has. */
  size(words: Uint32Array): number {
    let distinct = 0;
    for (let s = 0; s < this.count; s++) {
      const image = this.#seen[distinct]!;
      this.map(words, s, image);
      let known = false;
      for (let k = 0; k < distinct && !known; k++) known = compareWords(this.#seen[k]!, image) === 0;
      if (!known) distinct++;
    }
    return distinct;
  }

  /** Throws a ModelDefect unless number 0 is the identity and every image has the same least image (the list is a group). */
  prove(words: Uint32Array, show: (words: Uint32Array) => string): void {
    const least = words.slice();
    this.least(least);
    for (let s = 0; s < this.count; s++) {
      const image = new Uint32Array(words.length);
      this.map(words, s, image);
      if (s === 0 && compareWords(image, words) !== 0)
        throw new ModelDefect('symmetry 0 is not the identity', null, show(words));
      this.least(image);
      if (compareWords(image, least) !== 0) {
        throw new ModelDefect(
          `the symmetries are not a group: image ${s} has another least image`,
          null,
          show(words),
        );
      }
    }
  }
}
