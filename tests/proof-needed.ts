// That the invariant is neither empty nor too large: it has the models one wants, and without any of its conjuncts some condition fails.

import {
  type Condition,
  conditionsOf,
  contract,
  lists,
  type Picture,
  pictureOf,
  type Solver,
  type System,
  tryAll,
} from '../proof/index.ts';

/** Some state of a small world has the invariant, and this. */
export async function holdsInSome(system: System, text: string, solver: Solver): Promise<boolean> {
  const [some] = conditionsOf(system).filter(({ step, known }) => step !== null && !known);
  const assume = [...some.assume.slice(0, -1), system.read(text)];
  return (await pictureOf({ ...some, assume, goal: system.read('false'), step: null }, solver)) !== null;
}

const texts = [contract('letter'), lists('letter'), contract('linux-v2'), lists('linux-v2')];

/** A `state` line of a text, and the systems without it: of the letter, and of trees with their kills. */
export interface Conjunct {
  readonly claim: string;
  readonly conjunct: string;
  readonly without: readonly System[];
}

/** Every conjunct of the invariant, as the texts have them. */
export function conjuncts(): Conjunct[] {
  const found = new Map<string, Conjunct>();
  for (const system of texts)
    for (const { name: claim, state } of system.claims)
      for (const conjunct of state) {
        const key = `${claim} ${conjunct}`;
        const without = [...(found.get(key)?.without ?? []), dropped(system, claim, conjunct)];
        found.set(key, { claim, conjunct, without });
      }
  return [...found.values()];
}

const dropped = (system: System, claim: string, conjunct: string): System => ({
  ...system,
  claims: system.claims.map((one) =>
    one.name === claim ? { ...one, state: one.state.filter((text) => text !== conjunct) } : one,
  ),
});

/** The first condition that fails, and two states of a small world that show it. */
export async function firstFailure(
  conditions: readonly Condition[],
  solver: Solver,
): Promise<{ name: string; picture: Picture } | null> {
  for await (const { condition, found } of tryAll(conditions, solver)) {
    const picture = found === 'unsat' ? null : await pictureOf(condition, solver);
    if (picture) return { name: condition.name, picture };
  }
  return null;
}

/** The first two states, if any, in which a claim fails. */
export async function refutation(system: System, claim: string, solver: Solver): Promise<Picture | null> {
  const own = conditionsOf(system).filter((condition) => condition.claim === claim);
  return (await firstFailure(own, solver))?.picture ?? null;
}
