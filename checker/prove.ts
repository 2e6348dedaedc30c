// Proofs that a model keeps the rules a model must keep.

import { Chooser } from './choose.ts';
import { ModelDefect } from './error.ts';
import type { Model } from './model.ts';
import { inspectPacking } from './plan.ts';
import { effectOf, isBadAnswer, refusalOf } from './shape.ts';
import { sameWords, wordsOf } from './symmetry.ts';
import { messageOf, moveText, stateText } from './text.ts';

/** Runs a step of the model; what it throws becomes a ModelDefect that names the move and the state. */
export function blaming<State, T>(
  model: Model<State>,
  words: Uint32Array,
  moveIndex: number,
  doing: string,
  run: () => T,
): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ModelDefect) throw error;
    const what = isBadAnswer(error) ? error.message : `${doing} throws: ${messageOf(error)}`;
    throw new ModelDefect(what, moveText(model.moves[moveIndex]!), stateText(model, words));
  }
}

/** Runs every guard and every effect twice on fresh copies of the state and compares; also proves the packing of the state. */
export function proveDeterministic<State>(model: Model<State>, words: Uint32Array): void {
  inspectPacking(model, model.unpack(words, 0));
  proveUnpacking(model, words);
  for (let m = 0; m < model.moves.length; m++) {
    const move = model.moves[m]!;
    const refusals = [0, 1].map(() =>
      blaming(model, words, m, 'the guard', () => refusalOf(model.guard(model.unpack(words, 0), move))),
    );
    if (refusals[0] !== refusals[1]) {
      throw new ModelDefect(
        `the guard is not deterministic: ${refusals.join(', then ')}`,
        moveText(move),
        stateText(model, words),
      );
    }
    if (refusals[0] === null) blaming(model, words, m, 'the effect', () => proveEffect(model, words, m));
  }
}

/** Refuses words that do not survive unpack and pack. */
function proveUnpacking<State>(model: Model<State>, words: Uint32Array): void {
  const again = wordsOf(model, model.unpack(words, 0));
  if (sameWords(again, words)) return;
  const state = `[${words.join(' ')}]`;
  throw new ModelDefect(
    `unpack and pack do not give the same words again, but [${again.join(' ')}]`,
    null,
    state,
  );
}

function proveEffect<State>(model: Model<State>, words: Uint32Array, m: number): void {
  const move = model.moves[m]!;
  const chooser = new Chooser();
  chooser.begin();
  do {
    const first = effectOf(model.effect(model.unpack(words, 0), move, chooser.choose));
    chooser.finish();
    const one = wordsOf(model, first.state);
    const again = new Chooser();
    again.begin(chooser.digits);
    const second = effectOf(model.effect(model.unpack(words, 0), move, again.choose));
    again.finish();
    if (!sameWords(one, wordsOf(model, second.state)) || first.outcome !== second.outcome) {
      const choices = chooser.digits.join(', ');
      throw new ModelDefect(
        `the effect is not deterministic for choices [${choices}]`,
        moveText(move),
        stateText(model, words),
      );
    }
  } while (chooser.next());
}

/** The state handed to guards, effects and claims has changed: the defect that names the first to write to it, each tried on a fresh copy. */
export function whoWrote<State>(model: Model<State>, words: Uint32Array): ModelDefect {
  const wrote = (state: State) => !sameWords(wordsOf(model, state), words);
  const defect = (what: string, m: number | null) =>
    new ModelDefect(what, m === null ? null : moveText(model.moves[m]!), stateText(model, words));
  inspectPacking(model, model.unpack(words, 0));
  proveUnpacking(model, words);
  const chooser = new Chooser();
  for (let m = 0; m < model.moves.length; m++) {
    const state = model.unpack(words, 0);
    const refused = model.guard(state, model.moves[m]!) !== null;
    if (wrote(state)) return defect('the guard changes the state', m);
    if (refused) continue;
    chooser.begin();
    do {
      model.effect(state, model.moves[m]!, chooser.choose);
      if (wrote(state))
        return defect('the effect changes the state it is given instead of returning another', m);
    } while (chooser.next());
  }
  return defect('a claim changes the state it is given', null);
}

/** The first so many states and then every so manieth are used to prove that the model keeps its rules. */
export const SAMPLE = 64;
export const isSample = (index: number) => index < SAMPLE || index % SAMPLE === 0;
