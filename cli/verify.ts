// The verify command: random command sequences, implementation against the LRU spec and all claims, over profiles.

import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type HuntReport, hunt, Unavailable } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { claims as allClaims } from '../properties/claims/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { isLinux } from '../properties/subjects/known.ts';
import { findingOf, saveFinding } from '../properties/trace/finding.ts';
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
import { saved, trySave } from './files.ts';
import { failureText, jsonOf, reportText } from './findings.ts';
import * as flag from './flags.ts';

/** Enough for 100,000 commands in each profile. */
const RUNS = 2_000;

const flags = {
  profile: flag.profiles('all'),
  impl: flag.impl(),
  ...flag.linux,
  seed: flag.seed(),
  runs: { ...flag.runs<number | undefined>(undefined), shown: `${RUNS}, or as many as the minutes allow` },
  length: { ...flag.length<number | undefined>(undefined), shown: '200' },
  minutes: flag.minutes(),
  claims: flag.claims(async () => allClaims),
  scope: flag.scope(undefined, 'a portfolio from 1/1/1 to 8/12/48'),
  workers: flag.workers(Math.min(2, availableParallelism())),
  save: { ...flag.save, default: 'out' as string | undefined, shown: 'out' },
  record: flag.text(
    'DIR',
    'with --impl linux: write what the kernel answered as files into DIR',
    'nothing is recorded',
  ),
  json: flag.json,
  quiet: flag.quiet,
};
type VerifyContext = Context<typeof flags>;

export const command = define({
  name: 'verify',
  summary: 'random command sequences: implementation against the LRU spec and all claims, over profiles',
  flags,
  details: `A command for --impl is run by the shell and spoken to by the line protocol (README, "Test YOUR controller").
What is found is shrunk, saved as a file named by the mistake, and shown with the commands that replay it and search again.`,
  run,
});

/** A view keeps the two lists of each container as long as there are pages. */
const MOST_LOOKED_AT = 2 ** 20;

async function run(context: VerifyContext): Promise<number> {
  const { flags } = context;
  const { length, minutes, claims, scope, workers } = flags;
  const impl = flag.withKernel(flags.impl, flags);
  const names = flag.ofCgroup(flags.profile, flags);
  if (flags.record !== undefined && !isLinux(impl))
    throw new UsageError(`--record writes what the kernel answers: it goes with --impl linux, not ${impl}`);
  const seed = flags.seed ?? randomInt(2 ** 32);
  const total = flags.runs ?? (minutes === undefined ? RUNS : Infinity);
  if (scope && scope.containers * scope.pages > MOST_LOOKED_AT)
    throw new UsageError(
      `--scope: every page of every container is looked at after every move: up to ${MOST_LOOKED_AT.toLocaleString('en')} together`,
    );
  if (flags.save !== undefined) await trySave(flags.save);
  let report: HuntReport<Rss>;
  try {
    report = await hunt({
      impl,
      seed,
      domains: names.map((name) => domainOf(profiles[name])),
      runs: total,
      workers,
      signal: context.signal,
      ...(length === undefined ? {} : { length }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(claims === undefined ? {} : { claims }),
      ...(scope === undefined ? {} : { size: scope }),
      ...(flags.record === undefined ? {} : { record: flags.record }),
      progress: (commands, runs) => {
        const all = Number.isFinite(total) ? ` of ${(total * names.length).toLocaleString('en')}` : '';
        context.progress.report(commands, 'commands', undefined, `${runs.toLocaleString('en')}${all} runs`);
      },
      remark: (line) => context.err(`${impl.split(/\s/)[0]}: ${line}\n`),
    });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    context.progress.clear();
    context.out(
      flags.json
        ? `${JSON.stringify({ verdict: 'skipped', reason: error.message })}\n`
        : `skipped: ${error.message}\n`,
    );
    return SKIPPED;
  }
  context.progress.clear();
  const finding = report.found && (await findingOf(report.found, { impl, seed }));
  const found = finding && {
    ...finding,
    file: saved(context, () => saveFinding(flags.save ?? 'out', finding)),
  };
  if (flags.json) context.out(`${JSON.stringify(jsonOf(report, found))}\n`);
  else {
    context.out(reportText(report, context.style, flags.quiet));
    if (found) context.out(failureText(found, context.style));
  }
  if (context.signal.aborted) return INTERRUPTED;
  return { holds: HOLDS, violated: VIOLATED, unknown: UNKNOWN }[report.verdict];
}
