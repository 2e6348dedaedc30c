// The table of commands, in the order of the help. A command is loaded when it is named.

import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

export const commands: Readonly<Record<string, Load>> = {
  verify: () => import('./verify.ts'),
  replay: () => import('./replay.ts'),
  shrink: () => import('./shrink.ts'),
  explain: () => import('./explain.ts'),
  mutants: () => import('./mutants.ts'),
  check: () => import('./check.ts'),
  prove: () => import('./prove.ts'),
  campaign: () => import('./campaign.ts'),
  stress: () => import('./stress.ts'),
  shell: () => import('./shell.ts'),
  spec: () => import('./spec.ts'),
  explorer: () => import('./explorer.ts'),
  probe: () => import('./probe.ts'),
  init: () => import('./init.ts'),
};
