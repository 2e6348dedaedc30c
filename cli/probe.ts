// The probe command: what this machine can run, and what is missing, by name. Says so before a run is skipped for it.

import { type Context, define } from './command.ts';
import { json, quiet } from './flags.ts';

const flags = { json, quiet: { ...quiet, help: 'print only what is missing' } };
export type ProbeContext = Context<typeof flags>;

export const command = define({
  name: 'probe',
  summary: 'what this machine can run (Linux adapter, compiler, worker threads), and why not',
  flags,
  details: `Exit status 0: everything can run here. 4: something is missing, and is named; what needs it is skipped, the rest runs.
The Linux adapter makes groups of its own for a moment, and removes them; it changes nothing else.`,
  run: async (context) => (await import('./probe-call.ts')).run(context),
});
