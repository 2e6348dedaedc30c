// What a model in plain JavaScript may get wrong in kind: parts that are missing, answers of another type. Each is told with what would be legal.

import { BadChoice } from './choose.ts';
import { ModelDefect } from './error.ts';
import type { Claim, Effect, Judgement, Model, TemporalClaim } from './model.ts';
import { wordsOf } from './symmetry.ts';
import { messageOf, stateText } from './text.ts';

const NO_STATE = '(no state yet)';

/** An answer that is none; the caller adds the move and the state. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
}

/** Errors whose message says all: the caller adds the move and the state. */
export const isBadAnswer = (error: unknown): error is Error =>
  error instanceof BadAnswer || error instanceof BadChoice;

/** What was answered, in a few words. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value === 'string' ? 'a text' : String(value);
  if ('then' in value) return 'a promise';
  return Array.isArray(value) ? 'a list' : `{ ${Object.keys(value).slice(0, 5).join(', ')} }`;
}

const bad = (what: string, value: unknown, legal: string) =>
  new BadAnswer(`${what} answers ${kindOf(value)} (legal: ${legal})`);

/** The refusal, or null. */
export function refusalOf(answer: string | null): string | null {
  if (answer !== null && typeof answer !== 'string')
    throw bad('the guard', answer, 'null if the move is enabled, else a text that says why not');
  return answer;
}

const EFFECT = '{ state } or { state, outcome }, outcome a text; not a promise';

export function effectOf<State>(answer: Effect<State>): Effect<State> {
  if (typeof answer !== 'object' || answer === null || answer.state === undefined)
    throw bad('the effect', answer, EFFECT);
  const { outcome } = answer;
  if (outcome !== undefined && typeof outcome !== 'string')
    throw bad("the effect's outcome", outcome, 'a text');
  return answer;
}

export function judgementOf(name: string, answer: Judgement): Judgement {
  const legal = '{ met, violation }, met true or false, violation null or a text; not a promise';
  if (typeof answer !== 'object' || answer === null) throw bad(`claim ${name}`, answer, legal);
  const { met, violation } = answer;
  if (typeof met !== 'boolean' || (violation !== null && typeof violation !== 'string'))
    throw bad(`claim ${name}`, answer, legal);
  return answer;
}

export function truthOf(what: string, answer: boolean): boolean {
  if (typeof answer !== 'boolean') throw bad(what, answer, 'true or false');
  return answer;
}

/** The claim with answers that are looked at; what is wrong with one becomes a ModelDefect that names the state. */
export function watched<State>(model: Model<State>, claim: TemporalClaim<State>): TemporalClaim<State> {
  const blamed = <T>(what: string, state: string, ask: () => T): T => {
    try {
      return ask();
    } catch (error) {
      const message = error instanceof BadAnswer ? error.message : `${what} throws: ${messageOf(error)}`;
      throw new ModelDefect(message, null, state);
    }
  };
  const textOf = (state: State) => stateText(model, wordsOf(model, state));
  const pending = `pending of claim ${claim.name}`;
  const legal = 'null, or a text that names the group';
  return {
    ...claim,
    pending: (state) => blamed(pending, textOf(state), () => truthOf(pending, claim.pending(state))),
    fair: (move) =>
      blamed(`fair of claim ${claim.name}`, NO_STATE, () => {
        const group = claim.fair(move);
        if (group === null || typeof group === 'string') return group;
        throw bad(`fair of claim ${claim.name}`, group, legal);
      }),
  };
}

/** The functions that a claim of each kind has; of a list in a list one is enough. */
const claimParts: Readonly<Record<Claim<unknown>['kind'], readonly (readonly string[])[]>> = {
  state: [['judge']],
  step: [['judge']],
  run: [['judge']],
  temporal: [['pending'], ['fair']],
  reachable: [['holds', 'holdsIn']],
};

/** Throws a ModelDefect if a part of the model is missing or is of another type than it must be. */
export function inspectShape<State>(model: Model<State>): void {
  const wrong = (what: string, legal: string) => {
    throw new ModelDefect(`${what} (legal: ${legal})`, null, NO_STATE);
  };
  const has = (of: object, part: string) => typeof (of as Record<string, unknown>)[part] === 'function';
  for (const part of ['initial', 'guard', 'effect', 'pack', 'unpack'])
    if (!has(model, part)) wrong(`the model has no ${part}`, 'a function');
  for (const part of ['mayEnd', 'show', 'variables'])
    if ((model as unknown as Record<string, unknown>)[part] !== undefined && !has(model, part))
      wrong(`${part} is no function`, 'a function, or nothing');
  if (!Array.isArray(model.moves)) wrong('moves is no list', 'a list of { name, args }');
  for (const move of model.moves)
    if (typeof move?.name !== 'string' || !Array.isArray(move.args))
      wrong(`a move is ${kindOf(move)}`, '{ name, args }, a text and a list');
  if (!Array.isArray(model.claims)) wrong('claims is no list', 'a list of claims, empty if there are none');
  if (model.symmetries?.some((one) => typeof one !== 'function') === true)
    wrong('a symmetry is no function', 'functions from a state to its image');
  for (const claim of model.claims) inspectClaim(claim, has, wrong);
}

function inspectClaim<State>(
  claim: Claim<State>,
  has: (of: object, part: string) => boolean,
  wrong: (what: string, legal: string) => void,
): void {
  if (typeof claim?.name !== 'string') wrong(`a claim is ${kindOf(claim)}`, 'it has a name, a text');
  const parts = Object.hasOwn(claimParts, claim.kind) ? claimParts[claim.kind] : null;
  if (parts === null) {
    wrong(`claim ${claim.name} is of kind ${String(claim.kind)}`, Object.keys(claimParts).join(', '));
    return;
  }
  for (const either of parts)
    if (either.filter((part) => has(claim, part)).length !== 1)
      wrong(
        `claim ${claim.name}, of kind ${claim.kind}, has not what it is judged by`,
        `the function ${either.join(' or ')}, one of them`,
      );
}
