// Claims over single steps: who is charged, what reclaim takes, whom the killer picks, what a move leaves alone (I2, I5-I13, I15), and T1.

import type { Claim, Move } from '../../../checker/index.ts';
import {
  type Container,
  fits,
  isPinned,
  members,
  type State,
  type Step,
} from '../../../model/protocol/index.ts';
import { met, metIf, notMet, ofEach, stateClaim, stepClaim, violated } from './claim.ts';
import type { Detail, Watched } from './watched.ts';

const containerOf = (state: State, step: Step): number | null => {
  const task = state.scope.threads[step.thread].task;
  return task === null ? null : state.tasks[task].container;
};

const nameOf = (state: State, at: number | null): string =>
  at === null ? 'no container' : `c${state.containers[at]?.name ?? '?'}`;

/** The records on the lists of a container that their pages still point to. */
const currentOf = (state: State, { active, inactive }: Container): number[] =>
  [...active, ...inactive].filter((r) => state.pages[state.records[r]?.page ?? -1]?.record === r);

/** Whom the thread of a step charges: the container of its record. */
function chargedBy(state: State, { thread }: Step): number | null {
  const { record } = state.threads[thread];
  return record === null ? null : (state.records[record]?.container ?? null);
}

/** The usage of each container that lives before and after. */
function usages(before: State, after: State): { at: number; name: number; was: number; is: number }[] {
  return before.containers.flatMap((c, at) => {
    const now = after.containers[at];
    if (!c || !now || c.freed || now.freed) return [];
    return [{ at, name: c.name, was: c.usage, is: now.usage }];
  });
}

const firstToucherOwns = stepClaim(
  'FirstToucherOwns',
  'The owner of a page is the container, at the time of its charge, of the task that took mapcount from 0 to 1.',
  (before, { step }, after) => {
    for (const [p, page] of after.pages.entries()) {
      const { record } = page;
      if (record === null || record === before.pages[p].record) continue;
      const owner = after.records[record]?.container ?? null;
      const charged = chargedBy(before, step);
      const there = owner === null ? undefined : after.containers[owner]?.active.includes(record);
      if (owner !== charged || !there) {
        return violated(`p${p} was charged to ${nameOf(before, charged)}, and is linked elsewhere`);
      }
      return met;
    }
    return notMet;
  },
);

const withinLimitAfterCharge = stepClaim(
  'WithinLimitAfterCharge',
  'A charge that succeeds leaves usage within the limit.',
  (before, _detail, after) => {
    const risen = usages(before, after).find(({ was, is }) => is > was);
    if (!risen) return notMet;
    const limit = after.containers[risen.at]?.limit ?? 0;
    return risen.is > limit
      ? violated(`c${risen.name} is charged to ${risen.is}, its limit is ${limit}`)
      : met;
  },
);

const withinLimit = stepClaim(
  'WithinLimit',
  'Usage passes the limit only when the limit is lowered under it.',
  (before, { step }, after) => {
    for (const { at, name, was, is } of usages(before, after)) {
      const limit = after.containers[at]?.limit ?? 0;
      if (is <= limit) continue;
      if (step.name === 'setLimit') return met;
      if (was <= (before.containers[at]?.limit ?? 0))
        return violated(`c${name} holds ${is} pages, its limit is ${limit}`);
      return met;
    }
    return notMet;
  },
);

const overLimitIsPaid = stepClaim(
  'OverLimitIsPaid',
  'A container over its limit is charged nothing until it is within.',
  (before, _detail, after) => {
    const over = usages(before, after).filter(({ at, was }) => was > (before.containers[at]?.limit ?? 0));
    const risen = over.find(({ was, is }) => is > was);
    if (risen) return violated(`c${risen.name} is over its limit, and goes from ${risen.was} to ${risen.is}`);
    return metIf(over.length > 0);
  },
);

const noInnocentCharge = stepClaim(
  'NoInnocentCharge',
  "No container's usage rises by a step of a task that is not in it.",
  (before, { step }, after) => {
    const risen = usages(before, after).find(({ was, is }) => is > was);
    if (!risen) return notMet;
    const home = containerOf(before, step);
    return risen.at === home
      ? met
      : violated(`c${risen.name} is charged by a task of ${nameOf(before, home)}`);
  },
);

const failcntCountsRefusals = stepClaim(
  'FailcntCountsRefusals',
  'Every refused attempt counts one in failcnt, and nothing else changes it.',
  (before, { effect }, after) => {
    let rose = 0;
    for (const [at, c] of before.containers.entries()) {
      const now = after.containers[at];
      if (!c || !now || c.freed || now.freed || now.name !== c.name) continue;
      if (now.failcnt < c.failcnt)
        return violated(`failcnt of c${c.name} falls from ${c.failcnt} to ${now.failcnt}`);
      rose += now.failcnt - c.failcnt;
    }
    const refused = effect.note === 'refused';
    if (rose !== (refused ? 1 : 0))
      return violated(`failcnt rises by ${rose} in a step that is ${refused ? '' : 'not '}refused`);
    return metIf(refused);
  },
);

/** A reclaim of container c takes a mapping away: by `take`, for the record that it picked. */
const taken = (
  before: State,
  { step }: Detail,
): { page: number; owner: number | null; charged: number | null } | null => {
  const { target, operation } = before.threads[step.thread];
  if (step.name !== 'take' || target === null || operation?.[0] !== 'touch') return null;
  const aimed = before.records[target];
  const page = aimed?.page ?? -1;
  const now = before.pages[page]?.record ?? null;
  return {
    page,
    owner: now === null ? null : (before.records[now]?.container ?? null),
    charged: chargedBy(before, step),
  };
};

const reclaimOnlyFromCharged = stepClaim(
  'ReclaimOnlyFromCharged',
  'A charge reclaims pages of the charged container only.',
  (before, detail, after) => {
    const it = taken(before, detail);
    if (!it || before.pages[it.page].mapcount === after.pages[it.page].mapcount) return notMet;
    if (it.owner !== it.charged) {
      return violated(
        `a charge of ${nameOf(before, it.charged)} takes p${it.page} of ${nameOf(before, it.owner)}`,
      );
    }
    return met;
  },
);

const pinnedNeverReclaimed = stepClaim(
  'PinnedNeverReclaimed',
  'No pinned page is reclaimed.',
  (before, { step }, after) => {
    if (!before.tasks.some(({ pins }) => pins.length > 0)) return notMet;
    if (step.name !== 'take') return metIf(step.name === 'reclaim' || step.name === 'scan');
    const lost = before.pages.findIndex(
      ({ mapcount }, p) => after.pages[p].mapcount < mapcount && isPinned(before, p),
    );
    return lost >= 0 ? violated(`p${lost} is pinned, and is taken`) : met;
  },
);

const oomOnlyWhenNothingReclaimable = stepClaim(
  'OomOnlyWhenNothingReclaimable',
  'A task is killed only if the charge does not fit, nothing can be reclaimed, and nothing is about to be given back.',
  (before, { step, effect }) => {
    if (effect.killed === undefined) return notMet;
    const at = chargedBy(before, step);
    const c = at === null ? null : before.containers[at];
    if (!c || at === null) return violated('nobody knows for which container');
    if (fits(c)) return violated(`${c.usage} of ${c.limit} are used: the charge fits`);
    const current = currentOf(before, c);
    const free = current.find((r) => !isPinned(before, before.records[r]?.page ?? -1));
    if (free !== undefined) return violated(`p${before.records[free]?.page} could be reclaimed`);
    if (c.usage > current.length)
      return violated(`${c.usage - current.length} charges are about to be given back or linked`);
    const dying = members(before, at).find((t) => before.tasks[t].killed);
    return dying === undefined ? met : violated(`t${dying} is dying already`);
  },
);

const oomKillsOnlyMembers = stepClaim(
  'OomKillsOnlyMembers',
  'The victim is, when it is killed, a member of the charged container.',
  (before, { step, effect }) => {
    if (effect.killed === undefined) return notMet;
    const at = chargedBy(before, step);
    const home = before.tasks[effect.killed].container;
    return home === at
      ? met
      : violated(`t${effect.killed} of ${nameOf(before, home)} dies for ${nameOf(before, at)}`);
  },
);

const moveKeepsCharges = stepClaim(
  'MoveKeepsCharges',
  'A move changes no usage and no list.',
  (before, { step }, after) => {
    if (step.name !== 'move') return notMet;
    const lists = (state: State) =>
      JSON.stringify(state.containers.map((c) => c && [c.usage, c.active, c.inactive]));
    return lists(before) === lists(after) ? met : violated('a move changes a usage or a list');
  },
);

const busyWhileHolding = stepClaim(
  'BusyWhileHolding',
  'No container disappears with tasks in it, pages on its lists or charges in flight.',
  (before, { step }, after) => {
    const gone = before.containers.findIndex(
      (c, at) => c && !c.freed && (!after.containers[at] || after.containers[at]?.freed),
    );
    if (gone < 0) return metIf(step.name === 'rmdir' && before.threads.some(({ record }) => record !== null));
    const c = before.containers[gone];
    const tasks = members(before, gone);
    if (tasks.length > 0) return violated(`c${c?.name} is removed with t${tasks[0]} in it`);
    if (c && c.usage > 0) return violated(`c${c.name} is removed with ${c.usage} charges`);
    return met;
  },
);

const charging = ['prepare', 'attempt', 'reclaim', 'take', 'kill', 'asleep'];

/** Every thread is weakly fair: if it can go on for ever, it does at some time. */
const chargeTerminates: Claim<Watched> = {
  kind: 'temporal',
  name: 'ChargeTerminates',
  claim: 'Under weak fairness of the threads, every charge ends: it succeeds, or its task dies.',
  pending: ({ machine }: Watched) =>
    machine.threads.some(({ place, operation }) => operation?.[0] === 'touch' && charging.includes(place)),
  fair: ({ args }: Move) => String(args[0]),
};

/** How T1 is watched while no cycle is looked for: whoever sleeps has somebody left who will wake it. */
const sleepersAreWoken = stateClaim(
  'SleepersAreWoken',
  'A charge sleeps only while a charge in flight, an unmapping or a dying task of its container will wake it.',
  (state) =>
    ofEach(state.threads, ({ place, record }) => {
      if (place !== 'asleep' || record === null) return notMet;
      const at = state.records[record]?.container ?? -1;
      const c = state.containers[at];
      if (!c) return violated('it sleeps for a container that is gone');
      const dying = members(state, at).some((t) => state.tasks[t].killed);
      return c.usage <= currentOf(state, c).length && !dying
        ? violated(`a charge of c${c.name} sleeps, and nobody will wake it`)
        : met;
    }),
);

export const chargeClaims: readonly Claim<Watched>[] = [
  firstToucherOwns,
  withinLimit,
  withinLimitAfterCharge,
  reclaimOnlyFromCharged,
  pinnedNeverReclaimed,
  oomOnlyWhenNothingReclaimable,
  oomKillsOnlyMembers,
  moveKeepsCharges,
  busyWhileHolding,
  failcntCountsRefusals,
  noInnocentCharge,
  overLimitIsPaid,
  chargeTerminates,
  sleepersAreWoken,
];
