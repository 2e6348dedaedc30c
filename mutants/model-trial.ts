// Tries a mutant of the specification: model, checker, properties and controller are copied with the edit, and judge themselves there.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Mutant } from '../properties/subjects/mutant.ts';
import { inCopy } from '../properties/subjects/plant.ts';

const ROOMS = [
  'model',
  'checker',
  'properties',
  'lockstep',
  'mutants',
  'impl/controller',
  'impl/concurrent',
  'package.json',
  'tsconfig.json',
];

/** Who noticed, each with what it saw; empty where nobody did. */
export interface Noticed {
  /** The number of states, transitions, refusals or the depth of a small scope is another than the pinned one. */
  readonly counts: string | null;
  /** A claim, judged on the specification itself along random runs. */
  readonly claims: string | null;
  /** The checker: a claim, or the refinement of the contract, on every reachable state of a small scope. */
  readonly checker: string | null;
  /** The controller, which is right, differs. */
  readonly lockstep: string | null;
}

/** @throws StaleMutant */
export const tryModel = (mutant: Mutant | null): Promise<Noticed> => inCopy(ROOMS, mutant, witnessIn);

/** What random runs do not come to, and who looks at it instead: the control files, the controller's own interface, illegal choices. */
const EXAMPLES = ['shell-files', 'files', 'controller', 'choices'];

/** Runs example tests on a copy with the mistake: the first that ends red, or null. @throws StaleMutant */
export const tryExamples = (mutant: Mutant | null): Promise<string | null> =>
  inCopy([...ROOMS, 'impl', 'cli', 'tests'], mutant, async (folder) => {
    for (const name of EXAMPLES) {
      const test = ['--import=tsx', join(folder, `tests/${name}.test.ts`)];
      const { status } = spawnSync(process.execPath, test, { cwd: folder, timeout: 120_000 });
      if (status !== 0) return `tests/${name}.test.ts`;
    }
    return null;
  });

function witnessIn(folder: string): Promise<Noticed> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(pathToFileURL(join(folder, 'mutants/model-witness.mjs')));
    worker.once('message', (noticed: Noticed) => {
      resolve(noticed);
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the witness ended with ${code}`)));
  });
}
