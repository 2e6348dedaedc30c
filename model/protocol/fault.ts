// A touch: a page that somebody maps is joined for free; else prepare, charge, lock, commit: whoever counts from 0 to 1 owns the page.

import {
  type Action,
  type Effect,
  finish,
  first,
  goto,
  inside,
  lockFree,
  pageOf,
  perish,
  tableFree,
  task,
  taskOf,
  thread,
} from './action.ts';
import { wake } from './charge.ts';
import { containerAt, freeAddress, recordAt, writeContainer, writeRecord } from './memory.ts';
import {
  type Address,
  type PageId,
  type State,
  type ThreadId,
  without,
  withPage,
  withRecord,
  withTask,
} from './state.ts';

const ownTable = (state: State, k: ThreadId) => tableFree(state, taskOf(state, k), k);
const ownContainer = (state: State, k: ThreadId) =>
  lockFree(state, recordAt(state, thread(state, k).record).container);

export const touch: Action = first('touch', ownTable, (state, k) => enter(state, k));

/** After a back-out that found the page mapped, or the task moved: from the beginning, as if nothing had been tried. */
export const again: Action = inside('again', ownTable, (state, k) =>
  task(state, taskOf(state, k)).killed ? perish(state, k) : enter(state, k),
);

/** Mapped by this task: a reference. Mapped by others: an increment-unless-zero joins them, nobody is charged. By nobody: a fault. */
function enter(state: State, k: ThreadId): Effect {
  const t = taskOf(state, k);
  const p = pageOf(thread(state, k));
  const { mapcount } = state.pages[p];
  if (task(state, t).maps.includes(p)) {
    return { state: goto(withTask(state, t, { lock: k }), k, 'look'), note: 'present' };
  }
  if (mapcount > 0) {
    const joined = map(withPage(state, p, { mapcount: mapcount + 1 }), t, p);
    return { state: goto(withTask(joined, t, { lock: k }), k, 'look'), note: 'joins' };
  }
  return { state: goto(state, k, 'prepare'), note: 'faults' };
}

/** The page-table lock keeps this task's mapping, so mapcount cannot reach 0 and the record stays the one that is read here. */
export const look: Action = inside('look', ownTable, (state, k): Effect => {
  const target = state.pages[pageOf(thread(state, k))].record;
  if (target === null) return { ...finish(state, k, 'ok'), note: 'not linked yet' };
  return { state: goto(state, k, 'activate', { target }) };
});

/** A reference moves a page that is on inactive to the head of its OWNER's active list, whoever touched it. */
export const activate: Action = inside(
  'activate',
  (state, k) => lockFree(state, recordAt(state, thread(state, k).target).container),
  (state, k): Effect => {
    const target = thread(state, k).target as Address;
    const at = recordAt(state, target).container;
    const { active, inactive } = containerAt(state, at);
    const moved = { active: [target, ...without(active, target)], inactive: without(inactive, target) };
    return finish(writeContainer(state, at, moved), k, 'ok');
  },
);

/** Takes a reference on the container that the task is in NOW, and writes {page, container} down. Whatever moves later, the record stays. */
export const prepare: Action = inside(
  'prepare',
  () => null,
  (state, k): Effect => {
    const at = task(state, taskOf(state, k)).container as Address;
    const held = writeContainer(state, at, { refs: containerAt(state, at).refs + 1 });
    const record = freeAddress(state.records, k, state.threads.length);
    const p = pageOf(thread(state, k));
    const { epoch } = state.pages[p];
    const written = withRecord(held, record, { page: p, container: at, epoch, charged: false, freed: false });
    return { state: goto(written, k, 'attempt', { record }), note: `in c${containerAt(state, at).name}` };
  },
);

/** The page-table lock; and a look whether this fault still has a purpose. The second safe point of a killed task. */
export const lock: Action = inside('lock', ownTable, (state, k): Effect => {
  const t = taskOf(state, k);
  if (task(state, t).killed) return { state: goto(state, k, 'release', { answer: 'KILLED' }), note: 'dies' };
  const { page: p, epoch } = recordAt(state, thread(state, k).record);
  if (task(state, t).maps.includes(p)) {
    return { state: goto(state, k, 'release', { answer: 'ok' }), note: 'the entry changed' };
  }
  if (state.pages[p].epoch !== epoch) return { state: goto(state, k, 'release'), note: 'truncated' };
  return { state: goto(withTask(state, t, { lock: k }), k, 'commit') };
});

/** An atomic increment-and-test decides who was first. */
export const commit: Action = inside(
  'commit',
  () => null,
  (state, k): Effect => {
    const p = pageOf(thread(state, k));
    const { mapcount } = state.pages[p];
    const mapped = map(withPage(state, p, { mapcount: mapcount + 1 }), taskOf(state, k), p);
    const note = `${mapcount} -> ${mapcount + 1}`;
    if (mapcount === 0) return { state: goto(mapped, k, 'add'), note };
    return { state: goto(mapped, k, 'release', { answer: 'ok' }), note };
  },
);

/** First: the record is linked at the head of active, and the page points to it. The charge stays. */
export const add: Action = inside('add', ownContainer, (state, k): Effect => {
  const record = thread(state, k).record as Address;
  const { container: at, page: p } = recordAt(state, record);
  const linked = writeContainer(state, at, { active: [record, ...containerAt(state, at).active] });
  return finish(wake(withPage(linked, p, { record }), at), k, 'ok');
});

/** Not first, or no purpose left: the charge goes back to the container it was taken from. */
export const release: Action = inside('release', ownContainer, (state, k): Effect => {
  const record = thread(state, k).record as Address;
  const at = recordAt(state, record).container;
  const uncharged = writeContainer(state, at, { usage: containerAt(state, at).usage - 1 });
  return { state: goto(wake(writeRecord(uncharged, record, { charged: false }), at), k, 'drop') };
});

/** The reference is dropped and the record freed, once. Then the operation answers, or begins again. */
export const drop: Action = inside(
  'drop',
  () => null,
  (state, k): Effect => {
    const { record, answer } = thread(state, k);
    const freed = freeRecord(state, record as Address);
    if (answer === 'KILLED') return perish(freed, k);
    return answer ? finish(freed, k, answer) : { state: goto(freed, k, 'again', { record: null }) };
  },
);

export function freeRecord(state: State, record: Address): State {
  const at = recordAt(state, record).container;
  const dropped = writeContainer(state, at, { refs: containerAt(state, at).refs - 1 });
  return writeRecord(dropped, record, { freed: true });
}

const map = (state: State, t: number, p: PageId): State =>
  withTask(state, t, { maps: [...task(state, t).maps, p].sort((a, b) => a - b) });
