// Walks every chain of the controller from both ends and recounts what is counted. For tests and for the doubtful; never on a hot path.

import type { Machine } from './machine.ts';
import { ACTIVE, FIRST_PINNED, NONE } from './tables.ts';

/** The first inconsistency, with its two numbers; or null. O(pages + tasks + containers + mappings). */
export function verify(m: Machine): string | null {
  return lists(m) ?? members(m) ?? mappings(m);
}

function lists(m: Machine): string | null {
  const { exists, usage, newest, oldest, length } = m.containers;
  const { owner, newer, older, flags, mapper } = m.pages;
  let listed = 0;
  for (let c = 0; c < exists.length; c++) {
    for (let active = 0; active < 2; active++) {
      const list = c * 2 + active;
      let n = 0;
      let last = NONE;
      for (let p = newest[list]; p !== NONE; last = p, p = older[p], n++) {
        if (n > owner.length) return `list ${active} of container ${c - 1} does not end`;
        if (newer[p] !== last) return `page ${p} has ${newer[p]} before it, the list came from ${last}`;
        if (owner[p] !== c) return `page ${p} is owned by container ${owner[p] - 1}, but listed in ${c - 1}`;
        if ((flags[p] & ACTIVE) !== active)
          return `page ${p} says active ${flags[p] & ACTIVE}, it is on list ${active}`;
      }
      if (oldest[list] !== last)
        return `list ${active} of container ${c - 1} ends at ${last}, its tail is ${oldest[list]}`;
      if (length[list] !== n)
        return `list ${active} of container ${c - 1} holds ${n}, its length says ${length[list]}`;
      listed += n;
    }
    const size = length[c * 2] + length[c * 2 + 1];
    if (exists[c] && usage[c] !== size) return `container ${c - 1} says ${usage[c]}, its lists hold ${size}`;
    if (!exists[c] && size > 0) return `container ${c - 1} is gone, its lists hold ${size}`;
  }
  let owned = 0;
  for (let p = 0; p < owner.length; p++) {
    if (owner[p] !== NONE) owned++;
    if ((owner[p] === NONE) !== (mapper[p] === NONE))
      return `page ${p} has owner ${owner[p]} and first mapper ${mapper[p]}`;
  }
  return owned === listed ? null : `${owned} pages are owned, ${listed} are listed`;
}

function members(m: Machine): string | null {
  const { container, nextMember, prevMember } = m.tasks;
  let linked = 0;
  for (let c = 0; c < m.containers.exists.length; c++) {
    let last = NONE;
    for (let t = m.containers.firstMember[c]; t !== NONE; last = t, t = nextMember[t]) {
      if (container[t] !== c)
        return `task ${t} is in container ${container[t] - 1}, but a member of ${c - 1}`;
      if (prevMember[t] !== last)
        return `task ${t} has ${prevMember[t]} before it, the chain came from ${last}`;
      if (!m.containers.exists[c]) return `task ${t} is in container ${c - 1}, which is gone`;
      linked++;
    }
  }
  const alive = container.reduce((n, c) => n + (c === NONE ? 0 : 1), 0);
  return alive === linked ? null : `${alive} tasks live, ${linked} are members`;
}

function mappings(m: Machine): string | null {
  const { mapper, others, pins, flags } = m.pages;
  const count = new Int32Array(m.tasks.container.length);
  let nodes = 0;
  for (let p = 0; p < mapper.length; p++) {
    if (mapper[p] === NONE) {
      if (others[p] !== NONE) return `page ${p} has no first mapper, but others`;
      if (pins[p] !== 0) return `page ${p} has ${pins[p]} locks and 0 mappers`;
      continue;
    }
    count[mapper[p]]++;
    let locks = flags[p] & FIRST_PINNED ? 1 : 0;
    for (let n = others[p]; n !== NONE; n = m.mappings.nextOfPage[n]) {
      const t = m.mappings.task[n];
      if (m.mappings.find(t, p) !== n) return `task ${t} maps page ${p}, but is not found`;
      count[t]++;
      nodes++;
      if (m.mappings.pinned[n]) locks++;
    }
    if (locks !== pins[p]) return `page ${p} counts ${pins[p]} locks, its mappers have ${locks}`;
  }
  for (let t = 0; t < count.length; t++) {
    if (count[t] !== m.tasks.mapped[t])
      return `task ${t} counts ${m.tasks.mapped[t]} pages, ${count[t]} have it as a mapper`;
  }
  return nodes === m.mappings.live ? null : `${m.mappings.live} mappings are known, ${nodes} are linked`;
}
