// What a subject answers to a move, and how two answers differ, in words.

import { everything } from './view.ts';

/** `killed` and `reclaimed` in the order they happened. */
export interface Answer {
  readonly outcome: string;
  readonly killed: readonly number[];
  readonly reclaimed: readonly number[];
}

/** The first difference between two answers, in words, or null. In the contract the order of pages is nobody's business. */
export function answersDiffer(
  actual: Answer,
  spec: Answer,
  observed: ReadonlySet<string> = everything,
  ordered = true,
): string | null {
  if (actual.outcome !== spec.outcome)
    return `the outcome is ${actual.outcome}, the specification says ${spec.outcome}`;
  if (isQuiet(actual) && isQuiet(spec)) return null;
  const killed = observed.has('victims')
    ? listsDiffer('killed', 't', actual.killed, spec.killed, ordered)
    : null;
  if (killed !== null || !observed.has('reclaimed')) return killed;
  return listsDiffer('reclaimed', 'p', actual.reclaimed, spec.reclaimed, ordered);
}

const isQuiet = ({ killed, reclaimed }: Answer): boolean => killed.length === 0 && reclaimed.length === 0;

function listsDiffer(
  what: string,
  letter: string,
  actual: readonly number[],
  spec: readonly number[],
  ordered: boolean,
): string | null {
  const [a, s] = ordered ? [actual, spec] : [sorted(actual), sorted(spec)];
  if (a.length === s.length && a.every((id, i) => id === s[i])) return null;
  const list = (ids: readonly number[]) => `[${ids.map((id) => letter + id).join(' ')}]`;
  return `${what} is ${list(actual)}, the specification says ${list(spec)}`;
}

const sorted = (ids: readonly number[]): number[] => [...ids].sort((x, y) => x - y);

/** What an answer says besides `ok`: the outcome, the kills, the reclaimed pages. */
export function answerText({ outcome, killed, reclaimed }: Answer): string {
  const parts = [outcome === 'ok' ? '' : outcome];
  if (killed.length > 0) parts.push(`killed ${killed.map((t) => `t${t}`).join(' ')}`);
  if (reclaimed.length > 0) parts.push(`reclaimed ${reclaimed.map((p) => `p${p}`).join(' ')}`);
  return parts.filter((part) => part !== '').join(', ');
}
