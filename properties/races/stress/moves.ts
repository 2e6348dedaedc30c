// What a stress worker does next: any operation with any arguments, in proportions that keep tasks and containers alive more often than not.

import { type Move, moveOf } from '../../../model/index.ts';
import { argKinds } from '../../trace/args.ts';
import type { Size } from '../../view/view.ts';

/** Of a hundred. Births outnumber deaths, for most of them find that the task or container is there already. */
const weights: Readonly<Record<string, number>> = {
  touch: 34,
  unmap: 10,
  copy: 8,
  pin: 3,
  unpin: 5,
  evict: 4,
  move: 6,
  setLimit: 7,
  spawn: 10,
  fork: 3,
  exit: 2,
  mkdir: 5,
  rmdir: 3,
};
const table = Object.entries(weights).flatMap(([name, n]) => Array.from({ length: n }, () => name));

/** Random numbers below n (xorshift32), the same for the same seed. */
export function dice(seed: number): (n: number) => number {
  let x = Math.imul(seed, 0x9e3779b9) | 1;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}

export function drawMove(random: (n: number) => number, { containers, tasks, pages }: Size): Move {
  const name = table[random(table.length)];
  const room = { container: containers, task: tasks, page: pages };
  const kinds = argKinds.get(name) ?? [];
  return moveOf(
    name,
    kinds.map((kind) => (kind === 'limit' ? limit(random, pages) : random(room[kind]))),
  );
}

/** Mostly tight; now and then nothing fits, or everything does. */
function limit(random: (n: number) => number, pages: number): number {
  const n = random(16);
  if (n === 0) return 0;
  return n < 4 ? pages + 1 : 1 + random(Math.max(1, pages >> 1));
}
