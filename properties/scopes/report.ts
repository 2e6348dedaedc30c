// From the checker's report to the answer: rows of one claim added up, known violations told from others, what does not apply said so.

import type * as checker from '../../checker/index.ts';
import { moveOf, type Profile } from '../../model/index.ts';
import { claims as allClaims } from '../claims/index.ts';
import { moveToJson } from '../trace/move.ts';
import { KNOWN, type ModelKind, observedOf, plainName, REFUSED } from './judging.ts';
import { REFINES } from './refinement.ts';
import type { ClaimResult, StepResult } from './result.ts';

/** Steps of the specification as CLI.md writes moves (`["touch","t1","p0"]`); those of other models as they are. */
export function stepsOf(trace: readonly checker.TraceStep[]): StepResult[] {
  return trace.map(({ move, labels, choices, outcome, show }) => ({
    move: moveJson(move),
    choices: choices.map((choice, i) => labels[i] || String(choice)),
    outcome,
    state: show ?? '',
  }));
}

function moveJson(move: checker.Move): (string | number)[] {
  if (!('action' in move)) return [move.name, ...move.args];
  return [...moveToJson(moveOf(move.name, move.args.map(Number)))];
}

/** One row a claim, in the order of their ids; then those of the model alone. */
export function claimRows(report: checker.Report, kind: ModelKind | null, profile: Profile): ClaimResult[] {
  const names = [...new Set(report.claims.filter(isClaim).map(({ name }) => plainName(name)))];
  const rows = names.map((name) => rowOf(name, report, profile));
  if (kind === null || !names.some((name) => allClaims.some((claim) => claim.name === name))) return rows;
  return [...rows, ...notShown(kind, names)];
}

const isClaim = ({ kind }: checker.ClaimReport) => kind !== 'reachable';

function rowOf(name: string, report: checker.Report, profile: Profile): ClaimResult {
  const parts = report.claims.filter((row) => row.kind !== 'reachable' && plainName(row.name) === name);
  const sum = (of: (row: checker.ClaimReport) => number) => parts.reduce((n, row) => n + of(row), 0);
  const row = { name, checked: sum(({ checked }) => checked), met: sum(({ met }) => met) };
  const claim = allClaims.find((one) => one.name === name);
  const known = report.reached.find((one) => one.name === name + KNOWN);
  const note = parts.map(({ note }) => note).find((text) => text !== null);
  if (parts.some(({ verdict }) => verdict === 'violated')) return { ...row, verdict: 'violated' };
  if (known?.witness) {
    const reason = claim?.known?.(profile)?.why ?? 'the 2007 scan is bounded';
    return { ...row, verdict: 'known violation', reason, trace: stepsOf(known.witness.steps) };
  }
  if (parts.some(({ verdict }) => verdict === 'unknown')) {
    return { ...row, verdict: 'unknown', ...(note ? { reason: note } : {}) };
  }
  if (row.met > 0) return { ...row, verdict: 'holds' };
  const why = claim?.notApplicable?.(profile);
  return why ? { ...row, verdict: 'not applicable', reason: why } : { ...row, verdict: 'vacuous' };
}

/** Claims that this kind of model has nothing to show for. */
function notShown(kind: ModelKind, names: readonly string[]): ClaimResult[] {
  const observed = observedOf(kind);
  return allClaims
    .filter(({ name, needs }) => !names.includes(name) && !needs.every((need) => observed.has(need)))
    .map(({ name }) => ({
      name,
      verdict: 'not applicable',
      checked: 0,
      met: 0,
      reason: 'the contract has no order of pages',
    }));
}

/** A situation seen only in a refused move is reached with that move, which is one more than the steps to its state. */
export function reachedRows(report: checker.Report): { name: string; count: number; moves: number | null }[] {
  return report.reached
    .filter(({ name }) => !name.endsWith(KNOWN))
    .map(({ name, count, witness }) => {
      const refused = name.endsWith(REFUSED) ? 1 : 0;
      return { name: plainName(name), count, moves: witness ? witness.steps.length + refused : null };
    });
}

export function refinementOf(
  rows: readonly ClaimResult[],
): { of: string; verdict: string; checked: number } | null {
  const row = rows.find(({ name }) => name === REFINES);
  return row ? { of: 'contract', verdict: row.verdict, checked: row.checked } : null;
}
