// What a program shows: the Schemas of its answers and views, what each field means, and how a view of changes becomes a whole one.

import * as Schema from '@effect/schema/Schema';
import { MAPPED, NONE, type Observable, type Observed, PINNED, type View } from '../view/view.ts';

const Count = Schema.Int.check(Schema.isBetween({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }));
/** Names of one kind, each at most once. */
const Names = (letter: string) =>
  Schema.Array(Schema.String.check(Schema.isPattern(new RegExp(`^${letter}[0-9]{1,6}$`)))).check(
    Schema.isUnique(),
  );

const CONTAINER_NAME = /^(c[0-9]{1,6}|root)$/;
const PAGE_NAME = /^p[0-9]{1,6}$/;

const ContainerSchema = Schema.Struct({
  /** The pages on its lists; of a program that knows trees, in a nested profile, on those of its subtree. */
  usage: Schema.optionalKey(Count),
  /** Pages; `null` or `"unlimited"`: no limit. Digits beyond 2^53, which are no double, arrive as a string, quoted or not (impl/external). */
  limit: Schema.optionalKey(
    Schema.Union([
      Schema.Number,
      Schema.Null,
      Schema.String.check(Schema.isPattern(/^(unlimited|[0-9]{1,20})$/)),
    ]),
  ),
  failcnt: Schema.optionalKey(Count),
  /** How many of its charges' reclaims freed something. */
  reclaimed: Schema.optionalKey(Count),
  tasks: Schema.optionalKey(Names('t')),
  /** Head first. */
  active: Schema.optionalKey(Names('p')),
  inactive: Schema.optionalKey(Names('p')),
  /** The pages on its own lists. */
  own: Schema.optionalKey(Count),
  /** `root`, or the container that it was made in; the root has none. */
  parent: Schema.optionalKey(
    Schema.Union([Schema.Null, Schema.String.check(Schema.isPattern(CONTAINER_NAME))]),
  ),
});

const PageSchema = Schema.Struct({
  owner: Schema.optionalKey(
    Schema.Union([Schema.Null, Schema.String.check(Schema.isPattern(CONTAINER_NAME))]),
  ),
  mappers: Schema.optionalKey(Names('t')),
  /** The tasks that have it locked. */
  pins: Schema.optionalKey(Names('t')),
  referenced: Schema.optionalKey(Schema.Boolean),
});

/** What a program shows after a move. Containers that are not there, and pages that nobody maps, are left out. */
export const ShownSchema = Schema.Struct({
  containers: Schema.Record(Schema.String, ContainerSchema),
  pages: Schema.optionalKey(Schema.Record(Schema.String, PageSchema)),
});
export type Shown = typeof ShownSchema.Type;

const outcomeFields = {
  outcome: Schema.Literals(['ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH', 'EINVAL', 'ENOMEM']),
  killed: Schema.optionalKey(Names('t')),
  reclaimed: Schema.optionalKey(Names('p')),
};
export const AnswerSchema = Schema.Struct({ ...outcomeFields, view: ShownSchema });
export const BlindAnswerSchema = Schema.Struct(outcomeFields);
export const LookSchema = Schema.Struct({ view: ShownSchema });

/** What is other than in the view that was shown last. `null`: not there any more; a field that is left out is as it was. */
const ChangesSchema = Schema.Struct({
  containers: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(ContainerSchema))),
  pages: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(PageSchema))),
});
export type Changes = typeof ChangesSchema.Type;
export const ChangedAnswerSchema = Schema.Struct({ ...outcomeFields, view: ChangesSchema });

export const idOf = (name: string): number => (name === 'root' ? -1 : Number(name.slice(1)));

/** What was shown so far: whole views and changes become one. */
export class Seen {
  readonly containers = new Map<string, typeof ContainerSchema.Type>();
  readonly pages = new Map<string, typeof PageSchema.Type>();

  clear(): this {
    this.containers.clear();
    this.pages.clear();
    return this;
  }

  add({ containers = {}, pages = {} }: Changes): this {
    fold(this.containers, containers);
    fold(this.pages, pages);
    return this;
  }
}

function fold<T extends object>(table: Map<string, T>, changes: Readonly<Record<string, T | null>>): void {
  for (const [name, fields] of Object.entries(changes)) {
    if (fields === null) table.delete(name);
    else table.set(name, { ...table.get(name), ...fields });
  }
}

/** What of an answer nobody reads, whatever else may be wrong with it. */
export function unreadIn(json: unknown): string[] {
  const answer = tableOf(json);
  const view = tableOf(answer.view);
  const unread = (of: string, { fields }: { fields: object }, table: object): string[] =>
    Object.keys(table)
      .filter((key) => !Object.hasOwn(fields, key))
      .map((key) => `nobody reads "${key}" of ${of}; what is read there: ${Object.keys(fields).join(', ')}`);
  return [
    ...unread('an answer', AnswerSchema, answer),
    ...unread('a view', ShownSchema, view),
    ...Object.values(tableOf(view.containers)).flatMap((c) =>
      unread('a container', ContainerSchema, tableOf(c)),
    ),
    ...Object.values(tableOf(view.pages)).flatMap((p) => unread('a page', PageSchema, tableOf(p))),
  ];
}

/** The fields of a JSON value; none where it is no object. */
export const tableOf = (json: unknown): Record<string, unknown> =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};

export function shownIn({ containers, pages }: Shown): Observable[] {
  const found: Observable[] = [];
  for (const c of Object.values(containers)) {
    if (c.usage !== undefined) found.push('usage');
    if (c.limit !== undefined) found.push('limit');
    if (c.parent !== undefined) found.push('parent');
    if (c.failcnt !== undefined) found.push('failcnt');
    if (c.reclaimed !== undefined) found.push('reclaims');
    if (c.tasks !== undefined) found.push('tasks');
    if (c.active !== undefined && c.inactive !== undefined) found.push('lists', 'order');
  }
  for (const p of Object.values(pages ?? {})) {
    if (p.owner !== undefined) found.push('owner');
    if (p.mappers !== undefined) found.push('mappers');
    if (p.pins !== undefined) found.push('pins');
    if (p.referenced !== undefined) found.push('referenced');
  }
  return found;
}

/** Writes what a program has shown into a view. @throws Error for a name out of scope, or a field that it has shown before and now does not. */
export function write({ containers, pages }: Seen, view: View, observed: Observed): void {
  view.clear();
  const has = <T>(what: Observable, name: string, value: T | undefined): value is T => {
    if (!observed.has(what)) return false;
    if (value === undefined) throw new Error(`${name} does not show its ${what}, as it did before`);
    return true;
  };
  for (const [name, c] of containers) {
    if (!CONTAINER_NAME.test(name))
      throw new Error(`"${name}" names no container; legal are c0, c1, ... and root`);
    const slot = view.slotOf(within(idOf(name), view.size.containers, name));
    view.exists[slot] = 1;
    if (has('usage', name, c.usage)) view.usage[slot] = c.usage;
    if (idOf(name) >= 0 && has('parent', name, c.parent) && c.parent !== null)
      view.parent[slot] = view.slotOf(within(idOf(c.parent), view.size.containers, c.parent));
    if (has('failcnt', name, c.failcnt)) view.failcnt[slot] = c.failcnt;
    if (has('reclaims', name, c.reclaimed)) view.reclaims[slot] = c.reclaimed;
    if (c.own !== undefined) ownAgrees(name, c.own, c.active, c.inactive);
    if (has('limit', name, c.limit)) view.setLimit(slot, limitOf(c.limit));
    if (has('tasks', name, c.tasks)) {
      for (const t of c.tasks) {
        const task = within(idOf(t), view.size.tasks, t);
        if (view.container[task] !== NONE) throw new Error(`${t} is shown in two containers, one is ${name}`);
        view.container[task] = slot;
      }
    }
    if (has('lists', name, c.active)) writeList(view, slot, view.active, view.activeLength, c.active);
    if (has('lists', name, c.inactive)) writeList(view, slot, view.inactive, view.inactiveLength, c.inactive);
  }
  for (const [name, page] of pages) {
    if (!PAGE_NAME.test(name)) throw new Error(`"${name}" names no page; legal are p0, p1, ...`);
    const p = within(idOf(name), view.size.pages, name);
    if (has('owner', name, page.owner))
      view.owner[p] = page.owner === null ? NONE : view.slotOf(idOf(page.owner));
    if (has('referenced', name, page.referenced)) view.referenced[p] = page.referenced ? 1 : 0;
    const pins = new Set(has('pins', name, page.pins) ? page.pins : []);
    if (!has('mappers', name, page.mappers)) continue;
    for (const t of pins) {
      if (!page.mappers.includes(t)) throw new Error(`${name} is locked by ${t}, which does not map it`);
    }
    for (const t of page.mappers) {
      view.map(within(idOf(t), view.size.tasks, t), p, pins.has(t) ? MAPPED | PINNED : MAPPED);
    }
  }
}

/** @throws Error if a container counts other pages as its own than its lists hold */
function ownAgrees(
  name: string,
  own: number,
  active: readonly string[] | undefined,
  inactive: readonly string[] | undefined,
): void {
  const listed = (active?.length ?? 0) + (inactive?.length ?? 0);
  if (active && inactive && own !== listed)
    throw new Error(`${name} owns ${own} pages, its lists hold ${listed}`);
}

function writeList(
  view: View,
  slot: number,
  list: Int32Array,
  lengths: Int32Array,
  names: readonly string[],
): void {
  if (names.length > view.size.pages)
    throw new Error(`a list holds ${names.length} of ${view.size.pages} pages`);
  lengths[slot] = names.length;
  names.forEach((name, i) => {
    list[slot * view.size.pages + i] = within(idOf(name), view.size.pages, name);
  });
}

function within(id: number, count: number, name: string): number {
  if (id >= count) throw new Error(`${name} is outside the scope, which has ${count} of its kind`);
  return id;
}

const UNLIMITED = 2n ** 63n - 1n;
function limitOf(limit: number | string | null): bigint {
  // 2^63-1 is no double: a program in a language of doubles writes the nearest one.
  if (limit === null || limit === 'unlimited' || limit === 2 ** 63) return UNLIMITED;
  if (typeof limit === 'number' && !Number.isSafeInteger(limit))
    throw new Error(`limit ${limit}: legal is a whole number of pages, or null for none`);
  return BigInt(limit);
}
