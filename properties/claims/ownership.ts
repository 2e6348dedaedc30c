// Claims about who owns a page, and on which list it is (I1, I2, I3, I4, I10, I12, I14, I17).

import { containerName, NONE, usageText, type View } from '../view/view.ts';
import { CHARGES, EXISTS, MAPS, moveBit, RECLAIMS, TASKS } from './asked.ts';
import { type Claim, type Judged, MET, NOT_MET, type Observation } from './claim.ts';
import { acting, addAlong, firstMapped, isBelow, isPaidBy, payers } from './step.ts';

export const ownedIffMapped: Claim = {
  id: 'I1',
  name: 'OwnedIffMapped',
  claim: 'A page has an owner, and is on a list of that owner, exactly while somebody maps it.',
  letter: ['L1', 'L2', 'L7'],
  kind: 'state',
  needs: ['owner', 'mappers'],
  asked: EXISTS | CHARGES | MAPS,
  judge({ after, observed }): Judged {
    let met: Judged = NOT_MET;
    const lists = observed.has('lists');
    for (let p = 0; p < after.size.pages; p++) {
      const owner = after.owner[p];
      if (after.mapcount[p] === 0) {
        if (owner !== NONE) return `p${p} is mapped by 0 tasks, but ${containerName(after, owner)} owns it`;
        continue;
      }
      met = MET;
      if (owner === NONE) return `p${p} is mapped by ${after.mapcount[p]}, but nobody owns it`;
      if (!after.exists[owner]) return `p${p} is owned by ${containerName(after, owner)}, which is gone`;
      if (lists && !after.isOnList(owner, p))
        return `p${p} is owned by ${containerName(after, owner)}, but on neither of its lists`;
    }
    return met;
  },
};

export const firstToucherOwns: Claim = {
  id: 'I2',
  name: 'FirstToucherOwns',
  claim:
    "A page's owner is the container, at the time of its charge, of the task that mapped it first, as long as it stays mapped.",
  letter: ['L4'],
  kind: 'step',
  needs: ['owner', 'mappers', 'tasks'],
  asked: CHARGES | MAPS,
  judge(step): Judged {
    const { before, after, move } = step;
    const first = firstMapped(step);
    let met: Judged = NOT_MET;
    for (let p = 0; p < after.size.pages; p++) {
      if (after.mapcount[p] === 0) continue;
      if (p === first) {
        met = MET;
        if (after.owner[p] !== acting(step)) {
          return `t${move[1]} of ${containerName(before, acting(step))} mapped p${p} first, but ${containerName(after, after.owner[p])} owns it`;
        }
        continue;
      }
      if (before.mapcount[p] > 0 && after.owner[p] === before.owner[p]) continue;
      if (before.mapcount[p] > 0 && passedOn(step, before.owner[p], after.owner[p])) continue;
      return `p${p} was owned by ${containerName(before, before.owner[p])} and is now by ${containerName(after, after.owner[p])}, without a first mapping`;
    }
    return met;
  },
};

/** rmdir in the linux profiles: what the container owned passes to its parent. */
const passedOn = ({ move, before, profile, outcome }: Observation, owner: number, heir: number): boolean =>
  move[0] === 'rmdir' &&
  outcome === 'ok' &&
  profile.rmdirCharged !== 'EBUSY' &&
  before.slotOf(Number(move[1])) === owner &&
  before.parent[owner] === heir;

export const onOneListOnce: Claim = {
  id: 'I3',
  name: 'OnOneListOnce',
  claim: 'No page is on two lists, or twice on one.',
  letter: ['L3', 'L7', 'L13'],
  kind: 'state',
  needs: ['lists'],
  asked: CHARGES,
  judge({ after }): Judged {
    const { pages } = after.size;
    const seen = after.sums(NONE);
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      const ends = slot * pages + after.activeLength[slot];
      for (let i = slot * pages; i < ends; i++) {
        const p = after.active[i];
        if (seen[p] !== NONE) return twice(after, p, seen[p], slot);
        seen[p] = slot;
        met = MET;
      }
      const end = slot * pages + after.inactiveLength[slot];
      for (let i = slot * pages; i < end; i++) {
        const p = after.inactive[i];
        if (seen[p] !== NONE) return twice(after, p, seen[p], slot);
        seen[p] = slot;
        met = MET;
      }
    }
    return met;
  },
};

const twice = (view: View, p: number, a: number, b: number): string =>
  `p${p} is linked twice: in ${containerName(view, a)} and in ${containerName(view, b)}`;

export const usageIsLruSize: Claim = {
  id: 'I4',
  name: 'UsageIsLruSize',
  claim:
    "A container's usage is the number of pages on its two lists (where it answers for its subtree: on the lists of that).",
  letter: ['L1', 'L6', 'L9'],
  kind: 'state',
  needs: ['usage', 'lists'],
  asked: EXISTS | CHARGES,
  judge(step): Judged {
    const { after } = step;
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      if (!after.exists[slot]) continue;
      let size = after.activeLength[slot] + after.inactiveLength[slot];
      if (step.profile.hierarchy === 'nested') {
        for (let low = 0; low < after.slots; low++) {
          if (low !== slot && after.exists[low] && isBelow(step, slot, low, after))
            size += after.activeLength[low] + after.inactiveLength[low];
        }
      }
      if (after.usage[slot] !== size)
        return `${containerName(after, slot)} says ${usageText(after, slot)}, its lists hold ${size}`;
      if (size > 0) met = MET;
    }
    return met;
  },
};

export const lastUnmapReleases: Claim = {
  id: 'I10',
  name: 'LastUnmapReleases',
  claim: 'When the last mapper leaves a page, its owner is uncharged and the page is on no list.',
  letter: ['L8'],
  kind: 'step',
  needs: ['owner', 'mappers', 'usage'],
  asked: CHARGES | MAPS,
  judge(step): Judged {
    const { before, after, observed } = step;
    const delta = after.sums(0);
    let met: Judged = NOT_MET;
    for (let p = 0; p < after.size.pages; p++) {
      const was = before.owner[p];
      const is = after.owner[p];
      if (before.mapcount[p] > 0 && after.mapcount[p] === 0) {
        met = MET;
        if (is !== NONE) return `the last mapper left p${p}, but ${containerName(after, is)} still owns it`;
        if (observed.has('lists') && was !== NONE && after.isOnList(was, p)) {
          return `the last mapper left p${p}, but it is still on a list of ${containerName(after, was)}`;
        }
      }
      if (was === is) continue;
      addAlong(step, was, -1, delta);
      addAlong(step, is, 1, delta);
    }
    for (let slot = 0; slot < after.slots; slot++) {
      if (!before.exists[slot] || !after.exists[slot]) continue;
      const change = after.usage[slot] - before.usage[slot];
      if (change === delta[slot] || (change >= 0 && delta[slot] >= 0)) continue;
      return `${containerName(after, slot)} owns ${Math.abs(delta[slot])} pages ${delta[slot] < 0 ? 'less' : 'more'}, but its usage changed by ${change}`;
    }
    return met;
  },
};

export const busyWhileHolding: Claim = {
  id: 'I12',
  name: 'BusyWhileHolding',
  claim:
    'No container disappears with a task or a child in it, or (unless its pages pass to the parent) with a page charged to it.',
  letter: ['L5'],
  kind: 'step',
  needs: ['owner', 'tasks'],
  asked: EXISTS | moveBit('rmdir'),
  judge({ before, after, move, outcome, profile }): Judged {
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.slots; slot++) {
      if (!before.exists[slot]) continue;
      const asked = move[0] === 'rmdir' && before.slotOf(Number(move[1])) === slot;
      if (!asked && after.exists[slot]) continue;
      const tasks = count(before.container, slot);
      const pages = count(before.owner, slot);
      const children = count(before.parent, slot);
      if (children > 0 && !after.exists[slot])
        return `${containerName(before, slot)} disappeared with ${children} containers in it`;
      if (tasks > 0 || children > 0 || (pages > 0 && profile.rmdirCharged === 'EBUSY')) {
        if (!after.exists[slot])
          return `${containerName(before, slot)} disappeared with ${tasks} tasks and ${pages} pages in it`;
        met = MET;
      } else if (!after.exists[slot] && !(asked && outcome === 'ok')) {
        return `${containerName(before, slot)} disappeared by ${move[0]}`;
      }
    }
    return met;
  },
};

export const innerContainersHoldNoTasks: Claim = {
  id: 'H2',
  name: 'InnerContainersHoldNoTasks',
  claim: 'No container but the root has both a child and a task.',
  letter: [],
  kind: 'state',
  needs: ['tasks', 'parent'],
  asked: EXISTS | TASKS,
  notApplicable: ({ innerTasks }) =>
    innerTasks === 'EBUSY' ? null : 'tasks may be in any container, whatever is in it beside them',
  judge({ after, profile }): Judged {
    if (profile.innerTasks !== 'EBUSY') return NOT_MET;
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < after.size.containers; slot++) {
      if (!after.exists[slot] || !after.parent.includes(slot)) continue;
      met = MET;
      const tasks = count(after.container, slot);
      if (tasks > 0)
        return `${containerName(after, slot)} holds ${tasks} tasks, and ${count(after.parent, slot)} containers are in it`;
    }
    return met;
  },
};

function count(table: Int32Array, slot: number): number {
  let n = 0;
  for (let i = 0; i < table.length; i++) if (table[i] === slot) n++;
  return n;
}

export const nothingLeaks: Claim = {
  id: 'I14',
  name: 'NothingLeaks',
  claim:
    'After every task has exited, all usages are 0, all lists are empty and every container can be removed.',
  letter: ['L8'],
  kind: 'run',
  needs: ['usage'],
  /** `before`: the end of the run. `after`: every task has exited and every container has been asked to go. */
  judge({ before, after, observed }): Judged {
    for (let slot = 0; slot < after.slots; slot++) {
      const c = containerName(after, slot);
      if (after.usage[slot] !== 0) return `every task has exited, but ${c} has usage ${after.usage[slot]}`;
      const listed = after.activeLength[slot] + after.inactiveLength[slot];
      if (observed.has('lists') && listed > 0)
        return `every task has exited, but the lists of ${c} hold ${listed}`;
      if (after.exists[slot] && slot !== after.size.containers)
        return `every task has exited, but ${c} cannot be removed`;
    }
    for (let p = 0; p < before.size.pages; p++) if (before.mapcount[p] > 0) return MET;
    return NOT_MET;
  },
};

export const lruOrder: Claim = {
  id: 'I17',
  name: 'LruOrder',
  claim: 'A page is not freed while an unreferenced, unpinned page of the same list is older.',
  letter: ['L13'],
  kind: 'step',
  needs: ['lists', 'order', 'referenced', 'pins', 'reclaimed'],
  asked: RECLAIMS,
  judge(step): Judged {
    const { before, reclaimed } = step;
    if (reclaimed.length === 0) return NOT_MET;
    const paying = payers(step);
    let met: Judged = NOT_MET;
    for (let slot = 0; slot < before.slots; slot++) {
      if (!isPaidBy(step, paying, slot)) continue;
      const judged = orderOn(step, slot);
      if (typeof judged === 'string') return judged;
      if (judged === MET) met = MET;
    }
    return met;
  },
};

/** The same, of the lists of one container. */
function orderOn({ before, after, reclaimed }: Observation, slot: number): Judged {
  let met: Judged = NOT_MET;
  const from = slot * before.size.pages;
  for (const [list, length] of [
    [before.active, before.activeLength[slot]],
    [before.inactive, before.inactiveLength[slot]],
  ] as const) {
    let freed = NONE;
    for (let i = from; i < from + length; i++) {
      const p = list[i];
      if (reclaimed.includes(p)) {
        if (freed === NONE) freed = p;
        if (length > 1) met = MET;
      } else if (
        freed !== NONE &&
        !before.referenced[p] &&
        !before.pins[p] &&
        after.owner[p] === slot &&
        after.isOnList(slot, p)
      ) {
        return `p${freed} was freed, but p${p} of the same list was older, unreferenced and unpinned`;
      }
    }
  }
  return met;
}
