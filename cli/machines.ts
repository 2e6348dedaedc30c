// The machines that the shell can drive, by name. Each is loaded when it is wanted.

import { setFlagsFromString } from 'node:v8';
import type { OutsideOptions } from '../lockstep/index.ts';
import type { ProfileName } from '../model/profile.ts';
import { isLinux } from '../properties/subjects/known.ts';
import type { ShellMachine } from '../shell/machine.ts';

/** A started machine, or why it cannot be had here (exit 4). */
type Started = ShellMachine | { readonly skip: string };

export async function startMachine(
  impl: string,
  profile: ProfileName,
  options: OutsideOptions,
): Promise<Started> {
  if (impl === 'controller') return new (await import('../shell/controller.ts')).ControllerMachine(profile);
  if (impl === 'lru') {
    keepGarbageInCache();
    return new (await import('../shell/specification.ts')).SpecificationMachine(profile);
  }
  if (isLinux(impl)) return (await import('../shell/linux.ts')).LinuxMachine.open(impl, profile);
  return (await import('../shell/outside.ts')).OutsideMachine.open(impl, profile, options);
}

/** A specification copies lists: a young generation that does not outgrow the cache makes the letter's run a tenth faster. */
const keepGarbageInCache = (): void => setFlagsFromString('--semi-space-growth-factor=1');
