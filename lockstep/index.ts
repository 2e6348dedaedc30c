// Random sequences of any subject against any specification. Knows no pages: a domain says what moves, answers and views are (domain.ts).

export * from './claim.ts';
export * from './domain.ts';
export * from './fastcheck.ts';
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
export * from './lockstep.ts';
export { Crew } from './outside/crew.ts';
export * from './outside/tour.ts';
export * from './report.ts';
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
export * from './tally.ts';
export * from './text.ts';
