// Shrinks what any implementation was found by: those of this process with a proof, those outside of it, too, by all traces that are shorter.

import {
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
import { isOutside } from '../subjects/known.ts';
import { loadController } from '../subjects/load.ts';
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
    return shrinkOutside(domain, open, violation, room, options);
  }
  if (impl === 'controller') {
    // The controller as it is on disk, with its private names made plain: the search must see all that it remembers.
    const Class = await loadController(null);
    return shrink(domain, () => new ControllerSubject(profile, undefined, Class), violation, options);
  }
  const subject = await openSubject(impl, profile, room);
  return shrink(domain, () => subject, violation, options);
}
