// Examines many mutants, each in a thread of its own, some at a time; sums up what came of them.

import { Worker } from 'node:worker_threads';
import type { Examined, Job, SeedResult } from './examine.ts';
import type { MutantRow } from './row.ts';

export interface ExamineOptions {
  readonly seeds: number;
  readonly runs: number;
  /** How many findings of each mutant are shrunk. */
  readonly shrink: number;
  readonly workers: number;
  readonly signal?: AbortSignal;
  /** Told whenever a mutant is done. */
  readonly done?: (row: MutantRow, count: number) => void;
}

/** In the order of `ids`; what was not hunted to its end when the signal came is left out. */
export async function examineAll(ids: readonly string[], options: ExamineOptions): Promise<MutantRow[]> {
  const { seeds, runs, shrink, workers, signal } = options;
  const rows = new Map<string, MutantRow>();
  await eachOf(ids, workers, signal, async (id) => {
    const examined = await inThread({ id, seeds, runs, shrink }, signal);
    if (!examined) return;
    const row = rowOf(examined, seeds);
    rows.set(id, row);
    options.done?.(row, rows.size);
  });
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** By mutant, the claims that catch it alone with the comparison switched off. */
export async function matrixOf(
  ids: readonly string[],
  { seeds, runs, workers }: Pick<ExamineOptions, 'seeds' | 'runs' | 'workers'>,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  await eachOf(ids, workers, undefined, async (id) => {
    found.set(id, (await inThread<readonly string[]>({ id, seeds, runs, shrink: 0, matrix: true })) ?? []);
  });
  return found;
}

/** So many at a time, until the signal comes. */
async function eachOf(
  ids: readonly string[],
  workers: number,
  signal: AbortSignal | undefined,
  examined: (id: string) => Promise<void>,
): Promise<void> {
  const queue = [...ids];
  const work = async () => {
    for (let id = queue.shift(); id !== undefined && !signal?.aborted; id = queue.shift()) await examined(id);
  };
  await Promise.all(Array.from({ length: Math.min(workers, ids.length) }, work));
}

/** What the thread answers; null if the signal ended it. */
function inThread<T = Examined>(job: Job, signal?: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: job });
    const stop = () => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    let answer: T | undefined;
    worker.once('message', (result: T) => {
      answer = result;
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      if (answer) resolve(answer);
      else if (signal?.aborted) resolve(null);
      else reject(new Error(`the thread of mutant ${job.id} ended with ${code}`));
    });
  });
}

/** What came of a mutant's seeds, summed up. */
export function rowOf({ id, seconds, results }: Examined, seeds: number): MutantRow {
  const caught = results.filter(({ claim }) => claim !== null);
  const shrunk = results.flatMap((result) => result.shrunk ?? []);
  const runs = caught.map((result) => result.runs);
  return {
    id,
    seeds,
    caught: caught.length,
    runs: { median: median(runs), max: Math.max(0, ...runs) },
    commands: results.reduce((n, result) => n + result.commands, 0),
    claims: claimsOf(caught),
    shrunk: {
      lengths: [...new Set(shrunk.map(({ length }) => length))].sort((a, b) => a - b),
      texts: [...new Set(shrunk.map(({ text }) => text))].sort((a, b) => a.length - b.length),
      optimal: shrunk.filter(({ optimal }) => optimal).length,
      count: shrunk.length,
      executions: median(shrunk.map(({ executions }) => executions)),
      proof: shrunk[0]?.proof ?? '',
    },
    seconds,
  };
}

function claimsOf(results: readonly SeedResult[]): string[] {
  const counts = new Map<string, number>();
  for (const { claim } of results) counts.set(String(claim), (counts.get(String(claim)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([claim]) => claim);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
