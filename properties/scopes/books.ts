// What a search has judged of what it was asked: rows for claims that it could not judge, and why it then does not say `holds`.

import type { Report } from '../../checker/index.ts';
import { askedFor, notLookedAt } from '../../lockstep/index.ts';
import { named, whereJudged } from '../claims/ids.ts';
import { claims } from '../claims/index.ts';
import { reachables } from '../claims/reachable.ts';
import { RECLAIM_FAILS, REFINES } from './refinement.ts';
import { reachedRows } from './report.ts';
import type { CheckResult, ClaimResult } from './result.ts';

/** Where a name that this search has no claim for would be judged. */
function elsewhere(name: string): string {
  if (name === REFINES || name === RECLAIM_FAILS) return 'check --model lru --refine';
  if (reachables.some((one) => one.name === name)) return 'check --model contract or lru';
  return named.some((one) => one.name === name) || claims.some((one) => one.name === name)
    ? whereJudged(name)
    : 'check --model protocol';
}

export interface Books {
  readonly rows: readonly ClaimResult[];
  readonly unknown: CheckResult['unknown'];
}

/** The rows of a search, with one for each claim that was asked for by name; and why the answer is unknown, if it is. */
export function booksOf(
  report: Report,
  rows: readonly ClaimResult[],
  asked: readonly string[] | undefined,
): Books {
  const cut = report.unknown?.by === 'claims' ? null : report.unknown;
  if (asked === undefined) return { rows, unknown: cut ?? unjudged(report, notLookedAt(rows)) };
  const reached = reachedRows(report).map(({ name, count }) => {
    const verdict = count > 0 ? 'holds' : 'unknown';
    return { name, verdict, reason: 'never reached here' };
  });
  // Rows of claims that nobody asked for: what this kind of model cannot show.
  const own = rows.filter(({ name }) => asked.includes(name));
  const known = [...own, ...reached];
  const missing = asked
    .filter((name) => known.every((row) => row.name !== name))
    .map((name): ClaimResult => {
      return { name, verdict: 'unknown', checked: 0, met: 0, reason: `judged by ${elsewhere(name)}` };
    });
  const all = [...own.map(askedFor), ...missing];
  return { rows: all, unknown: cut ?? unjudged(report, notLookedAt([...all, ...reached], asked)) };
}

function unjudged({ states, transitions }: Report, why: string | null): CheckResult['unknown'] {
  if (why === null) return null;
  return { by: 'claims', why, covered: `all ${states} states and ${transitions} transitions`, frontier: 0 };
}
