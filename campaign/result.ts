// What a job answers, as data: counts that are summed in any order, and what was found, whole, so that it can cross machines.

import * as Schema from '@effect/schema/Schema';
import { noTally } from '../lockstep/index.ts';
import { profileNames } from '../model/index.ts';
import { RowSchema } from '../mutants/row.ts';
import { CoverageSchema } from './coverage.ts';
import type { Job } from './plan.ts';

const Count = Schema.Number;

const TallySchema = Schema.Struct({
  runs: Count,
  commands: Count,
  claims: Schema.Record(
    Schema.String,
    Schema.Struct({ checked: Count, met: Count, known: Count, violated: Count }),
  ),
  reached: Schema.Record(Schema.String, Count),
});

const FoundSchema = Schema.Struct({
  claim: Schema.String,
  witness: Schema.String,
  batch: Count,
  run: Count,
  /** The counterexample as the text of a file; left out if there is no move to save. */
  example: Schema.optionalKey(Schema.String),
});

export const ResultSchema = Schema.Struct({
  job: Schema.String,
  profile: Schema.Literals(profileNames),
  /** poisoned: it took its worker with it, or hung, too often. skipped: it cannot run on the machine that had it. */
  state: Schema.Literals(['done', 'poisoned', 'skipped']),
  /** Why it was poisoned or skipped. */
  reason: Schema.optionalKey(Schema.String),
  tally: TallySchema,
  states: Count,
  /** Of a scope: what the checker said. */
  verdict: Schema.NullOr(Schema.Literals(['holds', 'violated', 'unknown'])),
  /** Of a scope whose trace is no file for replay (the protocol's): the checker's answer as JSON. */
  trace: Schema.optionalKey(Schema.String),
  mutant: Schema.optionalKey(RowSchema),
  /** Of random runs: what they looked at. */
  coverage: Schema.optionalKey(CoverageSchema),
  found: Schema.Array(FoundSchema),
  finished: Count,
});

export type JobResult = typeof ResultSchema.Type;
export type JobFound = JobResult['found'][number];

export const decodeResult = Schema.decodeUnknownSync(ResultSchema, { onExcessProperty: 'error' });

export const emptyResult = (job: Job): JobResult => ({
  job: job.name,
  profile: job.profile,
  state: 'done',
  tally: noTally,
  states: 0,
  verdict: null,
  found: [],
  finished: Date.now(),
});

export const poisoned = (job: Job, reason: string): JobResult => ({
  ...emptyResult(job),
  state: 'poisoned',
  reason,
});
