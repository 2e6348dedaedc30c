// A state in words, for traces, and as named values, for trace viewers.

import type { Value } from '../../checker/model.ts';
import { type Container, type State, UNLIMITED } from '../../model/index.ts';
import type { ModelKind } from './judging.ts';

/** `c0 limit 1 [p0] [p1']  c1 in c0 ...  t0@c0 maps p0 p1 pins p1`: active, inactive, a quote for the referenced bit; `in`: not directly under the root. */
export function showState(state: State): string {
  const page = (p: number) => `p${p}${state.referenced.includes(p) ? "'" : ''}`;
  const list = (pages: readonly number[]) => `[${pages.map(page).join(' ')}]`;
  const set = (what: string, pages: readonly number[]) =>
    pages.length === 0 ? '' : [what, ...[...pages].sort().map((p) => `p${p}`)].join(' ');
  const containers = [...state.containers].sort(byId).map(([id, c]) => {
    const limit = c.limit === UNLIMITED ? 'unlimited' : `limit ${c.limit}`;
    const within = c.parent === null || c.parent < 0 ? '' : ` in c${c.parent}`;
    return `${containerText(id)}${within} ${limit} ${list(c.active)} ${list(c.inactive)}`;
  });
  const tasks = [...state.tasks].sort(byId).map(([t, task]) => {
    return `t${t}@c${task.container}${set(' maps', task.maps)}${set(' pins', task.pins)}`;
  });
  return [...containers, ...tasks].join('  ') || 'nothing';
}

const byId = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;

const containerText = (id: number): string => (id < 0 ? 'root' : `c${id}`);

/**
 * Maps by container and task names, pages by theirs; a limit is always a text. In a nested profile a container names its parent. A contract state
 * has no lists, only who owns what.
 */
export function variablesOf(kind: ModelKind, state: State): { readonly [name: string]: Value } {
  const pages = (list: readonly number[]): string[] => list.map((p) => `p${p}`);
  const sorted = (list: readonly number[]): string[] => pages([...list].sort((a, b) => a - b));
  const listsOf = ({ active, inactive }: Container): Record<string, Value> =>
    kind === 'lru'
      ? { active: pages(active), inactive: pages(inactive) }
      : { owns: sorted([...active, ...inactive]) };
  const containers = [...state.containers].sort(byId).map(([id, c]): [string, Value] => {
    const limit = c.limit === UNLIMITED ? 'unlimited' : String(c.limit);
    const parent = c.parent === null ? 'none' : containerText(c.parent);
    const within = state.profile.hierarchy === 'nested' ? { parent } : {};
    return [containerText(id), { ...within, limit, ...listsOf(c) }];
  });
  const tasks = [...state.tasks].sort(byId).map(([t, { container, maps, pins }]): [string, Value] => {
    return [`t${t}`, { container: containerText(container), maps: sorted(maps), pins: sorted(pins) }];
  });
  return {
    containers: new Map(containers),
    tasks: new Map(tasks),
    ...(kind === 'lru' ? { referenced: sorted(state.referenced) } : {}),
  };
}
