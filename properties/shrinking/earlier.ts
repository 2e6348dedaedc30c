// A program that keeps something over its reset: a run fails only after others in the same process. Finds the fewest of them that it takes.

import { deathIn, fromList, Judge, NotAlive, OutsideLockstep, type Patience } from '../../lockstep/index.ts';
import { type Move, type ProfileName, profiles } from '../../model/index.ts';
import { domainOf, type Found, type Violation } from '../domain/index.ts';
import { openOutside } from '../subjects/implementation.ts';
import { scopeOf } from '../trace/move.ts';

export interface Carried {
  readonly violation: Violation;
  /** The runs before it, each from a reset. */
  readonly before: readonly (readonly Move[])[];
}

/** Each attempt starts the program anew. */
const MOST = 120;

/** The violation with the fewest runs and moves before it that were found, or null: it does not fail after those runs either. */
export async function afterEarlier(
  impl: string,
  found: Pick<Found, 'moves' | 'domain' | 'earlier'>,
  waiting: Patience,
): Promise<Carried | null> {
  const { earlier = [], moves, domain } = found;
  let left = MOST;
  const fails = async (
    before: readonly (readonly Move[])[],
    last: readonly Move[],
  ): Promise<Carried | null> => (left-- > 0 ? played(impl, domain, [...before, last], waiting) : null);
  let best: Carried | null = null;
  for (let count = 1; !best; count *= 4) {
    best = await fails(earlier.slice(-count), moves);
    if (!best && count >= earlier.length) return null;
  }
  for (let i = 0; i < best.before.length; ) {
    const less = await fails(best.before.toSpliced(i, 1), best.violation.moves);
    if (less) best = less;
    else i++;
  }
  return fewerMoves(best, fails);
}

export function carriedText({ length }: Carried['before']): string {
  const runs = length === 1 ? 'an earlier run' : `${length} earlier runs`;
  return `fails only after ${runs} in one process: something outlives the reset`;
}

/** Leaves out halves, quarters and single moves, of the runs before and of the one that fails. */
async function fewerMoves(
  start: Carried,
  fails: (before: readonly (readonly Move[])[], last: readonly Move[]) => Promise<Carried | null>,
): Promise<Carried> {
  let best = start;
  for (
    let size = Math.max(...best.before.map((run) => run.length), best.violation.moves.length) >> 1;
    size > 0;
    size >>= 1
  ) {
    for (let r = best.before.length; r >= 0; r--) {
      for (let end = lengthOf(best, r); end > 0; end -= size) {
        const runs = [...best.before, best.violation.moves];
        if (!runs[r]) break;
        runs[r] = runs[r].toSpliced(Math.max(end - size, 0), Math.min(size, end));
        const less = await fails(runs.slice(0, -1), runs.at(-1) as readonly Move[]);
        if (less) best = less;
      }
    }
  }
  return best;
}

const lengthOf = ({ before, violation }: Carried, r: number): number =>
  ([...before, violation.moves][r] ?? []).length;

/** Plays the runs in one process, a reset before each: the first that fails, and those before it. */
export async function played(
  impl: string,
  profile: ProfileName,
  runs: readonly (readonly Move[])[],
  waiting: Patience,
): Promise<Carried | null> {
  const { containers, tasks, pages, limit } = scopeOf(runs.flat());
  const room = {
    containers: Math.max(containers, 1),
    tasks: Math.max(tasks, 1),
    pages: Math.max(pages, 1),
    limit,
  };
  const subject = await openOutside(impl, profile, room, waiting).catch(deathIn);
  if (subject instanceof NotAlive) return null;
  try {
    const domain = domainOf(profiles[profile], subject.relation);
    const lockstep = new OutsideLockstep(subject, new Judge(domain, subject.observed));
    for (const [i, moves] of runs.entries()) {
      const violation = await lockstep.run(room, fromList(moves), false);
      if (violation) return { violation, before: runs.slice(0, i) };
    }
    return null;
  } catch (error) {
    if (error instanceof NotAlive) return null;
    throw error;
  } finally {
    await subject.close();
  }
}
