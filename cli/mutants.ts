// The mutants command: plants each bug of the catalogue in a copy of the controller and reports how fast the suite finds it.

import { availableParallelism } from 'node:os';
import { type Context, define } from './command.ts';
import * as flag from './flags.ts';

const flags = {
  seeds: flag.whole('seeds', 'how many independent hunts of each mutant', 10),
  runs: flag.runs(300, 'runs a seed'),
  shrink: flag.whole('seeds', 'how many findings of each mutant are shrunk', 5, {
    minimum: 0,
    maximum: 1000,
  }),
  workers: flag.workers(Math.min(2, availableParallelism())),
  json: flag.json,
  reporter: flag.reporter,
  quiet: flag.quiet,
};
export type MutantsContext = Context<typeof flags>;

export const command = define({
  name: 'mutants',
  summary: 'plants each bug of the catalogue and reports how fast the suite finds it',
  positional: { name: 'ID', help: 'mutants by id or name; all, if none is named', min: 0, max: Infinity },
  flags,
  details: `A mutant is an exact edit of the controller's source, loaded from a copy. It counts as caught if every seed finds it.
Exit status 1: a mutant was missed by some seed. The canary charges nothing and must fail in the first run.
  npx firsttouch mutants --seeds 50      the table of docs/mutants.md
  npx firsttouch mutants A7 B2 --json`,
  run: async (context) => (await import('./mutants-call.ts')).run(context),
});
