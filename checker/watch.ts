// A twin as it is searched: compared with its model in samples, and judged as it goes.

import type { Chooser } from './choose.ts';
import type { Layout } from './harvest.ts';
import type { Claim, Model, PackedJudge, PackedTwin } from './model.ts';
import { judgedOnTwin, looksAtSteps, type Plan } from './plan.ts';
import { isTwinSample, TwinProver, witnessIn } from './twin.ts';

/** Takes a claim that found something, at a move or (-1) in the state; the witness is asked for if it is wanted. */
type Tell = (claim: number, move: number, witness: () => string) => void;

export class Watch<State> {
  readonly #model: Model<State>;
  readonly #claims: readonly Claim<State>[];
  readonly #chooser: Chooser;
  readonly #tell: Tell;
  readonly #judge: PackedJudge | null;
  /** By place in what the judge was made for: the claim, whether it is asked once a state, and the last state of which it has told something. */
  readonly #judged: readonly number[];
  readonly #once: readonly boolean[];
  readonly #told: Float64Array;
  /** Where in a tally its counts stand. */
  readonly #checkedAt: Int32Array;
  readonly #metAt: Int32Array;
  #states = 0;
  readonly #prover: TwinProver<State> | null;
  readonly #provesAll: boolean;
  #words: Uint32Array = new Uint32Array(0);
  /** The claim that the judge is asking, if it has one only, which may not come back: an implementation may loop. -1: it is not asking. */
  judging = -1;
  readonly #only: number;

  /** `chooser`: makes the choices of what is told. */
  constructor(
    model: Model<State>,
    twin: PackedTwin,
    claims: readonly Claim<State>[],
    plan: Plan,
    layout: Layout,
    chooser: Chooser,
    tell: Tell,
  ) {
    this.#model = model;
    this.#claims = claims;
    this.#chooser = chooser;
    this.#tell = tell;
    const names = judgedOnTwin(claims);
    this.#judge = names.length > 0 ? (twin.judge?.(names) ?? null) : null;
    const judged = this.#judge === null ? [] : claims.filter(({ name }) => names.includes(name));
    this.#judged = judged.map((claim) => claims.indexOf(claim));
    this.#only = this.#judged.length === 1 ? this.#judged[0]! : -1;
    this.#once = judged.map((claim) => !looksAtSteps(claim));
    this.#told = new Float64Array(judged.length);
    this.#checkedAt = Int32Array.from(this.#judged, layout.checked);
    this.#metAt = Int32Array.from(this.#judged, layout.met);
    this.#provesAll = plan.proveTwin;
    this.#prover = plan.proveTwin || this.judges ? new TwinProver(model, twin, judged) : null;
  }

  /** All claims, but those about time, are judged here. */
  get judges(): boolean {
    return this.#judge !== null;
  }

  /** The steps of a state are to be shown although the search does not go there. */
  get wantsAllSteps(): boolean {
    return this.#judge?.bySteps ?? false;
  }

  /** Another state; its steps come next. */
  begin(words: Uint32Array, index: number): void {
    this.#words = words;
    this.#states++;
    this.judging = this.#only;
    if (this.#provesAll || isTwinSample(index)) this.#prover?.prove(words);
    this.#judge?.begin(words, 0);
    this.judging = -1;
  }

  step(move: number): void {
    const judge = this.#judge;
    if (judge === null) return;
    this.judging = this.#only;
    judge.step(move);
    this.judging = -1;
    if (judge.finds > 0) this.#tellFound(judge, move);
  }

  /** All of the state's `steps` have been judged; books them. */
  end(steps: number, weight: number, tally: Float64Array): void {
    const judge = this.#judge;
    if (judge === null) return;
    this.judging = this.#only;
    judge.end();
    this.judging = -1;
    this.#tellFound(judge, -1);
    const { met } = judge;
    for (let place = 0; place < met.length; place++) {
      tally[this.#checkedAt[place]!]! += (this.#once[place]! ? 1 : steps) * weight;
      tally[this.#metAt[place]!]! += met[place]! * weight;
    }
  }

  /** What is found first in a state is what counts (`better`, harvest.ts): its moves come in their order. */
  #tellFound({ finds, found }: PackedJudge, move: number): void {
    for (let i = 0; i < finds; i++) {
      if (this.#told[found[i]!] === this.#states) continue;
      this.#told[found[i]!] = this.#states;
      const k = this.#judged[found[i]!]!;
      this.#tell(k, move, () => witnessIn(this.#model, this.#claims[k]!, this.#words, move, this.#chooser));
    }
  }
}
