// Reachability claims: situations that a run must have been in, with floors, so that a green run proves that it looked.

import type * as lockstep from '../../lockstep/claim.ts';
import type { Profile, ProfileName } from '../../model/index.ts';
import { HUGE, listOf, MAPPED, NONE } from '../view/view.ts';
import { DIED, KILLS, MAPS, MAY_CHARGE, moveBit, RECLAIMS, REFUSED } from './asked.ts';
import type { Observation } from './claim.ts';
import { acting, charged, firstMapped, isBelow, isKill, payers, wasCharged } from './step.ts';

/** Floors are about a third of what was measured when the generators were tuned; bits are those of asked.ts. */
export interface Reachable extends lockstep.Reachable<Observation> {
  /** The profiles in which it can happen; all, if left out. */
  readonly profiles?: readonly ProfileName[];
}

const linux: readonly ProfileName[] = ['linux-v1', 'linux-v2'];
/** Pages that a reclaim frees at most in the linux profiles. */
const BATCH = 32;
const MANY = 16;
/** Passes of the 2007 scan that take one page of each list, however long the lists of the portfolio are. */
const SINGLE_PASSES = 7;

export const reachables: readonly Reachable[] = [
  {
    name: 'ReclaimFromAnotherTask',
    claim: 'a charge reclaims a page that the charging task does not map',
    floor: 700,
    asked: RECLAIMS,
    holds: ({ before, move, reclaimed }) =>
      move[0] === 'touch' && reclaimed.some((p) => !before.mapsPage(move[1] as number, p)),
  },
  {
    name: 'ReclaimOfAnOutsidersMapping',
    claim: 'a charge reclaims a page that a task of another container maps',
    floor: 55,
    asked: RECLAIMS,
    holds: (step) =>
      step.reclaimed.length > 0 &&
      charged(step) !== NONE &&
      step.reclaimed.some((p) => outsiderMaps(step, p)),
  },
  {
    name: 'KillOfTheToucher',
    claim: 'the OOM killer picks the task that charges',
    floor: 150,
    asked: DIED,
    holds: ({ outcome }) => outcome === 'KILLED',
  },
  {
    name: 'KillOfABystander',
    claim: 'the OOM killer picks another member, and the charge goes on',
    floor: 40,
    asked: KILLS,
    holds: (step) => isKill(step) && wasCharged(step),
  },
  {
    name: 'KillFreesNothing',
    claim: 'a victim dies, and the container keeps its pages, for outsiders map them',
    floor: 6,
    asked: KILLS,
    holds: (step) => isKill(step) && step.outcome === 'KILLED' && ownsMappedOutside(step),
  },
  {
    name: 'Busy',
    claim: 'rmdir of a container that holds a task or a page is refused',
    floor: 800,
    asked: REFUSED,
    by: moveBit('rmdir'),
    holds: ({ move, outcome }) => move[0] === 'rmdir' && outcome === 'EBUSY',
  },
  {
    name: 'BusyByPagesAlone',
    claim: 'rmdir of a container without tasks is refused, for it still owns pages',
    floor: 60,
    asked: REFUSED,
    by: moveBit('rmdir'),
    profiles: ['letter', 'v3.1'],
    holds: ({ before, move, outcome }) =>
      move[0] === 'rmdir' &&
      outcome === 'EBUSY' &&
      !before.container.includes(before.slotOf(move[1] as number)),
  },
  {
    name: 'ChargeAfterLowering',
    claim: 'a container over its limit is charged, and pays first',
    floor: 300,
    asked: MAPS | DIED,
    by: MAY_CHARGE,
    profiles: ['letter', 'v3.1'],
    holds: (step) => (wasCharged(step) || step.outcome === 'KILLED') && step.before.isOver(charged(step)),
  },
  {
    name: 'SecondMapper',
    claim: 'a task maps a page that another container owns',
    floor: 220,
    asked: moveBit('touch'),
    holds: (step) => {
      const { before, move, outcome } = step;
      if (move[0] !== 'touch' || outcome !== 'ok') return false;
      const p = move[2] as number;
      return (
        before.mapcount[p] > 0 && before.owner[p] !== acting(step) && !before.mapsPage(move[1] as number, p)
      );
    },
  },
  {
    name: 'PinnedPassedBy',
    claim: 'a charge reclaims although a page of the container is locked',
    floor: 280,
    asked: RECLAIMS,
    holds: (step) => {
      const slot = charged(step);
      return (
        step.reclaimed.length > 0 &&
        slot !== NONE &&
        step.before.owner.some((c, p) => c === slot && step.before.pins[p] > 0)
      );
    },
  },
  {
    name: 'MoveWithPages',
    claim: 'a task moves, its pages stay charged',
    floor: 1100,
    asked: moveBit('move'),
    holds: ({ before, move, outcome }) =>
      move[0] === 'move' &&
      outcome === 'ok' &&
      mapsAny(before.maps, (move[1] as number) * before.size.pages, before.size.pages),
  },
  {
    name: 'CopyLosesItsSource',
    claim: 'the charge of a copy reclaims the very page that is copied',
    floor: 220,
    asked: RECLAIMS,
    holds: ({ move, reclaimed, outcome }) =>
      move[0] === 'copy' && outcome === 'ok' && reclaimed.includes(move[2] as number),
  },
  {
    name: 'TransientChargeReclaims',
    claim: 'mapping a page that is mapped already reclaims at the limit',
    floor: 700,
    asked: RECLAIMS,
    profiles: ['v3.1'],
    holds: (step) =>
      step.move[0] === 'touch' &&
      step.reclaimed.length > 0 &&
      step.before.mapcount[step.move[2] as number] > 0,
  },
  {
    name: 'TransientChargeTakesItsPage',
    claim: 'the transient charge reclaims the page that is being mapped: a first mapping after all',
    floor: 450,
    asked: MAPS,
    by: MAY_CHARGE,
    profiles: ['v3.1'],
    holds: (step) => firstMapped(step) >= 0 && step.before.mapcount[firstMapped(step)] > 0,
  },
  {
    name: 'LoweringReclaims',
    claim: 'writing a lower limit reclaims in the write',
    floor: 600,
    asked: RECLAIMS,
    profiles: linux,
    holds: ({ move, reclaimed, outcome }) =>
      move[0] === 'setLimit' && outcome === 'ok' && reclaimed.length > 0,
  },
  {
    name: 'LoweringRefused',
    claim: 'a limit that usage cannot meet is refused',
    floor: 55,
    asked: REFUSED,
    by: moveBit('setLimit'),
    profiles: ['linux-v1'],
    holds: ({ move, outcome }) => move[0] === 'setLimit' && outcome === 'EBUSY',
  },
  {
    name: 'LoweringKills',
    claim: 'writing a lower limit kills',
    floor: 45,
    asked: KILLS,
    profiles: ['linux-v2'],
    holds: (step) => step.move[0] === 'setLimit' && isKill(step),
  },
  {
    name: 'PagesPassToTheParent',
    claim: 'a container that owns pages is removed',
    floor: 100,
    asked: moveBit('rmdir'),
    profiles: linux,
    holds: ({ before, move, outcome }) =>
      move[0] === 'rmdir' && outcome === 'ok' && before.owner.includes(before.slotOf(move[1] as number)),
  },
  {
    name: 'ChargeToTheRoot',
    claim: 'a member of the root is the first to touch a page',
    floor: 230,
    asked: MAPS,
    by: MAY_CHARGE,
    profiles: linux,
    insideOnly: true,
    holds: (step) => wasCharged(step) && charged(step) === step.before.size.containers,
  },
  {
    name: 'ReclaimFillsItsBatch',
    claim: 'one move frees as many pages as a batch has',
    floor: 9,
    asked: RECLAIMS,
    profiles: linux,
    holds: ({ reclaimed }) => reclaimed.length >= BATCH,
  },
  {
    name: 'ManyReclaimsInOneMove',
    claim: 'a charge reclaims sixteen times before it fits',
    floor: 18,
    asked: RECLAIMS,
    profiles: ['letter', 'v3.1'],
    holds: (step) => {
      const slot = step.reclaimed.length < MANY ? NONE : charged(step);
      return slot !== NONE && step.after.reclaims[slot] - step.before.reclaims[slot] >= MANY;
    },
  },
  {
    name: 'ScanReachesItsShares',
    claim: 'a scan of 13 passes frees its first page only where a pass scans more than one page of a list',
    floor: 5,
    asked: RECLAIMS,
    profiles: ['v3.1'],
    holds: (step) => step.reclaimed.length === 1 && isOneLongScan(step),
  },
  {
    name: 'RefusedByAnAncestor',
    claim: 'a container above the one that is charged refuses',
    floor: 600,
    asked: RECLAIMS | KILLS,
    profiles: linux,
    insideOnly: true,
    holds: (step) => refusedAbove(step) !== NONE,
  },
  {
    name: 'ReclaimFromACousin',
    claim: 'a charge that a container above refused takes a page of another container below that one',
    floor: 17,
    asked: RECLAIMS,
    profiles: linux,
    insideOnly: true,
    holds: (step) =>
      refusedAbove(step) !== NONE &&
      step.reclaimed.some((p) => !isBelow(step, step.before.owner[p], charged(step))),
  },
  {
    name: 'KillOfACousin',
    claim: 'the OOM killer picks a task of another container of the subtree',
    floor: 12,
    asked: KILLS,
    profiles: linux,
    insideOnly: true,
    holds: (step) =>
      refusedAbove(step) !== NONE && step.killed.some((t) => step.before.container[t] !== charged(step)),
  },
  {
    name: 'LoweringAnInnerLimit',
    claim: 'a limit is lowered below what the containers in it hold together',
    floor: 130,
    asked: moveBit('setLimit'),
    profiles: linux,
    insideOnly: true,
    holds: ({ before, move }) => {
      if (move[0] !== 'setLimit') return false;
      const slot = before.slotOf(Number(move[1]));
      return slot !== NONE && before.parent.includes(slot) && before.usage[slot] > Number(move[2]);
    },
  },
  {
    name: 'PagesPassUpTwice',
    claim: 'a container is removed with pages that were passed to it, and passes them on',
    floor: 25,
    profiles: linux,
    insideOnly: true,
    holds: () => false,
    inOrder: passesTwice,
  },
  {
    name: 'AtTheLimit',
    claim: 'a charge fills the container exactly',
    floor: 4800,
    asked: MAPS,
    by: MAY_CHARGE,
    holds: (step) => {
      const { after } = step;
      const slot = charged(step);
      return wasCharged(step) && after.limit[slot] !== HUGE && after.usage[slot] === after.limit[slot];
    },
  },
];

export const reachablesOf = (profile: Profile): Reachable[] =>
  reachables.filter(({ profiles }) => !profiles || profiles.includes(profile.name));

/** One reclaim that freed a page from behind as many older ones as its single passes look at: those were held. */
function isOneLongScan({ before, after, reclaimed: [p] }: Observation): boolean {
  const slot = before.owner[p];
  if (slot === NONE || after.reclaims[slot] - before.reclaims[slot] !== 1) return false;
  const oldestLast = [...listOf(before, 'active', slot), ...listOf(before, 'inactive', slot)];
  return oldestLast.length - 1 - oldestLast.indexOf(p) >= SINGLE_PASSES;
}

/** The slot above the charged one that refused in this step; NONE: there is none. */
function refusedAbove(step: Observation): number {
  const slot = charged(step);
  if (slot === NONE || step.move[0] === 'setLimit') return NONE;
  if (step.killed.length === 0 && step.reclaimed.length === 0) return NONE;
  return payers(step).find((at) => at !== slot && step.after.failcnt[at] > step.before.failcnt[at]) ?? NONE;
}

/** Remembers which pages have passed to a parent, and are still there. */
function passesTwice(): (step: Observation) => boolean {
  const passed = new Map<number, number>();
  return ({ before, after, move, outcome }) => {
    for (const [p, heir] of passed) if (before.owner[p] !== heir) passed.delete(p);
    if (move[0] !== 'rmdir' || outcome !== 'ok') return false;
    const slot = before.slotOf(Number(move[1]));
    let twice = false;
    for (let p = 0; p < before.size.pages; p++) {
      if (before.owner[p] !== slot) continue;
      twice ||= passed.has(p);
      passed.set(p, after.owner[p]);
    }
    return twice;
  };
}

function outsiderMaps({ before }: Observation, p: number): boolean {
  const { tasks, pages } = before.size;
  for (let t = 0; t < tasks; t++) {
    if (before.maps[t * pages + p] & MAPPED && before.container[t] !== before.owner[p]) return true;
  }
  return false;
}

const ownsMappedOutside = (step: Observation): boolean => {
  const slot = acting(step);
  return step.before.owner.some(
    (c, p) => c === slot && step.after.owner[p] === slot && outsiderMaps(step, p),
  );
};

function mapsAny(maps: Int32Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (maps[i]) return true;
  return false;
}
