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

/** Small whole numbers from a seed, the same ones each time (George Marsaglia's xorshift). */
export function drawer(seed: number): (below: number) => number {
  let x = (Math.imul(seed, 0x9e3779b9) ^ 0x5bd1e995) | 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** A graph drawn at random: `size` states, some moves refused, some with choices; a claim of each kind, broken in `bad` of the states. */
export function drawn({ seed, size, bad }: { seed: number; size: number; bad: number }): Model<number> {
  const draw = drawer(seed);
  const moves = Array.from({ length: 2 + draw(3) }, (_, m) => ({ name: `m${m}`, args: [] }));
  const to = Array.from({ length: size }, () =>
    moves.map(() => Array.from({ length: draw(4) }, () => draw(size))),
  );
  const broken = new Set(Array.from({ length: bad }, () => draw(size)));
  const targets = (state: number, { name }: { readonly name: string }) => to[state]![Number(name.slice(1))]!;
  return {
    name: `drawn ${seed} ${size} ${bad}`,
    initial: () => [0],
    moves,
    guard: (state, move) => (targets(state, move).length === 0 ? 'no way' : null),
    effect: (state, move, choose) => {
      const ways = targets(state, move);
      return { state: ways[ways.length === 1 ? 0 : choose(ways.length)]! };
    },
    width: 1,
    pack: (state, words, at) => {
      words[at] = state;
    },
    unpack: (words, at) => words[at]!,
    show: String,
    claims: [
      {
        kind: 'state',
        name: 'Sound',
        claim: 'no broken state',
        judge: (state) => ({
          met: state % 2 === 0,
          violation: broken.has(state) ? `${state} is broken` : null,
        }),
      },
      {
        kind: 'step',
        name: 'SoundStep',
        claim: 'no step from one broken state to another',
        judge: (before, _move, { state }) => ({
          met: before !== state,
          violation: broken.has(before) && broken.has(state) ? `${before} to ${state}` : null,
        }),
      },
      { kind: 'reachable', name: 'Last', claim: 'the last state', holdsIn: (state) => state === size - 1 },
    ],
  };
}
