// What the books say: of each claim a verdict, of each situation whether it was met often enough.

import type { Claim } from './claim.ts';
import type { Domain, Kinds, Observed } from './domain.ts';
import { chosen } from './judge.ts';
import type { Tally } from './tally.ts';

/** What can be said of a claim. */
export const verdicts = [
  ...(['holds', 'violated', 'vacuous', 'not observed'] as const),
  ...(['not applicable', 'known violation', 'unknown'] as const),
];
export type Verdict = (typeof verdicts)[number];

export interface ClaimReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly checked: number;
  readonly met: number;
  readonly reason?: string;
}

/** What the counts say of each claim: first what the runner judged itself, then the claims in their order. */
export function claimReports<K extends Kinds>(
  domain: Domain<K>,
  observed: Observed,
  tally: Tally,
  only?: readonly string[],
): ClaimReport[] {
  const named = new Set((domain.claims ?? []).map(({ name }) => name));
  const own = Object.entries(tally.claims)
    .filter(([name]) => !named.has(name))
    .map(
      ([name, { checked, met, violated }]): ClaimReport => ({
        name,
        verdict: violated > 0 ? 'violated' : 'holds',
        checked,
        met,
      }),
    );
  const rows = [...own, ...chosen(domain, only).map((claim) => reportOf(claim, observed, tally))];
  return only === undefined ? rows : [...rows.map(askedFor), ...missing(domain, rows, only)];
}

/** Rows for claims that were asked for by name and are judged elsewhere. */
function missing<K extends Kinds>(
  { elsewhere }: Domain<K>,
  rows: readonly Row[],
  asked: readonly string[],
): ClaimReport[] {
  const names = asked.filter((name) => rows.every((row) => row.name !== name));
  return names.map((name) => {
    const reason = `judged by ${elsewhere?.(name) ?? 'nothing here'}`;
    return { name, verdict: 'unknown', checked: 0, met: 0, reason };
  });
}

function reportOf(
  { name, needs = [], byDesign, never }: Claim<never>,
  observed: Observed,
  { claims }: Tally,
): ClaimReport {
  const { checked, met, known, violated } = claims[name] ?? { checked: 0, met: 0, known: 0, violated: 0 };
  const row = { name, checked, met };
  const missing = needs.filter((need) => !observed.has(need));
  if (missing.length > 0)
    return { ...row, verdict: 'not observed', reason: `does not show ${missing.join(', ')}` };
  if (violated > 0) return { ...row, verdict: 'violated' };
  if (known > 0) return { ...row, verdict: 'known violation', reason: byDesign?.why ?? '' };
  if (met > 0) return { ...row, verdict: 'holds' };
  return never ? { ...row, verdict: 'not applicable', reason: never } : { ...row, verdict: 'vacuous' };
}

/** What the books need to know of a claim's row, or of a situation that was to be reached. */
export interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly reason?: string;
}

const judged = new Set(['holds', 'violated', 'known violation']);

/** Asked for by name, and never met: that says nothing, and is called so. */
export const askedFor = <R extends Row>(row: R): R =>
  row.verdict === 'vacuous' ? { ...row, verdict: 'unknown', reason: 'never met' } : row;

/**
 * Why a run in which nothing went wrong does not say `holds`: a claim asked for by name that was judged nowhere; or, if none was asked for, not one
 * that was met. `rows` are those of all the run's parts. Null: there is no such reason.
 */
export function notLookedAt(rows: readonly Row[], asked?: readonly string[]): string | null {
  const looked = new Set(rows.filter(({ verdict }) => judged.has(verdict)).map(({ name }) => name));
  if (asked === undefined) return looked.size === 0 ? 'not one claim was met, so nothing was judged' : null;
  const missed = asked.filter((name) => !looked.has(name));
  if (missed.length === 0) return null;
  const why = (name: string) => rows.find((row) => row.name === name)?.reason ?? 'never met';
  return `asked for and not judged: ${missed.map((name) => `${name} (${why(name)})`).join('; ')}`;
}

export interface Reached {
  readonly name: string;
  readonly count: number;
  readonly floor: number;
}

/** What was reached, with the floor for as many moves as were judged; a short hunt is given room for bad luck. */
export function reachedReports<K extends Kinds>(
  { reachables = [] }: Domain<K>,
  tally: Tally,
  inside = true,
): Reached[] {
  const met = reachables.filter(({ insideOnly }) => inside || !insideOnly);
  return met.map(({ name, floor }) => {
    const expected = (floor * tally.commands) / 100_000;
    const least = Math.max(0, Math.floor(expected - 3 * Math.sqrt(expected)));
    return { name, count: tally.reached[name] ?? 0, floor: least };
  });
}
