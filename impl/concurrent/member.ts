// Who is in a container: a task's word and the container's count change together, under the container's lock.

import { cas, load, peek, poke, store } from './atomics.ts';
import { CONTAINER, containerOf, type Handle, LOCK, MEMBERS, taskOf } from './layout.ts';
import { lock, unlock } from './lock.ts';

const count = (h: Handle, c: number, n: number): void =>
  poke(h.m, containerOf(h, c) + MEMBERS, peek(h.m, containerOf(h, c) + MEMBERS) + n);

/** A new task in c, under c's lock. False: there is such a task already (a spawn into another container may have been faster). */
export function join(h: Handle, t: number, c: number): boolean {
  if (cas(h.m, taskOf(h, t) + CONTAINER, 0, c + 1) !== 0) return false;
  count(h, c, 1);
  return true;
}

/** From container `from` to `to`, under both locks. */
export function transfer(h: Handle, t: number, from: number, to: number): void {
  store(h.m, taskOf(h, t) + CONTAINER, to + 1);
  count(h, from, -1);
  count(h, to, 1);
}

/** The end of a task's membership, with everybody else outside. */
export function leave(h: Handle, t: number): void {
  const c = load(h.m, taskOf(h, t) + CONTAINER) - 1;
  lock(h, containerOf(h, c) + LOCK);
  store(h.m, taskOf(h, t) + CONTAINER, 0);
  count(h, c, -1);
  unlock(h, containerOf(h, c) + LOCK);
}
