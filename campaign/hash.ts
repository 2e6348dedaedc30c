// A view's identity as a number: lists, mappings, limits and bits as they are. Counters that only tell history are left out.

import { NONE, type View } from '../properties/view/view.ts';

/** 52 bits, so that a hash is a whole number in JSON: among 10^8 states about one pair in 100 such campaigns is taken for one. */
export const HASH_BITS = 52;

const [LIST, TASK, MAP, CONTAINER, END] = [0x11, 0x23, 0x47, 0x59, 0x6b];

/** Two independent mixers of four words; their sums are the two lanes of a hash. */
function one(kind: number, x: number, y: number, z: number): number {
  let h = Math.imul(x ^ kind, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ y, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ z, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x165667b1);
  return h ^ (h >>> 14);
}

function two(kind: number, x: number, y: number, z: number): number {
  let h = Math.imul(x + kind, 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) + y, 0x2c1b3c6d);
  h = Math.imul((h ^ (h >>> 12)) + z, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 17), 0x7feb352d);
  return h ^ (h >>> 15);
}

/** The hash of a view: a sum over its parts, so that nothing has to be sorted. */
export function hashOf(view: View): number {
  const { size, slots, exists, limitLow, limitHigh, container, maps, referenced } = view;
  let [a, b] = [0, 0];
  const add = (kind: number, x: number, y: number, z: number) => {
    a += one(kind, x, y, z);
    b += two(kind, x, y, z);
  };
  const idOf = (slot: number) => (slot === size.containers ? -1 : slot);
  for (let c = 0; c < slots; c++) {
    if (exists[c] !== 1) continue;
    add(CONTAINER, idOf(c), limitLow[c], limitHigh[c]);
    for (let list = 0; list < 2; list++) {
      const pages = list === 0 ? view.active : view.inactive;
      const length = list === 0 ? view.activeLength[c] : view.inactiveLength[c];
      for (let i = 0, at = c * size.pages; i < length; i++, at++) {
        add(LIST, idOf(c), pages[at], (i << 2) | (list << 1) | referenced[pages[at]]);
      }
    }
  }
  for (let t = 0; t < size.tasks; t++) {
    if (container[t] === NONE) continue;
    add(TASK, t, idOf(container[t]), 0);
    for (let p = 0; p < size.pages; p++) {
      const bits = maps[t * size.pages + p];
      if (bits !== 0) add(MAP, t, p, bits);
    }
  }
  return (one(END, a, b, 0) >>> 0) * 2 ** 20 + (two(END, a, b, 0) >>> 12);
}
