// What a move changed: a mark for each page, container and task, and the same in words.

import { ownerOf, type State, usage } from '../model/index.ts';
import type { Names } from './names.ts';

export type PageMark = 'new' | 'moved' | 'bit' | 'pin';

export interface Change {
  /** Pages on a list now, by what happened to them. */
  readonly pages: ReadonlyMap<number, PageMark>;
  readonly containers: ReadonlySet<number>;
  /** Those whose failcnt rose: they refused, and paid. */
  readonly refused: ReadonlySet<number>;
  readonly tasks: ReadonlySet<number>;
  readonly words: readonly string[];
}

export const noChange: Change = {
  pages: new Map(),
  containers: new Set(),
  refused: new Set(),
  tasks: new Set(),
  words: [],
};

const limitText = (limit: bigint) => (limit === 9223372036854775807n ? 'unlimited' : String(limit));

/** Untouched objects are shared between states, so that what did not change costs nothing to find. */
export function changeBetween(before: State, after: State, names: Names): Change {
  const marks: Marks = { pages: new Map(), containers: new Set(), tasks: new Set(), words: [] };
  containersChanged(before, after, names, marks);
  tasksChanged(before, after, names, marks);
  bitsChanged(before, after, marks);
  const refused = new Set(
    [...after.containers]
      .filter(([id, { failcnt }]) => failcnt > (before.containers.get(id)?.failcnt ?? failcnt))
      .map(([id]) => id),
  );
  return { ...marks, refused };
}

/** What was found so far. */
interface Marks {
  readonly pages: Map<number, PageMark>;
  readonly containers: Set<number>;
  readonly tasks: Set<number>;
  readonly words: string[];
}

function containersChanged(before: State, after: State, names: Names, marks: Marks): void {
  const { pages, containers: marked, words } = marks;
  for (const [id, now] of after.containers) {
    const was = before.containers.get(id);
    const [used, uses] = was ? [usage(before, id), usage(after, id)] : [0, 0];
    // In a tree the usage of a container changes with that of one below it.
    if (was === now && used === uses) continue;
    marked.add(id);
    const name = names.container(id);
    if (!was) {
      words.push(`${name} is new`);
      continue;
    }
    if (was.limit !== now.limit)
      words.push(`limit of ${name} ${limitText(was.limit)} → ${limitText(now.limit)}`);
    if (used !== uses) words.push(`usage of ${name} ${used} → ${uses}`);
    if (was.failcnt !== now.failcnt) words.push(`failcnt of ${name} ${was.failcnt} → ${now.failcnt}`);
    if (was.reclaimed !== now.reclaimed)
      words.push(`reclaimed of ${name} ${was.reclaimed} → ${now.reclaimed}`);
    placesChanged(was, now, before, pages);
  }
  for (const id of before.containers.keys()) {
    if (!after.containers.has(id)) words.push(`${names.container(id)} is gone`);
  }
}

interface Lists {
  readonly active: readonly number[];
  readonly inactive: readonly number[];
}

/** A page is marked if it came, or if it is on the other list now, or at the head of its list as it was not. */
function placesChanged(was: Lists, now: Lists, before: State, pages: Map<number, PageMark>): void {
  const old = new Map<number, string>();
  for (const p of was.active) old.set(p, 'active');
  for (const p of was.inactive) old.set(p, 'inactive');
  for (const list of ['active', 'inactive'] as const) {
    for (const p of now[list]) {
      const place = old.get(p);
      if (place === undefined) pages.set(p, ownerOf(before, p) === null ? 'new' : 'moved');
      else if (place !== list) pages.set(p, 'moved');
    }
    for (const p of rotated(was[list], now[list])) pages.set(p, pages.get(p) ?? 'moved');
  }
}

/** Pages that overtook others: those before the old head that were on the list already. */
function rotated(was: readonly number[], now: readonly number[]): number[] {
  if (was.length === 0) return [];
  const known = new Map(was.map((p, i) => [p, i]));
  const moved: number[] = [];
  let last = Number.POSITIVE_INFINITY;
  for (let i = now.length - 1; i >= 0; i--) {
    const at = known.get(now[i]);
    if (at === undefined) continue;
    if (at > last) moved.push(now[i]);
    else last = at;
  }
  return moved;
}

function tasksChanged(before: State, after: State, names: Names, marks: Marks): void {
  const { pages, tasks: marked, words } = marks;
  for (const [id, now] of after.tasks) {
    const was = before.tasks.get(id);
    if (was === now) continue;
    marked.add(id);
    if (!was) words.push(`${names.task(id)} is new, in ${names.container(now.container)}`);
    else if (was.container !== now.container) {
      words.push(
        `${names.task(id)} moved from ${names.container(was.container)} to ${names.container(now.container)}`,
      );
    }
    if (was && was.maps.length !== now.maps.length) {
      words.push(`${names.task(id)} maps ${was.maps.length} → ${now.maps.length}`);
    }
    for (const p of now.pins) if (!was?.pins.includes(p)) pages.set(p, 'pin');
    for (const p of was?.pins ?? []) if (!now.pins.includes(p) && now.maps.includes(p)) pages.set(p, 'pin');
  }
  for (const id of before.tasks.keys()) if (!after.tasks.has(id)) words.push(`${names.task(id)} is gone`);
}

function bitsChanged(before: State, after: State, { pages }: Marks): void {
  if (before.referenced === after.referenced) return;
  const was = new Set(before.referenced);
  const now = new Set(after.referenced);
  for (const p of now) if (!was.has(p) && !pages.has(p)) pages.set(p, 'bit');
  for (const p of was) if (!now.has(p) && !pages.has(p)) pages.set(p, 'bit');
}
