// Is what a search took for one situation one? From a sample of its steps: the trace is made anew on a subject and a specification that begin at
// the start, and two traces that ended in one memory must go on alike, as long as the proof reaches. So a memory that hides something is found out.

import {
  type Domain,
  IllegalChoice,
  type Kinds,
  type Observed,
  type Specification,
  type Subject,
} from '../domain.ts';
import { differenceOf } from '../referee.ts';

/** A step of a search: the moves up to it, and those by which its situation was met before; null: it was new. */
export interface Leg<K extends Kinds> {
  readonly moves: readonly K['move'][];
  readonly like: readonly K['move'][] | null;
}

/** Two traces that end alike, and moves after which they part: the last of them goes otherwise. */
export interface Parting<K extends Kinds> {
  readonly one: readonly K['move'][];
  readonly other: readonly K['move'][];
  readonly next: readonly K['move'][];
}

/** Such a pair, or a trace that fails where the search saw none fail. */
export type Doubt<K extends Kinds> = Parting<K> | { readonly fails: readonly K['move'][] };

export interface AuditOptions<K extends Kinds> {
  readonly size: K['size'];
  readonly moves: readonly K['move'][];
  /** The proof is about traces of up to so many moves. */
  readonly length: number;
  /** So many moves are made, about. */
  readonly budget: number;
}

interface Seen<K extends Kinds> {
  readonly answer: K['answer'];
  readonly view: K['view'];
}

export class Audit<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #options: AuditOptions<K>;
  readonly #subject: Subject<K>;
  readonly #observed: Observed;
  readonly #spec: Specification<K>;
  #made = 0;
  /** Always the same numbers: what is found does not change from one run to the next. */
  #random = 1;

  constructor(domain: Domain<K>, make: () => Subject<K>, options: AuditOptions<K>) {
    this.#domain = domain;
    this.#options = options;
    this.#subject = make();
    this.#observed = this.#subject.observed ?? new Set(domain.observables);
    this.#spec = domain.specification();
  }

  /** The first that is found; null says that none was. */
  of(legs: readonly Leg<K>[]): Doubt<K> | null {
    const { length, budget, moves } = this.#options;
    const pairs = legs.filter(({ moves: one, like }) => like !== null && one.length < length);
    for (let round = 0; pairs.length > 0 && this.#made < budget; round++) {
      for (const [i, { moves: one, like }] of pairs.entries()) {
        const next = [moves[(round + i) % moves.length]];
        while (one.length + next.length < length) next.push(moves[this.#below(moves.length)]);
        const other = like as readonly K['move'][];
        const parting = this.#parting(one, other, next);
        if (parting >= 0) return { one, other, next: next.slice(0, parting + 1) };
      }
    }
    for (const { moves } of legs) {
      const fails = this.#failing(moves);
      if (fails) return { fails };
    }
    return null;
  }

  #below(n: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * n);
  }

  /** The shortest start of a trace that fails, or null. */
  #failing(moves: readonly K['move'][]): readonly K['move'][] | null {
    const seen = this.#walk([], moves);
    this.#spec.reset(this.#options.size);
    const fails = seen.findIndex(
      (shown, i) => !shown || this.#differs(shown, this.#expected(moves[i], shown)),
    );
    return fails < 0 ? null : moves.slice(0, fails + 1);
  }

  #expected(move: K['move'], { answer }: Seen<K>): Seen<K> | null {
    try {
      return { answer: this.#spec.apply(move, answer), view: this.#spec.look(this.#blank()) };
    } catch (error) {
      if (!(error instanceof IllegalChoice)) throw error;
      return null;
    }
  }

  /** The first of the moves that goes otherwise after one trace than after the other, or -1. */
  #parting(one: readonly K['move'][], other: readonly K['move'][], next: readonly K['move'][]): number {
    const first = this.#walk(one, next);
    const second = this.#walk(other, next);
    return first.findIndex((shown, i) => this.#differs(shown, second[i] ?? null));
  }

  /** null: it threw, and so there is nothing to be seen. */
  #differs(one: Seen<K> | null, other: Seen<K> | null): boolean {
    if (!one || !other) return one !== other;
    return (
      differenceOf(this.#domain, 'answer', one.answer, other.answer, this.#observed) !== null ||
      differenceOf(this.#domain, 'view', one.view, other.view, this.#observed) !== null
    );
  }

  /** What the moves show after others, from the start; at the first that throws it ends with null. */
  #walk(first: readonly K['move'][], moves: readonly K['move'][]): (Seen<K> | null)[] {
    this.#made += first.length + moves.length;
    const seen: (Seen<K> | null)[] = [];
    try {
      this.#subject.reset();
      for (const move of first) this.#subject.apply(move);
      for (const move of moves)
        seen.push({ answer: this.#subject.apply(move), view: this.#subject.look(this.#blank()) });
    } catch {
      seen.push(null);
    }
    return seen;
  }

  #blank(): K['view'] {
    return this.#domain.blank?.(this.#options.size);
  }
}
