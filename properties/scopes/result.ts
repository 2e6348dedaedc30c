// The answer of a check as data: its shape as a Schema, which is the contract of `check --json`.

import * as Schema from '@effect/schema/Schema';
import { verdicts } from '../../lockstep/report.ts';
import { profileNames } from '../../model/index.ts';

const Count = Schema.Number;

/** One step of a trace: the move as the line protocol writes it, what was chosen in it, what it answered, and the state after it. */
export const StepSchema = Schema.Struct({
  move: Schema.Array(Schema.Union([Schema.String, Schema.Number])),
  choices: Schema.Array(Schema.String),
  outcome: Schema.String,
  state: Schema.String,
});

export const ClaimSchema = Schema.Struct({
  name: Schema.String,
  verdict: Schema.Literals(verdicts),
  /** Looks taken, and those in which the claim's antecedent held. */
  checked: Count,
  met: Count,
  reason: Schema.optionalKey(Schema.String),
  /** Of a known violation: its shortest trace. */
  trace: Schema.optionalKey(Schema.Array(StepSchema)),
});

const CounterexampleSchema = Schema.Struct({
  claim: Schema.String,
  witness: Schema.String,
  trace: Schema.Array(StepSchema),
  /** A lasso: the steps from this one on repeat for ever. */
  loop: Schema.optionalKey(Count),
  /** Of an implementation that remembers more than a situation: the shortest way to the same one does not fail. */
  onlyThisWay: Schema.optionalKey(Schema.Boolean),
});

export const CheckSchema = Schema.Struct({
  verdict: Schema.Literals(['holds', 'violated', 'unknown']),
  model: Schema.String,
  profile: Schema.Literals(profileNames),
  scope: Schema.String,
  /** Containers were made within containers, too. */
  nested: Schema.Boolean,
  /** Who is judged: the model itself, or an implementation against it. */
  impl: Schema.NullOr(Schema.String),
  states: Count,
  /** With --symmetry; otherwise null. */
  orbits: Schema.NullOr(Count),
  transitions: Count,
  refused: Count,
  depth: Count,
  levels: Schema.Array(Count),
  seconds: Count,
  statesPerSecond: Count,
  /** Bytes a stored state, its packed words included. */
  bytesPerState: Count,
  /** The most that was on disk at a time, if memory was short. */
  diskBytes: Schema.optionalKey(Count),
  workers: Count,
  /** The fast text of the model differs from the readable one, which was searched instead: where. */
  twinDiffers: Schema.optionalKey(Schema.String),
  claims: Schema.Array(ClaimSchema),
  /** How often situations that must be reachable were reached, and in how many moves at least (null: never). */
  reached: Schema.Array(Schema.Struct({ name: Schema.String, count: Count, moves: Schema.NullOr(Count) })),
  /** With --refine: that every step is one of the contract's. */
  refinement: Schema.NullOr(Schema.Struct({ of: Schema.String, verdict: Schema.String, checked: Count })),
  /** Actions that were refused everywhere, or never changed anything. */
  uncovered: Schema.Array(Schema.String),
  counterexample: Schema.NullOr(CounterexampleSchema),
  /** With --keep-going: one a claim that is violated, the first of them the counterexample. */
  counterexamples: Schema.optionalKey(Schema.Array(CounterexampleSchema)),
  /** Why the search ended early, and what it had covered by then. */
  unknown: Schema.NullOr(
    Schema.Struct({ by: Schema.String, why: Schema.String, covered: Schema.String, frontier: Count }),
  ),
});

/** What `check --json` prints for one profile. */
export type CheckResult = typeof CheckSchema.Type;
export type ClaimResult = typeof ClaimSchema.Type;
export type StepResult = typeof StepSchema.Type;

/** What `check --json` prints for `--profile all`: the worst verdict, and each profile's answer. */
export const AllSchema = Schema.Struct({
  verdict: Schema.Literals(['holds', 'violated', 'unknown']),
  profiles: Schema.Array(CheckSchema),
});
