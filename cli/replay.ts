// The replay command: runs saved counterexamples, and says whether each still does what it expects.

import { type Context, define } from './command.ts';
import * as flag from './flags.ts';

const flags = {
  impl: {
    ...flag.judged(),
    default: undefined as string | undefined,
    shown: 'the subject that each file names',
  },
  ...flag.linux,
  timeout: flag.timeout,
  log: flag.log,
  json: flag.json,
  reporter: flag.reporter,
  quiet: { ...flag.quiet, help: 'print only what is not as expected, and the totals' },
};
export type ReplayContext = Context<typeof flags>;

export const command = define({
  name: 'replay',
  summary: 'runs saved counterexamples; a folder stands for its files',
  positional: { name: 'FILE', help: 'a counterexample, or a folder of them', min: 1, max: Infinity },
  flags,
  details: `A file says what it expects: "holds" (a failure of the past that must not come back) or "violation" (a false claim, a historic profile, a mutant).
With --impl, what was found in a mutant or in another program is expected to hold: the mistake is not yours.
Exit status 1: at least one file does not do what it expects.`,
  run: async (context) => (await import('./replay-call.ts')).run(context),
});
