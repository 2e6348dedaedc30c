// What a thread's share of the search comes to: counts, new states, what was found; plain data that is sent and added up.

import { compareWords } from './symmetry.ts';

/** Cells of the tally before the claims and moves. */
export const TRANSITIONS = 0;
export const REFUSED = 1;
export const VISITED = 2;
/** Visited, and their moves tried: not so at a depth bound. */
export const EXPANDED = 3;
const FIXED = 4;

/** Where in a tally the counts of claim c (checked, met) and move m (taken, changed) stand. */
export class Layout {
  readonly claims: number;
  readonly moves: number;
  readonly size: number;
  constructor(claims: number, moves: number) {
    this.claims = claims;
    this.moves = moves;
    this.size = FIXED + 2 * claims + 2 * moves;
  }
  checked = (claim: number) => FIXED + claim;
  met = (claim: number) => FIXED + this.claims + claim;
  taken = (move: number) => FIXED + 2 * this.claims + move;
  changed = (move: number) => FIXED + 2 * this.claims + this.moves + move;
}

/** A violation or a witness: in a state (`move` -1), or in a step that leaves it. */
export interface Find {
  readonly claim: number;
  readonly index: number;
  readonly words: readonly number[];
  readonly move: number;
  readonly choices: readonly number[];
  readonly witness: string;
}

interface Ranked {
  readonly words: ArrayLike<number>;
  readonly move: number;
}

/** Which of two finds of one claim in one level to report: the lesser state, then the earlier move; so that threads cannot change it. */
export function better(a: Ranked, b: Ranked): boolean {
  return (compareWords(a.words, b.words) || a.move - b.move) < 0;
}

/** What a lane hands over at the end of a slice. Plain data. */
export interface Harvest {
  readonly tally: Float64Array;
  readonly added: number;
  readonly addedWeight: number;
  /** Ranges of states added, and ranges taken but not visited; flat [start, end) pairs. */
  readonly ranges: number[];
  readonly leftover: number[];
  readonly finds: Find[];
  readonly branches: string[];
  /** A claim did not come to an end; the finds say which. Nothing more can be asked. */
  readonly hung: boolean;
}
