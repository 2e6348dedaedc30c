// How a stress run, and every schedule of the known races, are told, in words and as JSON.

import * as Schema from '@effect/schema/Schema';
import type { Exploration } from '../properties/races/schedule/explore.ts';
import type { Slice } from '../properties/races/schedule/slice.ts';
import type { Shortened } from '../properties/races/stress/shorten.ts';
import type { Flaw } from '../properties/races/stress/verdict.ts';
import { moveText } from '../properties/trace/move.ts';
import type { Style } from './command.ts';
import { many } from './printable.ts';

/** What `stress --json` prints. */
export const StressSchema = Schema.Struct({
  verdict: Schema.Literals(['holds', 'violated', 'unknown']),
  seed: Schema.Number,
  workers: Schema.Number,
  runs: Schema.Number,
  operations: Schema.Number,
  windows: Schema.Number,
  /** Windows whose history was judged, and those too long to judge. */
  judged: Schema.Number,
  unknown: Schema.Number,
  /** Operations that overlapped one of another thread. */
  overlapping: Schema.Number,
  /** Configurations that the judge of histories looked at. */
  visits: Schema.Number,
  outcomes: Schema.Record(Schema.String, Schema.Number),
  seconds: Schema.Number,
  counterexample: Schema.Union([
    Schema.Struct({
      claim: Schema.String,
      witness: Schema.String,
      before: Schema.String,
      after: Schema.String,
      history: Schema.Array(Schema.String),
    }),
    Schema.Null,
  ]),
});
export type StressJson = typeof StressSchema.Type;

export type StressReport = Awaited<ReturnType<typeof import('../properties/races/stress/stress.ts').stress>>;

export function jsonOf({ flaw, cut: _cut, ...report }: StressReport): StressJson {
  return {
    ...report,
    counterexample: flaw && {
      claim: flaw.claim,
      witness: flaw.witness,
      before: flaw.window?.before ?? '',
      after: flaw.window?.after ?? '',
      history: historyOf(flaw),
    },
  };
}

/** The calls in the order of their invocations. */
const historyOf = ({ window }: Flaw): string[] =>
  [...(window?.calls ?? [])]
    .sort((a, b) => a.invoked - b.invoked)
    .map(({ thread, input, output: { outcome, killed, reclaimed }, invoked, responded }) => {
      const took = [...killed.map((t) => ` killed t${t}`), ...reclaimed.map((p) => ` reclaimed p${p}`)].join(
        '',
      );
      return `${invoked}..${responded} thread ${thread}: ${moveText(input)} = ${outcome}${took}`;
    });

export function flawText({ flaw, each }: Shortened, style: Style): string {
  const lines = [style('red', `${flaw.claim} violated: ${flaw.witness}`)];
  if (flaw.window) {
    const history = historyOf(flaw);
    lines.push(
      each === null
        ? `the window that shows it, as it was found: ${history.length} operations; in shorter ones it did not repeat`
        : `the shortest window that shows it, ${each} ${each === 1 ? 'operation' : 'operations'} a thread:`,
    );
    lines.push(`before: ${flaw.window.before || 'nothing'}`, `after:  ${flaw.window.after || 'nothing'}`);
    lines.push(...history.slice(0, 60).map((line) => `  ${line}`));
    if (history.length > 60)
      lines.push(`  and ${history.length - 60} more; --json has them all, --length makes them fewer`);
  }
  return `${lines.join('\n')}\n`;
}

const WORDS = { holds: 'no violation', violated: 'violated', unknown: 'unknown' } as const;

export function summary({
  verdict,
  operations,
  windows,
  judged,
  unknown,
  overlapping,
  workers,
  runs,
  seconds,
  seed,
  cut,
}: StressReport): string {
  const share = operations > 0 ? Math.round((100 * overlapping) / operations) : 0;
  const tooLong = unknown > 0 ? `, ${many(unknown)} too long to judge` : '';
  const tail = cut ? ` (${cut})` : '';
  return (
    `${WORDS[verdict]}: ${many(operations)} operations of ${workers} workers in ${many(runs)} ${runs === 1 ? 'run' : 'runs'}, ${share} % overlapping; ` +
    `${many(judged)} of ${many(windows)} histories judged${tooLong}, ${seconds.toFixed(1)} s, seed ${seed}${tail}`
  );
}

/** How one race came out, and what to look at if it did not hold. */
export interface RaceResult {
  readonly race: string;
  readonly result: Exploration;
  /** The interleaving that violates, in columns. */
  readonly interleaving: string | null;
}

/** Of one race. Quiet: only if it does not hold. */
export function raceText({ race, result, interleaving }: RaceResult, quiet: boolean, style: Style): string {
  const { executions, histories, finding, preemptions } = result;
  const counts = `${many(executions)} schedules, ${histories} different histories, at most ${preemptions} preemptions`;
  const head = !quiet || finding ? `${race}: ${finding ? 'violated' : result.verdict}, ${counts}\n` : '';
  return finding ? `${head}${style('red', `${finding.claim}: ${finding.witness}`)}\n${interleaving}\n` : head;
}

export const racesJson = (verdict: string, preemptions: number, results: readonly RaceResult[]) => ({
  verdict,
  preemptions,
  races: results.map(({ race, result: { finding, ...rest }, interleaving }) => ({
    race,
    ...rest,
    claim: finding?.claim ?? null,
    witness: finding?.witness ?? null,
    interleaving,
  })),
});

export function racesText(results: readonly RaceResult[], preemptions: number): string {
  const schedules = results.reduce((sum, { result }) => sum + result.executions, 0);
  return `no violation: ${many(schedules)} schedules of ${results.length} races, preemptions ${preemptions}\n`;
}

/** A slice of the space of races, and where it lies. */
export interface ToldSlice {
  readonly slice: Slice;
  readonly level: string;
  readonly numbers: number;
  readonly preemptions: number;
  readonly seconds: number;
}

export const spaceJson = (
  { slice: { finding, ...slice }, ...told }: ToldSlice,
  interleaving: string | null,
) => ({
  ...slice,
  ...told,
  setup: finding?.race.setup.map((move) => move.join(' ')) ?? null,
  threads: finding?.race.threads.map((moves) => moves.map((move) => move.join(' '))) ?? null,
  claim: finding?.result.finding?.claim ?? null,
  witness: finding?.result.finding?.witness ?? null,
  interleaving,
});

/** The verdict with its bounds, and how to go on. */
export function spaceText(told: ToldSlice, interleaving: string | null, style: Style): string {
  const { slice, level, numbers, preemptions, seconds } = told;
  const rate = seconds > 0 ? `, ${many((60 * slice.programs) / seconds)} programs a minute` : '';
  const lines = [
    `${WORDS[slice.verdict]}: ${many(slice.programs)} programs of ${level} operations, ${many(slice.executions)} schedules, at most ${preemptions} preemptions, ${seconds.toFixed(1)} s${rate}`,
  ];
  const { finding } = slice;
  if (finding?.result.finding) {
    const { claim, witness } = finding.result.finding;
    const texts = finding.race.threads.map(
      (moves, i) => `thread ${i}: ${moves.map((m) => m.join(' ')).join('; ')}`,
    );
    lines.push(
      style('red', `${claim}: ${witness}`),
      `start: ${finding.race.setup.map((move) => move.join(' ')).join('; ') || 'nothing'}`,
      ...texts,
      interleaving ?? '',
    );
  }
  if (slice.next !== null)
    lines.push(`at number ${many(slice.next)} of ${many(numbers)}; go on with --from ${slice.next}`);
  return `${lines.join('\n')}\n`;
}
