// The explain command: a counterexample as a story, or as a test that is ready to be saved.

import { type Context, define } from './command.ts';
import * as flag from './flags.ts';

const flags = {
  impl: {
    ...flag.impl(),
    default: undefined as string | undefined,
    shown: 'the subject that the file names',
  },
  ...flag.linux,
  timeout: flag.timeout,
  json: flag.json,
  test: flag.toggle('print a ready uvu test instead of the story'),
};
export type ExplainContext = Context<typeof flags>;

export const command = define({
  name: 'explain',
  summary:
    'tells a counterexample as a story: the world after each move, where it went wrong, the rule broken',
  positional: { name: 'FILE', help: 'a counterexample', min: 1, max: 1 },
  flags,
  details: `Lists are drawn head to tail; * is the referenced bit, ! a locked page. Exit status 1: something is violated.`,
  run: async (context) => (await import('./explain-call.ts')).run(context),
});
