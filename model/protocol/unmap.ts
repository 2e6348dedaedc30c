// Leaving a page: decrement-and-test; whoever counts from 1 to 0 takes the record off its list and frees it. And reclaim, which does it for others.

import {
  type Action,
  type Choose,
  type Effect,
  finish,
  first,
  goto,
  inside,
  lockFree,
  tableFree,
  task,
  taskOf,
  thread,
} from './action.ts';
import { pick, reclaimable, wake } from './charge.ts';
import { freeRecord } from './fault.ts';
import { containerAt, recordAt, writeContainer, writeRecord } from './memory.ts';
import {
  type Address,
  type PageId,
  type State,
  type TaskId,
  type ThreadId,
  without,
  withPage,
  withTask,
} from './state.ts';

export const unmap: Action = first(
  'unmap',
  (state, k) => tableFree(state, taskOf(state, k), k),
  (state, k, _choose, [, p]): Effect => {
    if (!task(state, taskOf(state, k)).maps.includes(p)) return finish(state, k, 'ok');
    const { state: after, last } = leavePage(state, taskOf(state, k), p);
    return last === null
      ? finish(after, k, 'ok')
      : { state: goto(after, k, 'del', { target: last }), note: '1 -> 0' };
  },
);

/**
 * Task t no longer maps p. The count and the record are one word: the last one out takes the record with the decrement, and leaves none
 * behind, so nobody can take the record of a life that is over for that of the next.
 */
export function leavePage(state: State, t: TaskId, p: PageId): { state: State; last: Address | null } {
  const { mapcount, record } = state.pages[p];
  const { maps, pins } = task(state, t);
  const left = withTask(state, t, { maps: without(maps, p), pins: without(pins, p) });
  const word = mapcount > 1 ? { mapcount: mapcount - 1, record } : { mapcount: 0, record: null };
  return { state: withPage(left, p, word), last: mapcount > 1 ? null : record };
}

/** Off the list and uncharged, in one critical section. */
export const del: Action = inside(
  'del',
  (state, k) => lockFree(state, recordAt(state, thread(state, k).target).container),
  (state, k): Effect => {
    const target = thread(state, k).target as Address;
    const at = recordAt(state, target).container;
    const { active, inactive, usage } = containerAt(state, at);
    const unlinked = { active: without(active, target), inactive: without(inactive, target) };
    const uncharged = writeContainer(state, at, { ...unlinked, usage: usage - 1 });
    return { state: goto(wake(writeRecord(uncharged, target, { charged: false }), at), k, 'put') };
  },
);

/** The reference is dropped and the record freed; the operation goes on where it wanted the page gone. */
export const put: Action = inside(
  'put',
  () => null,
  (state, k): Effect => {
    const freed = freeRecord(state, thread(state, k).target as Address);
    return afterwards(freed, k, true);
  },
);

function afterwards(state: State, k: ThreadId, gone: boolean): Effect {
  const { operation, record, answer } = thread(state, k);
  const dying = operation === null || operation[0] === 'exit' || answer === 'KILLED';
  if (dying) return { state: goto(state, k, 'exit', { target: null }) };
  if (operation[0] !== 'touch') return finish(state, k, 'ok');
  const at = recordAt(state, record).container;
  const { reclaimed } = containerAt(state, at);
  const counted = gone ? writeContainer(state, at, { reclaimed: reclaimed + 1 }) : state;
  return { state: goto(counted, k, 'attempt', { target: null }) };
}

/**
 * Reclaim takes its page from one mapper after another, whoever they are, until this life of the page is over. A new mapper may come in
 * behind its back: it is taken too.
 */
export const take: Action = inside(
  'take',
  (state, k) => {
    const t = nextMapper(state, k);
    return t === null ? null : tableFree(state, t, k);
  },
  (state, k): Effect => {
    const t = nextMapper(state, k);
    if (t === null) return { ...afterwards(state, k, false), note: 'somebody else did' };
    const { state: after, last } = leavePage(state, t, recordAt(state, thread(state, k).target).page);
    return { state: goto(after, k, last === null ? 'take' : 'del'), note: `from t${t}` };
  },
);

/** The record is only compared, never read through, before the comparison says that it is the page's. */
function nextMapper(state: State, k: ThreadId): TaskId | null {
  const { target } = thread(state, k);
  const p = state.pages.findIndex(({ record }) => record === target);
  if (p < 0) return null;
  const i = state.tasks.findIndex(({ maps }) => maps.includes(p));
  return i < 0 ? null : i;
}

/** A global shortage takes any unpinned page of container c, whatever its limit is; or finds none. */
export const scan: Action = first(
  'scan',
  (state, _k, [, c]) => (state.names[c] == null ? null : lockFree(state, state.names[c])),
  (state, k, choose: Choose, [, c]): Effect => {
    const at = state.names[c] ?? null;
    if (at === null) return finish(state, k, 'ENOENT');
    const candidates = reclaimable(state, containerAt(state, at));
    if (candidates.length === 0) return { ...finish(state, k, 'ok'), note: 'nothing' };
    const target = pick(state, candidates, choose);
    return { state: goto(state, k, 'take', { target }), note: `p${recordAt(state, target).page}` };
  },
);

/** The file loses the page: faults in flight on it have to begin again, and whoever maps it is unmapped. */
export const truncate: Action = first(
  'truncate',
  (state, _k, [, p]) =>
    state.pages[p].mapcount > 0 && state.pages[p].record === null ? 'the page is being linked' : null,
  (state, k, _choose, [, p]): Effect => {
    const { record, epoch } = state.pages[p];
    const cut = withPage(state, p, { epoch: epoch + 1 });
    return record === null ? finish(cut, k, 'ok') : { state: goto(cut, k, 'take', { target: record }) };
  },
);

/** Shrinks active: its tail goes to the head of inactive. */
export const age: Action = first(
  'age',
  (state, _k, [, c]) => (state.names[c] == null ? null : lockFree(state, state.names[c])),
  (state, k, _choose, [, c]): Effect => {
    const at = state.names[c] ?? null;
    if (at === null) return finish(state, k, 'ENOENT');
    const { active, inactive } = containerAt(state, at);
    const tail = active.at(-1);
    if (tail === undefined) return finish(state, k, 'ok');
    return finish(
      writeContainer(state, at, { active: active.slice(0, -1), inactive: [tail, ...inactive] }),
      k,
      'ok',
    );
  },
);
