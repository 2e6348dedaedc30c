// What the model checker says of every claim under every profile, in a few small scopes, complete ones; asked when the page is made.

import { type Move, type ProfileName, profileNames, type Scope } from '../../model/index.ts';
import { ask } from '../../properties/scopes/ask.ts';
import type { ClaimResult } from '../../properties/scopes/result.ts';
import { moveFromJson, scopeFromText, scopeText } from '../../properties/trace/move.ts';

export type Verdict = ClaimResult['verdict'];

export interface Cell {
  readonly verdict: Verdict;
  /** How often the antecedent was met, over all scopes. */
  readonly met: number;
  readonly checked: number;
  /** In which scopes it was asked, and how many states they have together. */
  readonly scopes: readonly string[];
  readonly states: number;
  readonly reason: string | null;
  /** The shortest counterexample, of a violation by design. */
  readonly moves: readonly Move[] | null;
  readonly scope: Scope | null;
}

export interface Searched {
  readonly profile: ProfileName;
  readonly scope: string;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

export interface Verdicts {
  /** By claim, then by profile. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<ProfileName, Cell>>;
  readonly searched: readonly Searched[];
}

/** Together they meet nearly every antecedent: two tasks in one container, three pages in line, two containers. */
export const usualScopes: readonly Scope[] = ['1/2/2/2', '1/1/3/2', '2/1/2/1'].map(scopeFromText);

/** Worst first: what one scope says outweighs another that saw less. */
const WEIGHT: readonly Verdict[] = [
  'violated',
  'unknown',
  'known violation',
  'holds',
  'not applicable',
  'not observed',
  'vacuous',
];

export async function judgeAll(
  scopes: readonly Scope[],
  progress: (done: number, total: number, what: string) => void = () => {},
  signal?: AbortSignal,
): Promise<Verdicts> {
  const cells = new Map<string, Map<ProfileName, Cell>>();
  const searched: Searched[] = [];
  const total = scopes.length * profileNames.length;
  for (const profile of profileNames) {
    for (const size of scopes) {
      progress(searched.length, total, `${profile} ${scopeText(size)}`);
      const { result } = await ask({
        kind: 'lru',
        profile,
        scope: size,
        workers: 1,
        ...(signal ? { signal } : {}),
      });
      const { states, transitions, depth } = result;
      searched.push({ profile, scope: scopeText(size), states, transitions, depth });
      for (const row of result.claims) enter(cells, profile, size, states, row);
    }
  }
  return { cells, searched };
}

function enter(
  cells: Map<string, Map<ProfileName, Cell>>,
  profile: ProfileName,
  size: Scope,
  states: number,
  { name, verdict, met, checked, reason, trace }: ClaimResult,
): void {
  const row = cells.get(name) ?? new Map<ProfileName, Cell>();
  const moves = trace ? trace.map(({ move }) => moveFromJson(move)) : null;
  const fresh: Cell = {
    verdict,
    met,
    checked,
    scopes: [scopeText(size)],
    states,
    reason: reason ?? null,
    moves,
    scope: moves ? size : null,
  };
  const before = row.get(profile);
  cells.set(name, row.set(profile, before ? merged(before, fresh) : fresh));
}

function merged(a: Cell, b: Cell): Cell {
  const [first, second] = WEIGHT.indexOf(a.verdict) <= WEIGHT.indexOf(b.verdict) ? [a, b] : [b, a];
  const shorter = second.moves && (!first.moves || second.moves.length < first.moves.length) ? second : first;
  return {
    ...first,
    met: a.met + b.met,
    checked: a.checked + b.checked,
    scopes: [...a.scopes, ...b.scopes],
    states: a.states + b.states,
    moves: shorter.moves,
    scope: shorter.scope,
  };
}

/** Beside the word of a verdict: no colour stands alone. */
export const SIGNS: Readonly<Record<string, string>> = {
  holds: '✓',
  violated: '✗',
  'known violation': '✗',
  vacuous: '∅',
  'not applicable': '–',
  'not observed': '–',
  unknown: '?',
};
