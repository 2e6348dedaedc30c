// The specification's free choices, made by the checker's `choose`: any legal subset of pages, any member as victim.

import type { Choose } from '../../checker/model.ts';
import type { Chooser, PageId, Scan, State, TaskId } from '../../model/index.ts';
import { pagesOf } from './pack.ts';

const ascending = (a: number, b: number): number => a - b;

/** What was chosen in one step, in order: for claims, and to replay the step in another model. */
export interface Picks {
  readonly reclaims: (readonly PageId[])[];
  readonly victims: TaskId[];
}

/** Enumerates: a reclaim takes any non-empty set of candidates (or gives up, where the profile's scan may), a kill any member. */
export function everyChoice(choose: Choose): Chooser {
  return {
    reclaim(state, _c, unsorted): Scan {
      if (unsorted.length === 0) return { pages: [], state };
      const candidates = [...unsorted].sort(ascending);
      const none = state.profile.scan === '13 passes' ? 0 : 1;
      const subset = (pick: number) => pagesOf(pick + none).map((i) => candidates[i]);
      const pick = choose(
        2 ** candidates.length - none,
        (i) => `reclaim p${subset(i).join(' p') || ' none'}`,
      );
      return { pages: subset(pick), state };
    },

    victim(_state, _c, unsorted): TaskId {
      const candidates = [...unsorted].sort(ascending);
      return candidates[choose(candidates.length, (i) => `kill t${candidates[i]}`)];
    },
  };
}

/** Passes the questions on and keeps the answers. */
export function recorded(inner: Chooser): Chooser & { readonly picks: Picks } {
  const picks: Picks = { reclaims: [], victims: [] };
  return {
    picks,
    reclaim(state, c, candidates): Scan {
      const scan = inner.reclaim(state, c, candidates);
      picks.reclaims.push(scan.pages);
      return scan;
    },
    victim(state, c, candidates): TaskId {
      const victim = inner.victim(state, c, candidates);
      picks.victims.push(victim);
      return victim;
    },
  };
}

/** A replay asked for more, or other, choices than were made. */
export class ReplayRanOut extends Error {
  override readonly name = 'ReplayRanOut';
}

/** Makes the choices of another run; the specification itself refuses those that are not legal. */
export function replayed({ reclaims, victims }: Picks): Chooser & { left(): number } {
  let atReclaim = 0;
  let atVictim = 0;
  return {
    left: () => reclaims.length - atReclaim + victims.length - atVictim,
    reclaim(state: State): Scan {
      const pages = reclaims[atReclaim++];
      if (!pages) throw new ReplayRanOut(`reclaim number ${atReclaim} was never made`);
      return { pages, state };
    },
    victim(): TaskId {
      const victim = victims[atVictim++];
      if (victim === undefined) throw new ReplayRanOut(`kill number ${atVictim} was never made`);
      return victim;
    },
  };
}
