// Memory: containers and records are allocated, read and freed here; whoever reads what was freed stops the machine.

import {
  type Address,
  type Container,
  type PageRecord,
  type State,
  withContainer,
  withRecord,
} from './state.ts';

/** A step used memory that was freed, or a pointer that points nowhere (C3 for records, C4 for containers). */
export class UseAfterFree extends Error {
  override name = 'UseAfterFree';
  readonly of: 'record' | 'container';

  constructor(of: 'record' | 'container', at: Address | null) {
    super(at === null ? `a ${of} that is not there is used` : `a ${of} is used after it was freed`);
    this.of = of;
  }
}

export function containerAt(state: State, at: Address | null): Container {
  const container = at === null ? null : state.containers[at];
  if (!container || container.freed) throw new UseAfterFree('container', at);
  return container;
}

export function recordAt(state: State, at: Address | null): PageRecord {
  const record = at === null ? null : state.records[at];
  if (!record || record.freed) throw new UseAfterFree('record', at);
  return record;
}

export function writeContainer(state: State, at: Address, change: Partial<Container>): State {
  return withContainer(state, at, { ...containerAt(state, at), ...change });
}

export function writeRecord(state: State, at: Address, change: Partial<PageRecord>): State {
  return withRecord(state, at, { ...recordAt(state, at), ...change });
}

/**
 * The lowest address where nothing lies and nothing that was freed is remembered. Records are allocated from a pool for each thread (every
 * `stride`-th address from `start`), so that it does not matter which of two threads allocates first.
 */
export function freeAddress(items: readonly unknown[], start = 0, stride = 1): Address {
  let at = start;
  while (items[at] != null) at += stride;
  return at;
}

/**
 * What was freed stays visible as freed while a register, a page, a task or a list points to it; then its address may be used again. So a
 * pointer never comes to mean something else behind the back of its holder, as under RCU or a garbage collector.
 */
export function collect(state: State): State {
  let { records, containers } = state;
  if (records.some((record) => record?.freed)) {
    const seen = new Set<Address | null>(state.pages.map(({ record }) => record));
    for (const { record, target } of state.threads) seen.add(record).add(target);
    for (const c of containers) for (const at of c ? [...c.active, ...c.inactive] : []) seen.add(at);
    records = trimmed(records.map((record, at) => (record?.freed && !seen.has(at) ? null : record)));
  }
  if (containers.some((container) => container?.freed)) {
    const seen = new Set<Address | null>(state.threads.map(({ container }) => container));
    for (const { container } of state.tasks) seen.add(container);
    for (const record of records) if (record) seen.add(record.container);
    containers = trimmed(
      containers.map((container, at) => (container?.freed && !seen.has(at) ? null : container)),
    );
  }
  if (records === state.records && containers === state.containers) return state;
  return { ...state, records, containers };
}

function trimmed<T>(items: (T | null)[]): (T | null)[] {
  while (items.length > 0 && items.at(-1) === null) items.pop();
  return items;
}
