// A hunting worker: takes batches from the coordinator, one at a time, and leaves in shared memory where it is, should its subject fall silent.

import { parentPort, workerData } from 'node:worker_threads';
import type { Domain, Kinds, Source, Subject } from '../domain.ts';
import { type Plan, runBatch, runsOf } from './batch.ts';

/** Cells of the shared array: the run and move under way; the run is LOADING until the subject is open and the runs are drawn. */
export const RUN = 0;
export const MADE = 1;
export const CELLS = 2;
export const LOADING = -1;

export interface Task {
  readonly source: Source;
  readonly batch: number;
  readonly runs: number;
}

/** A domain from where it is kept. @throws TypeError if it is not there */
export async function loadDomain<K extends Kinds>(source: Source): Promise<Domain<K>> {
  const { module, export: name = 'domain', args } = source;
  const exported = ((await import(module)) as Record<string, unknown>)[name];
  if (typeof exported === 'function') return exported(args) as Domain<K>;
  if (exported === undefined)
    throw new TypeError(`${module} exports no ${name}; a domain is looked for there`);
  return exported as Domain<K>;
}

/** The subject that a hunt is about. @throws Unavailable; TypeError if the domain has no way to open one */
export async function openInside<K extends Kinds>(
  { name, subjects, sizes }: Domain<K>,
  { impl, size }: Plan<K['size']>,
): Promise<Subject<K>> {
  if (!subjects) throw new TypeError(`the domain ${name} says of no subject how it is opened (subjects)`);
  return await subjects.open(impl, size ?? sizes?.largest);
}

interface Bench {
  readonly domain: Domain<Kinds>;
  readonly subject: Subject<Kinds>;
}

/** Serves the coordinator, in its thread. */
export function serve(): void {
  const port = parentPort;
  if (!port) throw new Error('a hunting worker runs in a thread of its own');
  const { plan, shared } = workerData as { plan: Plan<unknown>; shared: SharedArrayBuffer };
  const place = new Int32Array(shared);
  const benches = new Map<string, Bench>();
  const benchOf = async (source: Source): Promise<Bench> => {
    const key = JSON.stringify(source);
    const known = benches.get(key);
    if (known) return known;
    const domain = await loadDomain(source);
    const bench = { domain, subject: await openInside(domain, plan) };
    benches.set(key, bench);
    return bench;
  };
  const before = (run: number, made: number) => {
    Atomics.store(place, RUN, run);
    Atomics.store(place, MADE, made);
  };
  port.on('message', async ({ source, batch, runs }: Task) => {
    const { domain, subject } = await benchOf(source);
    const drawn = runsOf(domain, plan, batch, runs);
    before(0, 0);
    port.postMessage(runBatch(domain, plan, batch, drawn, subject, { before }));
  });
}
