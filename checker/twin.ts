// Proofs that a packed twin equals its readable model: the same successors, and claims that say the same of both; and what it found, told by the model.

import { Chooser } from './choose.ts';
import { ModelDefect } from './error.ts';
import type { Claim, Effect, Model, Move, PackedJudge, PackedTwin } from './model.ts';
import { blaming, SAMPLE } from './prove.ts';
import { judgementOf } from './shape.ts';
import { compareWords, sameWords, wordsOf } from './symmetry.ts';
import { moveText, stateText } from './text.ts';

/** The twin and the model part. */
export function twinDiffers<State>(
  what: string,
  model: Model<State>,
  m: number | null,
  words: Uint32Array,
): ModelDefect {
  const move = m === null ? null : moveText(model.moves[m]!);
  return new ModelDefect(`${TWIN_DIFFERS}: ${what}`, move, stateText(model, words));
}

const TWIN_DIFFERS = 'the twin differs';

export const isOfTwin = (error: unknown): boolean =>
  error instanceof ModelDefect && error.message.includes(TWIN_DIFFERS);

/**
 * Compares all successors of a state in both: for each move the same states, each as often, and what the claims say of each. Refused moves are those
 * without successors.
 */
export class TwinProver<State> {
  readonly #model: Model<State>;
  readonly #twin: PackedTwin;
  readonly #out: Uint32Array;
  readonly #chooser = new Chooser();
  readonly #claims: readonly Claim<State>[];
  readonly #judge: PackedJudge | null;
  readonly #met: Int32Array;

  /** `claims`: those that the twin judges. */
  constructor(model: Model<State>, twin: PackedTwin, claims: readonly Claim<State>[] = []) {
    this.#model = model;
    this.#twin = twin;
    this.#out = new Uint32Array(model.width);
    this.#claims = claims;
    this.#met = new Int32Array(claims.length);
    this.#judge = claims.length > 0 ? (twin.judge?.(claims.map(({ name }) => name)) ?? null) : null;
  }

  prove(words: Uint32Array): void {
    const model = this.#model;
    const before = words.slice();
    const theirs: Uint32Array[][] = model.moves.map(() => []);
    const judge = this.#judge;
    judge?.begin(words, 0);
    const refused = this.#twin.successors(words, 0, this.#out, (m) => {
      judge?.step(m);
      theirs[m]!.push(this.#step(this.#out, foundBy(judge)));
    });
    judge?.end();
    const say = (what: string, m: number | null) => twinDiffers(what, model, m, before);
    if (!sameWords(words, before)) throw say('it writes to the state it is given', null);
    const state = model.unpack(words, 0);
    this.#met.fill(0);
    let refusals = 0;
    for (let m = 0; m < model.moves.length; m++) {
      const ours = this.#ours(state, m, words);
      if (ours.length === 0) refusals++;
      const others = theirs[m]!.sort(compareWords);
      if (ours.length !== others.length)
        throw say(`${others.length} successors instead of ${ours.length}`, m);
      const at = ours.findIndex((one, k) => !sameWords(one, others[k]!));
      if (at >= 0 && sameWords(this.#state(ours[at]!), this.#state(others[at]!)))
        throw say(this.#apart(ours[at]!, others[at]!), m);
      if (at >= 0)
        throw say(
          `it leads to ${stateText(model, this.#state(others[at]!))} instead of ${stateText(model, this.#state(ours[at]!))}`,
          m,
        );
    }
    if (refused !== refusals) throw say(`it counts ${refused} moves refused instead of ${refusals}`, null);
    if (judge !== null) this.#proveJudged(state, judge, say);
  }

  /** The words of a step's state, then a bit for each claim: was it broken, or reached. */
  #step(words: Uint32Array, found: ArrayLike<number>): Uint32Array {
    const { width } = this.#model;
    const step = new Uint32Array(width + (this.#judge === null ? 0 : Math.ceil(this.#claims.length / 32)));
    for (let k = 0; k < width; k++) step[k] = words[k]!;
    for (let i = 0; i < found.length; i++) step[width + (found[i]! >> 5)]! |= 1 << (found[i]! & 31);
    return step;
  }

  /** What the claims find in a step of the readable model; also counts which are met. */
  #judged(words: Uint32Array, before: State, move: Move, effect: Effect<State>): Uint32Array {
    if (this.#judge === null) return words;
    const found: number[] = [];
    this.#claims.forEach((claim, k) => {
      const { met, witness } = lookAtStep(claim, before, move, effect);
      if (met) this.#met[k]!++;
      if (witness !== null) found.push(k);
    });
    return this.#step(words, found);
  }

  #state(step: Uint32Array): Uint32Array {
    return step.subarray(0, this.#model.width);
  }

  /** The first claim that finds something in one of two steps. */
  #apart(ours: Uint32Array, theirs: Uint32Array): string {
    const { width } = this.#model;
    const isFound = (step: Uint32Array, k: number) => (step[width + (k >> 5)]! >>> (k & 31)) & 1;
    const at = this.#claims.findIndex((_, k) => isFound(ours, k) !== isFound(theirs, k));
    const say = (step: Uint32Array) => (isFound(step, at) ? 'something' : 'nothing');
    return `${this.#claims[at]!.name} finds ${say(theirs)} in the step, that of the model ${say(ours)}`;
  }

  /** What the claims find in the state, and how often each was met. */
  #proveJudged(state: State, judge: PackedJudge, say: (what: string, m: number | null) => ModelDefect): void {
    const found = foundBy(judge);
    this.#claims.forEach(({ name }, k) => {
      const { met, witness } = lookAtState(this.#claims[k]!, state);
      if (met) this.#met[k]!++;
      if ((witness !== null) !== found.includes(k))
        throw say(
          `${name} finds ${witness === null ? 'something' : 'nothing'} in it, that of the model ${witness ?? 'nothing'}`,
          null,
        );
      if (judge.met[k] !== this.#met[k])
        throw say(
          `${name} is met ${judge.met[k]} times from here, that of the model ${this.#met[k]} times`,
          null,
        );
    });
  }

  #ours(state: State, m: number, words: Uint32Array): Uint32Array[] {
    const model = this.#model;
    const move = model.moves[m]!;
    return blaming(model, words, m, 'the model', () => {
      const found: Uint32Array[] = [];
      if (model.guard(state, move) !== null) return found;
      this.#chooser.begin();
      do {
        const effect = model.effect(state, move, this.#chooser.choose);
        this.#chooser.finish();
        found.push(this.#judged(wordsOf(model, effect.state), state, move, effect));
      } while (this.#chooser.next());
      return found.sort(compareWords);
    });
  }
}

const foundBy = (judge: PackedJudge | null): Int32Array =>
  judge === null ? nowhere : judge.found.subarray(0, judge.finds);

const nowhere = new Int32Array(0);

/** Throws unless the twin starts in the same states as the model. */
export function proveInitial<State>(model: Model<State>, twin: PackedTwin): void {
  const ours = model.initial().map((state) => wordsOf(model, state));
  const words = new Uint32Array(model.width * (ours.length + 1));
  const count = twin.initial(words, 0);
  const theirs = Array.from({ length: Math.min(count, ours.length) }, (_, k) =>
    words.slice(k * model.width, (k + 1) * model.width),
  );
  ours.sort(compareWords);
  theirs.sort(compareWords);
  if (count !== ours.length || ours.some((one, k) => !sameWords(one, theirs[k]!))) {
    const what = `${count} initial states, not the same as the model's ${ours.length}`;
    throw twinDiffers(what, model, null, ours[0]!);
  }
}

/** States in which a twin that judges steps is compared with the model in every search: all of a small scope, then ever fewer. */
const ALL = 512;
const MANY = 16_384;
export const isTwinSample = (index: number) => index < ALL || index % (index < MANY ? SAMPLE : ALL) === 0;

interface Looked {
  readonly met: boolean;
  readonly witness: string | null;
}

const nothing: Looked = { met: false, witness: null };
const reachedIf = (met: boolean): Looked => ({ met, witness: met ? 'reached' : null });

/** What a claim says of a step; nothing, if it does not look at steps. */
function lookAtStep<State>(claim: Claim<State>, before: State, move: Move, effect: Effect<State>): Looked {
  if ('holds' in claim) return reachedIf(claim.holds(before, move, effect));
  if (claim.kind !== 'step') return nothing;
  const { met, violation } = judgementOf(claim.name, claim.judge(before, move, effect));
  return { met, witness: violation };
}

function lookAtState<State>(claim: Claim<State>, state: State): Looked {
  if ('holdsIn' in claim) return reachedIf(claim.holdsIn(state));
  if (claim.kind !== 'state' && claim.kind !== 'run') return nothing;
  const { met, violation } = judgementOf(claim.name, claim.judge(state));
  return { met, witness: violation };
}

/**
 * What a claim that found something on the twin says of it on the readable model: of the state, or of the first choices of move `m` of which it says
 * something; the chooser has then made these.
 */
export function witnessIn<State>(
  model: Model<State>,
  claim: Claim<State>,
  words: Uint32Array,
  m: number,
  chooser: Chooser,
): string {
  const state = model.unpack(words, 0);
  let witness = m < 0 ? lookAtState(claim, state).witness : null;
  if (m >= 0) {
    const move = model.moves[m]!;
    chooser.begin();
    do witness = lookAtStep(claim, state, move, model.effect(state, move, chooser.choose)).witness;
    while (witness === null && chooser.next());
  }
  if (witness !== null) return witness;
  throw twinDiffers(`it has found something of ${claim.name} that is not so`, model, m < 0 ? null : m, words);
}
