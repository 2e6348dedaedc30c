// Before a kernel is judged: a dozen moves whose answers every supported kernel gives. Of the running kernel, one that differs is not supported, not
// wrong, unless that release has given the answers before. Of somebody's own build it is wrong.

import type { Seen, SessionOptions } from '../../../impl/linux/index.ts';
import { Session } from '../../../impl/linux/index.ts';
import type { Move } from '../../../model/index.ts';
import { moveText } from '../../trace/move.ts';
import { View } from '../../view/view.ts';
import { KernelContradiction, viewOfKernel } from './seen.ts';

/** A move, and what must be seen after it, by group: usage; by page: owner and mapcount; and the outcome. */
interface Canary {
  readonly move: Move;
  readonly usage: readonly number[];
  readonly pages: readonly (readonly [p: number, owner: number, mapcount: number])[];
  readonly outcome?: string;
}

// Two groups, one page, one join; then a limit of one page, a second page that takes the first one's place, and a locked one that costs a life.
export const canaries: readonly Canary[] = [
  { move: ['mkdir', 0], usage: [0], pages: [] },
  { move: ['mkdir', 1], usage: [0, 0], pages: [] },
  { move: ['spawn', 0, 0], usage: [0, 0], pages: [] },
  { move: ['spawn', 1, 1], usage: [0, 0], pages: [] },
  { move: ['touch', 0, 0], usage: [1, 0], pages: [[0, 0, 1]] },
  { move: ['touch', 1, 0], usage: [1, 0], pages: [[0, 0, 2]] },
  { move: ['unmap', 0, 0], usage: [1, 0], pages: [[0, 0, 1]] },
  { move: ['touch', 0, 0], usage: [1, 0], pages: [[0, 0, 2]] },
  { move: ['setLimit', 0, 1], usage: [1, 0], pages: [[0, 0, 2]] },
  { move: ['touch', 0, 1], usage: [1, 0], pages: [[1, 0, 1]] },
  { move: ['pin', 0, 1], usage: [1, 0], pages: [[1, 0, 1]] },
  { move: ['touch', 0, 2], usage: [0, 0], pages: [], outcome: 'KILLED' },
];

export const canarySize = { containers: 2, tasks: 2, pages: 3 };

/** The first canary that this kernel lets die, in words; null if all live. */
export async function canariesFail(options: SessionOptions = {}): Promise<string | null> {
  const session = await Session.open(options);
  try {
    await session.reset(canarySize);
    for (const canary of canaries) {
      const differs = difference(canary, await session.apply(canary.move), new View(canarySize));
      if (differs) return `after ${moveText(canary.move)}: ${differs}`;
    }
    return null;
  } finally {
    await session.close();
  }
}

function difference(canary: Canary, seen: Seen, view: View): string | null {
  const { outcome = 'ok', usage, pages } = canary;
  try {
    viewOfKernel(seen, view);
  } catch (error) {
    if (error instanceof KernelContradiction) return error.message;
    throw error;
  }
  const says = (what: string, actual: unknown, expected: unknown) =>
    `${what} ${actual}, expected ${expected}`;
  if (seen.outcome !== outcome) return says('outcome', seen.outcome, outcome);
  const used = seen.groups.filter(([c]) => c >= 0).map(([, pages]) => pages);
  if (used.join() !== usage.join()) return says('usage', used, usage);
  const charged = seen.pages.map((row) => row.slice(0, 3).join('/')).join();
  const expected = pages.map((row) => row.join('/')).join();
  return charged === expected ? null : says('page/owner/mapcount', charged || 'none', expected || 'none');
}
