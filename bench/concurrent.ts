// The concurrent controller: throughput as ratios in one run, and what stress alone finds.
// Run: node --import tsx bench/concurrent.ts [throughputs|byStressAlone]

import { Worker } from 'node:worker_threads';
import { Controller } from '../impl/concurrent/index.ts';
import { Controller as Sequential } from '../impl/controller/index.ts';
import { concurrentMutants } from '../properties/races/schedule/mutants.ts';
import { writeForm } from '../properties/races/schedule/variant.ts';
import { stress } from '../properties/races/stress/stress.ts';
import type { BenchStart } from './concurrent-worker.ts';
import { inTurn, median, runParts } from './tools.ts';

const PAGES = 1000;
const PASSES = 150;
const WARM = 100;
const ROUNDS = 7;

const shipped = new URL('../impl/concurrent/index.ts', import.meta.url).href;
const oneLock = new URL('index.ts', writeForm({ form: 'global-lock' })).href;

interface Load {
  readonly name: string;
  readonly unmaps: boolean;
  readonly shared: boolean;
}
const loads: readonly Load[] = [
  { name: 'separate containers, touch, touch again, unmap', unmaps: true, shared: false },
  { name: 'separate containers at their limits, every first touch reclaims', unmaps: false, shared: false },
  { name: 'one container, touch, touch again, unmap', unmaps: true, shared: true },
];

/** Millions of operations a second, of all threads together. */
async function throughput(controller: string, threads: number, { unmaps, shared }: Load): Promise<number> {
  const k = Controller.create({
    containers: threads,
    tasks: threads,
    pages: PAGES * threads,
    workers: threads,
  });
  for (let w = 0; w < threads; w++) {
    const c = shared ? 0 : w;
    k.perform(['mkdir', c]);
    k.perform(['spawn', w, c]);
    if (!unmaps) k.perform(['setLimit', c, PAGES / 2]);
  }
  const control = new SharedArrayBuffer(64);
  const workers = Array.from({ length: threads }, (_, worker) => {
    const workerData: BenchStart = {
      controller,
      memory: k.buffer,
      control,
      worker,
      from: worker * PAGES,
      pages: PAGES,
      passes: PASSES,
      warm: WARM,
      unmaps,
    };
    return new Worker(new URL('./concurrent-worker.mjs', import.meta.url), { workerData });
  });
  const next = () =>
    Promise.all(workers.map((w) => new Promise<Message>((resolve) => w.once('message', resolve))));
  await next();
  const results = next();
  Atomics.store(new Int32Array(control), 0, 1);
  Atomics.notify(new Int32Array(control), 0);
  const done = await results;
  await Promise.all(workers.map((w) => w.terminate()));
  const began = Math.min(...done.map((one) => Number(one.began)));
  const ended = Math.max(...done.map((one) => Number(one.ended)));
  const operations = done.reduce((sum, { operations }) => sum + operations, 0);
  return (operations / (ended - began)) * 1000;
}
type Message = { began: bigint; ended: bigint; operations: number };

function sequential({ unmaps }: Load): number {
  const k = new Sequential('letter', { pages: PAGES, tasks: 1, containers: 1 });
  k.mkdir(0);
  k.spawn(0, 0);
  if (!unmaps) k.setLimit(0, PAGES / 2);
  const pass = () => {
    for (let p = 0; p < PAGES; p++) {
      k.touch(0, p);
      k.touch(0, p);
      if (unmaps) k.unmap(0, p);
    }
  };
  for (let n = 0; n < WARM; n++) pass();
  const began = process.hrtime.bigint();
  for (let n = 0; n < PASSES; n++) pass();
  return ((PAGES * PASSES * (unmaps ? 3 : 2)) / Number(process.hrtime.bigint() - began)) * 1000;
}

async function throughputs(): Promise<void> {
  for (const load of loads) {
    const peers = {
      'sequential controller': () => sequential(load),
      'concurrent, 1 thread': () => throughput(shipped, 1, load),
      'concurrent, 2 threads': () => throughput(shipped, 2, load),
      'one global lock, 1 thread': () => throughput(oneLock, 1, load),
      'one global lock, 2 threads': () => throughput(oneLock, 2, load),
    };
    const rates = await inTurn(peers, ROUNDS, 1);
    const rate = (name: keyof typeof peers) => median(rates[name]);
    const ratio = (a: keyof typeof peers, b: keyof typeof peers) =>
      `${a} / ${b}: ${(rate(a) / rate(b)).toFixed(2)}`;
    console.log(`\n${load.name}`);
    for (const [name, all] of Object.entries(rates))
      console.log(`  ${name.padEnd(28)} ${median(all).toFixed(2)} M operations/s`);
    console.log(`  ${ratio('concurrent, 2 threads', 'one global lock, 2 threads')}`);
    console.log(`  ${ratio('concurrent, 2 threads', 'concurrent, 1 thread')}`);
    console.log(`  ${ratio('concurrent, 1 thread', 'sequential controller')}`);
  }
}

/** How soon free runs find each planted race: the first run of 12,000 operations that shows it, of 10. */
async function byStressAlone(): Promise<void> {
  console.log('\nplanted races by stress alone, 4 threads, up to 10 runs of 12,000 operations:');
  for (const mutant of concurrentMutants) {
    const controller = new URL('index.ts', writeForm({ form: 'plain', mistake: mutant })).href;
    const { runs, flaw } = await stress({ controller, runs: 10, windows: 12, each: 250, patience: 1500 });
    console.log(`  ${mutant.id.padEnd(26)} ${flaw ? `${flaw.claim} in run ${runs}` : 'not found'}`);
  }
}

await runParts({ throughputs, byStressAlone }, process.argv.slice(2));
