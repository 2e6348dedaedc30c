// What a claim is: one positive sentence about what an observer sees, and a judge that returns its witness.

import type { Move, Profile } from '../../model/index.ts';
import type { Observable, Observed, View } from '../view/view.ts';

/** One step as an observer sees it: the views around it, the move, what it answered, whom it killed and what it reclaimed, in order. */
export interface Observation {
  readonly profile: Profile;
  readonly observed: Observed;
  readonly before: View;
  readonly after: View;
  readonly move: Move;
  readonly outcome: string;
  readonly killed: readonly number[];
  readonly reclaimed: readonly number[];
}

/** NOT_MET: the antecedent did not hold, nothing was asked. MET: it held, and so did the claim. A text: the witness of a violation. */
export const NOT_MET = 0;
export const MET = 1;
export type Judged = typeof NOT_MET | typeof MET | string;

export interface Claim {
  /** Its short name: I4. */
  readonly id: string;
  /** The name that reports, mutants and documents use: UsageIsLruSize. */
  readonly name: string;
  /** One positive sentence. */
  readonly claim: string;
  /** The claims of the letter that it checks. */
  readonly letter: readonly string[];
  /** state: of a moment. step: of a move. run: of a whole sequence, judged at its end. */
  readonly kind: 'state' | 'step' | 'run';
  /** What must be observable to judge it. */
  readonly needs: readonly Observable[];
  /**
   * Bits of asked.ts. A step that shows none of them neither meets nor breaks the claim; a claim about states is then judged as before the step.
   * Left out: it is asked of every step.
   */
  readonly asked?: number;
  /** Bits of moves: no other move meets or breaks it. Left out: any may. */
  readonly by?: number;
  /** Bits: a step that shows none of them is judged as one that changes nothing in the same state. Left out: `asked` says it all. */
  readonly lasting?: number;
  judge(step: Observation): Judged;
  /** Why the profile rules the antecedent out. */
  notApplicable?(profile: Profile): string | null;
  /** Why the profile breaks it by design, and whether THIS violation is that one; any other turns the run red. */
  known?(profile: Profile): { readonly why: string; covers(step: Observation): boolean } | null;
}
