// The exhaustive phase: breadth first through every trace of a scope, subject and specification side by side, until one fails.
// A situation that was met before is not gone on from; of equally short traces the first in the order of moves is found.

import { guarded, Hangs, within } from '../../../checker/guard.ts';
import {
  initial,
  lru,
  type Move,
  type ProfileName,
  profiles,
  type State,
  step,
} from '../../../model/index.ts';
import type { Subject } from '../../subjects/subject.ts';
import { argKind } from '../../trace/args.ts';
import { answersDiffer } from '../../view/answer.ts';
import { type Size, View, viewOfState } from '../../view/view.ts';
import { type Snapshot, snapshot } from './memory.ts';

/** How a search sees what a subject remembers. */
export interface Insight {
  /** The object in which the subject keeps everything, to be put back as it was. */
  memory(subject: Subject): object;
  /** Two situations with the same key are taken for one. */
  key(subject: Subject): string;
  /** The key leaves names out: how many were named on the way is no part of the situation either. */
  readonly nameless: boolean;
}

export interface SearchOptions {
  readonly profile: ProfileName;
  readonly root: boolean;
  readonly size: Size;
  /** The moves of the scope, in their order. */
  readonly moves: readonly Move[];
  /** null: nothing is known of what the subject remembers, every trace is looked at. */
  readonly insight: Insight | null;
  /** Only traces that name containers and pages in the order of first use: all others are these with other names. */
  readonly renaming: boolean;
}

interface Node {
  readonly parent: Node | null;
  readonly move: number;
  readonly spec: State;
  /** How many containers and pages were named on the way. */
  readonly containers: number;
  readonly pages: number;
}

/** How long others wait for their turn, and how much longer a move may take before it must be stuck. What is found does not depend on them. */
const SLICE_MS = 150;
const STUCK_MS = 2000;
const HOPELESS = 2;

export class Search {
  readonly #options: SearchOptions;
  readonly #seen = new Set<string>();
  readonly #names: readonly Names[];
  readonly #view: View;
  readonly #expected: View;
  readonly #make: () => Subject;
  #subject: Subject;
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
  found: readonly Move[] | null = null;
  /** Situations that were known when a level began, by level: what the next one may cost. */
  readonly #known: number[] = [];

  constructor(make: () => Subject, options: SearchOptions) {
    this.#make = make;
    this.#options = options;
    this.#names = options.moves.map(namesOf);
    this.#view = new View(options.size);
    this.#expected = new View(options.size);
    this.#subject = make();
    const spec = initial(profiles[options.profile], options.root);
    this.#level = [{ parent: null, move: -1, spec, containers: 0, pages: 0 }];
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
  #hangs(trace: readonly Move[]): boolean {
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
    return last * (last / before) ** (length - this.#depth) > most * HOPELESS;
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
    for (let m = 0, isHere = true; m < moves.length; m++) {
      this.#move = m;
      if (renaming && this.#namedBy(node, m) === null) continue;
      if (!isHere) here.put();
      const next = this.#tries(node, m, here);
      isHere = next === node;
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
    const move = this.#options.moves[m];
    const next = step(node.spec, move, lru);
    try {
      if (answersDiffer(this.#subject.apply(move), next)) return null;
      // Most moves are refused. What a node shows was looked at when it was reached, but for the first one.
      if (node.parent && next.state === node.spec && here.holds()) return node;
      this.#subject.look(this.#view);
    } catch {
      return null;
    }
    viewOfState(next.state, this.#expected);
    if (!sameWords(this.#view.words, this.#expected.words)) return null;
    const named = this.#options.renaming ? this.#namedBy(node, m) : null;
    return { parent: node, move: m, spec: next.state, ...(named ?? { containers: 0, pages: 0 }) };
  }

  /** How many containers and pages are named after a move; null if it names one out of order. */
  #namedBy(node: Node, m: number): Pick<Node, 'containers' | 'pages'> | null {
    const containers = inOrder(node.containers, this.#names[m].containers);
    const pages = inOrder(node.pages, this.#names[m].pages);
    return containers < 0 || pages < 0 ? null : { containers, pages };
  }

  /** Notes a situation that was not met before. False: the subject's own walk finds its structure broken, in whatever it looks at. */
  #remember(node: Node): boolean {
    if (!this.#isSound()) return false;
    const key = this.#key(node);
    if (key !== null) {
      if (this.#seen.has(key)) return true;
      this.#seen.add(key);
    }
    this.situations++;
    this.#next.push(node);
    return true;
  }

  #key({ containers, pages }: Node): string | null {
    const { insight, renaming } = this.#options;
    if (!insight) return null;
    const key = insight.key(this.#subject);
    // With fewer names so far, fewer traces go on from here.
    return renaming && !insight.nameless ? `${key} ${containers} ${pages}` : key;
  }

  #isSound(): boolean {
    try {
      return !this.#subject.verify || this.#subject.verify() === null;
    } catch {
      return false;
    }
  }

  #path(node: Node): Move[] {
    const path: Move[] = [];
    for (let n: Node | null = node; n && n.move >= 0; n = n.parent) path.push(this.#options.moves[n.move]);
    return path.reverse();
  }
}

function sameWords(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The containers and pages that a move names, in its order; not the root, which has a name of its own. */
interface Names {
  readonly containers: readonly number[];
  readonly pages: readonly number[];
}

function namesOf([name, ...args]: Move): Names {
  const all = (kind: string) => args.map(Number).filter((arg, i) => argKind(name, i) === kind && arg >= 0);
  return { containers: all('container'), pages: all('page') };
}

/** How many are named, if each that is new has the next number; -1 if one has not. */
function inOrder(count: number, names: readonly number[]): number {
  let named = count;
  for (const id of names) {
    if (id > named) return -1;
    if (id === named) named++;
  }
  return named;
}
