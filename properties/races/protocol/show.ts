// The machine on a few words: what a reader of a trace wants to see after each step.

import { type Address, type State, UNLIMITED } from '../../../model/protocol/index.ts';

/** `c0 1/1 [p0]  t0:c0 p0  t1:c1   p0 x1 r0` */
export function showMachine(state: State): string {
  const page = (at: Address) => `p${state.records[at]?.page ?? '?'}`;
  const containers = state.containers.flatMap((c) => {
    if (!c) return [];
    const limit = c.limit === UNLIMITED ? '-' : c.limit;
    const lists = `[${c.active.map(page).join(' ')}|${c.inactive.map(page).join(' ')}]`;
    return [`${c.freed ? 'gone ' : ''}c${c.name} ${c.usage}/${limit} ${lists}`];
  });
  const tasks = state.tasks.map(({ container, maps, killed }, t) => {
    const name = container === null ? '-' : `c${state.containers[container]?.name ?? '?'}`;
    return `t${t}:${name}${killed ? ' killed' : ''}${maps.map((p) => ` p${p}`).join('')}`;
  });
  const pages = state.pages.map(
    ({ mapcount, record }, p) => `p${p} x${mapcount}${record === null ? '' : ` r${record}`}`,
  );
  return [...containers, ...tasks, ...pages].join('  ');
}
