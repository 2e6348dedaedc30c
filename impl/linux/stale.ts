// What brokers that were killed have left in the memory hierarchy: their groups, and nobody else's.

import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startedAt } from './machine.ts';

/** A group stays busy for a moment after its last task has died. */
const BUSY_MS = 500;

/** Removes the groups of brokers that live no more; those of living ones stay: a pid that was given again has another start. */
export async function removeStale(hierarchy: string): Promise<void> {
  for (const name of readdirSync(hierarchy)) {
    const [, pid, ticks] = /^firsttouch-(\d+)-(\d+)/.exec(name) ?? [];
    if (pid && startedAt(pid) !== ticks) await removeTree(join(hierarchy, name));
  }
}

/** Children before parents; only folders of the names that a broker gives are entered. */
async function removeTree(top: string): Promise<void> {
  for (const { name } of folders(top))
    if (/^(root|pool|leaf|c\d+)$/.test(name)) await removeTree(join(top, name));
  for (const until = Date.now() + BUSY_MS; ; await wait(1)) {
    try {
      return rmdirSync(top);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EBUSY' || Date.now() > until) return;
    }
  }
}

function folders(top: string) {
  try {
    return readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return []; // somebody else has removed it
  }
}
