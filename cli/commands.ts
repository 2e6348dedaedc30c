// The table of commands, in the order of the help. A command is loaded when it is named.

import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

export const commands: Readonly<Record<string, Load>> = {
  shell: () => import('./shell.ts'),
};
