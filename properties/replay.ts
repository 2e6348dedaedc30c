// Replays a trace on a subject: what is seen, and whether that is what the counterexample expects.

import { guarded, NO_ANSWER } from '../checker/guard.ts';
import { type Move, profiles, type Scope } from '../model/index.ts';
import { claims } from './claims.ts';
import type { Counterexample } from './counterexample.ts';
import { falseClaims } from './false-claims.ts';
import { openOutside, openSubject } from './implementation.ts';
import { ALIVE, Judge } from './judge.ts';
import { isOutside } from './known.ts';
import { fromList, Lockstep, outsideLockstep, type Violation } from './lockstep.ts';
import { answersDiffer } from './referee.ts';
import { Specification } from './subject.ts';
import type { Size } from './view.ts';

export interface Replayed {
  readonly violation: Violation | null;
  /** Why the replay is not what the file expects, or null if it is. */
  readonly surprise: string | null;
}

/** As long as a program has for one answer. */
const PATIENCE_MS = 10_000;

export const sizeOf = ({ containers, tasks, pages }: Scope): Size => ({
  containers: Math.max(containers, 1),
  tasks: Math.max(tasks, 1),
  pages: Math.max(pages, 1),
});

/**
 * Runs a counterexample on its subject, or on another implementation. One of this process that does not come back
 * within `patience` ms is not alive.
 * @throws Unavailable if that cannot run here.
 */
export async function replay(
  example: Counterexample,
  impl = example.subject,
  patience = PATIENCE_MS,
): Promise<Replayed> {
  const violation = isOutside(impl) ? await outside(example, impl) : await inside(example, impl, patience);
  return { violation, surprise: surprise(example, violation, impl === example.subject) };
}

async function inside(example: Counterexample, impl: string, patience: number): Promise<Violation | null> {
  const size = sizeOf(example.scope);
  const profile = profiles[example.profile];
  const subject = await openSubject(impl, example.profile, size);
  // Against a false claim the subject is right: that claim alone is asked.
  const only = isFalse(example) ? [example.breaks] : undefined;
  const judge = new Judge(profile, subject.observed, only, excuses(example));
  const moves: Move[] = [];
  const before = (move: Move) => moves.push(move);
  const lockstep = new Lockstep(subject, new Specification(profile), judge, { compare: !only, before });
  return guarded<Violation | null>(
    patience,
    () => lockstep.run(size, fromList(example.moves), needsClosing(example)),
    () => ({ claim: ALIVE, witness: NO_ANSWER, moves, answers: [] }),
  );
}

async function outside(example: Counterexample, impl: string): Promise<Violation | null> {
  const size = sizeOf(example.scope);
  const profile = profiles[example.profile];
  const subject = await openOutside(impl, example.profile, { ...example.scope, ...size });
  try {
    const judge = new Judge(profile, subject.observed, undefined, excuses(example));
    return await outsideLockstep(subject, profile, judge).run(
      size,
      fromList(example.moves),
      needsClosing(example),
    );
  } finally {
    await subject.close();
  }
}

const broken = ({ breaks }: Counterexample) => claims.find(({ name }) => name === breaks);

export const isFalse = ({ breaks }: Counterexample): boolean =>
  falseClaims.some(({ name }) => name === breaks);

/** What a profile breaks by design is excused, unless that is what the file shows. */
const excuses = (example: Counterexample): boolean => !broken(example)?.known?.(profiles[example.profile]);

/** A claim about whole runs is judged after every task has exited; any other trace ends where it ends. */
const needsClosing = (example: Counterexample): boolean => broken(example)?.kind === 'run';

function surprise(example: Counterexample, violation: Violation | null, sameSubject: boolean): string | null {
  if (example.expect === 'holds') {
    return violation && `${violation.claim} is violated, expected was that it holds: ${violation.witness}`;
  }
  if (!violation) return `no violation, expected was one of ${example.breaks}`;
  if (violation.claim !== example.breaks)
    return `${violation.claim} is violated (${violation.witness}), expected was ${example.breaks}`;
  if (violation.moves.length !== example.moves.length)
    return `${violation.claim} is violated at move ${violation.moves.length}, expected was move ${example.moves.length}`;
  if (!sameSubject) return null;
  for (const [i, answer] of violation.answers.entries()) {
    const differs = answersDiffer(answer, example.answers[i]);
    if (differs) return `step ${i + 1}: ${differs.replace('the specification says', 'the file says')}`;
  }
  return null;
}
