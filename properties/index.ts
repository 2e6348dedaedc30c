// The suite as a library: views, claims, lockstep, hunts, counterexamples, shrinking. Checking a scope is in ./check.

export * from './claims/claim.ts';
export { claims } from './claims/index.ts';
export { arbitraryOf } from './draw/arbitrary.ts';
export { type PortfolioOptions, portfolio, type Run } from './draw/portfolio.ts';
export { type HuntOptions, type HuntReport, hunt } from './lockstep/hunt/hunt.ts';
export { type ClaimReport, claimReports, Judge, type Verdict } from './lockstep/judge.ts';
export {
  fromDraws,
  fromList,
  Lockstep,
  OutsideLockstep,
  outsideLockstep,
  type Violation,
} from './lockstep/lockstep.ts';
export { FedChooser, Referee } from './lockstep/referee.ts';
export { type Proof, type ShrinkResult, shrink } from './lockstep/shrink/shrink.ts';
export { merge, type Tally } from './lockstep/tally.ts';
export { ControllerSubject } from './subjects/controller.ts';
export { openOutside, openSubject, Unavailable } from './subjects/implementation.ts';
export { type Answer, type OutsideSubject, Specification, type Subject } from './subjects/subject.ts';
export {
  BadCounterexample,
  type Counterexample,
  CounterexampleSchema,
  counterexampleText,
  parseCounterexample,
  readCounterexample,
  saveCounterexample,
} from './trace/counterexample.ts';
export { moveFromJson, moveText, moveToJson } from './trace/move.ts';
export { replay } from './trace/replay.ts';
export * from './view/view.ts';
