// That the invariant is not empty: it has the models one wants.

import { conditionsOf, pictureOf, type Solver, type System } from '../proof/index.ts';

/** Some state of a small world has the invariant, and this. */
export async function holdsInSome(system: System, text: string, solver: Solver): Promise<boolean> {
  const [some] = conditionsOf(system).filter(({ step, known }) => step !== null && !known);
  const assume = [...some.assume.slice(0, -1), system.read(text)];
  return (await pictureOf({ ...some, assume, goal: system.read('false'), step: null }, solver)) !== null;
}
