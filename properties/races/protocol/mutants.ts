// The races of the catalogue (mutants.txt), each an edit of the protocol's text, with the smallest scope in which it can show.

import { readFileSync } from 'node:fs';
import type { Scope } from '../../../model/protocol/index.ts';
import type { Mistake } from '../../subjects/plant.ts';
import { saidOf, writtenIn } from '../../subjects/written.ts';
import { scopeIn } from './scopes.ts';

export interface ProtocolMutant extends Mistake {
  readonly name: string;
  /** What is done wrong. */
  readonly why: string;
  readonly scope: Scope;
  /** Operations and preemptions that the list gives; null where it gives none. */
  readonly min: readonly [operations: number, preemptions: number] | null;
  /** The claim whose shortest counterexample tells the story, where another one happens to see a symptom earlier. */
  readonly claim?: string | undefined;
  /** Why it takes more, or fewer, than the list says. */
  readonly difference?: string | undefined;
}

const file = new URL('./mutants.txt', import.meta.url);

export const mutants: readonly ProtocolMutant[] = writtenIn(
  readFileSync(file, 'utf8'),
  'protocol/mutants.txt',
).map((written) => {
  const [id, name] = written.head.split(' ');
  const [operations, preemptions] = saidOf(written, 'min')?.split('/').map(Number) ?? [];
  return {
    ...{ id, name, why: written.why, edits: written.edits, scope: scopeIn(written, 'mutant') },
    min: preemptions === undefined ? null : [operations, preemptions],
    claim: saidOf(written, 'claim'),
    difference: saidOf(written, 'difference'),
  };
});
