// Walks every chain of the controller from both ends and recounts what is counted. For tests and for the doubtful; never on a hot path.

import type { Machine } from './machine.ts';
import { BIT, CONTAINER, LINK, PAGE, type Page, SHIFT, type Slot, TASK } from './tables.ts';
import { Tree } from './tree.ts';

const NONE = -1;
const { RECORD } = SHIFT;
const { NEWER, OLDER } = LINK;
const { STATE, MAPPER, OTHERS, PINS } = PAGE;
const { FIRST_PINNED, ACTIVE } = BIT;
const { LENGTH, USAGE, FIRST_MEMBER, EXISTS, PARENT, CHILDREN } = CONTAINER;

const id = (p: Page): number => p >> RECORD;
const idOf = (slot: Slot): number => slot - 2;

/** The first inconsistency, with its two numbers; or null. O(pages + tasks + containers + mappings). */
export function verify(m: Machine): string | null {
  return lists(m) ?? owners(m) ?? members(m) ?? (m instanceof Tree ? subtrees(m) : null) ?? mappings(m);
}

function lists(m: Machine): string | null {
  const w = m.words;
  for (let slot = 1; slot <= m.slots; slot++) {
    const c = m.container(slot);
    const wrong = list(m, slot, 0) ?? list(m, slot, ACTIVE);
    if (wrong) return wrong;
    const size = w[c | LENGTH] + w[c | ACTIVE | LENGTH];
    if (!(m instanceof Tree) && w[c | EXISTS] && w[c | USAGE] !== size)
      return `container ${idOf(slot)} says ${w[c | USAGE]}, its lists hold ${size}`;
    if (!w[c | EXISTS] && size > 0) return `container ${idOf(slot)} is gone, its lists hold ${size}`;
  }
  return null;
}

function list(m: Machine, slot: Slot, active: number): string | null {
  const w = m.words;
  const head = m.container(slot) | active;
  let n = 0;
  let last = head;
  for (let p = w[head | OLDER]; p !== head; last = p, p = w[p | OLDER], n++) {
    if (n > m.pages) return `${nameOf(active, slot)} does not end`;
    if (p < 0 || p >= m.pages << RECORD)
      return `${nameOf(active, slot)} leads to word ${p}, pages end at ${m.pages << RECORD}`;
    if (w[p | NEWER] !== last)
      return `page ${id(p)} has ${w[p | NEWER]} before it, the list came from ${last}`;
    const owner = m.slotOf(m.owner(p));
    if (owner !== slot)
      return `page ${id(p)} is owned by container ${idOf(owner)}, but listed in ${idOf(slot)}`;
    if ((w[p | STATE] & ACTIVE) !== active)
      return `page ${id(p)} says active ${w[p | STATE] & ACTIVE}, it is on ${nameOf(active, slot)}`;
  }
  if (w[head | NEWER] !== last)
    return `${nameOf(active, slot)} ends at ${last}, its tail is ${w[head | NEWER]}`;
  return w[head | LENGTH] === n
    ? null
    : `${nameOf(active, slot)} holds ${n}, its length says ${w[head | LENGTH]}`;
}

const nameOf = (active: number, slot: Slot): string =>
  `the ${active ? 'active' : 'inactive'} list of container ${idOf(slot)}`;

function owners(m: Machine): string | null {
  const w = m.words;
  const end = m.pages << RECORD;
  let owned = 0;
  for (let p = 0; p < end; p += 8) {
    if (w[p | STATE] === 0 && w[p | MAPPER] === NONE) continue;
    const owner = m.slotOf(m.owner(p));
    if (owner !== 0) owned++;
    if ((owner === 0) !== (w[p | MAPPER] === NONE))
      return `page ${id(p)} has owner ${idOf(owner)} and first mapper ${w[p | MAPPER]}`;
  }
  let listed = 0;
  for (let slot = 1; slot <= m.slots; slot++) {
    const c = m.container(slot);
    listed += w[c | LENGTH] + w[c | ACTIVE | LENGTH];
  }
  return owned === listed ? null : `${owned} pages are owned, ${listed} are listed`;
}

function members(m: Machine): string | null {
  let linked = 0;
  for (let slot = 1; slot <= m.slots; slot++) {
    const c = m.container(slot);
    let last = NONE;
    for (
      let t = m.words[c | FIRST_MEMBER];
      t !== NONE;
      last = t, t = m.tasks[(t << RECORD) | TASK.NEXT_MEMBER]
    ) {
      const its = m.tasks[(t << RECORD) | TASK.CONTAINER];
      const prev = m.tasks[(t << RECORD) | TASK.PREV_MEMBER];
      if (its !== slot) return `task ${t} is in container ${idOf(its)}, but a member of ${idOf(slot)}`;
      if (prev !== last) return `task ${t} has ${prev} before it, the chain came from ${last}`;
      if (!m.words[c | EXISTS]) return `task ${t} is in container ${idOf(slot)}, which is gone`;
      linked++;
    }
  }
  let alive = 0;
  for (let t = 0; t < m.tasks.length >> RECORD; t++) if (m.taskExists(t)) alive++;
  return alive === linked ? null : `${alive} tasks live, ${linked} are members`;
}

/** Usages, children and indexes, counted anew from the containers that own pages and hold tasks. O(containers * depth). */
function subtrees(m: Machine): string | null {
  const w = m.words;
  const counts = Array.from({ length: m.slots + 1 }, () => ({ usage: 0, children: 0, holders: 0, homes: 0 }));
  for (let slot: Slot = 1; slot <= m.slots; slot++) {
    const c = m.container(slot);
    if (!w[c | EXISTS]) continue;
    const own = w[c | LENGTH] + w[c | ACTIVE | LENGTH];
    const home = w[c | FIRST_MEMBER] !== NONE;
    counts[w[c | PARENT]].children++;
    for (let up: Slot = slot; up !== 0; up = w[m.container(up) | PARENT]) {
      if (!w[m.container(up) | EXISTS])
        return `container ${idOf(slot)} is in container ${idOf(up)}, which is gone`;
      counts[up].usage += own;
      if (own > 0) counts[up].holders++;
      if (home) counts[up].homes++;
      const below = m.below[up];
      if (below && below.holders.has(slot) !== own > 0)
        return `container ${idOf(slot)} holds ${own} pages, its place in the index of ${idOf(up)} says otherwise`;
      if (below && below.homes.has(slot) !== home)
        return `container ${idOf(slot)} ${home ? 'has' : 'has no'} tasks, its place in the index of ${idOf(up)} says otherwise`;
    }
  }
  for (let slot: Slot = 1; slot <= m.slots; slot++) {
    const c = m.container(slot);
    const { usage, children, holders, homes } = counts[slot];
    if (!w[c | EXISTS]) continue;
    const of = `container ${idOf(slot)}`;
    if (w[c | USAGE] !== usage) return `${of} says ${w[c | USAGE]}, the lists of its subtree hold ${usage}`;
    if (w[c | CHILDREN] !== children)
      return `${of} counts ${w[c | CHILDREN]} children, ${children} have it as a parent`;
    const below = m.below[slot];
    if ((below !== undefined) !== (children > 0 && slot > 1))
      return `${of} has ${children} children and ${below ? 'an' : 'no'} index`;
    if (below && below.holders.size !== holders)
      return `the index of ${of} has ${below.holders.size} holders, there are ${holders}`;
    if (below && below.homes.size !== homes)
      return `the index of ${of} has ${below.homes.size} homes, there are ${homes}`;
  }
  return null;
}

let room = new Int32Array(0);

/** So many zeros, in memory that is used again. */
function counters(length: number): Int32Array {
  if (room.length !== length) room = new Int32Array(length);
  for (let i = 0; i < length; i++) room[i] = 0;
  return room;
}

function mappings(m: Machine): string | null {
  const w = m.words;
  const count = counters(m.tasks.length >> RECORD);
  const end = m.pages << RECORD;
  let nodes = 0;
  for (let p = 0; p < end; p += 8) {
    if (w[p | MAPPER] === NONE) {
      if (w[p | OTHERS] !== NONE) return `page ${id(p)} has no first mapper, but others`;
      if (w[p | PINS] !== 0) return `page ${id(p)} has ${w[p | PINS]} locks and 0 mappers`;
      continue;
    }
    count[w[p | MAPPER]]++;
    let locks = w[p | STATE] & FIRST_PINNED ? 1 : 0;
    for (let n = w[p | OTHERS]; n !== NONE; n = m.mappings.nextOfPage[n]) {
      const t = m.mappings.task[n];
      if (m.mappings.find(t, p) !== n) return `task ${t} maps page ${id(p)}, but is not found`;
      count[t]++;
      nodes++;
      if (m.mappings.pinned[n]) locks++;
    }
    if (locks !== w[p | PINS]) return `page ${id(p)} counts ${w[p | PINS]} locks, its mappers have ${locks}`;
  }
  for (let t = 0; t < count.length; t++) {
    const mapped = m.tasks[(t << RECORD) | TASK.MAPPED];
    if (count[t] !== mapped) return `task ${t} counts ${mapped} pages, ${count[t]} have it as a mapper`;
  }
  return nodes === m.mappings.live ? null : `${m.mappings.live} mappings are known, ${nodes} are linked`;
}
