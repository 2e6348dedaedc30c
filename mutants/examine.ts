// Examines one mutant: hunts it from many seeds and, if asked, shrinks what each seed found.

import { NotReproduced, Shrinker } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { claims } from '../properties/claims/index.ts';
import { domainOf, type Found, type Rss } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { loadController } from '../properties/subjects/load.ts';
import { mutantNamed } from './index.ts';
import { trial } from './trial.ts';

/** What one search of a proof may meet; it is kept for the next seed. */
const SITUATIONS = 60_000;

export interface Job {
  readonly id: string;
  readonly seeds: number;
  /** The most runs from each seed. */
  readonly runs: number;
  /** How many of the findings are shrunk, from the first seed on. */
  readonly shrink: number;
  /** Instead of all that: which claims catch it alone, without a comparison with the specification. */
  readonly matrix?: boolean;
}

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly runs: number;
  readonly commands: number;
  readonly claim: string | null;
  readonly shrunk: Shrunk | null;
}

export interface Shrunk {
  readonly text: string;
  readonly length: number;
  readonly executions: number;
  /** The proof was complete: nothing shorter fails. */
  readonly optimal: boolean;
  readonly proof: string;
  readonly seconds: number;
}

export interface Examined {
  readonly id: string;
  readonly seconds: number;
  readonly results: readonly SeedResult[];
}

/** A mutant's profile, and who makes its controller anew. */
async function mutantOf(id: string) {
  const mutant = mutantNamed(id);
  if (!mutant) throw new RangeError(`there is no mutant ${id}`);
  const { profile = 'letter' } = mutant;
  const Class = await loadController(mutant);
  return { profile, make: () => new ControllerSubject(profile, undefined, Class, `mutant:${id}`) };
}

/** The claims that catch a mutant when each judges alone and nothing is compared with the specification. */
export async function catchers({ id, seeds, runs }: Job): Promise<string[]> {
  const { profile, make } = await mutantOf(id);
  const catches = (name: string) => {
    for (let seed = 0; seed < seeds; seed++) {
      const { found } = trial(make, { profile, seed, runs, claims: [name], compare: false });
      if (found?.claim === name) return true;
    }
    return false;
  };
  return claims.map(({ name }) => name).filter(catches);
}

export async function examine({ id, seeds, runs, shrink }: Job): Promise<Examined> {
  const { profile, make } = await mutantOf(id);
  const shrinker = new Shrinker(domainOf(profiles[profile]), make, { situations: SITUATIONS });
  const started = performance.now();
  const results: SeedResult[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { commands, found, runs: took } = trial(make, { profile, seed, runs });
    const shrunk = seed < shrink && found ? shrunkOf(shrinker, found) : null;
    results.push({ seed, runs: took, commands, claim: found?.claim ?? null, shrunk });
  }
  return { id, seconds: (performance.now() - started) / 1000, results };
}

/** Null for what fails only with ids as far apart as the run gave the subject: the moves as the run names them do not fail (trace/ids.ts). */
function shrunkOf(shrinker: Shrinker<Rss>, found: Found): Shrunk | null {
  const from = performance.now();
  let shorter: ReturnType<typeof shrinker.shrink>;
  try {
    shorter = shrinker.shrink(found);
  } catch (error) {
    if (error instanceof NotReproduced && found.drawn?.names) return null;
    throw error;
  }
  const { violation, text, executions, proof } = shorter;
  const { length } = violation.moves;
  const seconds = (performance.now() - from) / 1000;
  return { text, length, executions, optimal: proof.complete, proof: proof.text, seconds };
}
