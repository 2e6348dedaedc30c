// Runs a slice of the space of races: program after program, or some that a seed picks, each with every schedule.

import { type Exploration, explore } from './explore.ts';
import type { Program } from './program.ts';
import type { Scenario } from './scenarios.ts';
import type { Space } from './space.ts';

export interface SliceOptions {
  readonly preemptions: number;
  /** The first number. */
  readonly from?: number;
  /** Programs in the order of their numbers; with a seed, any of them. */
  readonly seed?: number | undefined;
  /** The most programs. */
  readonly programs?: number;
  /** performance.now() after which no other program is begun. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (programs: number, next: number) => void;
}

export interface Slice {
  readonly verdict: Exploration['verdict'];
  readonly programs: number;
  readonly executions: number;
  /** The number to go on from; null: the end was reached, or a seed picked. */
  readonly next: number | null;
  readonly finding: { readonly race: Scenario; readonly result: Exploration } | null;
}

/** After so many programs other things get a turn: Ctrl-C, the progress. */
const TURN = 16;

export async function exploreSlice(program: Program, space: Space, options: SliceOptions): Promise<Slice> {
  const { preemptions, seed, programs: most = Infinity, until = Infinity, signal, progress } = options;
  const dice = seed === undefined ? null : randomBelow(space.numbers, seed);
  let number = dice ? dice() : (options.from ?? 0);
  let [programs, executions, isCut] = [0, 0, false];
  for (; number < space.numbers && programs < most; number = dice ? dice() : number + 1) {
    const race = space.at(number);
    if (race === null) continue;
    if (programs % TURN === 0) {
      progress?.(programs, number);
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted || performance.now() > until) break;
    }
    const result = explore(program, race, { preemptions });
    programs++;
    executions += result.executions;
    if (result.finding)
      return { verdict: 'violated', programs, executions, next: number, finding: { race, result } };
    isCut ||= result.verdict === 'unknown';
  }
  const next = dice || number >= space.numbers ? null : number;
  return {
    verdict: isCut || programs === 0 ? 'unknown' : 'holds',
    programs,
    executions,
    next,
    finding: null,
  };
}

/** Whole numbers below `count` that follow from a seed (a linear congruence modulo 2^48). */
function randomBelow(count: number, seed: number): () => number {
  let state = BigInt(seed >>> 0) ^ 0x5deece66dn;
  return () => {
    state = (state * 0x5deece66dn + 11n) & 0xffffffffffffn;
    return Number((state * BigInt(count)) >> 48n);
  };
}
