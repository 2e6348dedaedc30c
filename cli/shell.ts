// The shell command: a script or transcript from a file or stdin, or a conversation on a terminal.

import { implementations } from '../properties/subjects/known.ts';
import { type Context, define } from './command.ts';
import { impl, linux, profile, quiet, timeout } from './flags.ts';

export const shellHelp = `The containers are below /containers/rss; PAGES is 3, 0-99 or a comma list of those.
  mkdir P   rmdir P   ls P   cat F   echo [-n] TEXT > F   copy P Q   exit
  fork NAME   [NAME:] touch|unmap|mlock|munlock PAGES
  F is P/tasks, P/rss_limit, rss_usage, rss_failcnt or rss_reclaimed
  $$ is the shell's pid, $NAME a task's
Every container but the root can be limited. The shell itself can be killed: 137 is the exit status of a script then.`;

const flags = {
  profile: {
    ...profile(undefined, 'the set of rules; a script may name it itself: // profile: NAME'),
    shown: 'what the script says, or letter',
  },
  impl: impl('controller', implementations, 'what runs the commands; lru is the specification'),
  ...linux,
  timeout,
  quiet: { ...quiet, help: 'print nothing for a transcript that is as expected' },
};
export type ShellContext = Context<typeof flags>;

export const command = define({
  name: 'shell',
  summary: 'the control-file shell: interactive on a terminal, a script or transcript from FILE or stdin',
  positional: { name: 'FILE', help: 'a script, or a transcript to compare; - is stdin', min: 0, max: 1 },
  flags,
  details: `Lines that begin with "$ " make a file a transcript: what is under each must be its output, or the difference is shown
and the exit status is 1; a transcript that expects the shell's own end and gets it is as expected, exit status 0.

${shellHelp}`,
  run: async (context) => (await import('./shell-call.ts')).run(context),
});
