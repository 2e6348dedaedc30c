// The exhaustive phase: breadth first through every trace of a size, subject and specification side by side, until one fails.
// A situation that was met before is not gone on from; of equally short traces the first in the order of moves is found.

import {
  type Domain,
  IllegalChoice,
  type Kinds,
  type Observed,
  type Specification,
  type Subject,
} from '../domain.ts';
import { guarded, Hangs, within } from '../guard.ts';
import { differenceOf } from '../referee.ts';
import type { Leg } from './audit.ts';
import { memoryKey, type Snapshot, snapshot } from './memory.ts';

/** How a search sees what a subject remembers. */
export interface Insight<K extends Kinds> {
  /** The object in which the subject keeps everything, to be put back as it was. */
  memory(subject: Subject<K>): object;
  /** Two situations with the same key are taken for one. */
  key(subject: Subject<K>): string;
  /** The key leaves names out: how many were named on the way is no part of the situation either. */
  readonly nameless: boolean;
}

export interface SearchOptions<K extends Kinds> {
  readonly size: K['size'];
  /** The moves of the size, in their order. */
  readonly moves: readonly K['move'][];
  /** null: nothing is known of what the subject remembers, every trace is looked at. */
  readonly insight: Insight<K> | null;
  /** The specification's state is put back; without it, it is walked there. */
  readonly recalls: boolean;
  /** Only traces that name things in the order of first use: all others are these with other names. */
  readonly renaming: boolean;
}

interface Node {
  readonly parent: Node | null;
  readonly move: number;
  /** The specification's state; undefined if it cannot be put back. */
  readonly spec: unknown;
  /** How many things of each kind were named on the way. */
  readonly named: readonly number[];
}

/** How long others wait for their turn, and how much longer a move may take before it must be stuck. What is found does not depend on them. */
const SLICE_MS = 150;
const STUCK_MS = 2000;
const HOPELESS = 2;
/** Of one level more that is told with less doubt: levels grow by more each time, or by little less. */
const HOPELESS_NEXT = 1.2;
/** So many steps are kept for an audit. */
const SAMPLED = 150;

export class Search<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #options: SearchOptions<K>;
  /** By key the situation that was met first. */
  readonly #seen = new Map<string, Node>();
  readonly #sample = new Sample();
  /** States of the specification as they were when they were first gone on from. */
  readonly #states: { readonly state: object; readonly key: string }[] = [];
  readonly #names: readonly (readonly (readonly number[])[])[];
  readonly #make: () => Subject<K>;
  readonly #spec: Specification<K>;
  readonly #observed: Observed;
  #view: K['view'];
  #expected: K['view'];
  #subject: Subject<K>;
  #level: Node[];
  #next: Node[] = [];
  #at = 0;
  /** The move of the node under way. */
  #move = 0;
  #depth = 0;
  /** The node that the subject was last put into, and how to put it there again. */
  #home: { readonly node: Node; readonly kept: Snapshot } | null = null;
  /** Situations that were met, and moves that were tried. */
  situations = 1;
  tried = 0;
  /** The first failing trace, once there is one. */
  found: readonly K['move'][] | null = null;
  /** Situations that were known when a level began, by level: what the next one may cost. */
  readonly #known: number[] = [];

  constructor(domain: Domain<K>, make: () => Subject<K>, options: SearchOptions<K>) {
    const names = domain.shrinking?.names;
    this.#domain = domain;
    this.#make = make;
    this.#options = options;
    this.#names = options.moves.map((move) => names?.(move) ?? []);
    this.#view = domain.blank?.(options.size);
    this.#expected = domain.blank?.(options.size);
    this.#subject = make();
    this.#observed = this.#subject.observed ?? new Set(domain.observables);
    this.#spec = domain.specification();
    this.#spec.reset();
    this.#level = [{ parent: null, move: -1, spec: this.#kept, named: (this.#names[0] ?? []).map(() => 0) }];
  }

  /** No trace of up to so many moves fails. */
  get clear(): number {
    return this.#depth;
  }

  /**
   * Searches on, in slices of time between which others have their turn, until a trace fails, every trace of `length` moves was looked at, or
   * `most` situations are known.
   */
  *until(length: number, most: number): Generator<void> {
    while (!this.found && this.#depth < length && this.situations < most) {
      guarded(
        SLICE_MS + STUCK_MS,
        () => this.#slice(performance.now() + SLICE_MS, most),
        () => {
          const trace = [...this.#path(this.#level[this.#at]), this.#options.moves[this.#move]];
          if (this.#hangs(trace)) this.found = trace;
        },
      );
      yield;
    }
  }

  /** Was it the subject, and not a machine that had other things to do? Then it hangs again. If not, the node is gone through again. */
  #hangs(trace: readonly K['move'][]): boolean {
    this.#subject = this.#make();
    this.#home = null;
    try {
      within(STUCK_MS, () => {
        for (const move of trace) this.#subject.apply(move);
      });
      return false;
    } catch (error) {
      if (error instanceof Hangs) this.#subject = this.#make();
      return error instanceof Hangs;
    }
  }

  /** Would every trace of `length` moves take many times more than `most` situations? Told from how the last two levels grew. */
  isHopeless(length: number, most: number): boolean {
    const [before, last] = this.#known.slice(-2);
    if (last === undefined || this.#depth < 4) return false;
    const levels = length - this.#depth;
    return last * (last / before) ** levels > most * (levels > 1 ? HOPELESS : HOPELESS_NEXT);
  }

  #slice(until: number, most: number): void {
    for (; this.#at < this.#level.length; this.#at++) {
      if (performance.now() > until || this.situations >= most) return;
      this.#expand(this.#level[this.#at]);
      if (this.found) return;
    }
    this.#depth++;
    this.#known.push(this.situations);
    this.#level = this.#next;
    this.#next = [];
    this.#at = 0;
  }

  /** Tries every move on one situation. */
  #expand(node: Node): void {
    const { moves, renaming } = this.#options;
    const here = this.#goTo(node);
    this.#keepState(node.spec);
    for (let m = 0, isHere = true; m < moves.length; m++) {
      this.#move = m;
      if (renaming && this.#namedBy(node, m) === null) continue;
      if (!isHere) here.put();
      const next = this.#tries(node, m, here);
      isHere = next === node;
      if (isHere) this.#sample.add(node, m, node);
      if (isHere || (next && this.#remember(next))) continue;
      this.found = [...this.#path(node), moves[m]];
      return;
    }
  }

  /** Puts the subject into the situation of a node; siblings are reached from their parent. */
  #goTo(node: Node): Snapshot {
    const { insight, moves } = this.#options;
    const walk = (): void => {
      this.#subject.reset();
      for (const move of this.#path(node)) this.#subject.apply(move);
    };
    if (!insight) {
      walk();
      return { put: walk, holds: () => false };
    }
    if (this.#home && this.#home.node === node.parent) this.#home.kept.put();
    else if (node.parent) {
      this.#subject.reset();
      for (const move of this.#path(node.parent)) this.#subject.apply(move);
      this.#home = { node: node.parent, kept: snapshot(insight.memory(this.#subject)) };
    }
    if (node.parent) this.#subject.apply(moves[node.move]);
    else this.#subject.reset();
    return snapshot(insight.memory(this.#subject));
  }

  /** One move: the situation it leads to, the node itself if nothing has changed at all, or null if subject and specification part. */
  #tries(node: Node, m: number, here: Snapshot): Node | null {
    this.tried++;
    const domain = this.#domain;
    const spec = this.#spec;
    const move = this.#options.moves[m];
    let isSubject = true;
    try {
      const answer = this.#subject.apply(move);
      isSubject = false;
      this.#recall(node);
      const expected = spec.apply(move, answer);
      if (differenceOf(domain, 'answer', answer, expected, this.#observed) !== null) return null;
      // Most moves are refused. What a node shows was looked at when it was reached, but for the first one.
      if (node.parent && node.spec !== undefined && spec.state === node.spec && here.holds()) return node;
      isSubject = true;
      this.#view = this.#subject.look(this.#view);
    } catch (error) {
      if (!isSubject && !(error instanceof IllegalChoice)) throw error;
      return null;
    }
    this.#expected = spec.look(this.#expected);
    if (differenceOf(domain, 'view', this.#view, this.#expected, this.#observed) !== null) return null;
    const named = this.#options.renaming ? this.#namedBy(node, m) : null;
    return { parent: node, move: m, spec: this.#kept, named: named ?? node.named };
  }

  get #kept(): unknown {
    return this.#options.recalls ? this.#spec.state : undefined;
  }

  /** The moves that are tried, and whether the specification's state is put back. */
  get moves(): readonly K['move'][] {
    return this.#options.moves;
  }

  get recalls(): boolean {
    return this.#options.recalls && this.#spec.state !== undefined;
  }

  /** Steps that were taken, far and near: for an audit. */
  get legs(): Leg<K>[] {
    const { moves } = this.#options;
    return this.#sample.steps.map(({ node, move, like }) => ({
      moves: [...this.#path(node), moves[move]],
      like: like && this.#path(like),
    }));
  }

  #keepState(state: unknown): void {
    if (typeof state !== 'object' || state === null || this.#states.length >= SAMPLED) return;
    this.#states.push({ state, key: memoryKey(state) });
  }

  /** Was a state of the specification written to since it was kept? */
  get isStateWritten(): boolean {
    return this.#states.some(({ state, key }) => memoryKey(state) !== key);
  }

  /** Puts the specification where the node is: as it was kept, or by the moves that lead there. */
  #recall(node: Node): void {
    if (node.spec !== undefined) {
      this.#spec.state = node.spec;
      return;
    }
    this.#spec.reset();
    for (const move of this.#path(node)) this.#spec.apply(move, undefined);
  }

  /** How many things of each kind are named after a move; null if it names one out of order. */
  #namedBy({ named }: Node, m: number): readonly number[] | null {
    const names = this.#names[m];
    let after: number[] | null = null;
    for (let kind = 0; kind < named.length; kind++) {
      const count = inOrder(named[kind], names[kind]);
      if (count === -1) return null;
      if (count !== named[kind]) (after ??= [...named])[kind] = count;
    }
    return after ?? named;
  }

  /** Notes a situation that was not met before. False: the subject's own walk finds its structure broken, in whatever it looks at. */
  #remember(node: Node): boolean {
    if (!this.#isSound()) return false;
    const key = this.#key(node);
    const like = key === null ? null : (this.#seen.get(key) ?? null);
    this.#sample.add(node.parent as Node, node.move, like);
    if (like) return true;
    if (key !== null) this.#seen.set(key, node);
    this.situations++;
    this.#next.push(node);
    return true;
  }

  #key({ named }: Node): string | null {
    const { insight, renaming } = this.#options;
    if (!insight) return null;
    const key = insight.key(this.#subject);
    // With fewer names so far, fewer traces go on from here.
    return renaming && !insight.nameless ? `${key} ${named.join(' ')}` : key;
  }

  #isSound(): boolean {
    try {
      return !this.#subject.verify || this.#subject.verify() === null;
    } catch {
      return false;
    }
  }

  #path(node: Node): K['move'][] {
    const path: K['move'][] = [];
    for (let n: Node | null = node; n && n.move >= 0; n = n.parent) path.push(this.#options.moves[n.move]);
    return path.reverse();
  }
}

/** Some of the steps of a search, each as likely as any other; always the same ones. */
class Sample {
  readonly steps: { readonly node: Node; readonly move: number; readonly like: Node | null }[] = [];
  #count = 0;
  #random = 1;

  add(node: Node, move: number, like: Node | null): void {
    const at = this.#count++ < SAMPLED ? this.steps.length : this.#below(this.#count);
    if (at < SAMPLED) this.steps[at] = { node, move, like };
  }

  #below(n: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * n);
  }
}

/** How many are named, if each that is new has the next number; -1 if one has not. */
export function inOrder(count: number, names: readonly number[]): number {
  let named = count;
  for (const id of names) {
    if (id > named) return -1;
    if (id === named) named++;
  }
  return named;
}
