// Two containers' locks at once, the lower slot first; one if they are one.

import { containerOf, type Handle, LOCK } from './layout.ts';
import { lock, unlock } from './lock.ts';

export function lockBoth(h: Handle, a: number, b: number): void {
  lock(h, containerOf(h, Math.min(a, b)) + LOCK);
  if (a !== b) lock(h, containerOf(h, Math.max(a, b)) + LOCK);
}

export function unlockBoth(h: Handle, a: number, b: number): void {
  unlock(h, containerOf(h, a) + LOCK);
  if (a !== b) unlock(h, containerOf(h, b) + LOCK);
}
