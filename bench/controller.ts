// The controller measured beside its peers in one run, each figure as a ratio: npm LRU caches, the same program in C, itself at another size.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { LRUMap } from 'mnemonist';
import { Controller } from '../impl/controller/index.ts';
import { runBatch, runsOf } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { inTurn, median, runParts } from './tools.ts';

const PAGES = 20_000;
const LIMIT = 10_000;
const TOUCHES = 2_000_000;
const ROUNDS = 7;

/** Nanoseconds of processor time an operation, by peer: the median of rounds taken in turn, the first of which warms up. */
async function nanoseconds<Name extends string>(
  peers: Readonly<Record<Name, () => number>>,
): Promise<Record<Name, number>> {
  const times = Object.entries<number[]>(await inTurn(peers, ROUNDS, 1));
  return Object.fromEntries(times.map(([name, ns]) => [name, median(ns)])) as Record<Name, number>;
}

/** What other processes do in the meantime does not count. */
function timed(operations: number, run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / operations;
}

function atLimit(pages: number, limit: number): Controller {
  const k = new Controller('letter', { pages, tasks: 1, containers: 1 });
  k.mkdir(0);
  k.spawn(0, 0);
  k.setLimit(0, limit);
  for (let p = 0; p < pages; p++) k.touch(0, p);
  return k;
}

type Cache = { get(p: number): number | undefined; set(p: number, v: number): unknown };

const next = (p: number): number => (p + 1 === PAGES ? 0 : p + 1);

// Every touch is of a page that is not in: one goes, one comes. Each peer has a loop of its own, as in C: one that calls back costs them all more.

function touchAll(k: Controller): void {
  for (let i = 0, p = 0; i < TOUCHES; i++, p = next(p)) k.touch(0, p);
}

function visitAllOfLruCache(cache: Cache): void {
  for (let i = 0, p = 0; i < TOUCHES; i++, p = next(p)) if (cache.get(p) === undefined) cache.set(p, p);
}

function visitAllOfMnemonist(cache: Cache): void {
  for (let i = 0, p = 0; i < TOUCHES; i++, p = next(p)) if (cache.get(p) === undefined) cache.set(p, p);
}

/** All peers on one processor: whoever else works on this machine then slows down all of them. */
function pinned(): boolean {
  return spawnSync('taskset', ['-pc', '0', String(process.pid)]).status === 0;
}

async function chargeAtLimit(): Promise<void> {
  if (!pinned())
    console.log('  no taskset is here: the peers may run on processors that are not equally busy');
  const k = atLimit(PAGES, LIMIT);
  const cache = new LRUCache<number, number>({ max: LIMIT });
  const map = new LRUMap<number, number>(Int32Array, Int32Array, LIMIT);
  const c = compileC();
  const peers: Record<string, () => number> = {
    firsttouch: () => timed(TOUCHES, () => touchAll(k)),
    'lru-cache': () => timed(TOUCHES, () => visitAllOfLruCache(cache)),
    mnemonist: () => timed(TOUCHES, () => visitAllOfMnemonist(map)),
  };
  if (c) peers.C = c.run;
  const ns = await nanoseconds(peers);
  c?.remove();
  console.log(`charge at the limit (touch, reclaim one, add one), ${PAGES} pages, limit ${LIMIT}, ns each:`);
  for (const [name, value] of Object.entries(ns)) console.log(`  ${name.padEnd(11)} ${value.toFixed(1)}`);
  const best = Math.min(ns['lru-cache'], ns.mnemonist);
  verdict('best npm LRU / firsttouch', best / ns.firsttouch, '>=', 2);
  if (c) verdict('firsttouch / C -O2', ns.firsttouch / ns.C, '<=', 3);
  else console.log('  C: skipped, no compiler (cc) is here');
  const wrong = k.verify();
  if (wrong || k.usage(0) !== LIMIT) throw new Error(`the controller is broken: ${wrong ?? k.usage(0)}`);
}

function compileC(): { run: () => number; remove: () => void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-bench-'));
  const program = join(folder, 'charge');
  const source = new URL('charge.c', import.meta.url).pathname;
  if (spawnSync('cc', ['-O2', '-o', program, source]).status !== 0) return null;
  const run = () => {
    const { stdout } = spawnSync(program, [String(PAGES), String(LIMIT), String(TOUCHES)], {
      encoding: 'utf8',
    });
    return (JSON.parse(stdout) as { ns: number }).ns;
  };
  return { run, remove: () => rmSync(folder, { recursive: true }) };
}

/** Mixed work at two sizes: what grows with the number of pages is the cache's misses, not the number of steps. */
async function sizes(): Promise<void> {
  const small = mixed(1_000);
  const large = mixed(10_000_000);
  const ns = await nanoseconds({ '10^3': small.run, '10^7': large.run });
  console.log('mixed work (touch, unmap, reference, reclaim), ns an operation:');
  for (const [name, value] of Object.entries(ns)) console.log(`  ${name} pages ${value.toFixed(1)}`);
  verdict('10^7 / 10^3', ns['10^7'] / ns['10^3'], '<=', 4);
}

function mixed(pages: number): { run: () => number } {
  const k = atLimit(pages, Math.floor(pages / 2));
  let at = 0;
  const operations = 1_000_000;
  return {
    run: () =>
      timed(operations, () => {
        for (let i = 0; i < operations / 4; i++) {
          k.touch(0, at);
          k.touch(0, at);
          k.touch(0, (at + (pages >> 2)) % pages);
          k.unmap(0, (at + (pages >> 3)) % pages);
          at = at + 1 === pages ? 0 : at + 1;
        }
      }),
  };
}

/** In a process of its own: memory that another part gives back in the meantime would be counted as saved. */
function bytes(): void {
  if (wanted.join() === 'bytes') countBytes();
  else spawnSync(process.execPath, [...process.execArgv, process.argv[1], 'bytes'], { stdio: 'inherit' });
}

function countBytes(): void {
  const count = 10_000_000;
  globalThis.gc?.();
  const before = memory();
  const k = new Controller('letter', { pages: count, tasks: 100_000, containers: 10_000 });
  for (let c = 0; c < 10_000; c++) k.mkdir(c);
  for (let t = 0; t < 100_000; t++) k.spawn(t, t % 10_000);
  for (let p = 0; p < count; p++) k.touch(p % 100_000, p);
  const each = (memory() - before) / count;
  console.log(`10^7 pages, 10^5 tasks, 10^4 containers: ${k.usage(0)} pages in container 0`);
  verdict('bytes a page, tables of tasks and containers included', each, '<=', 40);
}

/** What the process has in memory. */
const memory = (): number => process.memoryUsage().rss;

/** Fully compared commands a second at 3 containers, 4 tasks, 8 pages: both sides step, views are equal, every claim is asked. */
async function compared(): Promise<void> {
  const plan = { impl: 'controller', seed: 1, size: { containers: 3, tasks: 4, pages: 8 } };
  const subject = new ControllerSubject('letter');
  const domain = domainOf(profiles.letter);
  const runs = Array.from({ length: 20 }, (_, batch) => runsOf(domain, plan, batch, 100));
  let commands = 0;
  const ns = await nanoseconds({
    compare: () => {
      commands = 0;
      const all = timed(1, () => {
        for (const [batch, drawn] of runs.entries()) {
          const { tally, found } = runBatch(domain, plan, batch, drawn, subject);
          if (found) throw new Error(`${found.claim}: ${found.witness}`);
          commands += tally.commands;
        }
      });
      return all / commands;
    },
  });
  console.log(`lockstep at 3/4/8 in profile ${profiles.letter.name}, ${commands} commands a round:`);
  verdict('fully compared commands a second', 1e9 / ns.compare, '>=', 300_000);
}

// Trees, in linux-v1: a reclaim frees 32 pages at a time there, so a flat charge of that profile is what they are held against.

/** Container 0 with the limit, the others below it; a task in each. */
function tree(containers: number, parentOf: (c: number) => number, pages: number, limit: number): Controller {
  const k = new Controller('linux-v1', { pages, tasks: containers, containers });
  for (let c = 0; c < containers; c++) {
    k.mkdir(c, c === 0 ? -1 : parentOf(c));
    k.spawn(c, c);
  }
  k.setLimit(0, limit);
  return k;
}

/**
 * Each page has its task, in turn. Reclaim begins with the lowest ids, so pages of high ones would stay for ever: what was touched a while ago is
 * unmapped, and every touch is of a page that is not in.
 */
function touchBelow(k: Controller, tasks: number, from: number, pages: number): void {
  const of = (p: number) => from + (p % (tasks - from));
  const since = (pages >> 1) + (pages >> 4);
  for (let i = 0, p = 0, old = pages - since; i < TOUCHES; i++) {
    k.touch(of(p), p);
    k.unmap(of(old), old);
    p = p + 1 === pages ? 0 : p + 1;
    old = old + 1 === pages ? 0 : old + 1;
  }
}

async function trees(): Promise<void> {
  pinned();
  const depth = (levels: number) => tree(levels, (c) => c - 1, PAGES, LIMIT);
  const fan = (containers: number) => tree(containers, (c) => Math.floor((c - 1) / 10), 3_000, 1_500);
  const [flat, deep, ten, thousand] = [depth(1), depth(4), fan(10), fan(1_000)];
  const run = (k: Controller, tasks: number, from: number, pages: number) => () =>
    timed(TOUCHES, () => touchBelow(k, tasks, from, pages));
  const ns = await nanoseconds({
    flat: run(flat, 1, 0, PAGES),
    deep: run(deep, 4, 3, PAGES),
    ten: run(ten, 10, 1, 3_000),
    thousand: run(thousand, 1_000, 1, 3_000),
  });
  console.log('trees, linux-v1, a charge at the limit of an ancestor, ns each:');
  console.log(`  under one container ${ns.flat.toFixed(1)}, in the fourth below it ${ns.deep.toFixed(1)}`);
  verdict('depth 4 / flat', ns.deep / ns.flat, '<=', 3);
  console.log(
    `  3,000 pages: under 10 containers ${ns.ten.toFixed(1)}, under 1,000 ${ns.thousand.toFixed(1)}`,
  );
  verdict('1,000 containers / 10', ns.thousand / ns.ten, '<=', 2);
  const wrong = [flat, deep, ten, thousand].map((k) => k.verify()).find((each) => each !== null);
  if (wrong) throw new Error(`the controller is broken: ${wrong}`);
}

function verdict(what: string, value: number, relation: '>=' | '<=', target: number): void {
  const met = relation === '>=' ? value >= target : value <= target;
  const shown = value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
  console.log(
    `  ${what}: ${shown} (target ${relation} ${target.toLocaleString('en')}${met ? '' : ', MISSED'})`,
  );
}

const wanted = process.argv.slice(2);
await runParts({ compared, chargeAtLimit, trees, bytes, sizes }, wanted);
