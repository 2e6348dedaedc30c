// How a kernel is driven: what is switched on beside the moves. A regime shows what the plain one hides, and is part of the name of what is judged.

import type { SessionOptions } from '../../../impl/linux/index.ts';
import type { ProfileName } from '../../../model/index.ts';
import type { regimeNames } from '../known.ts';

type Regime = (typeof regimeNames)[number];

const session: Readonly<Record<Regime, SessionOptions>> = {
  // The group's own killer is off, the broker kills the member that maps most.
  quiet: {},
  // The broker kills any member.
  random: { oom: 'random' },
  // The kernel's own killer kills.
  killer: { oom: 'kernel' },
  // Groups have no limit at first: the kernel charges 64 pages at once.
  stock: { stock: true },
  // In guests: after a page was made, every page moves to another frame.
  migrate: { migrate: true },
  // In guests: groups are siblings, as they are of the running kernel, and kernel memory is counted.
  flat: { nested: false },
};

/**
 * How a session of it is opened: the profile says which cgroup. Pages become active, and groups lie in groups, in guests
 * only: the running kernel counts what it needs for a group with the parent's pages.
 */
export function optionsOf(impl: string, profile: ProfileName): SessionOptions {
  const [, regime = 'quiet', kernel] = /^linux(?:\+(\w+))?(?::(.+))?$/.exec(impl) ?? [];
  const cgroup = profile === 'linux-v2' ? 'v2' : 'v1';
  return { ...(kernel && { kernel, active: true, nested: true }), ...session[regime as Regime], cgroup };
}
