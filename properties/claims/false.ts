// Claims that do not hold, though many believe them. Each is kept with its counterexample (counterexamples/), and must stay false.

import { containerName, HUGE, listOf, NONE } from '../view/view.ts';
import { type Claim, type Judged, MET, NOT_MET } from './claim.ts';

const usageNeverExceedsTheLimit: Claim = {
  id: 'F1',
  name: 'UsageNeverExceedsTheLimit',
  claim: 'The usage of a container is never above its limit.',
  letter: ['L10'],
  kind: 'state',
  needs: ['usage', 'limit'],
  judge({ after }): Judged {
    for (let slot = 0; slot < after.slots; slot++) {
      if (after.isOver(slot))
        return `${containerName(after, slot)} has usage ${after.usage[slot]}, its limit is ${after.limit[slot]}`;
    }
    return MET;
  },
};

const everyMapperPays: Claim = {
  id: 'F2',
  name: 'EveryMapperPays',
  claim: 'Whoever maps a page has it counted in the usage of its own container.',
  letter: ['L4'],
  kind: 'state',
  needs: ['owner', 'mappers', 'tasks'],
  judge({ after }): Judged {
    const { tasks, pages } = after.size;
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++) {
        if (!after.mapsPage(t, p) || after.owner[p] === after.container[t]) continue;
        return `t${t} of ${containerName(after, after.container[t])} maps p${p}, which ${containerName(after, after.owner[p])} pays for`;
      }
    }
    return MET;
  },
};

const killingFreesMemory: Claim = {
  id: 'F3',
  name: 'KillingAMemberFreesMemory',
  claim: 'When the OOM killer takes a member, the usage of the container falls.',
  letter: ['L11'],
  kind: 'step',
  needs: ['usage', 'victims'],
  judge({ before, after, killed }): Judged {
    if (killed.length === 0) return NOT_MET;
    const slot = before.container[killed[0]];
    if (slot === NONE || after.usage[slot] < before.usage[slot]) return MET;
    return `t${killed.join(' t')} was killed, and ${containerName(after, slot)} still has usage ${after.usage[slot]}`;
  },
};

const exitFreesItsPages: Claim = {
  id: 'F4',
  name: 'ExitFreesWhatItTouched',
  claim: 'When the first toucher of a page exits, its container gives the charge back.',
  letter: ['L5', 'L8'],
  kind: 'step',
  needs: ['owner', 'mappers'],
  judge({ before, after, move, outcome }): Judged {
    if (move[0] !== 'exit' || outcome !== 'ok') return NOT_MET;
    for (let p = 0; p < after.size.pages; p++) {
      if (!before.mapsPage(Number(move[1]), p) || after.owner[p] !== before.container[Number(move[1])])
        continue;
      return `t${move[1]} has exited, and ${containerName(after, after.owner[p])} still pays for p${p}`;
    }
    return MET;
  },
};

const movingTakesThePagesAlong: Claim = {
  id: 'F5',
  name: 'PagesFollowTheirTask',
  claim: "A task's pages are always charged to the container that the task is in.",
  letter: ['L5'],
  kind: 'step',
  needs: ['owner', 'mappers', 'tasks'],
  judge({ after, move, outcome }): Judged {
    if (move[0] !== 'move' || outcome !== 'ok') return NOT_MET;
    const t = Number(move[1]);
    for (let p = 0; p < after.size.pages; p++) {
      if (!after.mapsPage(t, p) || after.owner[p] === after.container[t]) continue;
      return `t${t} moved to ${containerName(after, after.container[t])}, p${p} stays with ${containerName(after, after.owner[p])}`;
    }
    return MET;
  },
};

const failcntMeansFailure: Claim = {
  id: 'F6',
  name: 'FailcntCountsFailures',
  claim: 'failcnt rises only when a charge fails.',
  letter: ['L10'],
  kind: 'step',
  needs: ['failcnt'],
  judge({ before, after, outcome }): Judged {
    for (let slot = 0; slot < after.slots; slot++) {
      if (after.failcnt[slot] <= before.failcnt[slot] || outcome !== 'ok' || after.limit[slot] === HUGE)
        continue;
      return `the charge succeeded, and failcnt of ${containerName(after, slot)} rose to ${after.failcnt[slot]}`;
    }
    return MET;
  },
};

const emptyOfTasksIsRemovable: Claim = {
  id: 'F7',
  name: 'EmptyOfTasksIsRemovable',
  claim: 'A container without tasks can be removed.',
  letter: ['L8'],
  kind: 'step',
  needs: ['tasks'],
  judge({ before, move, outcome }): Judged {
    const slot = before.slotOf(Number(move[1]));
    if (move[0] !== 'rmdir' || outcome === 'ENOENT' || before.container.includes(slot)) return NOT_MET;
    return outcome === 'ok' ? MET : `${containerName(before, slot)} has no task, but rmdir says ${outcome}`;
  },
};

const whoTouchesMaps: Claim = {
  id: 'F8',
  name: 'WhoTouchesMaps',
  claim: 'A task that touches a page maps it afterwards.',
  letter: ['L4', 'L11'],
  kind: 'step',
  needs: ['mappers'],
  judge({ after, move, outcome }): Judged {
    if (move[0] !== 'touch' || outcome === 'ESRCH') return NOT_MET;
    if (after.mapsPage(Number(move[1]), Number(move[2]))) return MET;
    return `t${move[1]} touched p${move[2]} and maps nothing: ${outcome}`;
  },
};

const oldestGoesFirst: Claim = {
  id: 'F9',
  name: 'OldestGoesFirst',
  claim: 'Reclaim takes the page that has been on the lists for longest.',
  letter: ['L9'],
  kind: 'step',
  needs: ['lists', 'order', 'owner', 'pins', 'reclaimed'],
  judge({ before, reclaimed }): Judged {
    if (reclaimed.length === 0) return NOT_MET;
    const slot = before.owner[reclaimed[0]];
    const oldest = listOf(before, 'inactive', slot).at(-1) ?? listOf(before, 'active', slot).at(-1);
    if (oldest === undefined || before.pins[oldest] > 0 || reclaimed.includes(oldest)) return MET;
    return `p${oldest} was at the tail, p${reclaimed[0]} went`;
  },
};

export const falseClaims: readonly Claim[] = [
  usageNeverExceedsTheLimit,
  everyMapperPays,
  killingFreesMemory,
  exitFreesItsPages,
  movingTakesThePagesAlong,
  failcntMeansFailure,
  emptyOfTasksIsRemovable,
  whoTouchesMaps,
  oldestGoesFirst,
];
