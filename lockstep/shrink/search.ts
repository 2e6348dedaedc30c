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
import { Expected, type Standing } from './expected.ts';
import { Hash, memoryKey, type Snapshot, snapshot } from './memory.ts';
import { type Key, Met } from './met.ts';

/** How a search sees what a subject remembers. */
export interface Insight<K extends Kinds> {
  /** The object in which the subject keeps everything, to be put back as it was. */
  memory(subject: Subject<K>): object;
  /**
   * Two situations with the same key are taken for one. The key leaves names out: how many were named on the way is no part of the situation either.
   * null: those whose memories are equal are one.
   */
  readonly alike: ((subject: Subject<K>) => string) | null;
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

interface Node<K extends Kinds> {
  readonly parent: Node<K> | null;
  readonly move: number;
  /** The specification's state; null if it cannot be put back. */
  readonly spec: Standing<K> | null;
  /** How many things of each kind were named on the way. */
  readonly named: readonly number[];
}

/**
 * How long others wait for their turn, how much longer a move may take before it may be stuck, and before it must be. What is found does not
 * depend on them.
 */
const SLICE_MS = 150;
const SLOW_MS = 250;
const STUCK_MS = 2000;
const HOPELESS = 2;
/** Of one level more that is told with less doubt: levels grow by more each time, or by little less. */
const HOPELESS_NEXT = 1.2;
/** So many steps are kept for an audit. */
const SAMPLED = 150;

export class Search<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #options: SearchOptions<K>;
  /** The situation that was met first: by its memory; and by another key, where situations are alike by that. */
  readonly #met = new Met<Node<K>>();
  readonly #alike = new Map<string, Node<K>>();
  readonly #hash = new Hash();
  readonly #sample = new Sample<K>();
  /** States of the specification as they were when they were first gone on from. */
  readonly #states: { readonly state: object; readonly key: string }[] = [];
  readonly #names: readonly (readonly (readonly number[])[])[];
  readonly #make: () => Subject<K>;
  readonly #spec: Specification<K>;
  readonly #says: Expected<K>;
  readonly #observed: Observed;
  #view: K['view'];
  #expected: K['view'];
  #subject: Subject<K>;
  #slow = SLOW_MS;
  #level: Node<K>[];
  #next: Node<K>[] = [];
  #at = 0;
  /** The move of the node under way. */
  #move = 0;
  #depth = 0;
  /** The node that the subject was last put into, and how to put it there again. */
  #home: { readonly node: Node<K>; readonly kept: Snapshot } | null = null;
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
    this.#says = new Expected(domain, this.#spec, options.moves, options.insight?.alike === null);
    this.#spec.reset();
    const spec = this.recalls ? this.#says.standing : null;
    this.#level = [{ parent: null, move: -1, spec, named: (this.#names[0] ?? []).map(() => 0) }];
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
    // Meanwhile others may have worked with the subject.
    this.#home = null;
    while (!this.found && this.#depth < length && this.situations < most) {
      guarded(
        SLICE_MS + this.#slow,
        () => this.#slice(performance.now() + SLICE_MS, most),
        () => {
          const trace = [...this.#path(this.#level[this.#at]), this.#options.moves[this.#move]];
          if (this.#hangs(trace)) this.found = trace;
          else this.#slow = STUCK_MS;
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
  #expand(node: Node<K>): void {
    const { moves, renaming } = this.#options;
    const here = this.#goTo(node);
    this.#keepState(node.spec?.state);
    for (let m = 0, isHere = true; m < moves.length; m++) {
      this.#move = m;
      const named = renaming ? this.#namedBy(node, m) : node.named;
      if (named === null) continue;
      if (!isHere) here.put();
      const next = this.#tries(node, m, named, here);
      isHere = next === node;
      if (next) continue;
      this.found = [...this.#path(node), moves[m]];
      return;
    }
  }

  /** Puts the subject into the situation of a node; siblings are reached from their parent. */
  #goTo(node: Node<K>): Snapshot {
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

  /**
   * One move: the situation it leads to, the node itself if nothing has changed at all, or null if subject and specification part. Of a memory that
   * was met, in the same state of the specification, everything was looked at then.
   */
  #tries(node: Node<K>, m: number, named: readonly number[], here: Snapshot): Node<K> | null {
    this.tried++;
    const { insight } = this.#options;
    const said = this.#agreed(node, m);
    if (!said) return null;
    const { to } = said;
    // Most moves are refused. What a node shows was looked at when it was reached, but for the first one.
    if (to && to === node.spec && node.parent && here.holds()) {
      this.#sample.add(node, m, node);
      return node;
    }
    const next = { parent: node, move: m, spec: to, named };
    const key = insight && !insight.alike ? this.#keyOf(insight.memory(this.#subject), next) : null;
    const met = (key && this.#met.get(key)) ?? null;
    if ((!met || !to || met.spec !== to) && !this.#isRight(next)) return null;
    if (key && !met) this.#met.add(key, next);
    const like = insight?.alike ? this.#likeNow(insight.alike, next) : met;
    this.#sample.add(node, m, like);
    if (like) return like === node ? next : like;
    this.situations++;
    this.#next.push(next);
    return next;
  }

  /** The move, made: null if subject and specification answer otherwise. */
  #agreed(node: Node<K>, m: number): { readonly to: Standing<K> | null } | null {
    let answer: K['answer'];
    try {
      answer = this.#subject.apply(this.#options.moves[m]);
    } catch {
      return null;
    }
    try {
      const said = this.#said(node, m, answer);
      const differs = differenceOf(this.#domain, 'answer', answer, said.answer, this.#observed);
      return differs === null ? said : null;
    } catch (error) {
      if (!(error instanceof IllegalChoice)) throw error;
      return null;
    }
  }

  /** What the specification says to a move; `to`: null, if its state cannot be put back. */
  #said(node: Node<K>, m: number, told: K['answer']): { answer: K['answer']; to: Standing<K> | null } {
    if (node.spec) return this.#says.after(node.spec, m, told);
    this.#spec.reset();
    for (const move of this.#path(node)) this.#spec.apply(move, undefined);
    return { answer: this.#spec.apply(this.#options.moves[m], told), to: null };
  }

  /**
   * A subject may have forgotten what the specification remembers: so its state is a part of the situation, too. With fewer names so far, fewer traces
   * go on from here.
   */
  #keyOf(memory: object, { spec, named }: Node<K>): Key {
    const key = this.#hash.of(memory);
    if (this.#domain.shrinking?.stateIsSeen) key.add(0);
    else if (spec && spec.id !== null) key.add(spec.id);
    else key.value(spec ? spec.state : this.#spec.state);
    if (this.#options.renaming) for (const count of named) key.add(count);
    return key;
  }

  /** Does the subject show what it is to show, and its own walk find its structure sound, in whatever it looks at? */
  #isRight({ spec }: Node<K>): boolean {
    try {
      this.#view = this.#subject.look(this.#view);
    } catch {
      return false;
    }
    this.#expected = spec ? this.#says.look(spec, this.#expected) : this.#spec.look(this.#expected);
    const differs = differenceOf(this.#domain, 'view', this.#view, this.#expected, this.#observed);
    return differs === null && this.#isSound();
  }

  #isSound(): boolean {
    try {
      return !this.#subject.verify || this.#subject.verify() === null;
    } catch {
      return false;
    }
  }

  #likeNow(alike: (subject: Subject<K>) => string, next: Node<K>): Node<K> | null {
    const key = alike(this.#subject);
    const like = this.#alike.get(key) ?? null;
    if (!like) this.#alike.set(key, next);
    return like;
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

  /** How many things of each kind are named after a move; null if it names one out of order. */
  #namedBy({ named }: Node<K>, m: number): readonly number[] | null {
    const names = this.#names[m];
    let after: number[] | null = null;
    for (let kind = 0; kind < named.length; kind++) {
      const count = inOrder(named[kind], names[kind]);
      if (count === -1) return null;
      if (count !== named[kind]) (after ??= [...named])[kind] = count;
    }
    return after ?? named;
  }

  #path(node: Node<K>): K['move'][] {
    const path: K['move'][] = [];
    for (let n: Node<K> | null = node; n && n.move >= 0; n = n.parent) path.push(this.#options.moves[n.move]);
    return path.reverse();
  }
}

/** Some of the steps of a search, each as likely as any other; always the same ones. */
class Sample<K extends Kinds> {
  readonly steps: { readonly node: Node<K>; readonly move: number; readonly like: Node<K> | null }[] = [];
  #count = 0;
  #random = 1;

  add(node: Node<K>, move: number, like: Node<K> | null): void {
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
