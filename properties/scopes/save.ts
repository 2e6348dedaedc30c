// A counterexample of the checker as a file that replay, shrink and explain read.

import {
  lru,
  type Move,
  type ProfileName,
  profiles,
  type Scope,
  type Step,
  step,
} from '../../model/index.ts';
import { initial } from '../../model/state.ts';
import {
  type Counterexample,
  FORMAT,
  NOT_ASKED,
  saveCounterexample,
  slugOf,
} from '../trace/counterexample.ts';
import { moveFromJson } from '../trace/move.ts';
import type { CheckResult } from './result.ts';

/** Saves what was found and returns the file's path. */
export function saveFound(folder: string, result: CheckResult, scope: Scope): string | null {
  const example = exampleOf(result, scope);
  return example && saveCounterexample(folder, example);
}

/** What was found as a counterexample. A trace of the contract has the LRU spec's answers: files carry no choices. */
export function exampleOf(result: CheckResult, scope: Scope): Counterexample | null {
  const { counterexample, profile, model, impl, depth, states } = result;
  if (!counterexample || counterexample.trace.length === 0) return null;
  const moves = counterexample.trace.map(({ move }) => moveFromJson(move));
  return {
    format: FORMAT,
    mistake: slugOf(`${impl ?? model}-breaks-${counterexample.claim}`),
    breaks: counterexample.claim,
    subject: impl ?? model,
    profile,
    expect: 'violation',
    why: counterexample.witness,
    missed: NOT_ASKED,
    found: `check --model ${model}, scope ${result.scope}: ${states} states, depth ${depth}`,
    scope,
    moves,
    answers: playedBySpec(moves, profile).map(({ outcome, killed, reclaimed }) => {
      return { outcome, killed, reclaimed };
    }),
  };
}

/** The LRU spec's steps of a trace. */
export function playedBySpec(moves: readonly Move[], profile: ProfileName): Step[] {
  let state = initial(profiles[profile]);
  return moves.map((move) => {
    const next = step(state, move, lru);
    state = next.state;
    return next;
  });
}
