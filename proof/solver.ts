// A prover in a thread of its own. The package is loaded there, and only there: whoever proves nothing needs none.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

export interface Answer {
  readonly found: 'unsat' | 'sat' | 'unknown';
  /** What z3 makes of a satisfiable problem. */
  readonly model?: string;
}

export class NoSolver extends Error {
  override name = 'NoSolver';
}

export interface Solver {
  readonly version: string;
  /** Can this goal of the text be true? One question at a time; quick if the last one had the same text. @throws Error if z3 does not accept it */
  ask(text: string, goal: string, milliseconds: number): Promise<Answer>;
  close(): Promise<void>;
}

/** Is the package installed? Nothing of it is loaded. */
export function hasSolver(): boolean {
  try {
    createRequire(import.meta.url).resolve('z3-solver');
    return true;
  } catch {
    return false;
  }
}

/** Starts a solver. @throws NoSolver if the package is not installed */
export async function openSolver(seed = 0): Promise<Solver> {
  if (!hasSolver())
    throw new NoSolver(
      'the package z3-solver was left out of this install; npm install z3-solver gets it (35 MB)',
    );
  const worker = new Worker(new URL('./z3.mjs', import.meta.url), { workerData: { seed }, execArgv: [] });
  const ended = once(worker, 'exit').then(() => {
    throw new Error('the solver ended');
  });
  ended.catch(() => {});
  // What the thread throws is thrown here, by `once`.
  const next = async () => (await Promise.race([once(worker, 'message'), ended]))[0];
  const { version } = await next();
  return {
    version: `z3 ${String(version).replace(/^Z3 /, '')}`,
    async ask(text, goal, milliseconds) {
      worker.postMessage({ text, goal, milliseconds });
      return await next();
    },
    close: async () => void (await worker.terminate()),
  };
}
