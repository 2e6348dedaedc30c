// Questions that several claims ask about one observed step.

import { type Move, noCaseFor } from '../../model/index.ts';
import { HUGE, NONE, type View } from '../view/view.ts';
import type { Observation } from './claim.ts';

/** The slot of the container of the task that acts (the first argument of most moves), before the move; NONE if no task acts. */
export function acting({ move, before }: Observation): number {
  if (!actsAsTask(move[0])) return NONE;
  const t = move[1] as number;
  return t >= 0 && t < before.size.tasks ? before.container[t] : NONE;
}

function actsAsTask(name: Move[0]): boolean {
  switch (name) {
    case 'touch':
    case 'copy':
    case 'unmap':
    case 'pin':
    case 'unpin':
    case 'fork':
    case 'exit':
    case 'move':
      return true;
    case 'mkdir':
    case 'rmdir':
    case 'spawn':
    case 'setLimit':
    case 'evict':
      return false;
    default:
      return noCaseFor(name);
  }
}

/** The container whose charge (or whose lowered limit) reclaims and kills in this step; NONE if the move may do neither. */
export function charged(step: Observation): number {
  const { move, before } = step;
  if (move[0] === 'touch' || move[0] === 'copy') return acting(step);
  return move[0] === 'setLimit' && step.profile.lowerLimit !== 'lazy' ? before.slotOf(Number(move[1])) : NONE;
}

// The tree. In a flat profile a container's path and subtree are itself.

const isFlat = ({ profile }: Observation): boolean => profile.hierarchy === 'flat';

/** The slot, its parent's, and so on up to the root's, in one of the step's views. */
export function pathOf(step: Observation, slot: number, view: View = step.before): number[] {
  const path: number[] = [];
  for (let at = slot; at !== NONE && path.length < view.slots; at = view.parent[at]) {
    path.push(at);
    if (isFlat(step)) break;
  }
  return path;
}

/** Adds to the sums of a slot's path; NONE has none. */
export function addAlong(step: Observation, slot: number, pages: number, sums: Int32Array): void {
  const { parent, slots } = step.before;
  let at = slot;
  for (let left = isFlat(step) ? 1 : slots; left > 0 && at !== NONE; left--) {
    sums[at] += pages;
    at = parent[at];
  }
}

/** Container `slot` lies in the subtree of `top`. */
export function isBelow(step: Observation, top: number, slot: number, view: View = step.before): boolean {
  if (top === slot) return true;
  if (isFlat(step)) return false;
  let at = slot;
  for (let left = view.slots; left > 0 && at !== NONE && at !== top; left--) at = view.parent[at];
  return at === top && top !== NONE;
}

/**
 * The containers that refused the charge of this step, or (lowering) the one that is lowered: they pay for it with what is below them. A charge
 * is refused on its path; where more than one container of it has a limit, by those whose failcnt rose.
 */
export function payers(step: Observation): number[] {
  const slot = charged(step);
  if (slot === NONE) return [];
  if (isFlat(step) || step.move[0] === 'setLimit') return [slot];
  const limited = pathOf(step, slot).filter((at) => step.before.limit[at] !== HUGE);
  if (limited.length < 2) return limited.length === 0 ? [slot] : limited;
  const refused = limited.filter((at) => step.after.failcnt[at] > step.before.failcnt[at]);
  return refused.length > 0 ? refused : limited;
}

/** Some container that pays in this step answers for container `slot`. */
export const isPaidBy = (step: Observation, paying: readonly number[], slot: number): boolean => {
  for (let i = 0; i < paying.length; i++) if (isBelow(step, paying[i], slot)) return true;
  return false;
};

/** The page that this step maps for the first time, or -1: nobody mapped it, or the charge itself took its last mapper (v3.1's transient charge). */
export function firstMapped(step: Observation): number {
  const { move, before, after, outcome, reclaimed } = step;
  if (outcome !== 'ok' || (move[0] !== 'touch' && move[0] !== 'copy')) return -1;
  const p = (move[0] === 'touch' ? move[2] : move[3]) as number;
  const t = move[1] as number;
  if (!after.mapsPage(t, p)) return -1;
  if (before.mapcount[p] === 0) return p;
  return !before.mapsPage(t, p) && (reclaimed.includes(p) || mappersWereKilled(step, p)) ? p : -1;
}

function mappersWereKilled({ before, killed }: Observation, p: number): boolean {
  for (let t = 0; killed.length > 0 && t < before.size.tasks; t++) {
    if (before.mapsPage(t, p) && !killed.includes(t)) return false;
  }
  return killed.length > 0;
}

/** A page was charged, and the charge stayed. */
export const wasCharged = (step: Observation): boolean => firstMapped(step) >= 0;

export const isRefused = ({ outcome }: Observation): boolean => outcome !== 'ok' && outcome !== 'KILLED';

export const isKill = ({ killed }: Observation): boolean => killed.length > 0;
