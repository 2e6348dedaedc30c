// The shortest window that shows a flaw: whole runs of ever shorter windows, as long as one of them shows the same claim broken.

import { type StressOptions, stress } from './stress.ts';
import type { Flaw } from './verdict.ts';

/** Runs that are given the chance to show it in half the length, and how long all of that may take. */
const RUNS = 10;
const SECONDS = 30;

export interface Shortened {
  readonly flaw: Flaw;
  /** Operations of each thread in the window; null: as it was found, it did not repeat in shorter ones. */
  readonly each: number | null;
}

export async function shortened(flaw: Flaw, options: StressOptions): Promise<Shortened> {
  const until = performance.now() + SECONDS * 1000;
  const { workers = 1, minutes: _, onProgress: __, ...same } = options;
  let best: Shortened = { flaw, each: null };
  let length = flaw.window ? Math.ceil(flaw.window.calls.length / workers) : 0;
  while (length > 1 && performance.now() < until && !options.signal?.aborted) {
    length = length >> 1;
    const report = await stress({ ...same, workers, runs: RUNS, each: length });
    if (report.flaw?.claim !== flaw.claim || !report.flaw.window) break;
    best = { flaw: report.flaw, each: length };
  }
  return best;
}
