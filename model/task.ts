// The life of a task: spawn, fork, exit, and the move between containers, which carries no charge.

import { action, type Chooser, done, type Errno, type Step } from './action.ts';
import { endTask } from './oom.ts';
import { type ContainerId, children, ROOT, type State, type Task, type TaskId, withTask } from './state.ts';

/** Whether a task can be put into c. In linux-v2 inner containers hold no tasks (H2); the root is excepted. */
function takesTasks(state: State, c: ContainerId): Errno | null {
  if (!state.containers.has(c)) return 'ENOENT';
  const { innerTasks } = state.profile;
  return innerTasks === 'EBUSY' && c !== ROOT && children(state, c).length > 0 ? 'EBUSY' : null;
}

/** A new task without mappings in container c. */
export const spawn = action({
  name: 'spawn',
  args: ['task', 'container'],
  guard: (state: State, t: TaskId, c: ContainerId): Errno | null => {
    if (state.tasks.has(t)) return 'EEXIST';
    return takesTasks(state, c);
  },

  effect: (state: State, _choose: Chooser, t: TaskId, c: ContainerId): Step =>
    done(withTask(state, t, { container: c, maps: [], pins: [] })),
});

/** A new task u in t's container that maps what t maps. Nobody is charged, no owner changes, pins are not inherited. */
export const fork = action({
  name: 'fork',
  args: ['task', 'task'],
  guard: (state: State, t: TaskId, u: TaskId): Errno | null => {
    if (!state.tasks.has(t)) return 'ESRCH';
    return state.tasks.has(u) ? 'EEXIST' : null;
  },

  effect: (state: State, _choose: Chooser, t: TaskId, u: TaskId): Step => {
    const { container, maps } = state.tasks.get(t) as Task;
    return done(withTask(state, u, { container, maps, pins: [] }));
  },
});

/** Unmaps all pages of t one by one, then t is gone. */
export const exit = action({
  name: 'exit',
  args: ['task'],
  guard: (state: State, t: TaskId): Errno | null => (state.tasks.has(t) ? null : 'ESRCH'),

  effect: (state: State, _choose: Chooser, t: TaskId): Step => done(endTask(state, t)),
});

/** t's FUTURE charges go to c; its pages stay with their owners (I11). Never fails for a limit. */
export const move = action({
  name: 'move',
  args: ['task', 'container'],
  guard: (state: State, t: TaskId, c: ContainerId): Errno | null => {
    if (!state.tasks.has(t)) return 'ESRCH';
    return takesTasks(state, c);
  },

  effect: (state: State, _choose: Chooser, t: TaskId, c: ContainerId): Step =>
    done(withTask(state, t, { container: c })),
});
