// A check that keeps going: what one search finds violated the next leaves out, until one has nothing to say against the rest.

import type { Answered } from '../properties/scopes/ask.ts';
import type { CheckResult, ClaimResult } from '../properties/scopes/result.ts';

/** The answer of the last search, with every violation and the row of each claim as the search that found it has it. */
export async function everyViolation(
  ask: (without: readonly string[]) => Promise<Answered>,
): Promise<Answered> {
  const found: NonNullable<CheckResult['counterexample']>[] = [];
  const violated = new Map<string, ClaimResult>();
  let order: readonly string[] | null = null;
  for (;;) {
    const answer = await ask([...violated.keys()]);
    const { claims, counterexample } = answer.result;
    order ??= claims.map(({ name }) => name);
    const row = claims.find(({ name }) => name === counterexample?.claim);
    if (counterexample && row && !violated.has(row.name)) {
      found.push(counterexample);
      violated.set(row.name, row);
      continue;
    }
    if (found.length === 0) return answer;
    const rows = new Map([...claims.map((one) => [one.name, one] as const), ...violated]);
    const all = [
      ...order.flatMap((name) => rows.get(name) ?? []),
      ...claims.filter(({ name }) => !order?.includes(name)),
    ];
    const result = {
      ...answer.result,
      verdict: 'violated' as const,
      claims: all,
      counterexample: found[0],
      counterexamples: found,
    };
    return { ...answer, result };
  }
}
