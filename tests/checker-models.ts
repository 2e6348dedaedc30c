// Models for worker threads and children of the tests: found by module and export, built from plain data.

import type { Model, PackedTwin } from '../checker/index.ts';
import { twoPhaseCommit } from '../examples/two-phase-commit.ts';
import { counters, never, type Vector } from './checker-toys.ts';

export const commit = ({ managers }: { managers: number }) => twoPhaseCommit(managers);

/** `n` wrapping counters up to `top`; with `bad` a claim that they are never all `bad`. With their packed twin. */
export function grid({ n, top, bad }: { n: number; top: number; bad?: number }): {
  model: Model<Vector>;
  twin: PackedTwin;
} {
  const claims = bad === undefined ? [] : [never('AllBad', (state) => state.every((x) => x === bad))];
  return { model: counters(n, top, true, claims), twin: gridTwin(n, top) };
}

export function gridTwin(n: number, top: number): PackedTwin {
  return {
    width: n,
    initial(words, at) {
      words.fill(0, at, at + n);
      return 1;
    },
    successors(words, at, out, emit) {
      for (let k = 0; k < n; k++) {
        for (let j = 0; j < n; j++) out[j] = words[at + j]!;
        out[k] = out[k] === top ? 0 : out[k]! + 1;
        emit(k);
      }
      return 0;
    },
  };
}

/** Throws in an effect once all counters are at `top`. */
export function trap({ n, top }: { n: number; top: number }): Model<Vector> {
  const model = counters(n, top, true);
  return {
    ...model,
    effect(state, move, choose) {
      if (state.every((x) => x === top)) throw new Error('sprung');
      return model.effect(state, move, choose);
    },
  };
}
