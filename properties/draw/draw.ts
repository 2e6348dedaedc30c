// From a number to a move: reads the view, names only what exists, so that nearly every drawn move does something. Small numbers are simple moves.

import { type Move, moveOf, noCaseFor, ROOT } from '../../model/index.ts';
import { argKinds } from '../trace/args.ts';
import { HUGE, NONE, PINNED, type View } from '../view/view.ts';

/** What can be drawn, simplest first. `anything` ignores what exists, so that errors are compared too. */
export const kinds = [
  'touch',
  'setLimit',
  'unmap',
  'spawn',
  'mkdir',
  'pin',
  'move',
  'copy',
  'fork',
  'exit',
  'unpin',
  'rmdir',
  'evict',
  'anything',
] as const;
export type Kind = (typeof kinds)[number];

/** How often each kind is drawn when no swarm says otherwise: touch and limit moves carry most bugs. */
export const usualWeights: readonly number[] = [20, 8, 5, 6, 4, 4, 5, 2, 4, 2, 2, 4, 2, 1];
export const WEIGHTS = 64;

export interface Style {
  /** WEIGHTS kinds, each as often as its weight says. */
  readonly table: readonly Kind[];
  /** Limits beyond 2^53, members of the root, and in a flat profile containers within containers (names only): what the scopes leave out. */
  readonly exotic: boolean;
  /** So many moves at the start that only fill containers: limits are drawn near the usage, and so keep them small. 0 if left out. */
  readonly growth?: number;
  /** Half of the moves of the growth lock a page or reference it again: what reclaim then scans is held. */
  readonly held?: boolean;
  /** Containers within containers are usual: the profile is nested, and the subject knows trees. */
  readonly nested: boolean;
  /** So many moves at the start that only make containers: a tree stands before the first task is in it. 0 if left out. */
  readonly frame?: number;
  /** Inner containers hold no tasks (linux-v2): moves that this refuses are seldom drawn. */
  readonly leavesOnly: boolean;
}

export function tableOf(weights: readonly number[]): Kind[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const table: Kind[] = [];
  let upTo = 0;
  for (let k = 0; k < kinds.length; k++) {
    upTo += weights[k];
    while (table.length < Math.round((upTo * WEIGHTS) / sum)) table.push(kinds[k]);
  }
  return table;
}

/** 30 bits: which kind (6), then three arguments (8 each), each a number modulo what exists. */
export const DRAW_BITS = 30;

/** The move that a draw means in the situation that a view shows, as the one after `made` others. */
export function moveFor(draw: number, view: View, style: Style, made = Infinity): Move {
  const n = draw & (WEIGHTS - 1);
  const a = (draw >>> 6) & 255;
  const b = (draw >>> 14) & 255;
  const c = (draw >>> 22) & 255;
  const kind = made < (style.frame ?? 0) ? 'mkdir' : style.table[n];
  const move = made < (style.growth ?? 0) ? growing(n, view, a, b, style) : drawn(kind, view, a, b, c, style);
  return move ?? fallback(view, a, b, style);
}

/** Fills what there is: a page that nobody maps, or another task or container to fill. */
function growing(n: number, view: View, a: number, b: number, style: Style): Move | null {
  const { tasks, pages } = view.size;
  const task = pick(tasks, a, (t) => view.container[t] !== NONE);
  if (n < 2) return drawn('spawn', view, a, b, 0, style);
  if (style.held && n % 2 === 1) return hold(n % 8 < 6 ? 'touch' : 'pin', view, a);
  return made(
    'touch',
    task,
    pick(pages, b, (p) => view.mapcount[p] === 0),
  );
}

/** Nothing of the kind is possible: make what is missing, or touch. */
function fallback(view: View, a: number, b: number, style: Style): Move {
  const { containers, tasks, pages } = view.size;
  const c = pick(containers, a, (slot) => view.exists[slot] === 1);
  if (c === NONE) return ['mkdir', a % containers];
  const t = pick(tasks, b, (id) => view.container[id] !== NONE);
  if (t === NONE) return ['spawn', b % tasks, home(view, a, style)];
  return ['touch', t, a % pages];
}

function drawn(kind: Kind, view: View, a: number, b: number, c: number, style: Style): Move | null {
  const { pages } = view.size;
  switch (kind) {
    case 'touch':
      return made('touch', live(view, a), b % pages);
    case 'setLimit':
      return limitMove(view, toLimit(view, a, style), b, c, style);
    case 'mkdir':
      return mkdirMove(view, a, b, c, style);
    case 'rmdir':
      return made('rmdir', toRemove(view, a, b, style));
    case 'spawn':
      return homed('spawn', dead(view, a), home(view, b, style), c, view, style);
    case 'fork':
      return made('fork', live(view, a), dead(view, b));
    case 'exit':
      return made('exit', live(view, a));
    case 'move':
      return homed('move', toMove(view, a, c), home(view, b, style), c, view, style);
    case 'evict':
      return made(
        'evict',
        pick(pages, a, (p) => view.mapcount[p] > 0),
      );
    case 'anything':
      return anything(view, a, b, c, style);
    case 'unmap':
    case 'pin':
    case 'unpin':
    case 'copy':
      return onMapping(kind, view, a, b);
    default:
      return noCaseFor(kind);
  }
}

// Functions that are handed on have no name of their own here: tsx makes a named one anew, slowly, at every call of the function around it.

const live = (view: View, n: number) => pick(view.size.tasks, n, (t) => view.container[t] !== NONE);
const dead = (view: View, n: number) => pick(view.size.tasks, n, (t) => view.container[t] === NONE);

/** Every other time a task that leaves a container to its pages, if there is one. */
function toMove(view: View, a: number, c: number): number {
  const found = c % 2 === 0 ? pick(view.size.tasks, a, (t) => leavesPages(view, t)) : NONE;
  return found === NONE ? live(view, a) : found;
}

function leavesPages({ container, owner }: View, t: number): boolean {
  const slot = container[t];
  return slot !== NONE && owner.includes(slot) && container.indexOf(slot) === container.lastIndexOf(slot);
}

/**
 * Three times of four a container that no task is in, if there is one: any other is EBUSY before its pages are looked at. In a tree one without
 * children, and two times of these three one that has pages to pass on.
 */
function toRemove(view: View, a: number, b: number, { nested }: Style): number {
  const { containers } = view.size;
  let found =
    nested && b % 4 < 2
      ? pick(containers, a, (slot) => isVacant(view, slot, nested) && view.owner.includes(slot))
      : NONE;
  if (found === NONE && b % 4 < 3) found = pick(containers, a, (slot) => isVacant(view, slot, nested));
  return found === NONE ? pick(containers, a, (slot) => view.exists[slot] === 1) : found;
}

function isVacant({ exists, container, parent }: View, slot: number, nested: boolean): boolean {
  return exists[slot] === 1 && !container.includes(slot) && !(nested && parent.includes(slot));
}

/** A page that reclaim would take is referenced or locked by one who maps it. */
function hold(kind: Kind, view: View, a: number): Move | null {
  const { tasks, pages } = view.size;
  const p = pick(pages, a, (at) => view.mapcount[at] > 0 && view.pins[at] === 0 && view.referenced[at] === 0);
  const t = p === NONE ? NONE : pick(tasks, a, (id) => view.mapsPage(id, p));
  return made(kind, t, p);
}

/** unmap, pin, unpin, copy: of a page that the task maps. */
function onMapping(kind: Kind, view: View, a: number, b: number): Move | null {
  const { tasks, pages } = view.size;
  const wanted = kind === 'unpin' ? PINNED : -1;
  const at = pick(tasks * pages, a, (i) => (view.maps[i] & wanted) !== 0);
  if (at === NONE) return null;
  const t = Math.floor(at / pages);
  const p = at % pages;
  if (kind !== 'copy') return made(kind, t, p);
  const q = pick(pages, b, (page) => view.mapcount[page] === 0);
  return q === NONE ? null : ['copy', t, p, q];
}

/** Two arguments, or one; null, if there is no such thing. */
function made(name: string, a: number, b?: number): Move | null {
  if (a === NONE || b === NONE) return null;
  return (b === undefined ? [name, a] : [name, a, b]) as readonly unknown[] as Move;
}

/** The (n mod how many there are)-th index that has what is asked; NONE if there is none. */
function pick(count: number, n: number, has: (index: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (has(i)) found++;
  if (found === 0) return NONE;
  let left = n % found;
  for (let i = 0; ; i++) if (has(i) && left-- === 0) return i;
}

/** A task goes to a container, now and then to the root. (The root's id is also NONE: it is not asked whether there is one.) */
function homed(name: string, t: number, container: number, n: number, view: View, style: Style): Move | null {
  const toRoot = isRoot(n, view, style);
  if (t === NONE || (container === NONE && !toRoot)) return null;
  return moveOf(name, [t, toRoot ? ROOT : container]);
}

const isRoot = (n: number, view: View, style: Style): boolean =>
  style.exotic && n % 16 === 15 && view.exists[view.size.containers] === 1;

/** A container for a task: seven times of eight one that may hold it. */
function home(view: View, n: number, { leavesOnly }: Style): number {
  const { containers } = view.size;
  const found =
    leavesOnly && n % 8 < 7
      ? pick(containers, n >>> 3, (slot) => view.exists[slot] === 1 && !view.parent.includes(slot))
      : NONE;
  return found === NONE ? pick(containers, n, (slot) => view.exists[slot] === 1) : found;
}

function mkdirMove(view: View, a: number, b: number, c: number, style: Style): Move | null {
  const fresh = pick(view.size.containers, a, (slot) => view.exists[slot] === 0);
  if (fresh === NONE) return null;
  const parent = style.nested ? treeParent(view, b, c, style) : namedParent(view, b, c, style);
  return parent === NONE ? ['mkdir', fresh] : ['mkdir', fresh, parent];
}

/** In a flat profile, now and then: a parent in name only. */
const namedParent = (view: View, b: number, c: number, { exotic }: Style): number =>
  exotic && view.exists[view.size.containers] === 0 && c % 4 === 3
    ? pick(view.size.containers, b, (slot) => view.exists[slot] === 1)
    : NONE;

const DEEPEST = 4;

/** Three times of four a container that is there, one of these times a deepest one, so that trees grow up to four deep; else the root. */
function treeParent(view: View, b: number, c: number, { leavesOnly }: Style): number {
  if (c % 4 === 0) return NONE;
  const { containers } = view.size;
  let most = 0;
  if (c % 4 === 1) {
    for (let slot = 0; slot < containers; slot++)
      if (mayHold(view, slot, c, leavesOnly)) most = Math.max(most, depthOf(view, slot));
  }
  return pick(containers, b, (slot) => mayHold(view, slot, c, leavesOnly) && depthOf(view, slot) >= most);
}

function mayHold(view: View, slot: number, c: number, leavesOnly: boolean): boolean {
  return (
    view.exists[slot] === 1 &&
    depthOf(view, slot) < DEEPEST &&
    !(leavesOnly && c % 16 !== 15 && view.container.includes(slot))
  );
}

function depthOf(view: View, slot: number): number {
  let depth = 0;
  for (let at = slot; at !== NONE && at !== view.size.containers && depth <= view.slots; at = view.parent[at])
    depth++;
  return depth;
}

/** In a tree two times of three a container with others in it, if there is one: its limit is everybody's below. */
function toLimit(view: View, n: number, { nested }: Style): number {
  const { containers } = view.size;
  const found =
    nested && n % 3 > 0
      ? pick(containers, Math.floor(n / 3), (slot) => view.exists[slot] === 1 && view.parent.includes(slot))
      : NONE;
  return found === NONE ? pick(containers, n, (slot) => view.exists[slot] === 1) : found;
}

/** Limits near the usage, where a controller decides something; small ones; and now and then any. */
function limitMove(view: View, slot: number, b: number, c: number, style: Style): Move | null {
  if (slot === NONE) return null;
  const way = c % 16;
  // A limit of 0 kills whoever touches: now and then, or nobody lives long enough to show anything.
  if (way < 8) return ['setLimit', slot, Math.max(1, view.usage[slot] + 1 - (b % 4))];
  if (way < 12) return ['setLimit', slot, 1 + (b % 4)];
  if (way < 14) return ['setLimit', slot, 1 + (b % (view.size.pages + 1))];
  if (way === 14) return ['setLimit', slot, 0];
  return ['setLimit', slot, style.exotic ? exoticLimits[b % exoticLimits.length] : view.size.pages + 1];
}

const exoticLimits: readonly (number | bigint)[] = [
  HUGE - 1,
  HUGE,
  2 ** 32 + 1,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n,
  2n ** 64n + 1n,
  -1,
];

/** Any move with any arguments of the scope, whether it makes sense or not. */
function anything(view: View, a: number, b: number, c: number, style: Style): Move {
  const { containers, tasks, pages } = view.size;
  const kind = kinds[a % (kinds.length - 1)];
  // Also within a container that may not be there.
  if (kind === 'mkdir')
    return (style.nested || (style.exotic && view.exists[view.size.containers] === 0)) && c % 2 === 1
      ? [kind, b % containers, (c >>> 1) % containers]
      : [kind, b % containers];
  const room = { container: containers, task: tasks, page: pages };
  const args = (argKinds.get(kind) ?? []).map((arg, i) => {
    const n = [b, c, b + c][i];
    if (arg === 'limit') return style.exotic ? exoticLimits[n % exoticLimits.length] : n % 4;
    return arg === 'container' && isRoot(n, view, style) ? ROOT : n % room[arg];
  });
  return moveOf(kind, args);
}
