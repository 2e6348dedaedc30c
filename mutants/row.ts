// A row of the table of mutants as data: what `mutants --json` prints, the specification page reads back, and a campaign's job answers.

import * as Schema from '@effect/schema/Schema';

const Count = Schema.Number;

/** What is shown of a mutant: by how many seeds it was found, after how many runs, and what it broke, the most frequent claim first. */
export const caught = {
  id: Schema.String,
  seeds: Count,
  caught: Count,
  runs: Schema.Struct({ median: Count, max: Count }),
  claims: Schema.Array(Schema.String),
};

/** To what its findings were shrunk. */
export const shrunk = {
  lengths: Schema.Array(Count),
  texts: Schema.Array(Schema.String),
  /** Of how many the proof was complete. */
  optimal: Count,
};

/** All that came of a mutant's seeds. */
export const RowSchema = Schema.Struct({
  ...caught,
  commands: Count,
  shrunk: Schema.Struct({ ...shrunk, count: Count, executions: Count, proof: Schema.String }),
  seconds: Count,
});
export type MutantRow = typeof RowSchema.Type;
