// How many runs verify makes where nobody says: of a program so many as fit into about 40 s, which its first runs tell.

import { type HuntOptions, type HuntReport, hunt, Unavailable } from '../lockstep/index.ts';
import type { Rss } from '../properties/domain/index.ts';
import { isLinux, isOutside } from '../properties/subjects/known.ts';
import { many } from './printable.ts';
import { FEWEST_RUNS, USUAL_SECONDS, usualRuns, type VerifyContext } from './verify.ts';

type Plan = (runs: number) => HuntOptions<Rss>;

/** So many runs of each profile are measured, and more if those took no time. */
const FIRST = [2, 25];
const LONG_ENOUGH = 2;

/** Hunts as long as was asked for, or as is usual. @throws Unavailable */
export async function hunted(context: VerifyContext, impl: string, plan: Plan): Promise<HuntReport<Rss>> {
  const { runs, minutes } = context.flags;
  if (runs !== undefined || minutes !== undefined) return hunt(plan(runs ?? Infinity));
  if (isLinux(impl) || !isOutside(impl)) return hunt(plan(usualRuns(impl)));
  const told = new Set<string>();
  let first: HuntReport<Rss> | null = null;
  for (const some of FIRST) {
    const { remark, ...rest } = plan(some);
    const once = (line: string) => {
      if (!told.has(line)) remark?.(line);
      told.add(line);
    };
    first = await hunt({ ...rest, remark: once });
    if (context.signal.aborted || (first.found && !context.flags['keep-going'])) return first;
    if (secondsOf(first) > LONG_ENOUGH) break;
  }
  const fitting = fittingRuns(first as HuntReport<Rss>);
  const { json, reporter, quiet } = context.flags;
  if (!json && !quiet && reporter === 'text') context.out(`${fitting.text}\n`);
  const { remark, ...rest } = plan(fitting.runs);
  // What the program says as it starts was told.
  const whole = hunt({ ...rest, remark: (line) => !told.delete(line) && remark?.(line) });
  return longer(first as HuntReport<Rss>, whole);
}

/** The longer hunt of two of the same seed. What the first one found stands, also if the program does not start for the second. */
export async function longer(
  first: HuntReport<Rss>,
  whole: Promise<HuntReport<Rss>>,
): Promise<HuntReport<Rss>> {
  try {
    const second = await whole;
    return first.found && !second.found ? first : second;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const skipped = first.domains.map(({ domain, runs }) => ({
      domain,
      reason: `after ${runs} runs: ${error.message}`,
    }));
    return { ...first, verdict: first.found ? 'violated' : 'unknown', cutOff: true, skipped };
  }
}

const secondsOf = ({ domains }: HuntReport<Rss>): number =>
  domains.reduce((sum, { seconds }) => sum + seconds, 0);

/** How many runs of each profile take about as long as is usual, going by those that were made, and that in words. */
export function fittingRuns(first: Pick<HuntReport<Rss>, 'domains'>): { runs: number; text: string } {
  let [aRun, seconds, commands] = [0, 0, 0];
  for (const one of first.domains) {
    aRun += one.seconds / Math.max(one.runs, 1);
    seconds += one.seconds;
    commands += one.commands;
  }
  const fit = USUAL_SECONDS / Math.max(aRun, 0.001);
  const runs = Math.min(Math.max(Number(fit.toPrecision(2)), FEWEST_RUNS), usualRuns('controller'));
  const of = first.domains.length === 1 ? 'runs' : `runs of each of ${first.domains.length} profiles`;
  const rate = commands / Math.max(seconds, 0.001);
  const text = `${many(runs)} ${of}, ${timeText(runs * aRun)} at ${many(rate)} commands a second; --runs N asks for another number`;
  return { runs, text };
}

const timeText = (seconds: number): string =>
  seconds < 90 ? `about ${Math.max(Math.round(seconds), 1)} s` : `about ${Math.round(seconds / 60)} min`;
