// The life of a container: mkdir, rmdir, and its limit.

import {
  type Action,
  directoryFree,
  type Effect,
  finish,
  first,
  goto,
  inside,
  lockFree,
  thread,
} from './action.ts';
import { wake } from './charge.ts';
import { containerAt, freeAddress, writeContainer } from './memory.ts';
import { newContainer, UNLIMITED } from './start.ts';
import { type Address, members, type State, withContainer, withName } from './state.ts';

/** A new directory names new memory, also where one of that name was before. */
export const mkdir: Action = first('mkdir', directoryFree, (state, k, _choose, [, c]): Effect => {
  if (state.names[c] != null) return finish(state, k, 'EEXIST');
  const at = freeAddress(state.containers);
  return finish(withName(withContainer(state, at, newContainer(c, UNLIMITED)), c, at), k, 'ok');
});

/** The look: no task is in it, and no record refers to it. Both locks are kept until it is destroyed, so that it stays empty. */
export const rmdir: Action = first(
  'rmdir',
  (state, _k, [, c]) =>
    directoryFree(state) ?? (state.names[c] == null ? null : lockFree(state, state.names[c])),
  (state, k, _choose, [, c]): Effect => {
    const at = state.names[c] ?? null;
    if (at === null) return finish(state, k, 'ENOENT');
    if (members(state, at).length > 0 || containerAt(state, at).refs > 0) return finish(state, k, 'EBUSY');
    const locked = { ...writeContainer(state, at, { lock: k }), directoryLock: k };
    return { state: goto(locked, k, 'destroy', { container: at }) };
  },
);

export const destroy: Action = inside(
  'destroy',
  () => null,
  (state, k): Effect => {
    const at = thread(state, k).container as Address;
    const unnamed: State = { ...withName(state, containerAt(state, at).name, null), directoryLock: null };
    return finish(writeContainer(unnamed, at, { lock: null, freed: true }), k, 'ok');
  },
);

/** Usage may now exceed the limit: then the next charge pays. */
export const setLimit: Action = first(
  'setLimit',
  (state, _k, [, c]) => (state.names[c] == null ? null : lockFree(state, state.names[c])),
  (state, k, _choose, [, c, limit]): Effect => {
    const at = state.names[c] ?? null;
    if (at === null) return finish(state, k, 'ENOENT');
    return finish(wake(writeContainer(state, at, { limit }), at), k, 'ok');
  },
);
