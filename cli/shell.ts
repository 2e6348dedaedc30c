// The shell command.

import { define, HOLDS } from './command.ts';
import { profile } from './flags.ts';

export const command = define({
  name: 'shell',
  summary: 'the control-file shell: interactive on a terminal, a script or transcript from FILE or stdin',
  flags: { profile: profile('letter') },
  run: async ({ flags, out }) => {
    out(`${flags.profile}\n`);
    return HOLDS;
  },
});
