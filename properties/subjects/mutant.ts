// A mutant of the controller or of the specification, as data; plant.ts plants it.

import type { Mistake } from './plant.ts';

export interface Mutant extends Mistake {
  /** The id in the table of docs/mutants.md. */
  readonly id: string;
  /** The mistake as a slug. */
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly why: string;
  /** The profile in which it is hunted; the letter's, if left out. */
  readonly profile?: 'letter' | 'v3.1' | 'linux-v1' | 'linux-v2';
}
