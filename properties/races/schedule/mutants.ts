// Concurrent mistakes that real controllers had (mutants.txt), as edits of the concurrent controller, each with the race that shows it.

import { readFileSync } from 'node:fs';
import type { Mistake } from '../../subjects/plant.ts';
import { saidOf, writtenIn } from '../../subjects/written.ts';
import { races, type Scenario } from './scenarios.ts';

export interface ConcurrentMutant extends Mistake {
  readonly mistake: string;
  /** How the edits bring that mistake back, in this code. */
  readonly why: string;
  readonly race: Scenario;
  /** Operations and preemptions that show it here, and those foretold. */
  readonly min: string;
  readonly listed: string | null;
}

const file = new URL('./mutants.txt', import.meta.url);

export const concurrentMutants: readonly ConcurrentMutant[] = writtenIn(
  readFileSync(file, 'utf8'),
  'schedule/mutants.txt',
).map((written) => ({
  ...{ id: written.head, mistake: written.why, edits: written.edits },
  why: saidOf(written, 'here') ?? '',
  race: races[saidOf(written, 'race') as keyof typeof races],
  min: saidOf(written, 'min') ?? '',
  listed: saidOf(written, 'listed') ?? null,
}));
