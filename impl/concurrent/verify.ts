// Walks the whole shared structure while no operation runs, and recounts what is counted.

import { peek } from './atomics.ts';
import {
  ACTIVE,
  bitOf,
  CHILDREN,
  CONTAINER,
  containerOf,
  EXISTS,
  FLAGS,
  GATE,
  type Handle,
  LENGTH,
  LOCK,
  MAPCOUNT,
  MEMBERS,
  mapsOf,
  NEWER,
  NEWEST,
  NONE,
  OLDER,
  OLDEST,
  OWNER,
  PARENT,
  PINS,
  pageOf,
  pinsOf,
  REFS,
  readerOf,
  taskOf,
  USAGE,
} from './layout.ts';

/** The first inconsistency, with its two numbers; or null. Only at quiescence: nobody may be inside. */
export function verify(h: Handle): string | null {
  return locks(h) ?? containers(h) ?? pages(h);
}

function locks(h: Handle): string | null {
  if (peek(h.m, GATE) !== 0) return 'the gate is held, nobody is inside';
  for (let w = 0; w < h.workers; w++) if (peek(h.m, readerOf(h, w)) !== 0) return `worker ${w} is inside`;
  for (let c = 0; c < h.containers; c++)
    if (peek(h.m, containerOf(h, c) + LOCK) !== 0) return `c${c} is locked, nobody is inside`;
  for (let p = 0; p < h.pages; p++)
    if (peek(h.m, pageOf(h, p) + LOCK) !== 0) return `p${p} is locked, nobody is inside`;
  return null;
}

function containers(h: Handle): string | null {
  const members = new Int32Array(h.containers);
  for (let t = 0; t < h.tasks; t++) {
    const c = peek(h.m, taskOf(h, t) + CONTAINER) - 1;
    if (c >= 0) members[c]++;
  }
  const children = new Int32Array(h.containers);
  for (let c = 0; c < h.containers; c++) {
    const parent = peek(h.m, containerOf(h, c) + PARENT) - 1;
    if (parent !== NONE && peek(h.m, containerOf(h, c) + EXISTS) === 1) children[parent]++;
  }
  let listed = 0;
  for (let c = 0; c < h.containers; c++) {
    const at = containerOf(h, c);
    const wrong = list(h, c, 0) ?? list(h, c, 1);
    if (wrong) return wrong;
    const size = peek(h.m, at + LENGTH) + peek(h.m, at + LENGTH + 1);
    listed += size;
    const usage = peek(h.m, at + USAGE);
    const exists = peek(h.m, at + EXISTS) === 1;
    if (usage !== size) return `c${c} says ${usage}, its lists hold ${size}`;
    if (peek(h.m, at + REFS) !== 0)
      return `c${c} has ${peek(h.m, at + REFS)} references, no charge is in flight`;
    if (peek(h.m, at + MEMBERS) !== members[c])
      return `c${c} counts ${peek(h.m, at + MEMBERS)} tasks, ${members[c]} are in it`;
    if (peek(h.m, at + CHILDREN) !== children[c])
      return `c${c} counts ${peek(h.m, at + CHILDREN)} children, ${children[c]} are below it`;
    if (!exists && (size > 0 || members[c] > 0))
      return `c${c} is gone, it has ${size} pages and ${members[c]} tasks`;
  }
  let owned = 0;
  for (let p = 0; p < h.pages; p++) if (peek(h.m, pageOf(h, p) + OWNER) !== NONE) owned++;
  return owned === listed ? null : `${owned} pages are owned, ${listed} are listed`;
}

function list(h: Handle, c: number, active: number): string | null {
  const at = containerOf(h, c) + active;
  const name = `the ${active ? 'active' : 'inactive'} list of c${c}`;
  let last = NONE;
  let n = 0;
  for (let p = peek(h.m, at + NEWEST); p !== NONE; n++) {
    if (n > h.pages) return `${name} does not end`;
    const page = pageOf(h, p);
    if (peek(h.m, page + NEWER) !== last)
      return `p${p} has ${peek(h.m, page + NEWER)} before it, ${name} came from ${last}`;
    if (peek(h.m, page + OWNER) !== c)
      return `p${p} is owned by ${peek(h.m, page + OWNER)}, it is on ${name}`;
    if ((peek(h.m, page + FLAGS) & ACTIVE) !== active) return `p${p} has the wrong active bit for ${name}`;
    last = p;
    p = peek(h.m, page + OLDER);
  }
  if (peek(h.m, at + OLDEST) !== last)
    return `${name} ends at ${last}, its tail is ${peek(h.m, at + OLDEST)}`;
  const length = peek(h.m, at + LENGTH);
  return length === n ? null : `${name} holds ${n}, its length says ${length}`;
}

function pages(h: Handle): string | null {
  for (let p = 0; p < h.pages; p++) {
    const page = pageOf(h, p);
    let mapped = 0;
    let pinned = 0;
    for (let t = 0; t < h.tasks; t++) {
      const maps = (peek(h.m, mapsOf(h, t, p)) & bitOf(p)) !== 0;
      const pins = (peek(h.m, pinsOf(h, t, p)) & bitOf(p)) !== 0;
      if (maps) mapped++;
      if (pins) pinned++;
      if (pins && !maps) return `t${t} has p${p} pinned, but does not map it`;
      if (maps && peek(h.m, taskOf(h, t) + CONTAINER) === 0) return `t${t} is gone, it maps p${p}`;
    }
    if (mapped !== peek(h.m, page + MAPCOUNT))
      return `p${p} says mapcount ${peek(h.m, page + MAPCOUNT)}, ${mapped} map it`;
    if (pinned !== peek(h.m, page + PINS))
      return `p${p} counts ${peek(h.m, page + PINS)} pins, ${pinned} have it pinned`;
    if (mapped > 0 !== (peek(h.m, page + OWNER) !== NONE))
      return `p${p} is mapped by ${mapped} and owned by ${peek(h.m, page + OWNER)}`;
  }
  return null;
}
