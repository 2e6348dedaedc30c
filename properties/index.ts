// The suite as a library: views, claims, lockstep, hunts, counterexamples, shrinking. Checking a scope is in ./check.

export { arbitraryOf } from './arbitrary.ts';
export * from './claim.ts';
export { claims } from './claims.ts';
export { ControllerSubject } from './controller.ts';
export {
  BadCounterexample,
  type Counterexample,
  CounterexampleSchema,
  counterexampleText,
  parseCounterexample,
  readCounterexample,
  saveCounterexample,
} from './counterexample.ts';
export { type HuntOptions, type HuntReport, hunt } from './hunt/hunt.ts';
export { openOutside, openSubject, Unavailable } from './implementation.ts';
export { type ClaimReport, claimReports, Judge, type Verdict } from './judge.ts';
export {
  fromDraws,
  fromList,
  Lockstep,
  OutsideLockstep,
  outsideLockstep,
  type Violation,
} from './lockstep.ts';
export { moveFromJson, moveText, moveToJson } from './move.ts';
export { type PortfolioOptions, portfolio, type Run } from './portfolio.ts';
export { FedChooser, Referee } from './referee.ts';
export { replay } from './replay.ts';
export { type Proof, type ShrinkResult, shrink } from './shrink/shrink.ts';
export { type Answer, type OutsideSubject, Specification, type Subject } from './subject.ts';
export { merge, type Tally } from './tally.ts';
export * from './view.ts';
