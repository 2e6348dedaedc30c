// That the invariant is neither empty nor too large: it has the models one wants, and without any of its conjuncts some condition fails.

import {
  type Condition,
  conditionsOf,
  contract,
  lists,
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

/** A `state` line of a text, and a condition that fails without it; null: none does, it is there for its own sake. */
export interface Needed {
  readonly claim: string;
  readonly conjunct: string;
  readonly fails: string | null;
}

const texts = { letter: [contract('letter'), lists('letter')], trees: [contract('linux-v2'), lists('linux-v2')] };

/** Every conjunct, with the systems without it. The letter's own, then what trees have beyond. */
export function conjuncts(): { claim: string; conjunct: string; without: System }[] {
  const seen = new Set<string>();
  return [...texts.letter, ...texts.trees].flatMap((system) =>
    system.claims.flatMap(({ name, state }) =>
      state
        .filter((conjunct) => !seen.has(`${name} ${conjunct}`) && seen.add(`${name} ${conjunct}`))
        .map((conjunct) => ({ claim: name, conjunct, without: dropped(system, name, conjunct) })),
    ),
  );
}

const dropped = (system: System, claim: string, conjunct: string): System => ({
  ...system,
  claims: system.claims.map((one) =>
    one.name === claim ? { ...one, state: one.state.filter((text) => text !== conjunct) } : one,
  ),
});

/** The first condition that fails, with two states of a small world that show it. */
export async function firstFailure(conditions: readonly Condition[], solver: Solver): Promise<string | null> {
  for await (const { condition, found } of tryAll(conditions, solver))
    if (found !== 'unsat' && (await pictureOf(condition, solver))) return condition.name;
  return null;
}
