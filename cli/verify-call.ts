// What verify does: hunts, shrinks and saves what was found, and tells it.

import { randomInt } from 'node:crypto';
import { type HuntReport, Unavailable } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, mistakeIn, type Rss } from '../properties/domain/index.ts';
import { isLinux, isOutside } from '../properties/subjects/known.ts';
import { counterexampleText } from '../properties/trace/counterexample.ts';
import { type Finding, findingOf, saveFinding } from '../properties/trace/finding.ts';
import { scopeText } from '../properties/trace/move.ts';
import { EXIT, skipped, UsageError } from './command.ts';
import { saved, trySave } from './files.ts';
import { beginLog, ofCgroup, outsideOptions, patienceOf, withKernel } from './flags.ts';
import { many } from './printable.ts';
import { SAVE, type VerifyContext } from './verify.ts';
import { casesOf, failureText, jsonOf, reportText } from './verify-report.ts';
import { hunted } from './verify-runs.ts';

/** A view keeps the two lists of each container, and what each task maps, as long as there are pages. */
const MOST_LOOKED_AT = 2 ** 20;

export async function run(context: VerifyContext): Promise<number> {
  const { flags } = context;
  const { length, minutes, claims, scope, workers } = flags;
  const impl = withKernel(flags.impl, flags);
  const names = ofCgroup(flags.profile, flags);
  if (flags.record !== undefined && !isLinux(impl))
    throw new UsageError(`--record writes what the kernel answers: it goes with --impl linux, not ${impl}`);
  if (flags.log !== undefined && (!isOutside(impl) || isLinux(impl)))
    throw new UsageError(`--log keeps what is said to a program: it goes with --impl "COMMAND", not ${impl}`);
  await beginLog(flags.log);
  const seed = flags.seed ?? randomInt(2 ** 32);
  if (scope && Math.max(scope.containers, scope.tasks) * scope.pages > MOST_LOOKED_AT)
    throw new UsageError(
      `--scope ${scopeText(scope)}: every page is looked at in every container and task after every move: up to ${many(MOST_LOOKED_AT)} places together`,
    );
  if (flags.save !== undefined) await trySave(flags.save);
  else
    await trySave(SAVE).catch((error: Error) =>
      context.err(`firsttouch: ${error.message}; what is found will be shown whole\n`),
    );
  let report: HuntReport<Rss>;
  try {
    report = await hunted(context, impl, (total) => ({
      impl,
      seed,
      domains: names.map((name) => domainOf(profiles[name])),
      runs: total,
      workers,
      keepGoing: flags['keep-going'],
      ...outsideOptions(context, flags),
      ...(length === undefined ? {} : { length }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(claims === undefined ? {} : { claims }),
      ...(scope === undefined ? {} : { size: scope }),
      ...(flags.record === undefined ? {} : { record: flags.record }),
      progress: (commands, runs) => {
        const all = Number.isFinite(total) ? ` of ${many(total * names.length)}` : '';
        context.progress.report(commands, 'commands', undefined, `${many(runs)}${all} runs`);
      },
    }));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    context.progress.clear();
    return skipped(context, flags.json, error.message);
  }
  context.progress.clear();
  const findings = await findingsOf(context, report, { impl, seed });
  if (flags.json) context.out(`${JSON.stringify(jsonOf(report, findings, flags['keep-going']))}\n`);
  else if (flags.reporter !== 'text') {
    const { reported } = await import('./reporter.ts');
    context.out(await reported(flags.reporter, casesOf(report, findings)));
  } else {
    context.out(reportText(report, context.style, flags.quiet, findings));
    for (const found of findings) {
      context.out(failureText(found, context.style));
      if (found.file === null && found.example.moves.length > 0)
        context.out(`the file that could not be saved:\n${counterexampleText(found.example)}`);
    }
  }
  return EXIT[report.verdict];
}

/** What was found, shrunk and saved, each mistake once: some are seen to be one only when they are short. */
async function findingsOf(
  context: VerifyContext,
  report: HuntReport<Rss>,
  from: { readonly impl: string; readonly seed: number },
): Promise<Finding[]> {
  const { flags } = context;
  const drawn = flags['keep-going'] ? report.founds : report.found ? [report.found] : [];
  const findings = new Map<string, Finding>();
  for (const [i, found] of drawn.entries()) {
    if (findings.size > 0 && context.signal.aborted) break;
    if (drawn.length > 1) context.progress.report(i, 'findings shrunk', drawn.length);
    const finding = await findingOf(found, { ...from, ...patienceOf(context, flags) });
    const { breaks: claim, moves } = finding.example;
    const mistake = mistakeIn({ claim, moves, witness: finding.witness });
    if (findings.has(mistake)) continue;
    findings.set(mistake, saved(context, () => saveFinding(flags.save ?? SAVE, finding)) ?? finding);
  }
  context.progress.clear();
  return [...findings.values()];
}
