// The prove command: the claims for any number of tasks, pages and containers.

import type { ProfileName } from '../model/profile.ts';
import type { System } from '../proof/index.ts';
import { type Context, define, UsageError } from './command.ts';
import { claims, json, minutes, oneOf, profiles, quiet, save, text } from './flags.ts';

/** The texts of a profile. @throws UsageError: somebody who changes the specification wants the place, not a stack */
export async function systems(profile: ProfileName): Promise<System[]> {
  const { BadFormula, systemsOf } = await import('../proof/index.ts');
  try {
    return systemsOf(profile);
  } catch (error) {
    throw error instanceof BadFormula ? new UsageError(error.message) : error;
  }
}

const flags = {
  profile: profiles('letter'),
  claims: {
    ...claims(),
    help: 'report only these claims, by name or by id (I5); the invariant that they rest on is always proved',
    // The text's own claims: one that was added a minute ago is among them.
    decode: async (value: string, flag: string) => {
      const all = (await systems('linux-v2')).flatMap(({ claims }) => claims);
      const known = (wanted: string) => all.find(({ id }) => id === wanted)?.name;
      const names = all.flatMap(({ id, name }) => (id === '-' ? [name] : [name, id]));
      return value.split(',').map((text) => known(text.trim()) ?? oneOf(names, text.trim(), flag));
    },
  },
  emit: text(
    'DIR',
    'also write the conditions into DIR as SMT-LIB, for any solver: each answer is unsat',
    'nothing is written',
  ),
  minutes: minutes(),
  save: { ...save, help: 'write the two states of what is refuted into DIR, for the explorer' },
  json,
  quiet: { ...quiet, help: 'only the verdict and what is not proved, and no progress' },
};
export type ProveContext = Context<typeof flags>;

export const command = define({
  name: 'prove',
  summary: 'the claims for any number of tasks, pages and containers, by formulas and z3',
  flags,
  details: `The contract is proof/contract.txt: change it, and see which claims still hold. docs/proof.md says what is assumed.
Exit status 0: proved. 1: refuted, with two states, and whether the first can be reached in a small scope. 3: unknown.
4: the solver was left out of the install; npm install z3-solver gets it.`,
  run: async (context) => (await import('./prove-call.ts')).run(context),
});
