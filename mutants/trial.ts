// One trial: how many runs of the default portfolio it takes to find a mutant from one seed. The runs are those of `verify`.

import { guarded, NO_ANSWER, within } from '../checker/guard.ts';
import { ALIVE, Judge, Lockstep, messageOf, RUNS_A_BATCH, runsOf } from '../lockstep/index.ts';
import { type Move, type ProfileName, profiles } from '../model/index.ts';
import { domainOf, type Found } from '../properties/domain/index.ts';
import type { Run } from '../properties/draw/portfolio.ts';
import type { Specification, Subject } from '../properties/subjects/subject.ts';

export interface TrialOptions {
  readonly profile: ProfileName;
  readonly seed: number;
  /** The most runs. */
  readonly runs: number;
  /** Only these claims judge; all, if left out. */
  readonly claims?: readonly string[];
  /** Compare with the specification after every move; true if left out. */
  readonly compare?: boolean;
  /** The specification to compare with, if not the one that ships; made anew for each piece. */
  readonly spec?: () => Specification;
  /** Milliseconds that a piece of a batch may take, if not PATIENCE_MS. */
  readonly patience?: number;
}

export interface Trial {
  /** The run that found it, from 1; or how many there were. */
  readonly runs: number;
  readonly commands: number;
  readonly found: Found | null;
}

/** Runs that take so long hold a move that does not come back; much longer than they take on a machine with much else to do. */
const PATIENCE_MS = 15_000;
/** Most mutants are found at once: a batch is drawn in pieces, so that not all of it is drawn in vain. */
const PIECES = [3, 8, RUNS_A_BATCH];

/** Hunts a subject; the first violation ends it. A subject that hangs is thrown away, so a new one is made for each trial. */
export function trial(make: () => Subject, options: TrialOptions): Trial {
  const { profile, seed, runs } = options;
  let commands = 0;
  for (let batch = 0; batch * RUNS_A_BATCH < runs; batch++) {
    const count = Math.min(RUNS_A_BATCH, runs - batch * RUNS_A_BATCH);
    for (let k = 0, done = 0; k < PIECES.length && done < count; k++) {
      const until = Math.min(PIECES[k], count);
      const drawn = runsOf(domainOf(profiles[profile]), { impl: 'mutant', seed }, batch, until).slice(done);
      const piece = runPiece(make, options, drawn);
      commands += piece.commands;
      if (piece.found) {
        const run = done + piece.found.run;
        const at = batch * RUNS_A_BATCH + run + 1;
        return { runs: at, commands, found: { ...piece.found, batch, run } };
      }
      done = until;
    }
  }
  return { runs, commands, found: null };
}

/** A subject that cannot even be made, or whose making does not end, has not lived through its first run. */
function born(make: () => Subject, { size }: Run, profile: ProfileName, patience: number): Subject | Found {
  try {
    return within(patience, make);
  } catch (error) {
    const violation = { claim: ALIVE, witness: messageOf(error), moves: [], answers: [] };
    return { ...violation, domain: profile, size, batch: 0, run: 0 };
  }
}

function runPiece(
  make: () => Subject,
  { profile, claims, compare = true, spec, patience = PATIENCE_MS }: TrialOptions,
  drawn: readonly Run[],
): { found: Found | null; commands: number } {
  const subject = born(make, drawn[0], profile, patience);
  if ('claim' in subject) return { found: subject, commands: 0 };
  const domain = domainOf(profiles[profile]);
  const judge = new Judge(domain, subject.observed, { only: claims });
  let moves: Move[] = [];
  let at = 0;
  const lockstep = new Lockstep(subject, judge, {
    spec: spec?.(),
    compare,
    before: (move) => moves.push(move),
  });
  const place = (run: number) => ({
    domain: profile,
    size: drawn[run].size,
    batch: 0,
    run,
    drawn: drawn[run],
  });
  const attempt = (): Found | null => {
    for (; at < drawn.length; at++) {
      moves = [];
      const violation = lockstep.play(drawn[at]);
      if (violation) return { ...violation, ...place(at) };
    }
    return null;
  };
  const found = guarded(patience, attempt, () => {
    // The last run was over when the time was: nothing hangs.
    if (at === drawn.length) return null;
    const violation = { claim: ALIVE, witness: NO_ANSWER, moves, answers: [] };
    return { ...violation, ...place(at) };
  });
  return { found, commands: judge.moves };
}
