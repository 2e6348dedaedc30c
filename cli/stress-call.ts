// What stress does: runs threads freely and judges their histories, or walks every schedule of the known races.

import { join } from 'node:path';
import type { LevelName } from '../properties/races/schedule/levels.ts';
import type { Flaw } from '../properties/races/stress/verdict.ts';
import { writeAside } from '../properties/trace/counterexample.ts';
import { makeFolder } from '../properties/trace/folder.ts';
import { EXIT, HOLDS, skipped, UsageError, worst } from './command.ts';
import { saved, trySave } from './files.ts';
import { PREEMPTIONS, RUNS, type StressContext } from './stress.ts';
import {
  flawText,
  jsonOf,
  type RaceResult,
  racesJson,
  racesText,
  raceText,
  spaceJson,
  spaceText,
  summary,
} from './stress-report.ts';

export async function run(context: StressContext): Promise<number> {
  const { profile, mutant, schedules } = context.flags;
  refuseIdle(context.flags);
  const { whyNotConcurrent } = await import('../properties/races/stress/subject.ts');
  const why = whyNotConcurrent(profile);
  if (why) return skipped(context, context.flags.json, why);
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
  if (context.flags.space !== undefined) return runSpace(context, context.flags.space, planted);
  return schedules ? runSchedules(context, planted) : runFree(context, planted);
}

/** A flag that would do nothing is refused. */
function refuseIdle(flags: StressContext['flags']): void {
  const { schedules, preemptions, runs, minutes, scope, save, space, from } = flags;
  if (!schedules && space !== undefined)
    throw new UsageError('--space goes with --schedules; a free run draws what it does');
  if (space === undefined && from > 0)
    throw new UsageError('--from is the number of a program: it goes with --space');
  if (!schedules && preemptions !== undefined)
    throw new UsageError('--preemptions goes with --schedules; a free run counts none');
  const free = Object.entries(space === undefined ? { runs, minutes, scope, save } : { scope, save }).find(
    ([, value]) => value !== undefined,
  );
  if (schedules && free) throw new UsageError(`--${free[0]} is for free runs, --schedules has none`);
}

type Planted = typeof import('../properties/races/schedule/mutants.ts').concurrentMutants[number] | undefined;

async function runFree(context: StressContext, planted: Planted): Promise<number> {
  const { flags, signal, progress, style } = context;
  const { stress, TooLargeToStress } = await import('../properties/races/stress/stress.ts');
  if (flags.save !== undefined) await trySave(flags.save);
  const same = {
    workers: flags.workers,
    seed: flags.seed ?? 1,
    signal,
    ...(flags.scope === undefined ? {} : { sizes: [flags.scope] }),
    ...(planted ? { controller: await plantedController(planted) } : {}),
  };
  const found = await stress({
    ...same,
    runs: flags.runs ?? (flags.minutes === undefined ? RUNS : Number.POSITIVE_INFINITY),
    each: flags.length,
    ...(flags.minutes === undefined ? {} : { minutes: flags.minutes }),
    onProgress: ({ operations }) => progress.report(operations, 'operations'),
  }).catch((error) => {
    throw error instanceof TooLargeToStress ? new UsageError(error.message) : error;
  });
  const { shortened } = await import('../properties/races/stress/shorten.ts');
  const short = found.flaw && (await shortened(found.flaw, same));
  const report = { ...found, flaw: short?.flaw ?? null };
  progress.clear();
  const { flaw } = report;
  if (flaw && flags.save !== undefined) saved(context, () => saveFlaw(context, flaw, report.seed));
  if (flags.json) context.out(`${JSON.stringify(jsonOf(report))}\n`);
  else {
    if (short) context.out(flawText(short, style));
    context.out(`${summary(report)}\n`);
  }
  return EXIT[report.verdict];
}

async function plantedController(mistake: NonNullable<Planted>): Promise<string> {
  const { writeForm } = await import('../properties/races/schedule/variant.ts');
  return new URL('index.ts', writeForm({ form: 'plain', mistake })).href;
}

function saveFlaw({ flags, err }: StressContext, flaw: Flaw, from: number): void {
  const folder = flags.save as string;
  makeFolder(folder);
  const file = join(folder, `stress-${flaw.claim}-seed-${from}.json`);
  writeAside(file, `${JSON.stringify({ seed: from, ...flaw }, null, 1)}\n`);
  err(`saved ${file}\n`);
}

async function runSchedules(context: StressContext, planted: Planted): Promise<number> {
  const { flags, signal, progress, style } = context;
  const [{ explore }, { loadProgram }, { races }, { columns }] = await Promise.all([
    import('../properties/races/schedule/explore.ts'),
    import('../properties/races/schedule/program.ts'),
    import('../properties/races/schedule/scenarios.ts'),
    import('../properties/races/schedule/columns.ts'),
  ]);
  const program = await loadProgram(planted);
  const { preemptions = PREEMPTIONS } = flags;
  const results: RaceResult[] = [];
  for (const race of planted ? [planted.race] : Object.values(races)) {
    // A planted race is to be told by what it does, not by the data race that goes with some.
    const result = explore(program, race, { preemptions, dataRaces: !planted });
    const interleaving = result.finding && columns(program, race, result.finding.schedule);
    results.push({ race: race.name, result, interleaving });
    progress.report(results.length, 'races');
    if (!flags.json) {
      progress.clear();
      context.out(raceText({ race: race.name, result, interleaving }, flags.quiet, style));
    }
    // A long exploration hears Ctrl-C between two races.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
  }
  progress.clear();
  const verdict = worst(results.map(({ result }) => result.verdict));
  if (flags.json) context.out(`${JSON.stringify(racesJson(verdict, preemptions, results))}\n`);
  else if (verdict === 'holds') context.out(racesText(results, preemptions));
  return EXIT[verdict];
}

async function runSpace(context: StressContext, level: LevelName, planted: Planted): Promise<number> {
  const { flags, signal, progress, style } = context;
  const [{ Space }, { exploreSlice }, { levels }, { loadProgram }, { columns }] = await Promise.all([
    import('../properties/races/schedule/space.ts'),
    import('../properties/races/schedule/slice.ts'),
    import('../properties/races/schedule/levels.ts'),
    import('../properties/races/schedule/program.ts'),
    import('../properties/races/schedule/columns.ts'),
  ]);
  const program = await loadProgram(planted);
  const space = new Space(levels[level]);
  const { preemptions = PREEMPTIONS, seed, from, runs, minutes } = flags;
  const began = performance.now();
  const slice = await exploreSlice(program, space, {
    preemptions,
    from,
    seed,
    signal,
    ...(runs === undefined ? {} : { programs: runs }),
    ...(minutes === undefined ? {} : { until: began + minutes * 60_000 }),
    progress: (programs, number) =>
      progress.report(programs, 'programs', undefined, `number ${number.toLocaleString('en')}`),
  });
  progress.clear();
  const found = slice.finding;
  const interleaving = found?.result.finding
    ? columns(program, found.race, found.result.finding.schedule)
    : null;
  const told = {
    slice,
    level,
    numbers: space.numbers,
    preemptions,
    seconds: (performance.now() - began) / 1000,
  };
  context.out(
    flags.json ? `${JSON.stringify(spaceJson(told, interleaving))}\n` : spaceText(told, interleaving, style),
  );
  return EXIT[slice.verdict];
}
