// The two LRU lists of a container. All of it runs under the container's lock.

import { add, load, or, peek, poke, store, swap } from './atomics.ts';
import {
  ACTIVE,
  containerOf,
  FLAGS,
  type Handle,
  LENGTH,
  NEWER,
  NEWEST,
  NONE,
  OLDER,
  OLDEST,
  OWNER,
  pageOf,
  REFERENCED,
  USAGE,
} from './layout.ts';

// What touches only words under the lock is an arrow function: no other thread can come in between, so the scheduler need not stop there.

export const lengthOf = (h: Handle, c: number, active: number): number =>
  peek(h.m, containerOf(h, c) + LENGTH + active);

/** L9: what the container holds, charges in flight not counted. */
export const sizeOf = (h: Handle, c: number): number => lengthOf(h, c, 0) + lengthOf(h, c, 1);

export const oldestOf = (h: Handle, c: number, active: number): number =>
  peek(h.m, containerOf(h, c) + OLDEST + active);

/** Puts page p at the head of a list: 1 active, 0 inactive. */
export const link = (h: Handle, c: number, p: number, active: number): void => {
  const at = containerOf(h, c) + active;
  const head = peek(h.m, at + NEWEST);
  poke(h.m, pageOf(h, p) + NEWER, NONE);
  poke(h.m, pageOf(h, p) + OLDER, head);
  if (head === NONE) poke(h.m, at + OLDEST, p);
  else poke(h.m, pageOf(h, head) + NEWER, p);
  poke(h.m, at + NEWEST, p);
  poke(h.m, at + LENGTH, peek(h.m, at + LENGTH) + 1);
};

export const unlink = (h: Handle, c: number, p: number, active: number): void => {
  const at = containerOf(h, c) + active;
  const newer = peek(h.m, pageOf(h, p) + NEWER);
  const older = peek(h.m, pageOf(h, p) + OLDER);
  if (newer === NONE) poke(h.m, at + NEWEST, older);
  else poke(h.m, pageOf(h, newer) + OLDER, older);
  if (older === NONE) poke(h.m, at + OLDEST, newer);
  else poke(h.m, pageOf(h, older) + NEWER, newer);
  poke(h.m, at + LENGTH, peek(h.m, at + LENGTH) - 1);
};

/** Page p, charged already, becomes c's: head of active, unreferenced (L3, L4). */
export function adopt(h: Handle, c: number, p: number): void {
  store(h.m, pageOf(h, p) + FLAGS, ACTIVE);
  link(h, c, p, 1);
  poke(h.m, pageOf(h, p) + OWNER, c);
}

/** The last mapping is gone: page p leaves its list and its owner's account in one critical section (L8). */
export function disown(h: Handle, c: number, p: number): void {
  const page = pageOf(h, p);
  unlink(h, c, p, swap(h.m, page + FLAGS, 0) & ACTIVE);
  poke(h.m, page + OWNER, NONE);
  add(h.m, containerOf(h, c) + USAGE, -1);
}

/** A page goes to the head of a list of the same container, with its bit clear. */
export function relink(h: Handle, c: number, p: number, from: number, to: number): void {
  unlink(h, c, p, from);
  link(h, c, p, to);
  store(h.m, pageOf(h, p) + FLAGS, to);
}

/** The second reference to an inactive page. The bits are looked at again: the scan may have been here since. */
export function activate(h: Handle, c: number, p: number): void {
  const flags = load(h.m, pageOf(h, p) + FLAGS);
  if (flags === REFERENCED) relink(h, c, p, 0, 1);
  else or(h.m, pageOf(h, p) + FLAGS, REFERENCED);
}
