// The protocol as a model of the checker: machine and history packed side by side, and a step that uses freed memory turned into a witness.

import type { Effect as CheckerEffect, Choose, Model } from '../../../checker/index.ts';
import type { Scope, State, Step } from '../../../model/protocol/index.ts';
import * as shipped from '../../../model/protocol/index.ts';
import { chargeClaims } from './claims-charge.ts';
import { memoryClaims } from './claims-memory.ts';
import { restClaims } from './claims-rest.ts';
import { type Grain, type History, monitor } from './history.ts';
import { movesOf } from './moves.ts';
import { packing, TooLargeToPack } from './pack.ts';
import { showMachine } from './show.ts';
import { type Detail, guardOf, isMisuse, type Rules, type Watched } from './watched.ts';

export interface ModelOptions {
  /** Judge C5, at which grain; false leaves the history out (for scopes too large for it). Default `in flight`. */
  readonly history?: Grain | false;
  readonly rules?: Rules;
}

/** Configurations that a state has room for. A scope that needs more is refused by name. */
const ROOM = 24;

export function watchedModel(
  scope: Scope,
  { history = 'in flight', rules = shipped }: ModelOptions = {},
): Model<Watched> {
  const { moves, stepOf } = movesOf(scope);
  const { width, pack, unpack } = packing(scope);
  const watch = history ? monitor(scope, history) : null;

  return {
    name: `protocol ${scope.name}`,
    moves,
    initial: () => [{ machine: rules.initial(scope), history: watch?.start ?? [] }],
    guard: ({ machine }, move) => guardOf(rules, machine, stepOf(move)),
    effect: (state, move, choose) => take(rules, watch, state, stepOf(move), choose),
    width: width + (watch ? 1 + 2 * ROOM : 0),
    pack(state, words, at) {
      pack(state.machine, words, at);
      if (watch) packHistory(state.history, words, at + width);
    },
    unpack: (words, at) => ({
      machine: unpack(words, at),
      history: watch ? unpackHistory(words, at + width) : [],
    }),
    // C1-C5, I1-I15, T1 and T2.
    claims: [...memoryClaims(watch), ...restClaims(scope, rules), ...chargeClaims],
    mayEnd: ({ machine }) => hasEnded(machine),
    show: ({ machine }) => showMachine(machine),
  };
}

export function take(
  rules: Rules,
  watch: ReturnType<typeof monitor> | null,
  { machine, history }: Watched,
  step: Step,
  choose: Choose,
): CheckerEffect<Watched> {
  try {
    const effect = rules.effect(machine, step, choose);
    const next = { machine: effect.state, history: watch?.advance(history, machine, step, effect) ?? [] };
    const detail: Detail = { step, effect, misuse: null };
    return { state: next, outcome: effect.note ?? effect.answer ?? 'ok', detail };
  } catch (error) {
    if (!isMisuse(error)) throw error;
    const detail: Detail = { step, effect: { state: machine }, misuse: { of: error.of, why: error.message } };
    return { state: { machine, history }, outcome: error.message, detail };
  }
}

/** Every thread has done its program, or its task is gone. */
export const hasEnded = ({ threads, scope, tasks }: State): boolean =>
  threads.every(({ place, at }, k) => {
    const { program, task } = scope.threads[k];
    if (place === 'ended') return true;
    return place === 'idle' && (at === program.length || (task !== null && tasks[task].container === null));
  });

function packHistory(history: History, words: Uint32Array, at: number): void {
  if (history.length > ROOM)
    throw new TooLargeToPack(`${history.length} explanations of one history, room for ${ROOM}`);
  words.fill(0, at, at + 1 + 2 * ROOM);
  words[at] = history.length;
  history.forEach((config, i) => {
    words[at + 1 + 2 * i] = config % 2 ** 32;
    words[at + 2 + 2 * i] = Math.floor(config / 2 ** 32);
  });
}

function unpackHistory(words: Uint32Array, at: number): History {
  return Array.from({ length: words[at] }, (_, i) => words[at + 1 + 2 * i] + words[at + 2 + 2 * i] * 2 ** 32);
}
