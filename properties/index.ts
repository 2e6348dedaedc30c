// The suite as a library: views, claims, lockstep, hunts, counterexamples, shrinking. Checking a scope: scopes/ask.ts.

export {
  type ClaimReport,
  claimReports,
  fromList,
  fromRun,
  Judge,
  Lockstep,
  merge,
  OutsideLockstep,
  type Tally,
  type Verdict,
} from '../lockstep/index.ts';
export * from './claims/claim.ts';
export { claims } from './claims/index.ts';
export { domainOf } from './domain/index.ts';
export type { Violation } from './domain/kinds.ts';
export { type PortfolioOptions, portfolio, type Run } from './draw/portfolio.ts';
export { FedChooser } from './subjects/contract.ts';
export { ControllerSubject } from './subjects/controller.ts';
export { openOutside, openSubject } from './subjects/implementation.ts';
export { type OutsideSubject, Specification, type Subject } from './subjects/subject.ts';
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
export type { Answer } from './view/answer.ts';
export * from './view/view.ts';
