// The implementations that --impl names: those of this process, and those outside of it. The one place that knows them all.

import { type OutsideOptions, Unavailable } from '../../lockstep/index.ts';
import { type ProfileName, profiles, type Scope } from '../../model/index.ts';
import type { Size } from '../view/view.ts';
import { ControllerSubject } from './controller.ts';
import { isLinux } from './known.ts';
import type { OpenOptions } from './program.ts';
import type { OutsideSubject, Subject } from './subject.ts';
import { Specification } from './subject.ts';

/** The profiles that an implementation knows. */
export function profilesOf(impl: string): readonly ProfileName[] | null {
  if (impl === 'concurrent') return ['letter'];
  return isLinux(impl) ? ['linux-v1', 'linux-v2'] : null;
}

function refuseOthers(impl: string, profile: ProfileName): void {
  const known = profilesOf(impl);
  if (known && !known.includes(profile))
    throw new Unavailable(`${impl} knows ${known.join(', ')}, not ${profile}`);
}

/** A subject in this process, with room for `size`. @throws Unavailable */
export async function openSubject(impl: string, profile: ProfileName, size: Size): Promise<Subject> {
  refuseOthers(impl, profile);
  if (impl === 'controller') return new ControllerSubject(profile);
  if (impl === 'lru') return new Specification(profiles[profile]);
  if (impl === 'concurrent') {
    const { concurrentSubject } = await import('../races/stress/subject.ts');
    return concurrentSubject(profile, size);
  }
  if (impl.startsWith('mutant:')) {
    // By address: the catalogue is a user of this room, and loaded only when a mutant is named.
    const { openMutant } = await import(new URL('../../mutants/open.ts', import.meta.url).href);
    return openMutant(impl.slice('mutant:'.length), profile);
  }
  throw new RangeError(`${impl} is no implementation of this process`);
}

/** A subject outside this process. @throws Unavailable with the reason */
export async function openOutside(
  impl: string,
  profile: ProfileName,
  scope: Scope,
  options: OutsideOptions & Pick<OpenOptions, 'trusting' | 'whole'> = {},
): Promise<OutsideSubject> {
  refuseOthers(impl, profile);
  if (isLinux(impl)) return (await import('./linux/index.ts')).openLinux(impl, profile, options);
  const { ProgramSubject, Skipped } = await import('./program.ts');
  try {
    return await ProgramSubject.open(impl, profiles[profile], scope, options);
  } catch (error) {
    if (error instanceof Skipped) throw new Unavailable(error.message);
    throw error;
  }
}
