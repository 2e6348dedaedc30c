// Races as a space: every program of two threads with a few operations each, from every situation near the start, up to names.

import { initial, lru, type Move, movesOf, type Scope, type State, step } from '../../../model/index.ts';
import { showState } from '../../scopes/show.ts';
import { type Renaming, renamed, renamings } from '../../scopes/symmetries.ts';
import { withIds } from '../../subjects/names.ts';
import type { Level } from './levels.ts';
import type { Scenario } from './scenarios.ts';

/** Two of each is enough for each other's container, task and page; a limit of 1 for reclaim and kills. */
const SCOPE: Scope = { containers: 2, tasks: 2, pages: 2, limit: 1 };

interface Start {
  readonly state: State;
  readonly setup: readonly Move[];
  /** What the situation's own renamings make of each operation, by number; the identity first. */
  readonly images: readonly Uint8Array[];
}

/**
 * All programs of a level, each with a number that does not change. Left out, so that their numbers stand for nothing: what is another
 * program by a renaming of containers and pages or by an exchange of the threads, and what is dull. An operation is dull if it changes
 * nothing whichever thread goes first.
 */
export class Space {
  readonly level: Level['threads'];
  readonly starts: readonly Start[];
  readonly #operations = movesOf(SCOPE);

  constructor({ threads, depth }: Level) {
    this.level = threads;
    this.starts = startsUpTo(depth, this.#operations);
  }

  get #length(): number {
    return this.level[0] + this.level[1];
  }

  /** How many numbers there are. */
  get numbers(): number {
    return this.starts.length * this.#operations.length ** this.#length;
  }

  /** How many programs: for each start the orbits of its renamings, counted by what each leaves as it is (Burnside). */
  get programs(): number {
    return this.starts.reduce((sum, { images }) => sum + this.#orbits(images), 0);
  }

  #orbits(images: readonly Uint8Array[]): number {
    const [a, b] = this.level;
    const fixed = (image: (i: number) => number) => this.#operations.filter((_, i) => image(i) === i).length;
    const kept = images.map((image) => fixed((i) => image[i]) ** (a + b));
    // The second thread's operations are the first one's images, and those of the first the second one's.
    const exchanged = a === b ? images.map((image) => fixed((i) => image[image[i]]) ** a) : [];
    return [...kept, ...exchanged].reduce((x, y) => x + y) / (kept.length + exchanged.length);
  }

  /** The program of a number, or null if the number stands for none. */
  at(number: number): Scenario | null {
    const count = this.#operations.length;
    let rest = number;
    const picks = new Array<number>(this.#length);
    for (let i = picks.length - 1; i >= 0; i--) {
      picks[i] = rest % count;
      rest = Math.floor(rest / count);
    }
    const start = this.starts[rest];
    if (!start || !this.#isFirst(picks, start.images)) return null;
    const moves = picks.map((pick) => this.#operations[pick]);
    const threads = [moves.slice(0, this.level[0]), moves.slice(this.level[0])];
    if (isDull(start.state, threads)) return null;
    const { containers, tasks, pages } = SCOPE;
    return {
      name: `${this.level.join('+')} #${number}`,
      size: { containers, tasks, pages },
      setup: start.setup,
      threads,
    };
  }

  /** The number of a program; its image with the lowest is the one that `at` gives. */
  numberOf(from: State, threads: readonly (readonly Move[])[]): number {
    const start = this.starts.findIndex(({ state }) => showState(state) === showState(from));
    if (start < 0) throw new RangeError(`no start of this space is: ${showState(from)}`);
    const count = this.#operations.length;
    return threads.flat().reduce((number, move) => {
      const pick = this.#operations.findIndex((operation) => String(operation) === String(move));
      if (pick < 0) throw new RangeError(`no operation of this space is: ${move.join(' ')}`);
      return number * count + pick;
    }, start);
  }

  /** No image of it has a lower number. */
  #isFirst(picks: readonly number[], images: readonly Uint8Array[]): boolean {
    const [a, b] = this.level;
    return images.every((image) => {
      const renamed = picks.map((pick) => image[pick]);
      if (isLower(renamed, picks)) return false;
      return a !== b || !isLower([...renamed.slice(a), ...renamed.slice(0, a)], picks);
    });
  }
}

function isDull(state: State, [a, b]: readonly (readonly Move[])[]): boolean {
  const alone = effects(state, [...a, ...b]);
  const turned = effects(state, [...b, ...a]);
  return (
    a.some((_, i) => !alone[i] && !turned[b.length + i]) ||
    b.some((_, i) => !alone[a.length + i] && !turned[i])
  );
}

/** Which of the moves change something, made one after the other. */
function effects(from: State, moves: readonly Move[]): boolean[] {
  let state = from;
  return moves.map((move) => {
    const before = state;
    state = step(state, move, lru).state;
    return state !== before;
  });
}

function isLower(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((x, k) => x !== b[k]);
  return i >= 0 && a[i] < b[i];
}

/** One start for each situation up to names, breadth first, by its shortest trace. */
function startsUpTo(depth: number, operations: readonly Move[]): Start[] {
  const names = renamings('lru', SCOPE, false);
  const seen = new Set<string>();
  const starts: Start[] = [];
  let level: { state: State; setup: readonly Move[] }[] = [{ state: initial(), setup: [] }];
  for (let made = 0; level.length > 0; made++) {
    const next: typeof level = [];
    for (const { state, setup } of level) {
      const keys = names.map((renaming) => showState(renamed(state, renaming)));
      if (seen.has(keys.toSorted()[0])) continue;
      seen.add(keys.toSorted()[0]);
      const own = names.filter((_, i) => keys[i] === keys[0]);
      starts.push({ state, setup, images: own.map((renaming) => imagesOf(operations, renaming)) });
      if (made === depth) continue;
      for (const move of operations) {
        const { outcome, state: after } = step(state, move, lru);
        if (outcome === 'ok' && after !== state) next.push({ state: after, setup: [...setup, move] });
      }
    }
    level = next;
  }
  return starts;
}

function imagesOf(operations: readonly Move[], { containers, tasks, pages }: Renaming): Uint8Array {
  const numbers = new Map(operations.map((move, i) => [String(move), i]));
  const renames = { container: containers, task: tasks, page: pages };
  return Uint8Array.from(operations, (move) => {
    const image = withIds(move, (kind, id) => renames[kind][id]);
    return numbers.get(String(image)) as number;
  });
}
