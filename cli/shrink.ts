// The shrink command: the shortest equivalent of a counterexample, with the proof that nothing shorter exists within its scope.

import { type Context, define } from './command.ts';
import * as flag from './flags.ts';

const flags = {
  impl: {
    ...flag.judged(),
    default: undefined as string | undefined,
    shown: 'the subject that the file names',
  },
  ...flag.linux,
  situations: flag.whole('situations', 'limit of the search for shorter traces; 0 switches it off', 100_000, {
    minimum: 0,
    maximum: 10_000_000,
  }),
  timeout: flag.timeout,
  log: flag.log,
  save: flag.save,
  json: flag.json,
  test: flag.toggle('print a ready uvu test of the result'),
};
export type ShrinkContext = Context<typeof flags>;

export const command = define({
  name: 'shrink',
  summary: 'the shortest equivalent of a counterexample, with the proof that nothing shorter exists',
  positional: { name: 'FILE', help: 'a counterexample', min: 1, max: 1 },
  flags,
  details: `Moves are left out first; then every shorter trace of the scope is looked at, and of the shortest the first in order is
taken, its names in the order of their first use: one bug ends as one text. Exit status 0: the trace does not fail any more.`,
  run: async (context) => (await import('./shrink-call.ts')).run(context),
});
