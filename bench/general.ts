// A general mutation run over the controller: score, and what lives. node --import tsx bench/general.ts
// Two processes share the mutants; each is hunted in all profiles, 100 runs, what lives then again by other seeds, 300 runs.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ProfileName, profiles } from '../model/index.ts';
import { ControllerSubject } from '../properties/controller.ts';
import { generalMutants, loadController, type Mutant } from '../properties/mutants/index.ts';
import { trial } from '../properties/mutants/trial.ts';

const PROCESSES = 2;
const PATIENCE_MS = 3000;
const names = Object.keys(profiles) as ProfileName[];

/** What is broken, or null if the mutant lives. */
async function verdictOn(mutant: Mutant): Promise<string | null> {
  let Class: Awaited<ReturnType<typeof loadController>>;
  try {
    Class = await loadController(mutant);
  } catch (error) {
    return `does not load: ${(error as Error).message.split('\n')[0]}`;
  }
  for (const [seed, runs] of [
    [0, 100],
    [1, 300],
    [2, 300],
  ]) {
    for (const profile of names) {
      const make = () => new ControllerSubject(profile, undefined, Class);
      const { found } = trial(make, { profile, seed, runs, patience: PATIENCE_MS * (seed + 1) });
      if (found) return found.claim;
    }
  }
  return null;
}

function hunted(share: number, note: (id: string, claim: string | null) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url)], {
      env: { ...process.env, FIRSTTOUCH_BENCH_SHARE: String(share) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [id, claim] = JSON.parse(line) as [string, string | null];
      note(id, claim);
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a share ended with ${code}`))));
  });
}

const mutants = generalMutants();
const share = process.env.FIRSTTOUCH_BENCH_SHARE;
if (share !== undefined) {
  for (const [i, mutant] of mutants.entries()) {
    if (i % PROCESSES !== Number(share)) continue;
    console.log(JSON.stringify([mutant.id, await verdictOn(mutant)]));
  }
} else {
  const started = performance.now();
  const verdicts = new Map<string, string | null>();
  const note = (id: string, claim: string | null) => verdicts.set(id, claim);
  await Promise.all(Array.from({ length: PROCESSES }, (_, k) => hunted(k, note)));
  const living = mutants.filter(({ id }) => verdicts.get(id) === null);
  for (const { id, name, why } of living) console.log(`${id}  ${name}  ${why}`);
  const killed = mutants.length - living.length;
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  const score = ((100 * killed) / mutants.length).toFixed(1);
  console.log(`${killed} of ${mutants.length} killed (${score} %), ${minutes} minutes`);
}
