// What shrink, explain and replay share: one counterexample read from a file, and how it is told as JSON.

import { statSync } from 'node:fs';
import * as Schema from '@effect/schema/Schema';
import { ALIVE, EQUALS_SPEC, LEGAL_CHOICE, STRUCTURE } from '../lockstep/index.ts';
import type { Scope } from '../model/index.ts';
import { falseClaims } from '../properties/claims/false.ts';
import { claims } from '../properties/claims/index.ts';
import { implementations } from '../properties/subjects/known.ts';
import { kernelClaims } from '../properties/subjects/linux/claims.ts';
import {
  BadCounterexample,
  type Counterexample,
  filesOf,
  readCounterexample,
} from '../properties/trace/counterexample.ts';
import { scopeText } from '../properties/trace/move.ts';
import { UsageError } from './command.ts';
import { didYouMean, isCommandLine } from './flags.ts';

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

/** @throws UsageError: each of the two is all that stdout has */
export function refuseBoth({ json, test }: { readonly json: boolean; readonly test: boolean }): void {
  if (json && test)
    throw new UsageError(
      '--json and --test do not go together: --json for one object, --test for a uvu test',
    );
}

/** The counterexample of a file; a folder is refused. @throws UsageError with place and reason */
export async function readOne(file: string): Promise<Counterexample> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${file}: it is a folder; one counterexample is read here, replay takes a folder`);
  const example = legible(() => readCounterexample(file));
  await mustBeKnown(file, example);
  return example;
}

/** Those of a file or a folder. @throws UsageError with place and reason */
export const readAll = (path: string): Promise<{ file: string; example: Counterexample }[]> =>
  Promise.all(legible(() => filesOf(path)).map(async (file) => ({ file, example: await readOne(file) })));

/** What a file says of itself: a claim that there is, and a subject that there is or that can be started. */
async function mustBeKnown(file: string, { breaks, subject }: Counterexample): Promise<void> {
  if (!CLAIMS.includes(breaks)) {
    // The checker's own claims are loaded only for a name that is none of the others.
    const legal = [...CLAIMS, ...(await import('./check-claims.ts')).moreToCheck()];
    if (!legal.includes(breaks))
      throw new UsageError(`${file}: breaks: ${breaks} is no claim; ${didYouMean(breaks, legal)}`);
  }
  if (SUBJECTS.includes(subject) || subject.startsWith('mutant:') || (await isCommandLine(subject))) return;
  throw new UsageError(
    `${file}: subject: ${subject}: ${didYouMean(subject, SUBJECTS)}, mutant:ID, or a command line`,
  );
}

/** A proof names the scope that was searched; where that is not the trace's own, or none was, the trace's is told before it. */
export const withScope = (proof: string, scope: Scope): string => {
  const { containers, tasks, pages, limit } = scope;
  // Searched is at least one of each.
  const [some, task, page] = [containers, tasks, pages].map((n) => Math.max(n, 1));
  const own = scopeText({ containers: some, tasks: task, pages: page, limit });
  return new RegExp(`scope ${own}(?![0-9/])`).test(proof) ? proof : `the trace's own scope ${own}; ${proof}`;
};

const CLAIMS = [
  ...[...claims, ...falseClaims].map(({ name }) => name),
  ...[EQUALS_SPEC, STRUCTURE, ALIVE, LEGAL_CHOICE],
  ...Object.keys(kernelClaims),
];
const SUBJECTS: readonly string[] = [...implementations, 'contract'];

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
