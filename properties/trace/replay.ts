// Replays a trace on a subject: what is seen, and whether that is what the counterexample expects.

import { guarded, NO_ANSWER } from '../../checker/guard.ts';
import {
  ALIVE,
  deathIn,
  fromList,
  Judge,
  Lockstep,
  NotAlive,
  OutsideLockstep,
  type Patience,
} from '../../lockstep/index.ts';
import { type Move, profiles, type Scope } from '../../model/index.ts';
import { falseClaims } from '../claims/false.ts';
import { claims } from '../claims/index.ts';
import { domainOf, type Violation } from '../domain/index.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isOutside } from '../subjects/known.ts';
import { answersDiffer } from '../view/answer.ts';
import type { Size } from '../view/view.ts';
import type { Counterexample } from './counterexample.ts';

export interface Replayed {
  readonly violation: Violation | null;
  /** False: what the file is about cannot be seen of this implementation, or its own choices have avoided it. */
  readonly shows: boolean;
  /** What was expected: what the file says, but of another implementation that it does not make the file's own mistake. */
  readonly expect: Counterexample['expect'];
  /** Why the replay is not what was expected, or null if it is. */
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
 * within the patience is not alive.
 * @throws Unavailable if that cannot run here; the signal's reason when a program is waited for.
 */
export async function replay(
  example: Counterexample,
  impl = example.subject,
  waiting: Patience = {},
): Promise<Replayed> {
  const isOwn = impl === example.subject;
  const expect = isOwn || !isMistaken(example.subject) ? example.expect : 'holds';
  const expected = { ...example, expect };
  const { violation, shows } = isOutside(impl)
    ? await outside(expected, impl, waiting)
    : await inside(expected, impl, waiting.patience ?? PATIENCE_MS);
  return { violation, shows, expect, surprise: shows ? surprise(expected, violation, isOwn) : null };
}

/** What such a subject broke is its own fault. What a controller or the specification breaks by a false claim, or by design, all others break too. */
const isMistaken = (subject: string): boolean => subject.startsWith('mutant:') || isOutside(subject);

interface Seen {
  readonly violation: Violation | null;
  /** False: nothing is wrong, and what the file expects cannot be seen of this implementation, or its own choices have avoided it. */
  readonly shows: boolean;
}

async function inside(example: Counterexample, impl: string, patience: number): Promise<Seen> {
  const size = sizeOf(example.scope);
  const profile = profiles[example.profile];
  const subject = await openSubject(impl, example.profile, size);
  const only = asked(example);
  const judge = new Judge(domainOf(profile), subject.observed, { only, excuse: excuses(example) });
  const moves: Move[] = [];
  const before = (move: Move) => moves.push(move);
  const lockstep = new Lockstep(subject, judge, { compare: !only, before });
  const violation = guarded<Violation | null>(
    patience,
    () => lockstep.run(size, fromList(example.moves), needsClosing(example)),
    () => ({ claim: ALIVE, witness: NO_ANSWER, moves, answers: [] }),
  );
  return { violation, shows: true };
}

async function outside(example: Counterexample, impl: string, waiting: Patience): Promise<Seen> {
  const size = sizeOf(example.scope);
  const profile = profiles[example.profile];
  const subject = await openOutside(impl, example.profile, { ...example.scope, ...size }, waiting).catch(
    deathIn,
  );
  if (subject instanceof NotAlive) {
    const { claim, message: witness } = subject;
    return { violation: { claim, witness, moves: [], answers: [] }, shows: true };
  }
  try {
    const domain = domainOf(profile, subject.relation);
    const judge = new Judge(domain, subject.observed, { only: asked(example), excuse: excuses(example) });
    const lockstep = new OutsideLockstep(subject, judge);
    for (const run of example.before ?? []) await lockstep.run(size, fromList(run), false);
    const violation = await lockstep.run(size, fromList(example.moves), needsClosing(example));
    const sees = broken(example)?.needs.every((need) => subject.observed.has(need)) ?? true;
    // Of a program that shows no part of a view nothing was compared but outcomes.
    const isSeen = subject.observed.size > 0;
    const mustShow = isSeen && (example.expect === 'holds' || (subject.relation === 'lru' && sees));
    return { violation, shows: violation !== null || mustShow };
  } finally {
    await subject.close();
  }
}

/** Against a false claim the subject is right: that claim alone is asked. */
const asked = (example: Counterexample): string[] | undefined =>
  isFalse(example) ? [example.breaks] : undefined;

const broken = ({ breaks }: Counterexample) =>
  [...claims, ...falseClaims].find(({ name }) => name === breaks);

export const isFalse = ({ breaks }: Counterexample): boolean =>
  falseClaims.some(({ name }) => name === breaks);

/** What a profile breaks by design is excused, unless that is what the file shows. */
const excuses = (example: Counterexample): boolean =>
  example.expect === 'holds' || !broken(example)?.known?.(profiles[example.profile]);

/** A claim about whole runs is judged after every task has exited; any other trace ends where it ends. */
const needsClosing = (example: Counterexample): boolean => broken(example)?.kind === 'run';

function surprise(example: Counterexample, violation: Violation | null, sameSubject: boolean): string | null {
  if (example.expect === 'holds') {
    return violation && `expected to hold, but ${violation.claim} is violated: ${violation.witness}`;
  }
  if (!violation) {
    const length = `${example.moves.length} ${example.moves.length === 1 ? 'move' : 'moves'}`;
    return `expected to break ${example.breaks}, but nothing is violated in ${length}`;
  }
  if (violation.claim !== example.breaks)
    return `expected to break ${example.breaks}, but ${violation.claim} is violated: ${violation.witness}`;
  if (violation.moves.length !== example.moves.length)
    return `expected to break ${example.breaks} at move ${example.moves.length}, but it is violated at move ${violation.moves.length}`;
  if (!sameSubject) return null;
  for (const [i, answer] of violation.answers.entries()) {
    const differs = answersDiffer(answer, example.answers[i]);
    if (differs)
      return `expected as the file tells it, but at move ${i + 1} ${differs.replace('the specification says', 'the file says')}`;
  }
  return null;
}
