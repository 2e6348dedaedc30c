// Toy models for the tests of the checker, and a search so plain that it can serve as the second opinion.

import type { Claim, Effect, Model, Move } from '../checker/index.ts';

/** A model over a list of small numbers, one word each. */
export interface Toy extends Model<readonly number[]> {
  readonly claims: Claim<readonly number[]>[];
}

export type Vector = readonly number[];

export interface ToyParts {
  readonly name?: string;
  readonly initial: readonly Vector[];
  readonly moves: readonly Move[];
  guard?(state: Vector, move: Move): string | null;
  effect: Model<Vector>['effect'];
  readonly claims?: readonly Claim<Vector>[];
}

export function toy(parts: ToyParts): Model<Vector> {
  const width = parts.initial[0]!.length;
  return {
    name: parts.name ?? 'toy',
    initial: () => parts.initial,
    moves: parts.moves,
    guard: parts.guard ?? (() => null),
    effect: parts.effect,
    width,
    pack: (state, words, at) => words.set(state, at),
    unpack: (words, at) => [...words.subarray(at, at + width)],
    claims: parts.claims ?? [],
    show: (state) => state.join(' '),
    variables: (state) => Object.fromEntries(state.map((value, k) => [`x${k}`, value])),
  };
}

export const with1 = (state: Vector, at: number, value: number): Vector =>
  state.map((old, k) => (k === at ? value : old));

/** `n` counters that go from 0 to `top`; with `wrap` from `top` to 0 again. (top + 1)^n states. */
export function counters(
  n: number,
  top: number,
  wrap: boolean,
  claims: readonly Claim<Vector>[] = [],
): Model<Vector> {
  return toy({
    name: `counters ${n} ${top} ${wrap}`,
    initial: [Array.from({ length: n }, () => 0)],
    moves: Array.from({ length: n }, (_, k) => ({ name: 'step', args: [k] })),
    guard: (state, { args }) => (!wrap && state[Number(args[0])] === top ? 'at the top' : null),
    effect: (state, { args }) => ({
      state: with1(state, Number(args[0]), (state[Number(args[0])]! + 1) % (top + 1)),
    }),
    claims,
  });
}

/** Jugs of 3 and 5 gallons: 16 reachable states; 4 gallons in the big one after 6 moves at the least. */
export function jugs(claims: readonly Claim<Vector>[] = []): Model<Vector> {
  const SIZE = [3, 5];
  return toy({
    name: 'jugs',
    initial: [[0, 0]],
    moves: ['fill', 'empty', 'pour'].flatMap((name) => [0, 1].map((jug) => ({ name, args: [jug] }))),
    effect(state, { name, args }) {
      const jug = Number(args[0]);
      if (name === 'fill') return { state: with1(state, jug, SIZE[jug]!) };
      if (name === 'empty') return { state: with1(state, jug, 0) };
      const poured = Math.min(state[jug]!, SIZE[1 - jug]! - state[1 - jug]!);
      return { state: state.map((has, k) => (k === jug ? has - poured : has + poured)) };
    },
    claims,
  });
}

export const never = (name: string, bad: (state: Vector) => boolean): Claim<Vector> => ({
  kind: 'state',
  name,
  claim: `${name} never happens`,
  judge: (state) => ({ met: true, violation: bad(state) ? `it is ${state.join(' ')}` : null }),
});

export const numbers = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k);

/** Every effect of a move, by trying all answers to the chooser. */
export function effectsOf<State>(model: Model<State>, state: State, move: Move): Effect<State>[] {
  const effects: Effect<State>[] = [];
  const todo: number[][] = [[]];
  while (todo.length > 0) {
    const answers = todo.pop()!;
    let asked = 0;
    effects.push(
      model.effect(state, move, (count) => {
        const at = asked++;
        if (at < answers.length) return answers[at]!;
        for (let other = 1; other < count; other++) todo.push([...answers.slice(0, at), other]);
        answers.push(0);
        return 0;
      }),
    );
  }
  return effects;
}

export interface Plain {
  readonly states: number;
  readonly transitions: number;
  readonly refused: number;
  readonly depth: number;
  readonly levels: readonly number[];
  /** Depth of every state by its packed words. */
  readonly depths: ReadonlyMap<string, number>;
}

/** Counts with a Map and a queue. */
export function plainly<State>(model: Model<State>): Plain {
  const key = (state: State) => {
    const words = new Uint32Array(model.width);
    model.pack(state, words, 0);
    return words.join(' ');
  };
  const depths = new Map<string, number>();
  const queue: State[] = [];
  const see = (state: State, depth: number) => {
    if (depths.has(key(state))) return;
    depths.set(key(state), depth);
    queue.push(state);
  };
  for (const state of model.initial()) see(state, 0);
  let transitions = 0;
  let refused = 0;
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    const depth = depths.get(key(state))!;
    for (const move of model.moves) {
      if (model.guard(state, move) !== null) {
        refused++;
        continue;
      }
      for (const effect of effectsOf(model, state, move)) {
        transitions++;
        see(effect.state, depth + 1);
      }
    }
  }
  const levels: number[] = [];
  for (const depth of depths.values()) levels[depth] = (levels[depth] ?? 0) + 1;
  return { states: depths.size, transitions, refused, depth: levels.length - 1, levels, depths };
}
