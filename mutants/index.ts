// The catalogue of mutants of the controller: sequential mistakes that real controllers had, and some of our own (docs/mutants.md).

import type { Mutant } from '../properties/subjects/mutant.ts';
import { generalMutants } from './general.ts';
import { mistakesIn } from './read.ts';

export { loadController } from '../properties/subjects/load.ts';
export type { Mutant } from '../properties/subjects/mutant.ts';

/** Charges nothing; must fail in the very first run. */
export const CANARY = 'canary';

const kind = (id: string) => (/^[AB][0-9]+$/.test(id) ? 0 : id === CANARY ? 2 : 1);
const number = (id: string) => Number(/[0-9]+$/.exec(id)?.[0] ?? 0);

/** The mistakes that real controllers had (A to G), then ours (C for claims, N in no list, P for the tree), then the canary. */
export const mutants: readonly Mutant[] = [
  'charging',
  'reclaiming',
  'owning',
  'claiming',
  'inventing',
  'nesting',
]
  .flatMap(mistakesIn)
  .sort(
    (a, b) =>
      kind(a.id) - kind(b.id) ||
      (a.id[0] < b.id[0] ? -1 : a.id[0] > b.id[0] ? 1 : number(a.id) - number(b.id)),
  );

/** Mistakes of the specification. */
export const modelMutants: readonly Mutant[] = mistakesIn('model');

/** Also a general mutant of the controller, G1 and on. */
export const mutantNamed = (id: string): Mutant | undefined =>
  (/^G[0-9]+$/.test(id) ? generalMutants('G') : mutants).find(
    (mutant) => mutant.id === id || mutant.name === id,
  );
