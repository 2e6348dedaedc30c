// The probe command: what this machine can run, and what is missing, by name; or a dry run of the line protocol with a program.

import { type Context, define, UsageError } from './command.ts';
import { impl, json, log, profile, quiet, timeout } from './flags.ts';

const command_ = impl(
  '',
  [],
  'a program: a dry run of the line protocol with it, instead of looking at the machine',
);

const flags = {
  impl: {
    ...command_,
    placeholder: '"COMMAND ARGS"',
    default: undefined as string | undefined,
    shown: 'the machine',
    decode: (value: string, name: string) => command_.decode(value, name, ''),
  },
  profile: profile('letter', 'the set of rules that the program is asked for'),
  timeout,
  log,
  json,
  quiet: { ...quiet, help: 'print only what is missing, or the complaints' },
};
export type ProbeContext = Context<typeof flags>;

export const command = define({
  name: 'probe',
  summary:
    'what this machine can run (Linux adapter, guests, compiler, worker threads, python3, solver), and why not; with --impl a dry run of the protocol',
  flags,
  details: `Exit status 0: this machine can run everything; what can be installed is told beside it. 4: something else is missing, and is named; what needs it is skipped, the rest runs.
The Linux adapter makes groups and tasks of its own for a moment, and removes them; it changes nothing else. On a busy machine that takes a minute.
With --impl: greeting, a move of each kind, reset, what is observed and which claims the rest costs, how fast. Exit status 0: no complaint;
1: each complaint with the line that was sent and the line that came; 4: the program declines the profile. What is right is for verify.`,
  run: async (context) => {
    const { impl, timeout, log } = context.flags;
    if (impl === undefined && (timeout !== undefined || log !== undefined))
      throw new UsageError('--timeout and --log go with --impl "COMMAND"');
    if (impl !== undefined) return (await import('./probe-impl.ts')).run(context, impl);
    return (await import('./probe-call.ts')).run(context);
  },
});
