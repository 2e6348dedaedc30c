// Claims about charges: who pays, when a charge may succeed, what is counted (I5, I5b, I13, I15, I16, T2).

import type { Profile } from '../../model/index.ts';
import { containerName, difference, HUGE, NONE, type View } from '../view/view.ts';
import { CHARGES, COUNTERS, DIED, KILLS, LIMITS, MAPS, MAY_CHARGE, moveBit, OVER, REFUSED } from './asked.ts';
import { type Claim, type Judged, MET, NOT_MET, type Observation } from './claim.ts';
import { acting, isBelow, isKill, isRefused, pathOf, wasCharged } from './step.ts';

const zeroIsUnlimited = ({ zeroLimit }: Profile) =>
  zeroLimit === 'nothing fits'
    ? null
    : {
        why: 'a limit of 0 is no limit: the 2007 code compares with limit - 1 in unsigned arithmetic',
        covers: ({ after }: Observation) =>
          after.limit.some((limit, slot) => limit === 0 && after.usage[slot] > 0),
      };

const neverAbove = ({ lowerLimit }: Profile) =>
  lowerLimit === 'reclaim or EBUSY'
    ? 'no page fault takes usage above the limit, and a lower limit is refused until usage fits'
    : null;

export const withinLimit: Claim = {
  id: 'I5',
  name: 'WithinLimit',
  claim:
    "A container's usage passes its limit only if the limit was lowered since its last successful charge.",
  letter: ['L1', 'L10'],
  kind: 'step',
  needs: ['usage', 'limit'],
  asked: OVER,
  lasting: LIMITS | CHARGES | MAPS | moveBit('rmdir'),
  notApplicable: neverAbove,
  known: zeroIsUnlimited,
  judge(step): Judged {
    const { before, after, move } = step;
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      if (!after.isOver(slot)) continue;
      met = MET;
      const lowered = move[0] === 'setLimit' && before.slotOf(Number(move[1])) === slot;
      const inherited = move[0] === 'rmdir' && after.usage[slot] > before.usage[slot];
      const wasOver = before.isOver(slot) && !(wasCharged(step) && isBelow(step, slot, acting(step)));
      if (lowered || inherited || wasOver) continue;
      return `${containerName(after, slot)} has usage ${after.usage[slot]} over its limit ${after.limit[slot]}, which was not lowered since its last charge`;
    }
    return met;
  },
};

export const withinLimitAfterCharge: Claim = {
  id: 'I5b',
  name: 'WithinLimitAfterCharge',
  claim:
    'After a successful charge, the usage of the charged container, and of those that answer for it, is within the limit.',
  letter: ['L10'],
  kind: 'step',
  needs: ['usage', 'limit', 'owner', 'mappers'],
  asked: MAPS,
  by: MAY_CHARGE,
  known: zeroIsUnlimited,
  judge(step): Judged {
    if (!wasCharged(step)) return NOT_MET;
    const { after } = step;
    let met: Judged = NOT_MET;
    for (const slot of pathOf(step, acting(step))) {
      if (after.limit[slot] === HUGE) continue;
      met = MET;
      if (!after.isOver(slot)) continue;
      return `${containerName(after, slot)} was charged and has usage ${after.usage[slot]} over its limit ${after.limit[slot]}`;
    }
    return met;
  },
};

export const overLimitIsPaid: Claim = {
  id: 'T2',
  name: 'OverLimitIsPaid',
  claim: 'A container over its limit gets no net new page until it is within the limit.',
  letter: ['L10'],
  kind: 'step',
  needs: ['usage', 'limit'],
  asked: OVER,
  lasting: LIMITS | CHARGES | MAPS | moveBit('rmdir'),
  notApplicable: neverAbove,
  known: zeroIsUnlimited,
  judge({ before, after, move }): Judged {
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      if (!before.isOver(slot) || !after.isOver(slot) || !after.exists[slot] || move[0] === 'rmdir') continue;
      met = MET;
      if (after.usage[slot] > before.usage[slot]) {
        return `${containerName(after, slot)} was over its limit ${after.limit[slot]} with usage ${before.usage[slot]} and now has ${after.usage[slot]}`;
      }
    }
    return met;
  },
};

export const failcntCountsRefusals: Claim = {
  id: 'I13',
  name: 'FailcntCountsRefusals',
  claim:
    'failcnt never falls, and rises by one, in the container that refuses, with every refused attempt to charge, also when the charge succeeds later.',
  letter: ['L10'],
  kind: 'step',
  needs: ['failcnt'],
  asked: COUNTERS | KILLS,
  judge(step): Judged {
    const { before, after, killed, observed } = step;
    const path = mayCharge(step) ? pathOf(step, acting(step)) : [];
    let met: Judged = NOT_MET;
    let all = 0;
    let shown = killed.length;
    for (let slot = 0; slot < after.slots; slot++) {
      if (!before.exists[slot] || !after.exists[slot]) continue;
      const refusals = after.failcnt[slot] - before.failcnt[slot];
      if (refusals < 0)
        return `failcnt of ${containerName(after, slot)} fell from ${before.failcnt[slot]} to ${after.failcnt[slot]}`;
      if (refusals > 0) met = MET;
      const name = containerName(after, slot);
      if (refusals > 0 && !path.includes(slot))
        return `failcnt of ${name} rose by ${refusals}, but nothing was charged to it`;
      if (refusals > 0 && path.length > 1 && hasRoom(before, slot))
        return `failcnt of ${name} rose by ${refusals}, although its usage was ${before.usage[slot]} and its limit is ${before.limit[slot]}`;
      all += refusals;
      shown += after.reclaims[slot] - before.reclaims[slot];
    }
    // Every refusal is followed by a reclaim that freed something, or by a kill: that counts them from outside.
    const countable = path.length > 0 && observed.has('reclaims') && observed.has('victims');
    if (countable && all !== shown)
      return `failcnt of ${path.map((slot) => containerName(after, slot)).join(' and ')} rose by ${all}, reclaims and kills show ${shown} refusals`;
    return met;
  },
};

const hasRoom = (view: View, slot: number): boolean =>
  view.limit[slot] === HUGE || view.usage[slot] < view.limit[slot];

const mayCharge = ({ move }: Observation) => move[0] === 'touch' || move[0] === 'copy';

export const noInnocentCharge: Claim = {
  id: 'I15',
  name: 'NoInnocentCharge',
  claim:
    "No container's usage rises by an action of a task that is not in it (where it answers for its subtree: in that).",
  letter: ['L12'],
  kind: 'step',
  needs: ['usage', 'tasks'],
  asked: CHARGES,
  judge(step): Judged {
    const { before, after } = step;
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      if (after.usage[slot] <= before.usage[slot]) continue;
      met = MET;
      if (mayCharge(step) && isBelow(step, slot, acting(step))) continue;
      return `usage of ${containerName(after, slot)} rose from ${before.usage[slot]} to ${after.usage[slot]}, but the acting task is in ${containerName(before, acting(step))}`;
    }
    return met;
  },
};

export const refusalChangesNothing: Claim = {
  id: 'I16',
  name: 'RefusalChangesNothing',
  claim: 'A refused action leaves everything as it was.',
  letter: ['L12'],
  kind: 'step',
  needs: [],
  asked: REFUSED,
  judge(step): Judged {
    if (!isRefused(step)) return NOT_MET;
    const { before, after, move, outcome, profile, observed } = step;
    const keepsReclaimed =
      move[0] === 'setLimit' && outcome === 'EBUSY' && profile.lowerLimit === 'reclaim or EBUSY';
    if (keepsReclaimed) {
      const slot = before.slotOf(Number(move[1]));
      if (before.exactLimit(slot) === after.exactLimit(slot)) return MET;
      return `setLimit was refused, but the limit of ${containerName(after, slot)} went from ${before.exactLimit(slot)} to ${after.exactLimit(slot)}`;
    }
    if (isKill(step)) return `the refused ${move[0]} killed t${step.killed.join(' t')}`;
    const changed = difference(after, before, observed);
    return changed
      ? `the refused ${move[0]} (${outcome}) changed something: ${changed.replace('the specification says', 'it was')}`
      : MET;
  },
};

export const refusalChargesNobody: Claim = {
  id: 'H1',
  name: 'RefusalChargesNobody',
  claim:
    "After a charge that failed, no container that it was charged through, from the task's own upwards, has a page more than before.",
  letter: ['L10', 'L11'],
  kind: 'step',
  needs: ['usage', 'tasks'],
  asked: DIED,
  judge(step): Judged {
    if (step.outcome !== 'KILLED') return NOT_MET;
    const { before, after } = step;
    for (const slot of pathOf(step, acting(step))) {
      if (after.usage[slot] > before.usage[slot])
        return `the charge failed, but the usage of ${containerName(after, slot)} rose from ${before.usage[slot]} to ${after.usage[slot]}`;
    }
    return MET;
  },
};

export const moveKeepsCharges: Claim = {
  id: 'I11',
  name: 'MoveKeepsCharges',
  claim: 'Moving a task changes no owner and no usage: its pages stay charged where they are.',
  letter: ['L5'],
  kind: 'step',
  needs: ['owner', 'tasks'],
  asked: moveBit('move'),
  judge({ before, after, move, outcome }): Judged {
    if (move[0] !== 'move' || outcome !== 'ok') return NOT_MET;
    const t = Number(move[1]);
    let met: Judged = NOT_MET;
    for (let p = 0; p < after.size.pages; p++) {
      if (before.owner[p] !== after.owner[p]) {
        return `moving t${t} took p${p} from ${containerName(before, before.owner[p])} to ${containerName(after, after.owner[p])}`;
      }
      if (before.owner[p] !== NONE && before.mapsPage(t, p) && before.container[t] !== after.container[t])
        met = MET;
    }
    for (let slot = 0; slot < after.slots; slot++) {
      if (before.usage[slot] !== after.usage[slot]) {
        return `moving t${t} changed the usage of ${containerName(after, slot)} from ${before.usage[slot]} to ${after.usage[slot]}`;
      }
    }
    return met;
  },
};
