// That the invariant is not empty: it has the models one wants.

import { conditionsOf, pictureOf, type Solver, type Step, type System } from '../proof/index.ts';

/** Some state of a small world has the invariant, and this; and the step, if one is given, can be taken from it. */
export async function holdsInSome(
  system: System,
  text: string,
  solver: Solver,
  step: Step | null = null,
): Promise<boolean> {
  const [some] = conditionsOf(system).filter(({ step, known }) => step !== null && !known);
  const assume = [...some.assume.slice(0, -1), system.read(text), ...(step ? [step.guard] : [])];
  return (await pictureOf({ ...some, assume, goal: system.read('false'), step }, solver)) !== null;
}
