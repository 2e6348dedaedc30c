// What shrink, explain and replay share: one counterexample read from a file, and how it is told as JSON.

import * as Schema from '@effect/schema/Schema';
import {
  BadCounterexample,
  type Counterexample,
  filesOf,
  readCounterexample,
} from '../properties/counterexample.ts';
import { UsageError } from './command.ts';

/** What `shrink --json` and `explain --json` print. */
export const ExampleSchema = Schema.Struct({
  file: Schema.String,
  verdict: Schema.Literals(['holds', 'violated', 'skipped']),
  moves: Schema.Array(Schema.String),
  claim: Schema.Union([Schema.String, Schema.Null]),
  witness: Schema.Union([Schema.String, Schema.Null]),
  proof: Schema.Union([Schema.String, Schema.Null]),
});
export type ExampleJson = typeof ExampleSchema.Type;

/** The counterexample of a file. @throws UsageError with place and reason */
export const readOne = (file: string): Counterexample => legible(() => readCounterexample(file));

/** Those of a file or a folder. @throws UsageError with place and reason */
export const readAll = (path: string): { file: string; example: Counterexample }[] =>
  legible(() => filesOf(path).map((file) => ({ file, example: readCounterexample(file) })));

function legible<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadCounterexample) throw new UsageError(error.message);
    throw error;
  }
}

/** A subject that a file names and nobody has. @throws UsageError */
export async function opened<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${file}: subject: ${error.message}`);
    throw error;
  }
}
