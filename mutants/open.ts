// A mutant as an implementation that --impl and counterexamples can name: `mutant:A7`.

import type { ProfileName } from '../model/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { loadController, mutantNamed, mutants } from './index.ts';

/** @throws RangeError for an id that the catalogue does not have. */
export async function openMutant(id: string, profile: ProfileName): Promise<ControllerSubject> {
  const mutant = mutantNamed(id);
  if (!mutant)
    throw new RangeError(`there is no mutant ${id}; there are: ${mutants.map((m) => m.id).join(' ')}`);
  return new ControllerSubject(profile, undefined, await loadController(mutant), `mutant:${mutant.id}`);
}
