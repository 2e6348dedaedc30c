// What the specification says to the moves of a search. A state that is met again is the one that was met before, and what a move does to it is
// worked out once. States that are more than plain data, and specifications that leave choices, are asked each time.

import type { Domain, Kinds, Specification } from '../domain.ts';
import { Hash } from './memory.ts';
import { Met } from './met.ts';

/** A state of the specification. */
export class Standing<K extends Kinds> {
  readonly state: unknown;
  /** States that are equal have the same one; null: it was not looked whether they are. */
  readonly id: number | null;
  /** By the number of a move. */
  readonly said: (Said<K> | undefined)[] = [];

  constructor(state: unknown, id: number | null) {
    this.state = state;
    this.id = id;
  }
}

/** What the specification answers to a move, and the state that it leads to. */
export interface Said<K extends Kinds> {
  readonly answer: K['answer'];
  readonly to: Standing<K>;
}

export class Expected<K extends Kinds> {
  readonly #spec: Specification<K>;
  readonly #moves: readonly K['move'][];
  readonly #met = new Met<Standing<K>>();
  readonly #keeps: boolean;
  #count = 0;
  readonly #hash = new Hash();

  /** `keeps`: where a state is met again and again. */
  constructor(domain: Domain<K>, spec: Specification<K>, moves: readonly K['move'][], keeps: boolean) {
    this.#spec = spec;
    this.#moves = moves;
    this.#keeps = keeps && !domain.choices;
  }

  /** The state in which the specification is now. */
  get standing(): Standing<K> {
    return this.#standingOf(this.#spec.state);
  }

  /** @throws what the specification throws */
  after(from: Standing<K>, m: number, told: K['answer']): Said<K> {
    return from.said[m] ?? this.#asked(from, m, told);
  }

  look(at: Standing<K>, into: K['view']): K['view'] {
    this.#spec.state = at.state;
    return this.#spec.look(into);
  }

  #asked(from: Standing<K>, m: number, told: K['answer']): Said<K> {
    const spec = this.#spec;
    spec.state = from.state;
    const answer = spec.apply(this.#moves[m], told);
    const said = { answer, to: spec.state === from.state ? from : this.#standingOf(spec.state) };
    if (this.#keeps) from.said[m] = said;
    return said;
  }

  #standingOf(state: unknown): Standing<K> {
    const key = this.#hash;
    if (!this.#keeps || !key.of(state).isPlain) return new Standing(state, null);
    const met = this.#met.get(key);
    if (met) return met;
    const standing = new Standing<K>(state, this.#count++);
    this.#met.add(key, standing);
    return standing;
  }
}
