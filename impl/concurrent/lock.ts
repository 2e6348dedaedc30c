// Locks over shared words: a mutex that sleeps, and the one gate behind which an operation is alone. Every sleep has a bound.
//
// Lock order: own reader word, then page locks (two only in copy: the lower id first), then container locks (two only in copy and move: the
// lower slot first). Reclaim, which comes from a list to a page, only tries. Nobody sleeps for the gate while it is a reader.

import { add, and, cas, load, notify, or, swap, wait } from './atomics.ts';
import { GATE, type Handle, HIGHEST, nameOf, readerOf } from './layout.ts';

/** A wait that outlasted its bound: most likely a thread died while it held what is waited for. */
export class Stuck extends Error {
  override name = 'Stuck';
}

const FREE = 0;
const HELD = 1;
/** Held, and somebody may be asleep. */
const AWAITED = 2;

export function lock(h: Handle, at: number): void {
  if (cas(h.m, at, FREE, HELD) !== FREE) lockSlowly(h, at);
}

function lockSlowly(h: Handle, at: number): void {
  for (let i = 0; i < h.spins; i++) {
    if (load(h.m, at) === FREE && cas(h.m, at, FREE, HELD) === FREE) return;
  }
  while (swap(h.m, at, AWAITED) !== FREE) sleep(h, at, AWAITED);
}

export function tryLock(h: Handle, at: number): boolean {
  return cas(h.m, at, FREE, HELD) === FREE;
}

export function unlock(h: Handle, at: number): void {
  if (swap(h.m, at, FREE) === AWAITED) notify(h.m, at, 1);
}

/** @throws Stuck if nobody woke this thread within its patience. */
export function sleep(h: Handle, at: number, value: number): void {
  if (!wait(h.m, at, value, h.patience)) {
    throw new Stuck(`waited ${h.patience} ms for ${nameOf(h, at)}, which is still ${value}`);
  }
}

// A thread's reader word: it is inside; and it must stay outside, for somebody wants to be alone.
const INSIDE = 1;
const CLOSED = 2;

/** Most operations run side by side, each announced in its thread's own word: one atomic operation on a line that no other thread writes. */
export function enterShared(h: Handle): void {
  while (add(h.m, h.reader, INSIDE) !== 0) {
    leaveShared(h);
    waitOutside(h);
  }
}

function waitOutside(h: Handle): void {
  while (load(h.m, h.reader) === CLOSED) sleep(h, h.reader, CLOSED);
}

export function leaveShared(h: Handle): void {
  if (add(h.m, h.reader, -INSIDE) !== INSIDE) notify(h.m, h.reader, 1);
}

/** Exit, fork and the OOM killer change many pages as one step: they wait until every other thread is outside, and keep them there. */
export function enterAlone(h: Handle): void {
  lock(h, GATE);
  for (let worker = 0; worker < h.workers; worker++) or(h.m, readerOf(h, worker), CLOSED);
  for (let worker = 0; worker < h.workers; worker++) {
    const at = readerOf(h, worker);
    while (load(h.m, at) !== CLOSED) sleep(h, at, CLOSED | INSIDE);
  }
}

export function leaveAlone(h: Handle): void {
  for (let worker = 0; worker < h.workers; worker++) {
    and(h.m, readerOf(h, worker), ~CLOSED);
    notify(h.m, readerOf(h, worker), 1);
  }
  unlock(h, GATE);
}

// References: how many charges are in flight on a container. The top bit says that somebody waits for the last one.

const WAITED_FOR = 0x40000000;

export function takeReference(h: Handle, at: number): void {
  add(h.m, at, 1);
}

export function dropReference(h: Handle, at: number): void {
  if (add(h.m, at, -1) === WAITED_FOR + 1) notify(h.m, at, HIGHEST);
}

/** Says that somebody waits for the last reference, and how many there are. */
export function referencesAwaited(h: Handle, at: number): number {
  return or(h.m, at, WAITED_FOR) & ~WAITED_FOR;
}

/** Sleeps while there are references; returns at once when the last one has gone meanwhile, for nobody would wake it any more. */
export function sleepUntilUnreferenced(h: Handle, at: number): void {
  const value = load(h.m, at);
  if ((value & ~WAITED_FOR) > 0 && (value & WAITED_FOR) !== 0) sleep(h, at, value);
}

/** The wait is over, for this thread and for the others that wait here: they look again. */
export function awaitNoMore(h: Handle, at: number): void {
  if (and(h.m, at, ~WAITED_FOR) & WAITED_FOR) notify(h.m, at, HIGHEST);
}
