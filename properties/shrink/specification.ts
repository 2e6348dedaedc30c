// The specification as a graph that grows on demand: which situations there are, where each move leads, what it answers. Shared by all searches.

import { initial, lru, type Move, type ProfileName, profiles, type State, step } from '../../model/index.ts';
import type { Answer } from '../subject.ts';
import { type Size, View, viewOfState } from '../view.ts';

export interface Situation {
  readonly id: number;
  readonly state: State;
  /** What an observer sees, as `View.words`. */
  readonly words: Int32Array;
  /** By move: where it leads; filled on demand. */
  readonly next: (Situation | undefined)[];
  readonly answers: (Answer | undefined)[];
}

export class SpecificationGraph {
  readonly moves: readonly Move[];
  readonly start: Situation;
  readonly #view: View;
  readonly #known = new Map<string, Situation>();

  constructor(profile: ProfileName, root: boolean, size: Size, moves: readonly Move[]) {
    this.moves = moves;
    this.#view = new View(size);
    this.start = this.#situation(initial(profiles[profile], root));
  }

  /** Where move number `m` leads. */
  follow(from: Situation, m: number): Situation {
    const known = from.next[m];
    if (known) return known;
    const { state, outcome, killed, reclaimed } = step(from.state, this.moves[m], lru);
    const to = state === from.state ? from : this.#situation(state);
    from.next[m] = to;
    from.answers[m] = { outcome, killed, reclaimed };
    return to;
  }

  #situation(state: State): Situation {
    const words = viewOfState(state, this.#view).words.slice();
    // Parents are not seen, but decide who inherits.
    const parents = [...state.containers].map(([c, { parent }]) => `${c}<${parent}`).join();
    const key = `${String.fromCharCode(...words.map((word) => word & 0xffff))}${parents}`;
    const known = this.#known.get(key);
    if (known && sameWords(known.words, words)) return known;
    const situation = { id: this.#known.size, state, words, next: [], answers: [] };
    this.#known.set(key, situation);
    return situation;
  }
}

export function sameWords(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const graphs = new Map<string, SpecificationGraph>();

/** One graph for all searches of a profile, size and list of moves. */
export function graphOf(
  profile: ProfileName,
  root: boolean,
  size: Size,
  moves: readonly Move[],
): SpecificationGraph {
  const key = JSON.stringify([profile, root, size, moves.map((move) => move.map(String))]);
  let graph = graphs.get(key);
  if (!graph) graphs.set(key, (graph = new SpecificationGraph(profile, root, size, moves)));
  return graph;
}
