// Symmetries proved: a state and each of its images must look alike to a search, names apart. Looked at in sampled states.

import { eachStep } from './choose.ts';
import { ModelDefect } from './error.ts';
import type { Claim, Effect, Model, Move, PackedTwin } from './model.ts';
import { judgementOf } from './shape.ts';
import { type Orbits, wordsOf } from './symmetry.ts';
import { stateText } from './text.ts';

/** Of one sample so many images are compared, until images have been taken so many times; then one, in turn. */
const AT_ONCE = 8;
const IMAGES_TAKEN = 100_000;

/** What a search sees of a state, without the names: each part with the words for it when two differ. */
interface Portrait {
  readonly refused: number;
  /** By claim that looks at states, and whether the model may end here. */
  readonly answers: readonly string[];
  /** The least images of the successors, each with what the claims about steps say, sorted. */
  readonly steps: readonly string[];
}

export class SymmetryProver<State> {
  readonly #model: Model<State>;
  readonly #twin: PackedTwin | null;
  readonly #claims: readonly Claim<State>[];
  readonly #orbits: Orbits<State>;
  readonly #out: Uint32Array;
  #budget = IMAGES_TAKEN;
  #sample = 0;

  /** `twin` if the search runs on it: then no claim looks at steps. */
  constructor(
    model: Model<State>,
    twin: PackedTwin | null,
    claims: readonly Claim<State>[],
    orbits: Orbits<State>,
  ) {
    this.#model = model;
    this.#twin = twin;
    this.#claims = claims;
    this.#orbits = orbits;
    this.#out = new Uint32Array(model.width);
  }

  /** Throws a ModelDefect if the images of an initial state are not all initial: the search would count states that no run comes to. */
  proveInitial(): void {
    const model = this.#model;
    const initials = model.initial().map((state) => wordsOf(model, state));
    const known = new Set(initials.map((words) => words.join()));
    const image = new Uint32Array(model.width);
    for (const words of initials) {
      for (let s = 1; s < this.#orbits.count; s++) {
        this.#orbits.map(words, s, image);
        if (known.has(image.join())) continue;
        throw this.#defect(s, `${stateText(model, image)} is no initial state`, words);
      }
    }
  }

  /** Throws a ModelDefect if a symmetry is not one of the moves, the refusals and the claims' answers in this state. */
  prove(words: Uint32Array): void {
    const others = this.#orbits.count - 1;
    if (others === 0) return;
    const count = this.#budget > 0 ? Math.min(AT_ONCE, others) : 1;
    const here = this.#portrait(words);
    const image = new Uint32Array(words.length);
    for (let k = 0; k < count; k++) {
      const s = 1 + (this.#sample++ % others);
      this.#orbits.map(words, s, image);
      const what = this.#difference(here, this.#portrait(image), image);
      if (what !== null) throw this.#defect(s, what, words);
    }
  }

  #defect(symmetry: number, what: string, words: Uint32Array): ModelDefect {
    return new ModelDefect(
      `symmetry ${symmetry} is none of the model: ${what}`,
      null,
      stateText(this.#model, words),
    );
  }

  #difference(here: Portrait, there: Portrait, image: Uint32Array): string | null {
    const of = `its image ${stateText(this.#model, image)}`;
    if (here.refused !== there.refused) return `${here.refused} moves are refused, in ${of} ${there.refused}`;
    const k = here.answers.findIndex((answer, i) => answer !== there.answers[i]);
    if (k >= 0) return `${here.answers[k]}, in ${of} ${there.answers[k]}`;
    if (here.steps.length !== there.steps.length)
      return `there are ${here.steps.length} steps, from ${of} ${there.steps.length}`;
    const at = here.steps.findIndex((step, i) => step !== there.steps[i]);
    return at < 0 ? null : `its steps lead elsewhere, or claims judge them otherwise, than those of ${of}`;
  }

  #portrait(words: Uint32Array): Portrait {
    const state = this.#model.unpack(words, 0);
    const steps: string[] = [];
    const refused = this.#twin === null ? this.#walk(state, steps) : this.#walkTwin(this.#twin, words, steps);
    return { refused, answers: this.#answers(state), steps: steps.sort() };
  }

  #answers(state: State): string[] {
    const answers = this.#claims.flatMap((claim) => {
      if (claim.kind === 'state' || claim.kind === 'run')
        return [`${claim.name} is ${saysOf(judgementOf(claim.name, claim.judge(state)))}`];
      return 'holdsIn' in claim ? [`${claim.name} is ${claim.holdsIn(state) ? '' : 'not '}reached`] : [];
    });
    if (this.#model.mayEnd !== undefined) answers.push(`mayEnd is ${this.#model.mayEnd(state)}`);
    return answers;
  }

  #walkTwin(twin: PackedTwin, words: Uint32Array, steps: string[]): number {
    return twin.successors(words, 0, this.#out, () => {
      steps.push(this.#leastOf(this.#out.slice()));
    });
  }

  #walk(state: State, steps: string[]): number {
    const model = this.#model;
    return eachStep(model, state, (m, effect) => {
      const least = this.#leastOf(wordsOf(model, effect.state));
      steps.push(`${least} ${this.#judged(state, model.moves[m]!, effect)}`);
    });
  }

  #judged(before: State, move: Move, effect: Effect<State>): string {
    return this.#claims
      .map((claim) => {
        if (claim.kind === 'step') return saysOf(judgementOf(claim.name, claim.judge(before, move, effect)));
        return 'holds' in claim ? `${claim.holds(before, move, effect)}` : '';
      })
      .join();
  }

  #leastOf(words: Uint32Array): string {
    this.#budget -= this.#orbits.count;
    this.#orbits.least(words);
    return words.join();
  }
}

const saysOf = ({ met, violation }: { met: boolean; violation: string | null }) =>
  violation !== null ? 'violated' : met ? 'met' : 'not met';
