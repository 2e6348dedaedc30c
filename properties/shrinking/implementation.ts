// Shrinks what any implementation was found by: those of this process with a proof, those outside of it, too, by all traces that are shorter.

import {
  ALIVE,
  NotReproduced,
  type Opener,
  type ShrinkOptions,
  type ShrinkResult,
  shrink,
  shrinkOutside,
} from '../../lockstep/index.ts';
import { type ProfileName, profiles } from '../../model/index.ts';
import { domainOf, type Rss, type Violation } from '../domain/index.ts';
import { ControllerSubject } from '../subjects/controller.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isLinux, isOutside } from '../subjects/known.ts';
import { loadController } from '../subjects/load.ts';
import { played } from './earlier.ts';
import { roomFor } from './index.ts';

/** @throws NotReproduced, and Unavailable if the implementation cannot run here. */
export async function shrinkOn(
  impl: string,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions<Rss> = {},
): Promise<ShrinkResult<Rss>> {
  const domain = domainOf(profiles[profile]);
  const room = roomFor(violation.moves);
  if (isOutside(impl)) {
    const open: Opener<Rss> = (waiting) => openOutside(impl, profile, room, waiting);
    const result = await shrinkOutside(domain, open, violation, room, options);
    if (!isLinux(impl)) await failsAlone(impl, profile, result.violation, options);
    return result;
  }
  if (impl === 'controller') {
    // The controller as it is on disk, with its private names made plain: the search must see all that it remembers.
    const Class = await loadController(null);
    return shrink(domain, () => new ControllerSubject(profile, undefined, Class), violation, options);
  }
  const subject = await openSubject(impl, profile, room);
  return shrink(domain, () => subject, violation, options);
}

/** The process in which a trace was shrunk may remember other runs. @throws NotReproduced: in a new process it does not fail */
async function failsAlone(
  impl: string,
  profile: ProfileName,
  { claim, moves }: Violation,
  waiting: ShrinkOptions<Rss>,
): Promise<void> {
  if (claim === ALIVE || (await played(impl, profile, [moves], waiting))) return;
  throw new NotReproduced('in a process of its own the shrunk trace does not fail');
}
