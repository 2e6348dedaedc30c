// A campaign's counts at a glance: kept beside the results, and brought up to date by whoever looks, with what came since.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { writeAside } from '../properties/trace/counterexample.ts';
import { ResultSchema } from './result.ts';
import type { Store } from './store.ts';

const Count = Schema.Number;

const SummarySchema = Schema.Struct({
  /** Names of the jobs that are counted. */
  counted: Schema.Array(Schema.String),
  runs: Count,
  commands: Count,
  states: Count,
  found: Count,
  poisoned: Count,
  skipped: Count,
  /** The latest ends of jobs: when, and how many commands each brought. */
  latest: Schema.Array(Schema.Tuple([Count, Count])),
});

export type Summary = typeof SummarySchema.Type;

const decode = Schema.decodeUnknownSync(SummarySchema, { onExcessProperty: 'error' });

/** What is counted of a result. Its samples of states, which are most of it, need not be decoded for that. */
const { job, state, states, finished, tally } = ResultSchema.fields;
const { runs, commands } = tally.fields;
const CountedSchema = Schema.Struct({
  job,
  state,
  states,
  finished,
  tally: Schema.Struct({ runs, commands }),
  found: Schema.Array(Schema.Unknown),
});
type Counted = typeof CountedSchema.Type;
const decodeCounted = Schema.decodeUnknownSync(CountedSchema);

const none: Summary = {
  counted: [],
  runs: 0,
  commands: 0,
  states: 0,
  found: 0,
  poisoned: 0,
  skipped: 0,
  latest: [],
};

/** So many ends of jobs make the rate. */
const LATEST = 64;

/** All results of a campaign in a few numbers; only those that are new to the file are read. */
export function summaryOf(store: Store): Summary {
  const file = join(store.folder, 'summary.json');
  const done = store.done();
  let summary = readFrom(file);
  // Results that were removed by hand: counted anew.
  if (summary.counted.some((name) => !done.has(name))) summary = none;
  for (const name of summary.counted) done.delete(name);
  if (done.size === 0) return summary;
  const all = withResults(
    summary,
    [...done].map((name) => store.read(name, decodeCounted)),
  );
  writeAside(file, JSON.stringify(all));
  return all;
}

function readFrom(file: string): Summary {
  try {
    return decode(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return none;
  }
}

function withResults(summary: Summary, results: readonly Counted[]): Summary {
  const sum = (of: (result: Counted) => number) => results.reduce((n, result) => n + of(result), 0);
  const ends = results.map(({ finished, tally }): readonly [number, number] => [finished, tally.commands]);
  const latest = [...summary.latest, ...ends].sort(([a], [b]) => a - b).slice(-LATEST);
  return {
    counted: [...summary.counted, ...results.map(({ job }) => job)],
    runs: summary.runs + sum(({ tally }) => tally.runs),
    commands: summary.commands + sum(({ tally }) => tally.commands),
    states: summary.states + sum(({ states }) => states),
    found: summary.found + sum(({ found }) => found.length),
    poisoned: summary.poisoned + sum(({ state }) => (state === 'poisoned' ? 1 : 0)),
    skipped: summary.skipped + sum(({ state }) => (state === 'skipped' ? 1 : 0)),
    latest,
  };
}

/** Commands a second over the latest jobs, if one ended lately. */
export function rateOf({ latest }: Summary, now = Date.now()): number | null {
  const [first, last] = [latest[0], latest.at(-1)];
  if (!first || !last || latest.length < 2 || now - last[0] > 10 * (last[0] - first[0]) + 10_000) return null;
  const commands = latest.slice(1).reduce((n, [, more]) => n + more, 0);
  return last[0] > first[0] ? (commands * 1000) / (last[0] - first[0]) : null;
}
