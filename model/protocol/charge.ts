// The charge loop: attempt, reclaim, kill, each a step of its own, and the sleep of a charge that must wait for somebody else's.

import {
  type Action,
  type Choose,
  type Effect,
  goto,
  inside,
  lockFree,
  pageOf,
  task,
  taskOf,
  thread,
} from './action.ts';
import { containerAt, recordAt, writeContainer, writeRecord } from './memory.ts';
import {
  type Address,
  type Container,
  fits,
  isPinned,
  members,
  type PageId,
  type State,
  type ThreadId,
  withTask,
} from './state.ts';

const charging = (state: State, k: ThreadId): Address => recordAt(state, thread(state, k).record).container;
const containerFree = (state: State, k: ThreadId) => lockFree(state, charging(state, k));

/**
 * One more page fits: it is charged. It does not: the refusal is counted. The first safe point of a killed task; and a task that has moved
 * begins again, for the owner is the container that it is in at the time of its charge (I2).
 */
export const attempt: Action = inside('attempt', containerFree, (state, k): Effect => {
  const { killed, container: now } = task(state, taskOf(state, k));
  const at = charging(state, k);
  if (killed) return { state: goto(state, k, 'drop', { answer: 'KILLED' }), note: 'dies' };
  if (now !== at) return { state: goto(state, k, 'drop'), note: 'moved away' };

  const container = containerAt(state, at);
  if (!fits(container)) {
    const refused = writeContainer(state, at, { failcnt: container.failcnt + 1 });
    return { state: goto(refused, k, 'reclaim'), note: 'refused' };
  }
  const charged = writeContainer(state, at, { usage: container.usage + 1 });
  const marked = writeRecord(charged, thread(state, k).record as Address, { charged: true });
  return { state: goto(marked, k, 'lock'), note: 'charged' };
});

/**
 * Picks a page of the charged container, any that is not pinned. If somebody has mapped the page of the fault meanwhile, no charge is
 * needed any more, and nobody shall pay for one.
 */
export const reclaim: Action = inside('reclaim', containerFree, (state, k, choose): Effect => {
  if (isMapped(state, k)) return { state: goto(state, k, 'drop'), note: 'mapped by now' };
  const at = charging(state, k);
  const candidates = reclaimable(state, containerAt(state, at));
  if (candidates.length === 0) return { state: goto(state, k, 'kill'), note: 'nothing' };
  const target = pick(state, candidates, choose);
  return { state: goto(state, k, 'take', { target }), note: `p${recordAt(state, target).page}` };
});

/**
 * Nothing was reclaimable: kill one member. All of it in one critical section, for between the look and the kill the reason may have gone:
 * room was made; a page was linked; a charge in flight or a dying member will give some back, then sleep until it does.
 */
export const kill: Action = inside('kill', containerFree, (state, k, choose): Effect => {
  const at = charging(state, k);
  const container = containerAt(state, at);
  if (isMapped(state, k)) return { state: goto(state, k, 'drop'), note: 'mapped by now' };
  const candidates = members(state, at);
  const self = taskOf(state, k);
  const changed = task(state, self).killed || !candidates.includes(self);
  if (changed || fits(container) || reclaimable(state, container).length > 0) {
    return { state: goto(state, k, 'attempt'), note: 'looks again' };
  }
  if (candidates.some((t) => task(state, t).killed) || comesBack(state, container)) {
    return { state: goto(state, k, 'asleep'), note: 'sleeps' };
  }

  const victim = candidates[choose(candidates.length, (i) => `kill t${candidates[i]}`)] as number;
  return { state: killTask(goto(state, k, 'asleep'), victim), killed: victim, note: `kills t${victim}` };
});

/** Marks the victim; a thread of it that sleeps is woken, and will find the mark. */
function killTask(state: State, victim: number): State {
  const marked = withTask(state, victim, { killed: true });
  return wakeIf(marked, (k) => taskOf(marked, k) === victim);
}

/** Everybody who sleeps for memory of this container looks again. */
export const wake = (state: State, at: Address): State => wakeIf(state, (k) => charging(state, k) === at);

function wakeIf(state: State, condition: (k: ThreadId) => boolean): State {
  return state.threads.reduce(
    (sofar, { place }, k) => (place === 'asleep' && condition(k) ? goto(sofar, k, 'attempt') : sofar),
    state,
  );
}

/** Records on the lists whose page still lives the life they were linked for, unless it is pinned. */
export function reclaimable(state: State, container: Container): Address[] {
  return [...container.active, ...container.inactive].filter(
    (at) => isCurrent(state, at) && !isPinned(state, recordAt(state, at).page),
  );
}

/** The page has not been unmapped for the last time since this record was linked. */
export const isCurrent = (state: State, at: Address): boolean =>
  state.pages[recordAt(state, at).page]?.record === at;

/** Part of the usage is on its way: charged and not linked yet, or unmapped and still linked. */
export function comesBack(state: State, container: Container): boolean {
  const settled = [...container.active, ...container.inactive].filter((at) => isCurrent(state, at));
  return container.usage > settled.length;
}

export const pick = (state: State, candidates: readonly Address[], choose: Choose): Address =>
  candidates[
    choose(candidates.length, (i) => `take p${recordAt(state, candidates[i] as Address).page}`)
  ] as Address;

function isMapped(state: State, k: ThreadId): boolean {
  const p: PageId = pageOf(thread(state, k));
  return (state.pages[p]?.mapcount ?? 0) > 0;
}
