// The life of a task: fork, move, and its end, by exit or by the killer.

import {
  type Action,
  directoryFree,
  type Effect,
  finish,
  first,
  goto,
  inside,
  lockFree,
  perish,
  siblingsLeft,
  tableFree,
  task,
  taskOf,
  thread,
} from './action.ts';
import { wake } from './charge.ts';
import { containerAt } from './memory.ts';
import { type Address, type State, type TaskId, type ThreadId, withPage, withTask } from './state.ts';
import { leavePage } from './unmap.ts';

/** t's FUTURE charges go to c (I11). A task that is dying goes nowhere any more. */
export const move: Action = first(
  'move',
  (state, _k, [, t, c]) => {
    const to = state.names[c] ?? null;
    const from = task(state, t).container;
    return (
      directoryFree(state) ??
      (from === null ? null : lockFree(state, from)) ??
      (to === null ? null : lockFree(state, to))
    );
  },
  (state, k, _choose, [, t, c]): Effect => {
    const to = state.names[c] ?? null;
    const { container: from, killed } = task(state, t);
    if (from === null || killed) return finish(state, k, 'ESRCH');
    if (to === null) return finish(state, k, 'ENOENT');
    return finish(wake(withTask(state, t, { container: to }), from), k, 'ok');
  },
);

/** Looks up the container that the child will be in. */
export const fork: Action = first(
  'fork',
  () => null,
  (state, k, _choose, [, u]): Effect => {
    if (task(state, u).container !== null) return finish(state, k, 'EEXIST');
    const { container } = task(state, taskOf(state, k));
    return {
      state: goto(state, k, 'join', { container }),
      note: `in c${containerAt(state, container).name}`,
    };
  },
);

/** The child joins that container, unless its parent has left it: then fork looks again. It maps what the parent maps; pins stay behind. */
export const join: Action = inside(
  'join',
  (state, k) => directoryFree(state) ?? tableFree(state, taskOf(state, k), k),
  (state, k): Effect => {
    const t = taskOf(state, k);
    const u = thread(state, k).operation?.[1] as TaskId;
    const { container, maps, killed } = task(state, t);
    if (killed) return perish(state, k);
    if (thread(state, k).container !== container)
      return { state: goto(state, k, 'join', { container }), note: 'moved' };
    const mapped = maps.reduce((sofar, p) => {
      return withPage(sofar, p, { mapcount: sofar.pages[p].mapcount + 1 });
    }, state);
    return finish(withTask(mapped, u, { container, maps, pins: [] }), k, 'ok');
  },
);

const siblingsStillThere = (state: State, k: ThreadId) =>
  siblingsLeft(state, k) ? 'its other threads are still there' : null;

/** From now on the task is dying: who needs its memory waits for that. */
export const exit: Action = first('exit', siblingsStillThere, (state, k) => ({
  state: goto(withTask(state, taskOf(state, k), { killed: true }), k, 'exit'),
}));

/** A killed task dies between two operations; the last of its threads unmaps what is left. */
export const die: Action = {
  name: 'die',
  begins: false,
  guard: (state, k) => {
    const { place } = thread(state, k);
    const t = state.scope.threads[k]?.task ?? null;
    return place === 'idle' && t !== null && task(state, t).killed ? null : 'not killed';
  },
  effect: (state, k) => ({ state: goto(state, k, siblingsLeft(state, k) ? 'ended' : 'exit') }),
};

/** Unmaps the next page. */
export const unmapNext: Action = inside(
  'exit',
  (state, k) => tableFree(state, taskOf(state, k), k),
  (state, k): Effect => {
    const [p] = task(state, taskOf(state, k)).maps;
    if (p === undefined) return { state: goto(state, k, 'leave') };
    const { state: after, last } = leavePage(state, taskOf(state, k), p);
    return { state: last === null ? after : goto(after, k, 'del', { target: last }), note: `p${p}` };
  },
);

/** The task leaves its container and is gone. */
export const leave: Action = inside(
  'leave',
  (state, k) => lockFree(state, task(state, taskOf(state, k)).container),
  (state, k): Effect => {
    const { container } = task(state, taskOf(state, k));
    const left = withTask(state, taskOf(state, k), { container: null, killed: false });
    const { operation, answer } = thread(state, k);
    const { state: ended } = finish(wake(left, container as Address), k, 'ok');
    return { state: goto(ended, k, 'ended'), ...(operation ? { answer: answer ?? 'ok' } : {}) };
  },
);
