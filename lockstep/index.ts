// Random sequences of any subject against any specification. Knows no pages: a domain says what moves, answers and views are (domain.ts).

export { type Claim, type Judged, MET, NOT_MET, type Reachable } from './claim.ts';
export {
  type Domain,
  IllegalChoice,
  type Kinds,
  NotAlive,
  type Observed,
  type OutsideSubject,
  type Plain,
  type Run,
  type RunOptions,
  type Specification,
  type Step,
  type Subject,
} from './domain.ts';
export { ALIVE, EQUALS_SPEC, type Failure, Judge, LEGAL_CHOICE, STRUCTURE } from './judge.ts';
export {
  fromList,
  fromRun,
  Lockstep,
  type LockstepOptions,
  messageOf,
  type Next,
  OutsideLockstep,
  type Violation,
} from './lockstep.ts';
export { type ClaimReport, claimReports, type Reached, reachedReports, type Verdict } from './report.ts';
export { type Count, merge, noTally, type Tally } from './tally.ts';
