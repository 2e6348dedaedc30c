// Random sequences of any subject against any specification. Knows no pages: a domain says what moves, answers and views are (domain.ts).

export { type Claim, type Judged, MET, NOT_MET, type Reachable } from './claim.ts';
export {
  type Ahead,
  ALIVE,
  type Domain,
  IllegalChoice,
  type Kinds,
  NotAlive,
  type Observed,
  type Openers,
  type OpenSubject,
  type OutsideOptions,
  type OutsideSubject,
  type Patience,
  type Plain,
  type Run,
  RunEnds,
  type RunOptions,
  type Shrinking,
  type Source,
  type Specification,
  type Stage,
  type Step,
  type Stumble,
  type Subject,
  Unavailable,
} from './domain.ts';
export { type Command, commands, holds, Play, type Real, runs } from './fastcheck.ts';
export {
  type BatchHooks,
  type BatchResult,
  batchSeed,
  type Found,
  movesUpTo,
  notAlive,
  type Plan,
  RUNS_A_BATCH,
  runBatch,
  runOutsideBatch,
  runsOf,
} from './hunt/batch.ts';
export type { DomainReport, HuntOptions } from './hunt/course.ts';
export { type HuntReport, hunt } from './hunt/hunt.ts';
export { stillness, WatchedThread } from './hunt/thread.ts';
export { EQUALS_SPEC, type Failure, Judge, LEGAL_CHOICE, STRUCTURE } from './judge.ts';
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
export { Crew } from './outside/crew.ts';
export { Tour, type TourOptions, type TourResult } from './outside/tour.ts';
export {
  askedFor,
  type ClaimReport,
  claimReports,
  notLookedAt,
  type Reached,
  type Row,
  reachedReports,
  type Verdict,
} from './report.ts';
export { memoryKey, snapshot } from './shrink/memory.ts';
export { type Opener, shrinkOutside } from './shrink/outside.ts';
export { NotReproduced } from './shrink/runner.ts';
export {
  type Proof,
  Shrinker,
  type ShrinkOptions,
  type ShrinkResult,
  SITUATIONS,
  shrink,
} from './shrink/shrink.ts';
export { type Count, merge, noTally, type Tally } from './tally.ts';
export { failureText, traceLines } from './text.ts';
