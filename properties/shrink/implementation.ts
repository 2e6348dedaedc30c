// Shrinks what any implementation was found by: those of this process with a proof, those outside of it by leaving out alone.

import { type Move, type ProfileName, profiles } from '../../model/index.ts';
import { ControllerSubject } from '../controller.ts';
import { isOutside, openOutside, openSubject } from '../implementation.ts';
import { Judge } from '../judge.ts';
import { fromList, outsideLockstep, type Violation } from '../lockstep.ts';
import { scopeOf } from '../move.ts';
import { loadController } from '../mutants/load.ts';
import { keyOf, textOf } from './canonical.ts';
import { reduce } from './reduce.ts';
import { NotReproduced, roomFor, type ShrinkOptions, type ShrinkResult, shrink } from './shrink.ts';

/** @throws NotReproduced, and Unavailable if the implementation cannot run here. */
export async function shrinkOn(
  impl: string,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): Promise<ShrinkResult> {
  if (isOutside(impl)) return shrinkOutside(impl, profile, violation);
  if (impl === 'controller') {
    // The controller as it is on disk, with its private names made plain: the search must see all that it remembers.
    const Class = await loadController(null);
    return shrink(() => new ControllerSubject(profile, undefined, Class), profile, violation, options);
  }
  const subject = await openSubject(impl, profile, roomFor(violation.moves));
  return shrink(() => subject, profile, violation, options);
}

/** A program answers a few hundred moves a second: this many traces are tried at most. */
const MOST = 400;

async function shrinkOutside(
  impl: string,
  profileName: ProfileName,
  violation: Violation,
): Promise<ShrinkResult> {
  const profile = profiles[profileName];
  const room = { ...roomFor(violation.moves) };
  const subject = await openOutside(impl, profileName, room);
  const judge = new Judge(profile, subject.observed);
  const lockstep = outsideLockstep(subject, profile, judge);
  const known = new Map<string, Violation | null>();
  let executions = 0;
  const run = async (moves: readonly Move[]): Promise<Violation | null> => {
    const key = keyOf(moves);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (executions >= MOST) return null;
    executions++;
    const found = await lockstep.run(room, fromList(moves), false);
    known.set(key, found);
    return found;
  };
  try {
    const again = await run(violation.moves);
    if (!again) throw new NotReproduced(`the trace that broke ${violation.claim} does not fail again`);
    const reduction = reduce(again);
    let step = reduction.next();
    while (!step.done) step = reduction.next(await run(step.value));
    const shrunk = step.value;
    const scope = scopeOf(shrunk.moves);
    const text = `leaving out any one move mends it; ${executions} traces were tried, shorter ones not searched for`;
    const proof = { complete: false, upTo: 0, scope, situations: 0, tried: 0, text };
    return { violation: shrunk, scope, text: textOf(shrunk.moves), executions, proof };
  } finally {
    await subject.close();
  }
}
