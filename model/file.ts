// The control files of a container: tasks, rss_limit, rss_usage, rss_failcnt, rss_reclaimed (SEMANTICS section 6).

import type { Chooser, Errno, Step } from './action.ts';
import { step } from './next.ts';
import { type Container, type ContainerId, members, type State, type TaskId, UNLIMITED } from './state.ts';
import { usage } from './tree.ts';

export const fileNames = ['rss_failcnt', 'rss_limit', 'rss_reclaimed', 'rss_usage', 'tasks'] as const;

/** Reads a file of container c: decimal and a newline, or one pid a line. Undefined if there is no such file or container (ENOENT). */
export function readFile(state: State, c: ContainerId, file: string): string | undefined {
  const container = state.containers.get(c);
  if (!container || !isFile(file)) return undefined;
  if (file === 'tasks')
    return members(state, c)
      .map((t) => `${t}\n`)
      .join('');
  return file === 'rss_usage' ? `${usage(state, c)}\n` : `${counter(container, file)}\n`;
}

function counter(container: Container, file: string): bigint | number {
  if (file === 'rss_limit') return container.limit;
  return file === 'rss_failcnt' ? container.failcnt : container.reclaimed;
}

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
  if (!state.containers.has(c) || !isFile(file)) return refused('ENOENT');

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

export { UNLIMITED };

const isFile = (file: string): boolean => (fileNames as readonly string[]).includes(file);
