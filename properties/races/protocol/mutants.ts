// The races of the catalogue (mutants.txt), each an edit of the protocol's text, with the smallest scope in which it can show.

import { readFileSync } from 'node:fs';
import type { Scope, TaskScope } from '../../../model/protocol/index.ts';
import type { Mistake } from '../../subjects/plant.ts';
import { saidOf, type Written, writtenIn } from '../../subjects/written.ts';
import { on, shell } from './scopes.ts';

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
    ...{ id, name, why: written.why, edits: written.edits, scope: scopeIn(written) },
    min: preemptions === undefined ? null : [operations, preemptions],
    claim: saidOf(written, 'claim'),
    difference: saidOf(written, 'difference'),
  };
});

/** `limits: 1 1`, a number for each container; `pages: 1`; then who does what: `t0 in c0 maps p0: unmap p0, touch p0`, `t1 unborn: nothing`, `shell: rmdir c0`. */
function scopeIn(written: Written): Scope {
  const programOf = (text: string) => (text === 'nothing' ? [] : text.split(', '));
  const ofTasks = written.said.filter(([name]) => /^t\d/.test(name));
  const shells = written.said.filter(([name]) => name === 'shell');
  return {
    name: 'mutant',
    containers: (saidOf(written, 'limits') ?? '').split(' ').map(Number),
    pages: Number(saidOf(written, 'pages')),
    tasks: ofTasks.map(([name]) => taskIn(name)),
    threads: [
      ...ofTasks.map(([, program], t) => on(t, ...programOf(program))),
      ...shells.map(([, program]) => shell(...programOf(program))),
    ],
  };
}

function taskIn(text: string): TaskScope {
  const all = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, id]) => Number(id));
  const [container = null] = all(/in c(\d)/g);
  const [maps, pins] = [all(/maps p(\d)/g), all(/pins p(\d)/g)];
  return { container, ...(maps.length > 0 ? { maps } : {}), ...(pins.length > 0 ? { pins } : {}) };
}
