// A view drawn in lines of text, and two of them compared line by line.

import { containerName, HUGE, listOf, MAPPED, NONE, PINNED, type View } from './view.ts';

/**
 * A box a container, its lists head to tail (* referenced, ! locked by somebody), then who maps what. In a tree: what it lies in, and of the usage of
 * a container that others are in what its own lists hold.
 */
export function pictureOf(view: View): string[] {
  const lines: string[] = [];
  for (let slot = 0; slot < view.slots; slot++) {
    if (!view.exists[slot]) continue;
    const limit = view.limit[slot] === HUGE ? 'none' : view.exactLimit(slot);
    const own = view.activeLength[slot] + view.inactiveLength[slot];
    const usage = isInner(view, slot) ? `${view.usage[slot]} (own ${own})` : view.usage[slot];
    const up = view.parent[slot];
    const place = up === NONE || up === view.size.containers ? '' : ` in ${containerName(view, up)}`;
    const counters = `usage ${usage}, limit ${limit}, failcnt ${view.failcnt[slot]}, reclaimed ${view.reclaims[slot]}`;
    lines.push(`+- ${containerName(view, slot)}${place}: ${counters}`);
    for (const list of ['active', 'inactive'] as const) {
      lines.push(
        `|  ${list.padEnd(8)} head [${listOf(view, list, slot)
          .map((p) => pageText(view, p))
          .join(' ')}] tail`,
      );
    }
    lines.push(`+- tasks: ${tasksOf(view, slot)}`);
  }
  for (let t = 0; t < view.size.tasks; t++) {
    const c = view.container[t];
    if (c !== NONE && !view.exists[c])
      lines.push(`   t${t} is in ${containerName(view, c)}, which is not there`);
  }
  for (let p = 0; p < view.size.pages; p++) {
    const owner = view.owner[p];
    if (owner !== NONE && !(view.exists[owner] && view.isOnList(owner, p)))
      lines.push(`   p${p} is owned by ${containerName(view, owner)}, and on no list of it`);
  }
  return lines.length > 0 ? lines : ['   (nothing exists)'];
}

/** Containers lie in it (everything lies in the root). */
const isInner = (view: View, slot: number): boolean =>
  slot !== view.size.containers && view.parent.includes(slot);

const pageText = (view: View, p: number): string =>
  `p${p}${view.referenced[p] ? '*' : ''}${view.pins[p] > 0 ? '!' : ''}`;

function tasksOf(view: View, slot: number): string {
  const { tasks, pages } = view.size;
  const texts: string[] = [];
  for (let t = 0; t < tasks; t++) {
    if (view.container[t] !== slot) continue;
    const maps: string[] = [];
    for (let p = 0; p < pages; p++) {
      const bits = view.maps[t * pages + p];
      if (bits & MAPPED) maps.push(`p${p}${bits & PINNED ? '!' : ''}`);
    }
    texts.push(`t${t} maps [${maps.join(' ')}]`);
  }
  return texts.join(', ') || 'none';
}

/** Two pictures beside each other: which lines of each the other has not, so that the difference can be marked. */
export function linesApart(
  mine: readonly string[],
  theirs: readonly string[],
): { readonly mine: boolean[]; readonly theirs: boolean[] } {
  const [a, b] = [new Set(mine), new Set(theirs)];
  return { mine: mine.map((line) => !b.has(line)), theirs: theirs.map((line) => !a.has(line)) };
}
