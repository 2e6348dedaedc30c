// The tree of containers: up the path a charge is counted and can be refused, down the subtree it is paid for.
// In a flat profile a container answers for itself alone, whatever its name is nested in: its path and its subtree are itself.

import {
  type Container,
  type ContainerId,
  children,
  members,
  own,
  type State,
  type TaskId,
} from './state.ts';

/** c, its parent, and so on up to the root. */
export function path(state: State, c: ContainerId): ContainerId[] {
  if (state.profile.hierarchy === 'flat') return [c];
  const { parent } = state.containers.get(c) as Container;
  return parent === null ? [c] : [c, ...path(state, parent)];
}

/** c and all containers below it, in ascending order. */
export function subtree(state: State, c: ContainerId): ContainerId[] {
  if (state.profile.hierarchy === 'flat') return [c];
  const below = children(state, c).flatMap((id) => subtree(state, id));
  return [c, ...below].sort((a, b) => a - b);
}

/** L9: the pages on the lists of the subtree, by definition here; an implementation keeps a counter. */
export function usage(state: State, c: ContainerId): number {
  let pages = 0;
  for (const id of subtree(state, c)) pages += own(state.containers.get(id) as Container);
  return pages;
}

/** The live tasks in the containers of the subtree, in ascending order: whom the OOM killer may take for c. */
export function tasksBelow(state: State, c: ContainerId): TaskId[] {
  return subtree(state, c)
    .flatMap((id) => members(state, id))
    .sort((a, b) => a - b);
}
