// A mutant of the protocol hunted down: the shortest run that shows it, and the fewest preemptions that do.

import { plant } from '../../subjects/plant.ts';
import { watchedModel } from './model.ts';
import type { ProtocolMutant } from './mutants.ts';
import { type Found, shortest } from './shortest.ts';
import type { Rules } from './watched.ts';

export interface Caught {
  /** Fewest steps. */
  readonly found: Found;
  /** The claim that breaks in the fewest steps, if that is another one. */
  readonly first: string;
  /** Fewest preemptions, then fewest steps. */
  readonly calm: Found;
}

/** Null: missed. */
export async function hunt(mutant: ProtocolMutant): Promise<Caught | null> {
  const model = watchedModel(mutant.scope, { rules: await plant<Rules>('model/protocol', mutant) });
  const found = shortest(model, { claim: mutant.claim });
  if (!found) return null;
  const first = mutant.claim ? (shortest(model)?.claim ?? found.claim) : found.claim;
  let calm = found;
  for (let preemptions = 0; preemptions < found.preemptions; preemptions++) {
    const one = shortest(model, { claim: mutant.claim, preemptions });
    if (!one) continue;
    calm = one;
    break;
  }
  return { found, first, calm };
}

export const operationsOf = ({ trace }: Found): number =>
  trace.filter(({ move }) => !move.name.startsWith('.')).length;
