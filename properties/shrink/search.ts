// The exhaustive phase: breadth first through every trace of a scope, subject and specification side by side, until one fails.
// A pair of situations that was met before is not gone on from; of equally short traces the first in the order of moves is found.

import type { Move, ProfileName } from '../../model/index.ts';
import { argKind } from '../args.ts';
import { answersDiffer } from '../referee.ts';
import type { Answer, Subject } from '../subject.ts';
import { type Size, View } from '../view.ts';
import { Hangs, within } from './guard.ts';
import { memoryKey, type Restore, snapshot } from './memory.ts';
import { graphOf, type Situation, type SpecificationGraph, sameWords } from './specification.ts';

export interface SearchOptions {
  readonly profile: ProfileName;
  readonly root: boolean;
  readonly size: Size;
  /** The moves of the scope, in their order. */
  readonly moves: readonly Move[];
  /** What the subject remembers, for its key and for putting it back; null: nothing is known of it, every trace is looked at. */
  readonly memory: ((subject: Subject) => object) | null;
  /** Only traces that name containers and pages in the order of first use: all others are these with other names. */
  readonly renaming: boolean;
}

interface Node {
  readonly parent: Node | null;
  readonly move: number;
  readonly spec: Situation;
  /** How many containers and pages were named on the way. */
  readonly containers: number;
  readonly pages: number;
}

/** How long a slice of the search works before it looks at the clock, and how much longer before something must be stuck. */
const SLICE_MS = 150;
const STUCK_MS = 2000;

export class Search {
  readonly #options: SearchOptions;
  readonly #graph: SpecificationGraph;
  readonly #seen = new Set<string>();
  readonly #names: readonly { readonly containers: number; readonly pages: number }[];
  readonly #view: View;
  #subject: Subject;
  #level: Node[];
  #next: Node[] = [];
  #at = 0;
  /** The move of the node under way. */
  #move = 0;
  #depth = 0;
  /** Pairs of situations that were met, and moves that were tried. */
  situations = 1;
  tried = 0;
  /** The first failing trace, once there is one. */
  found: readonly Move[] | null = null;

  constructor(make: () => Subject, options: SearchOptions) {
    this.#options = options;
    this.#graph = graphOf(options.profile, options.root, options.size, options.moves);
    this.#names = options.moves.map(namesOf);
    this.#view = new View(options.size);
    this.#subject = make();
    this.#level = [{ parent: null, move: -1, spec: this.#graph.start, containers: 0, pages: 0 }];
  }

  /** No trace of up to so many moves fails. */
  get clear(): number {
    return this.#depth;
  }

  /** Searches on until a trace fails, every trace of `length` moves was looked at, or the time is up. */
  until(length: number, deadline: number): void {
    while (!this.found && this.#depth < length && performance.now() < deadline) {
      try {
        within(SLICE_MS + STUCK_MS, () => this.#slice(Math.min(deadline, performance.now() + SLICE_MS)));
      } catch (error) {
        if (!(error instanceof Hangs)) throw error;
        this.found = [...this.#path(this.#level[this.#at]), this.#options.moves[this.#move]];
      }
    }
  }

  #slice(until: number): void {
    for (; this.#at < this.#level.length; this.#at++) {
      if (performance.now() > until) return;
      this.#expand(this.#level[this.#at]);
      if (this.found) return;
    }
    this.#depth++;
    this.#level = this.#next;
    this.#next = [];
    this.#at = 0;
  }

  /** Tries every move on one pair of situations. */
  #expand(node: Node): void {
    const { moves, renaming, memory } = this.#options;
    const path = this.#path(node);
    let put: Restore | null = null;
    this.#walkTo(path);
    if (memory) put = snapshot(memory(this.#subject));
    for (let m = 0; m < moves.length; m++) {
      this.#move = m;
      const names = this.#names[m];
      if (renaming && (names.containers > node.containers + 1 || names.pages > node.pages + 1)) continue;
      if (m > 0 && !put) this.#walkTo(path);
      const next = this.#tries(node, m);
      if (!next) {
        this.found = [...path, moves[m]];
        return;
      }
      if (!this.#remember(next)) {
        this.found = [...path, moves[m]];
        return;
      }
      put?.();
    }
  }

  #walkTo(path: readonly Move[]): void {
    this.#subject.reset();
    for (const move of path) this.#subject.apply(move);
  }

  /** One move: the pair it leads to, or null if they part. */
  #tries(node: Node, m: number): Node | null {
    this.tried++;
    const spec = this.#graph.follow(node.spec, m);
    try {
      const answer = this.#subject.apply(this.#options.moves[m]);
      if (answersDiffer(answer, node.spec.answers[m] as Answer)) return null;
      this.#subject.look(this.#view);
      if (!sameWords(this.#view.words, spec.words)) return null;
    } catch {
      return null;
    }
    const { containers, pages } = this.#names[m];
    return {
      parent: node,
      move: m,
      spec,
      containers: Math.max(node.containers, containers),
      pages: Math.max(node.pages, pages),
    };
  }

  /** Notes a pair that was not met before. False: the subject's own walk finds its structure broken. */
  #remember(node: Node): boolean {
    const { memory, renaming } = this.#options;
    if (memory) {
      const names = renaming ? `${node.containers}.${node.pages}` : '';
      const key = `${node.spec.id}.${names}.${memoryKey(memory(this.#subject))}`;
      if (this.#seen.has(key)) return true;
      this.#seen.add(key);
    }
    this.situations++;
    this.#next.push(node);
    return this.#isSound();
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

/** The highest container and page that a move names, counted from 1. */
function namesOf([name, ...args]: Move): { containers: number; pages: number } {
  const highest = { container: 0, page: 0 };
  args.forEach((arg, i) => {
    const kind = argKind(name, i);
    if (kind === 'container' || kind === 'page') highest[kind] = Math.max(highest[kind], Number(arg) + 1);
  });
  return { containers: highest.container, pages: highest.page };
}
