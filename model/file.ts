// The control files of a container: tasks, rss_limit, rss_usage, rss_failcnt, rss_reclaimed.

import type { Chooser, Errno, Step } from './action.ts';
import { step } from './next.ts';
import { type ContainerId, members, type State, type TaskId } from './state.ts';
import { usage } from './tree.ts';

/** Every control file there is, for the shell and the explorer, too. */
export const fileNames = ['rss_failcnt', 'rss_limit', 'rss_reclaimed', 'rss_usage', 'tasks'] as const;
export type FileName = (typeof fileNames)[number];
export const isFileName = (name: string): name is FileName => (fileNames as readonly string[]).includes(name);

/** Reads a file of container c: decimal and a newline, or one pid a line. Undefined if there is no such file or container (ENOENT). */
export function readFile(state: State, c: ContainerId, file: string): string | undefined {
  const container = state.containers.get(c);
  if (!container || !isFileName(file)) return undefined;
  if (file === 'tasks')
    return members(state, c)
      .map((t) => `${t}\n`)
      .join('');
  return file === 'rss_usage' ? `${usage(state, c)}\n` : `${container[counters[file]]}\n`;
}

const counters = { rss_limit: 'limit', rss_failcnt: 'failcnt', rss_reclaimed: 'reclaimed' } as const;

/** Writes text to a file of container c, as task `writer` does. Only `tasks` and `rss_limit` are writable. */
export function writeFile(
  state: State,
  c: ContainerId,
  file: string,
  text: string,
  writer: TaskId,
  choose: Chooser,
): Step {
  const refused = (errno: Errno): Step => ({ state, outcome: errno, killed: [], reclaimed: [] });
  if (!state.containers.has(c) || !isFileName(file)) return refused('ENOENT');

  if (file === 'tasks') {
    const pid = parsePid(text);
    return pid === undefined ? refused('EINVAL') : step(state, ['move', pid === 0 ? writer : pid, c], choose);
  }
  if (file === 'rss_limit') {
    const limit = parseLimit(text);
    return limit === undefined ? refused('EINVAL') : step(state, ['setLimit', c, limit], choose);
  }
  return refused('EINVAL');
}

/** Decimal digits with or without one trailing newline: the letter writes `echo $$`. Undefined: not a pid. */
export function parsePid(text: string): number | undefined {
  return /^[0-9]+\n?$/.test(text) ? Number(text) : undefined;
}

/** Decimal digits only, and nothing after them: this is why the letter writes `echo -n`. The empty string is 0. */
export function parseLimit(text: string): bigint | undefined {
  return /^[0-9]*$/.test(text) && !text.endsWith('\n') ? BigInt(text) : undefined;
}
