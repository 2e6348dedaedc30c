// The init command: a program to start from, in the language of choice.

import { type Context, define } from './command.ts';
import { choice, json } from './flags.ts';
import { languageNames } from './languages.ts';

const flags = {
  lang: choice(languageNames, 'what the program is written in', undefined),
  json,
};
export type InitContext = Context<typeof flags>;

export const command = define({
  name: 'init',
  summary: 'a program to start from: speaks the protocol, answers rightly, says what is not built yet',
  positional: {
    name: 'DIR',
    help: 'the folder to write it into; nothing in it is overwritten',
    min: 1,
    max: 1,
  },
  flags,
  details: `Writes the program, a README and a CI file. What is refused is refused rightly from the first run; mkdir, spawn, and touch without a limit
are built. The first red verdict says what to build next.`,
  run: async (context) => (await import('./init-call.ts')).run(context),
});
