// What a claim is: one positive sentence about what an observer sees, and a judge that returns its witness.

import type * as lockstep from '../../lockstep/claim.ts';
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

export { type Judged, MET, NOT_MET } from '../../lockstep/claim.ts';

/** A claim as the engine takes it, with what it is called here and what a profile makes of it. */
export interface Claim extends Omit<lockstep.Claim<Observation>, 'never' | 'byDesign'> {
  /** Its short name: I4. */
  readonly id: string;
  /** The claims of the letter that it checks. */
  readonly letter: readonly string[];
  readonly needs: readonly Observable[];
  /** Bits of asked.ts: a step that shows none of them is judged as one that changes nothing in the same state. Left out: `asked` says it all. */
  readonly lasting?: number;
  /** Why the profile rules the antecedent out. */
  notApplicable?(profile: Profile): string | null;
  /** Why the profile breaks it by design, and whether THIS violation is that one; any other turns the run red. */
  known?(profile: Profile): lockstep.Claim<Observation>['byDesign'];
}
