// What is claimed of every step or run, and what must have been met: a claim is one positive sentence with a judge that returns its witness.

/** NOT_MET: the antecedent did not hold, nothing was asked. MET: it held, and so did the claim. A text: the witness of a violation. */
export const NOT_MET = 0;
export const MET = 1;
export type Judged = typeof NOT_MET | typeof MET | string;

export interface Claim<Step> {
  /** The name that reports, mutants and documents use: UsageIsLruSize. */
  readonly name: string;
  /** One positive sentence. */
  readonly claim: string;
  /** state: of a moment, judged after every move. step: of a move. run: of a whole sequence, judged after its closing moves. */
  readonly kind: 'state' | 'step' | 'run';
  /** What must be observable to judge it. */
  readonly needs?: readonly string[];
  judge(step: Step): Judged;
  /**
   * Bits of what the domain `shows`. A step that shows none of them neither meets nor breaks the claim; a claim about states is then judged as before
   * the step. Left out: it is asked of every step.
   */
  readonly asked?: number;
  /** Bits of it, too: a step that shows none of these does not either. */
  readonly by?: number;
  /** Why its antecedent cannot hold in this domain. */
  readonly never?: string | null;
  /** Why the domain breaks it by design, and whether THIS violation is that one; any other turns the run red. */
  readonly byDesign?: { readonly why: string; covers(step: Step): boolean } | null;
}

/** A situation that runs must have been in, with a floor, so that a green hunt proves that it looked. */
export interface Reachable<Step> {
  readonly name: string;
  readonly claim: string;
  /** How often it must be seen in 100,000 moves. */
  readonly floor: number;
  /** Only runs of subjects of this process come there. */
  readonly insideOnly?: boolean;
  holds(step: Step): boolean;
  /** Bits of what the domain `shows`: of a step that shows none of them it does not hold. */
  readonly asked?: number;
  readonly by?: number;
  /** Where the steps of a run are looked at together, in order: a judge asks what this makes, instead of `holds`. */
  inOrder?(): (step: Step) => boolean;
}
