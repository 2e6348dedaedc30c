// Every trace of a size up to a length, asked of processes outside: what a program remembers cannot be seen, so no two situations are one.
// Of traces that differ by names alone one stands for all.

import { setImmediate } from 'node:timers/promises';
import { type Domain, type Kinds, NotAlive, type Observed, type Specification } from '../domain.ts';
import { differenceOf } from '../referee.ts';
import { inOrder } from '../shrink/search.ts';
import type { Crew, Planned, Walker } from './crew.ts';

export interface TracesOptions<K extends Kinds> {
  readonly size: K['size'];
  readonly moves: readonly K['move'][];
  /** Only traces that name things in the order of first use. */
  readonly renaming: boolean;
  /** Traces of so many moves are wanted. */
  readonly longest: number;
  /** Moves that may be sent: a length that would take more is not begun. */
  readonly budget: number;
  readonly isOver?: (() => boolean) | undefined;
  readonly progress?: ((traces: { readonly clear: number; readonly sent: number }) => void) | undefined;
}

export interface TracesResult<K extends Kinds> {
  /** The first in order of those that fail, of the shortest length that has one. */
  readonly found: readonly K['move'][] | null;
  /** No trace of up to so many moves fails. */
  readonly clear: number;
  readonly traces: number;
  /** Moves that were sent for them. */
  readonly sent: number;
}

interface Node {
  readonly parent: Node | null;
  readonly move: number;
  readonly state: unknown;
  readonly named: readonly number[];
}

interface Trial {
  readonly node: Node;
  readonly m: number;
  readonly rank: number;
}

/** So many traces are told ahead at a time. */
const TOLD = 24;

export class Traces<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #crew: Crew<K>;
  readonly #options: TracesOptions<K>;
  readonly #spec: Specification<K>;
  readonly #observed: Observed;
  readonly #names: readonly (readonly (readonly number[])[])[];
  #expected: K['view'];
  #level: Node[];
  /** By rank: which of two processes answers first does not count. */
  #deeper: Node[] = [];
  #fails: Trial | null = null;
  #traces = 0;

  constructor(domain: Domain<K>, crew: Crew<K>, options: TracesOptions<K>) {
    const names = domain.shrinking?.names;
    this.#domain = domain;
    this.#crew = crew;
    this.#options = options;
    this.#names = options.moves.map((move) => names?.(move) ?? []);
    this.#spec = domain.specification();
    this.#observed = crew.observed;
    this.#expected = domain.blank?.(options.size);
    this.#spec.reset();
    const named = (this.#names[0] ?? []).map(() => 0);
    this.#level = [{ parent: null, move: -1, state: this.#spec.state, named }];
  }

  async run(): Promise<TracesResult<K>> {
    const { longest, budget, isOver } = this.#options;
    const from = this.#crew.sent;
    const sent = () => this.#crew.sent - from;
    let clear = 0;
    while (clear < longest) {
      const trials = this.#trials(Math.floor((budget - sent()) / (clear + 1)));
      if (!trials) break;
      await this.#tryAll(trials, clear);
      if (this.#fails || this.#crew.gone || isOver?.()) break;
      clear++;
      this.#level = this.#deeper.filter((node) => node !== undefined);
      this.#deeper = [];
    }
    const found = this.#fails && [...this.#path(this.#fails.node), this.#options.moves[this.#fails.m]];
    return { found, clear, traces: this.#traces, sent: sent() };
  }

  /** The traces that are one move longer; null if there are more than so many. */
  #trials(most: number): Trial[] | null {
    const { moves } = this.#options;
    const trials: Trial[] = [];
    for (const node of this.#level) {
      for (let m = 0; m < moves.length; m++)
        if (this.#namedBy(node, m)) trials.push({ node, m, rank: trials.length });
      if (trials.length > most) return null;
    }
    return trials;
  }

  /** How many things of each kind are named after a move; null: one out of order. */
  #namedBy({ named }: Node, m: number): readonly number[] | null {
    if (!this.#options.renaming) return named;
    const after = named.map((count, kind) => inOrder(count, this.#names[m][kind]));
    return after.includes(-1) ? null : after;
  }

  async #tryAll(trials: readonly Trial[], clear: number): Promise<void> {
    const { isOver, progress } = this.#options;
    let next = 0;
    await this.#crew.work(async (walker) => {
      const isBeaten = this.#fails !== null && next > this.#fails.rank;
      if (next >= trials.length || isBeaten || isOver?.()) return false;
      const some = trials.slice(next, (next += TOLD));
      await this.#play(walker, some);
      progress?.({ clear, sent: this.#crew.sent });
      await setImmediate();
      return true;
    });
  }

  async #play(walker: Walker<K>, trials: readonly Trial[]): Promise<void> {
    const runs = trials.map(({ node, m }): Planned<K>[] => [
      ...this.#path(node).map((move) => ({ move, look: false, tag: 0 })),
      { move: this.#options.moves[m], look: true, tag: 0 },
    ]);
    await walker.play(runs, (r, step, answer, view) => {
      const isLast = step >= runs[r].length - 1;
      if (isLast) this.#traces++;
      const fails = answer instanceof NotAlive || (isLast && this.#parts(trials[r], answer, view));
      if (fails && (!this.#fails || trials[r].rank < this.#fails.rank)) this.#fails = trials[r];
      return !fails;
    });
  }

  /** Do specification and subject part at a trial's last move? If not, traces go on from it. */
  #parts({ node, m, rank }: Trial, answer: K['answer'], view: K['view']): boolean {
    const spec = this.#spec;
    spec.state = node.state;
    const expected = spec.apply(this.#options.moves[m], answer);
    this.#expected = spec.look(this.#expected);
    const differs =
      differenceOf(this.#domain, 'answer', answer, expected, this.#observed) ??
      differenceOf(this.#domain, 'view', view, this.#expected, this.#observed);
    if (differs !== null) return true;
    const named = this.#namedBy(node, m) as readonly number[];
    this.#deeper[rank] = { parent: node, move: m, state: spec.state, named };
    return false;
  }

  #path(node: Node): K['move'][] {
    const path: K['move'][] = [];
    for (let n: Node | null = node; n && n.move >= 0; n = n.parent) path.push(this.#options.moves[n.move]);
    return path.reverse();
  }
}
