// Claims about reclaim and the OOM killer (I6, I7, I8, I9).

import { containerName, NONE, PINNED } from '../view/view.ts';
import { KILLS, moveBit, RECLAIMS, TASKS } from './asked.ts';
import { type Claim, type Judged, MET, NOT_MET, type Observation } from './claim.ts';
import { charged, isPaidBy, payers } from './step.ts';

export const reclaimOnlyFromCharged: Claim = {
  id: 'I6',
  name: 'ReclaimOnlyFromCharged',
  claim:
    'A charge reclaims pages of the container that refuses it (in a tree: of its subtree), and of no other.',
  letter: ['L10'],
  kind: 'step',
  needs: ['reclaimed', 'owner', 'tasks'],
  asked: RECLAIMS,
  judge(step): Judged {
    const { before, reclaimed, move } = step;
    if (reclaimed.length === 0) return NOT_MET;
    const paying = payers(step);
    for (const p of reclaimed) {
      if (move[0] === 'evict' && p === move[1]) continue;
      if (before.owner[p] !== NONE && isPaidBy(step, paying, before.owner[p])) continue;
      return `${move[0]} took p${p} of ${containerName(before, before.owner[p])}, ${namesOf(step, paying)}`;
    }
    return MET;
  },
};

/** Who may be made to pay in this step, in words. */
const namesOf = ({ before, profile }: Observation, paying: readonly number[]): string =>
  `${profile.hierarchy === 'flat' ? 'charged was' : 'refused by'} ${paying.map((slot) => containerName(before, slot)).join(' and ') || 'nobody'}`;

export const pinnedNeverReclaimed: Claim = {
  id: 'I7',
  name: 'PinnedNeverReclaimed',
  claim: 'A page that any mapper has locked is not reclaimed.',
  letter: ['L10'],
  kind: 'step',
  needs: ['reclaimed', 'pins'],
  asked: RECLAIMS | KILLS | moveBit('evict'),
  judge(step): Judged {
    const { before, after, reclaimed, killed } = step;
    for (const p of reclaimed) {
      if (before.pins[p] === 0) continue;
      const holder = pinner(step, p);
      if (holder >= 0) return `p${p} was reclaimed, although t${holder} has it locked`;
    }
    const slot = step.move[0] === 'evict' ? before.owner[step.move[1] as number] : charged(step);
    if (slot === undefined || slot === NONE) return NOT_MET;
    const paying = step.move[0] === 'evict' ? [slot] : payers(step);
    const pressed = reclaimed.length > 0 || killed.length > 0 || step.move[0] === 'evict';
    if (!pressed) return NOT_MET;
    for (let p = 0; p < before.size.pages; p++) {
      if (before.pins[p] > 0 && after.mapcount[p] > 0 && isPaidBy(step, paying, before.owner[p])) return MET;
    }
    return NOT_MET;
  },
};

/** A task that has p locked and was not killed in this step; -1 if there is none. */
function pinner({ before, killed }: Observation, p: number): number {
  const { tasks, pages } = before.size;
  for (let t = 0; t < tasks; t++) {
    if (before.maps[t * pages + p] & PINNED && !killed.includes(t)) return t;
  }
  return -1;
}

export const oomOnlyWhenNothingReclaimable: Claim = {
  id: 'I8',
  name: 'OomOnlyWhenNothingReclaimable',
  claim:
    'The OOM killer strikes only when no page of the container that refuses (in a tree: of its subtree) can be reclaimed.',
  letter: ['L11', 'L12'],
  kind: 'step',
  needs: ['owner', 'mappers', 'pins', 'victims', 'reclaimed'],
  asked: KILLS,
  known: ({ scan }) =>
    scan === '13 passes'
      ? { why: 'thirteen passes over the lists may not reach a page that could be taken', covers: () => true }
      : null,
  judge(step): Judged {
    const { before, killed, reclaimed } = step;
    if (killed.length === 0) return NOT_MET;
    const paying = payers(step);
    // Before each kill: whatever the container still owns, mapped by somebody alive and locked by nobody alive, must have been taken. Where more
    // than one container has refused, a kill is right if it was for one of them.
    for (let kill = 0; kill < killed.length; kill++) {
      const its = paying.filter((slot) => isPaidBy(step, [slot], before.container[killed[kill]]));
      const left = its.map((slot) => {
        for (let p = 0; p < before.size.pages; p++) {
          if (reclaimed.includes(p) || !isPaidBy(step, [slot], before.owner[p])) continue;
          if (isFree(step, p, kill)) return p;
        }
        return NONE;
      });
      if (left.length > 0 && !left.includes(NONE))
        return `t${killed[kill]} was killed, although p${left[0]} could be reclaimed`;
    }
    return MET;
  },
};

/** Page p, when the first `kills` victims are gone: still mapped, and locked by nobody. */
function isFree({ before, killed }: Observation, p: number, kills: number): boolean {
  const { tasks, pages } = before.size;
  let mapped = false;
  for (let t = 0; t < tasks; t++) {
    const bits = before.maps[t * pages + p];
    if (bits === 0) continue;
    const at = killed.indexOf(t);
    if (at >= 0 && at < kills) continue;
    if (bits & PINNED) return false;
    mapped = true;
  }
  return mapped;
}

export const oomKillsOnlyMembers: Claim = {
  id: 'I9',
  name: 'OomKillsOnlyMembers',
  claim: 'The OOM killer kills only tasks of the container that refuses (in a tree: of its subtree).',
  letter: ['L11'],
  kind: 'step',
  needs: ['tasks', 'victims'],
  asked: KILLS | TASKS,
  judge(step): Judged {
    const { before, after, killed, move } = step;
    const paying = killed.length > 0 ? payers(step) : [];
    for (const t of killed) {
      if (before.container[t] === NONE || !isPaidBy(step, paying, before.container[t])) {
        return `t${t} of ${containerName(before, before.container[t])} was killed, ${namesOf(step, paying)}`;
      }
    }
    // A task that is gone was killed and reported, or it was the one that exited.
    for (let t = 0; t < before.size.tasks; t++) {
      if (before.container[t] === NONE || after.container[t] !== NONE || killed.includes(t)) continue;
      if (move[0] !== 'exit' || move[1] !== t)
        return `t${t} is gone after ${move[0]}, and no kill was reported`;
    }
    return killed.length > 0 ? MET : NOT_MET;
  },
};
