// What a run found as other tools read it: JUnit XML and TAP, both written by Node's own reporters, or the annotations of GitHub Actions.

import { Readable } from 'node:stream';
import { junit, tap } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { Format } from './flags.ts';

/** One thing that was judged: it passed unless it says otherwise. */
export interface Case {
  readonly name: string;
  /** Why it says nothing: not observed, vacuous. */
  readonly skip?: string | undefined;
  readonly failure?: { readonly message: string; readonly text: string } | undefined;
}

/** The cases in a format that is not text. */
export async function reported(format: Exclude<Format, 'text'>, cases: readonly Case[]): Promise<string> {
  if (format === 'github') return annotations(cases);
  const events = Readable.from([
    ...cases.flatMap(eventsOf),
    { type: 'test:plan', data: { nesting: 0, count: cases.length } },
  ]);
  let text = '';
  for await (const part of (format === 'junit' ? junit : tap)(events as never)) text += part;
  return text;
}

/** A case as Node's test runner would tell of it. */
function eventsOf({ name, skip, failure }: Case, i: number): object[] {
  const common = { name, nesting: 0, testNumber: i + 1, ...(skip === undefined ? {} : { skip }) };
  const details = { duration_ms: 0, ...(failure ? { error: errorOf(failure) } : {}) };
  return [
    { type: 'test:start', data: { name, nesting: 0 } },
    { type: failure ? 'test:fail' : 'test:pass', data: { ...common, details } },
  ];
}

/** The shape in which the reporters look for a failure's words. They escape a double quote twice. */
function errorOf({ message, text }: NonNullable<Case['failure']>): Error {
  const error = new Error(message.replaceAll('"', "'"), { cause: { message } });
  const told = { code: 'ERR_TEST_FAILURE', failureType: 'testCodeFailure', [inspect.custom]: () => text };
  return Object.assign(error, told);
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a line a failure, and one of how many passed. */
function annotations(cases: readonly Case[]): string {
  const failed = cases.filter(({ failure }) => failure);
  // A claim that is violated says so in the case that has the trace.
  const told = failed.some(({ failure }) => failure?.text)
    ? failed.filter(({ failure }) => failure?.text)
    : failed;
  const lines = told.map(({ name, failure: { message, text } = { message: '', text: '' } }) =>
    text
      ? `::error title=${field(`${name}: ${message}`)}::${data(text.trim())}`
      : `::error title=${field(name)}::${data(message)}`,
  );
  const skipped = cases.filter(({ skip }) => skip !== undefined).length;
  const passed = cases.length - failed.length - skipped;
  return `${[...lines, `${passed} passed, ${failed.length} failed, ${skipped} skipped`].join('\n')}\n`;
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const field = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
