// A readable state to fields and back. Identity: failcnt and reclaimed are history, not state.

import {
  type Container,
  type ContainerId,
  initial,
  newContainer,
  type Profile,
  ROOT,
  type State,
  type Task,
  UNLIMITED,
} from '../../model/index.ts';
import type { Fields, Layout } from './layout.ts';

const ALL_LISTS = ['inactive', 'active'] as const;

export function fieldsOf(layout: Layout, state: State, fields: Fields): void {
  const { at, scope } = layout;
  fields.fill(0);
  for (const [id, c] of state.containers) {
    const slot = id === ROOT ? scope.containers : id;
    if (id !== ROOT) fields[at.limit + id] = c.limit === UNLIMITED ? layout.unlimited : Number(c.limit) + 1;
    if (id !== ROOT && layout.nested) fields[at.parent + id] = (c.parent ?? ROOT) + 1;
    ALL_LISTS.forEach((list, active) => {
      c[list].forEach((p, i) => {
        if (!layout.lists) {
          fields[at.owned + slot] |= 1 << p;
          return;
        }
        fields[at.list + p] = 1 + slot * 2 + active;
        fields[at.place + p] = i;
      });
    });
  }
  for (const [t, task] of state.tasks) {
    fields[at.container + t] = task.container + 1;
    for (const p of task.maps) fields[at.maps + t] |= 1 << p;
    for (const p of task.pins) fields[at.pins + t] |= 1 << p;
  }
  if (layout.lists) for (const p of state.referenced) fields[at.referenced] |= 1 << p;
}

export function stateOf(layout: Layout, profile: Profile, fields: Fields): State {
  const { at, scope, root } = layout;
  const containers = new Map<ContainerId, Container>();
  const add = (id: ContainerId, slot: number, limit: bigint) => {
    const parent = id === ROOT || !root ? null : layout.nested ? fields[at.parent + id] - 1 : ROOT;
    containers.set(id, { ...newContainer(parent), limit, ...listsOf(layout, fields, slot) });
  };
  if (root) add(ROOT, scope.containers, UNLIMITED);
  for (let c = 0; c < scope.containers; c++) {
    const limit = fields[at.limit + c];
    if (limit > 0) add(c, c, limit === layout.unlimited ? UNLIMITED : BigInt(limit - 1));
  }
  const tasks = new Map<number, Task>();
  for (let t = 0; t < scope.tasks; t++) {
    if (fields[at.container + t] === 0) continue;
    const container = fields[at.container + t] - 1;
    tasks.set(t, { container, maps: pagesOf(fields[at.maps + t]), pins: pagesOf(fields[at.pins + t]) });
  }
  const referenced = !layout.lists ? [] : pagesOf(fields[at.referenced]);
  return { ...initial(profile, root), containers, tasks, referenced };
}

/** A contract state has no order: all pages stand on active, ascending. */
function listsOf(layout: Layout, fields: Fields, slot: number): Pick<Container, 'active' | 'inactive'> {
  const { at, scope } = layout;
  if (!layout.lists) return { active: pagesOf(fields[at.owned + slot]), inactive: [] };
  const lists: [inactive: number[], active: number[]] = [[], []];
  for (let p = 0; p < scope.pages; p++) {
    const list = fields[at.list + p] - 1 - slot * 2;
    if (list === 0 || list === 1) lists[list][fields[at.place + p]] = p;
  }
  return { inactive: lists[0], active: lists[1] };
}

const cache: (readonly number[])[] = [];

/** The pages of a set, ascending. */
export function pagesOf(mask: number): readonly number[] {
  const known = cache[mask];
  if (known) return known;
  const pages: number[] = [];
  for (let p = 0; mask >> p !== 0; p++) if (mask & (1 << p)) pages.push(p);
  if (mask < 256) cache[mask] = pages;
  return pages;
}
