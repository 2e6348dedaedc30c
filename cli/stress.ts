// The stress command: free-running threads on the concurrent implementation, every history checked; or every schedule of the known races.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import type { Exploration } from '../properties/races/schedule/explore.ts';
import type { Flaw } from '../properties/races/stress/verdict.ts';
import { makeFolder } from '../properties/trace/folder.ts';
import {
  type Context,
  define,
  HOLDS,
  INTERRUPTED,
  SKIPPED,
  UNKNOWN,
  UsageError,
  VIOLATED,
} from './command.ts';
import { json, minutes, profile, quiet, runs, save, scope, seed, toggle, whole, workers } from './flags.ts';

/** A million operations with four workers. */
const RUNS = 20;
/** One finds nearly every planted race, two find all. */
const PREEMPTIONS = 2;

const flags = {
  workers: workers(4),
  runs: {
    ...runs<number | undefined>(undefined, 'runs of 50 windows'),
    shown: `${RUNS}, or as many as the minutes allow`,
  },
  minutes: minutes(),
  length: whole('operations', 'how many operations a worker does in a window', 250, {
    minimum: 1,
    maximum: 10_000,
  }),
  scope: scope(undefined, '2/3/3, 3/4/8, 2/2/2 and 4/6/16 in turn'),
  seed: seed('1'),
  schedules: toggle('no free run: every schedule of the known races, one atomic operation at a time'),
  preemptions: {
    ...whole<number | undefined>(
      'switches',
      'with --schedules: the most in the middle of an operation',
      undefined,
      { minimum: 0, maximum: 8 },
    ),
    shown: `${PREEMPTIONS}`,
  },
  mutant: {
    placeholder: 'ID',
    default: undefined as string | undefined,
    shown: 'none: the controller as it ships',
    help: 'plant a concurrent bug first: A24 to B37, or "list"',
    decode: (value: string) => value,
  },
  profile: profile('letter', 'the concurrent implementation knows letter only; another is skipped'),
  save,
  json,
  quiet,
};
type Asked = Context<typeof flags>;

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

export const command = define({
  name: 'stress',
  summary: 'free-running threads on the concurrent implementation, every history checked',
  flags,
  details: `A window is what all workers do between two moments of rest: one history, judged for linearizability against the contract from
the state before it to the state after it. A history too long to judge makes the verdict unknown. Free runs do not repeat: the
seed fixes what each worker does, not when. --schedules repeats exactly and finds every planted race, --mutant ID shows it.`,
  run,
});

async function run(context: Asked): Promise<number> {
  const { profile, mutant, schedules } = context.flags;
  refuseIdle(context.flags);
  const { whyNotConcurrent } = await import('../properties/races/stress/subject.ts');
  const why = whyNotConcurrent(profile);
  if (why) {
    context.out(
      context.flags.json ? `${JSON.stringify({ verdict: 'skipped', reason: why })}\n` : `skipped: ${why}\n`,
    );
    return SKIPPED;
  }
  const { concurrentMutants } = await import('../properties/races/schedule/mutants.ts');
  if (mutant === 'list') {
    const known = concurrentMutants.map(({ id, mistake }) => ({ id, mistake }));
    if (context.flags.json) context.out(`${JSON.stringify({ mutants: known })}\n`);
    else for (const { id, mistake } of known) context.out(`${id}  ${mistake}\n`);
    return HOLDS;
  }
  const planted = concurrentMutants.find(({ id }) => id === mutant);
  if (mutant !== undefined && !planted) {
    const legal = concurrentMutants.map(({ id }) => id).join(', ');
    throw new UsageError(`--mutant ${mutant}: there is no such concurrent mutant; legal are: list, ${legal}`);
  }
  return schedules ? runSchedules(context, planted) : runFree(context, planted);
}

/** A flag that would do nothing is refused. */
function refuseIdle({ schedules, preemptions, runs, minutes, scope, save }: Asked['flags']): void {
  if (!schedules && preemptions !== undefined)
    throw new UsageError('--preemptions goes with --schedules; a free run counts none');
  const free = Object.entries({ runs, minutes, scope, save }).find(([, value]) => value !== undefined);
  if (schedules && free) throw new UsageError(`--${free[0]} is for free runs, --schedules has none`);
}

type Planted = typeof import('../properties/races/schedule/mutants.ts').concurrentMutants[number] | undefined;

async function runFree(context: Asked, planted: Planted): Promise<number> {
  const { flags, signal, progress, style } = context;
  const { stress, TooLargeToStress } = await import('../properties/races/stress/stress.ts');
  const report = await stress({
    workers: flags.workers,
    runs: flags.runs ?? (flags.minutes === undefined ? RUNS : Number.POSITIVE_INFINITY),
    each: flags.length,
    seed: flags.seed ?? 1,
    signal,
    ...(flags.minutes === undefined ? {} : { minutes: flags.minutes }),
    ...(flags.scope === undefined ? {} : { sizes: [flags.scope] }),
    ...(planted ? { controller: await plantedController(planted) } : {}),
    onProgress: ({ operations }) => progress.report(operations, 'operations'),
  }).catch((error) => {
    throw error instanceof TooLargeToStress ? new UsageError(error.message) : error;
  });
  progress.clear();
  if (report.flaw && flags.save) saveFlaw(context, report.flaw, report.seed);
  if (flags.json) context.out(`${JSON.stringify(jsonOf(report))}\n`);
  else {
    if (report.flaw) context.out(flawText(report.flaw, style));
    context.out(`${summary(report)}\n`);
  }
  if (signal.aborted) return INTERRUPTED;
  return { holds: HOLDS, violated: VIOLATED, unknown: UNKNOWN }[report.verdict];
}

async function plantedController({ edits }: NonNullable<Planted>): Promise<string> {
  const { writeForm } = await import('../properties/races/schedule/variant.ts');
  return new URL('index.ts', writeForm({ form: 'plain', edits })).href;
}

type Report = Awaited<ReturnType<typeof import('../properties/races/stress/stress.ts').stress>>;

function jsonOf({ flaw, cut: _cut, ...report }: Report): StressJson {
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
      return `${invoked}..${responded} thread ${thread}: ${input.join(' ')} = ${outcome}${took}`;
    });

function flawText(flaw: Flaw, style: Asked['style']): string {
  const lines = [style('red', `${flaw.claim} violated: ${flaw.witness}`)];
  if (flaw.window) {
    const history = historyOf(flaw);
    lines.push(`before: ${flaw.window.before || 'nothing'}`, `after:  ${flaw.window.after || 'nothing'}`);
    lines.push(...history.slice(0, 60).map((line) => `  ${line}`));
    if (history.length > 60)
      lines.push(`  and ${history.length - 60} more; --json has them all, --length makes them fewer`);
  }
  return `${lines.join('\n')}\n`;
}

function summary({
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
}: Report): string {
  const n = (value: number) => value.toLocaleString('en');
  const found = { holds: 'no violation', violated: 'violated', unknown: 'unknown' }[verdict];
  const share = operations > 0 ? Math.round((100 * overlapping) / operations) : 0;
  const tooLong = unknown > 0 ? `, ${n(unknown)} too long to judge` : '';
  const tail = cut ? ` (${cut})` : '';
  return (
    `${found}: ${n(operations)} operations of ${workers} workers in ${n(runs)} ${runs === 1 ? 'run' : 'runs'}, ${share} % overlapping; ` +
    `${n(judged)} of ${n(windows)} histories judged${tooLong}, ${seconds.toFixed(1)} s, seed ${seed}${tail}`
  );
}

function saveFlaw({ flags, err }: Asked, flaw: Flaw, from: number): void {
  const folder = flags.save as string;
  makeFolder(folder);
  const file = join(folder, `stress-${flaw.claim}-seed-${from}.json`);
  writeFileSync(file, `${JSON.stringify({ seed: from, ...flaw }, null, 1)}\n`);
  err(`saved ${file}\n`);
}

async function runSchedules(context: Asked, planted: Planted): Promise<number> {
  const { flags, signal, progress, style } = context;
  const [{ explore }, { loadProgram }, { races }, { columns }] = await Promise.all([
    import('../properties/races/schedule/explore.ts'),
    import('../properties/races/schedule/program.ts'),
    import('../properties/races/schedule/scenarios.ts'),
    import('../properties/races/schedule/columns.ts'),
  ]);
  const program = await loadProgram(planted?.edits);
  const { preemptions = PREEMPTIONS } = flags;
  const results: { race: string; result: Exploration; interleaving: string | null }[] = [];
  for (const race of planted ? [planted.race] : Object.values(races)) {
    // A planted race is to be told by what it does, not by the data race that goes with some.
    const result = explore(program, race, { preemptions, dataRaces: !planted });
    const interleaving = result.finding && columns(program, race, result.finding.schedule);
    results.push({ race: race.name, result, interleaving });
    progress.report(results.length, 'races');
    if (!flags.json) {
      const { executions, histories, finding } = result;
      const counts = `${executions.toLocaleString('en')} schedules, ${histories} different histories, at most ${result.preemptions} preemptions`;
      progress.clear();
      if (!flags.quiet || finding)
        context.out(`${race.name}: ${finding ? 'violated' : result.verdict}, ${counts}\n`);
      if (finding) context.out(`${style('red', `${finding.claim}: ${finding.witness}`)}\n${interleaving}\n`);
    }
    // A long exploration hears Ctrl-C between two races.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
  }
  progress.clear();
  const verdicts = results.map(({ result }) => result.verdict);
  const verdict = verdicts.includes('violated')
    ? 'violated'
    : verdicts.includes('unknown')
      ? 'unknown'
      : 'holds';
  if (flags.json) {
    const told = results.map(({ race, result: { finding, ...rest }, interleaving }) => ({
      race,
      ...rest,
      claim: finding?.claim ?? null,
      witness: finding?.witness ?? null,
      interleaving,
    }));
    context.out(`${JSON.stringify({ verdict, preemptions, races: told })}\n`);
  } else if (verdict === 'holds') {
    const schedules = results.reduce((sum, { result }) => sum + result.executions, 0);
    context.out(
      `no violation: ${schedules.toLocaleString('en')} schedules of ${results.length} races, preemptions ${preemptions}\n`,
    );
  }
  if (signal.aborted) return INTERRUPTED;
  return { holds: HOLDS, violated: VIOLATED, unknown: UNKNOWN }[verdict];
}
