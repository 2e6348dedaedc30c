// The machines that the shell can drive, by name. Each is loaded when it is wanted.

import type { ProfileName } from '../model/profile.ts';
import type { ShellMachine } from '../properties/shell/machine.ts';

/** A started machine, or why it cannot be had here (exit 4). */
type Started = ShellMachine | { readonly skip: string };

export const machines: Readonly<Record<string, (profile: ProfileName) => Promise<Started>>> = {
  controller: async (profile) =>
    new (await import('../properties/shell/controller.ts')).ControllerMachine(profile),
  lru: async (profile) =>
    new (await import('../properties/shell/specification.ts')).SpecificationMachine(profile),
  linux: async () => (await import('../properties/linux/machine.ts')).LinuxMachine.open(),
};
