// From what the kernel shows to the view: its lists are the flags of its pages, and its own books must agree with themselves.

import { ACTIVE, NO_LIMIT, ON_LIST, type Seen, UNEVICTABLE } from '../../../impl/linux/index.ts';
import { UNLIMITED } from '../../../model/index.ts';
import { MAPPED, NONE, type Observed, PINNED, rootAnswersForAll, type View } from '../../view/view.ts';
import { BOOKS } from './claims.ts';

/** What the kernel shows. The order of its lists and the exact failcnt it does not; its referenced bits are cleared after every move. */
export const kernelShows: Observed = new Set([
  'usage',
  'limit',
  'lists',
  'owner',
  'mappers',
  'pins',
  'tasks',
  'victims',
  'reclaimed',
] as const);

/** With groups in groups: who is whose parent, too. */
export const kernelShowsTrees: Observed = new Set([...kernelShows, 'parent' as const]);

/** The kernel's books contradict each other, or show somebody of whom nothing is known. */
export class KernelContradiction extends Error {
  override name = 'KernelContradiction';
  readonly claim: string;

  constructor(message: string, claim: string = BOOKS) {
    super(message);
    this.claim = claim;
  }
}

const NOBODY = -2;

/** A kernel without a small limit charges so many pages at once, and keeps what it does not need yet. */
const BATCH = 64;
/** What v1 and v2 read back where there is no limit, in pages. */
const MOST = 2 ** 51 - 1;

/** Fills the view with what the kernel shows. @throws KernelContradiction */
export function viewOfKernel(seen: Seen, view: View): View {
  view.clear();
  const root = view.slotOf(-1);
  const parents = parentsIn(seen);
  for (const [c, usage, limit, failcnt, , , , tasks] of seen.groups) {
    const slot = view.slotOf(c);
    view.exists[slot] = 1;
    if (slot !== root) view.parent[slot] = view.slotOf(parents.get(c) ?? -1);
    view.usage[slot] = usage;
    view.setLimit(slot, c < 0 || limit === NO_LIMIT || limit === MOST ? UNLIMITED : BigInt(limit));
    view.failcnt[slot] = failcnt;
    for (const t of tasks) {
      if (t < 0) throw new KernelContradiction(`a task that we do not know is in ${nameOf(c)}`);
      view.container[t] = slot;
    }
  }
  for (const [t, pages, locked] of seen.tasks) {
    if (view.container[t] === NONE) throw new KernelContradiction(`t${t} is in none of our containers`);
    for (const p of pages) view.map(t, p, locked.includes(p) ? MAPPED | PINNED : MAPPED);
  }
  for (const row of seen.pages) placePage(row, view);
  for (const row of seen.groups) checkBooks(row, seen, view);
  for (const row of seen.books ?? []) checkMoreBooks(row, seen);
  for (const row of seen.groups) if (row[2] === MOST) forgetStock(row, seen, view);
  rootAnswersForAll(view);
  return view;
}

const parentsIn = ({ books = [] }: Seen): Map<number, number> =>
  new Map(books.map(([c, parent]) => [c, parent]));

/** Which groups are `top`, or below it. What was seen without its second books has all groups under the root. */
export function belowIn(seen: Seen, top: number): (c: number) => boolean {
  const parents = parentsIn(seen);
  return function isBelow(c): boolean {
    return c === top || (parents.has(c) && isBelow(parents.get(c) as number));
  };
}

/** The usage of a group without a limit is what it owns, and up to a batch of what its processor keeps for it. */
function forgetStock([c, usage]: Seen['groups'][number], seen: Seen, view: View): void {
  const isBelow = belowIn(seen, c);
  const owned = seen.pages.filter(([, owner]) => isBelow(owner)).length;
  if (usage >= owned && usage < owned + BATCH) view.usage[view.slotOf(c)] = owned;
}

/** memory.memsw counts the same pages, where nothing is swapped out. */
function checkMoreBooks([c, , , , swap]: NonNullable<Seen['books']>[number], seen: Seen): void {
  const usage = seen.groups.find(([id]) => id === c)?.[1];
  const isLimited = seen.groups.find(([id]) => id === c)?.[2] !== MOST;
  if (swap >= 0 && Math.abs(swap - (usage ?? 0)) >= (isLimited ? 1 : BATCH))
    throw new KernelContradiction(
      `${nameOf(c)} uses ${usage} pages of memory, and ${swap} of memory and swap`,
    );
}

function placePage([p, owner, mapcount, flags]: Seen['pages'][number], view: View): void {
  if (owner === NOBODY)
    throw new KernelContradiction(`p${p} is charged to a group that is not ours`, 'FirstToucherOwns');
  if (mapcount !== view.mapcount[p])
    throw new KernelContradiction(
      `p${p} has mapcount ${mapcount}, and is in the tables of ${view.mapcount[p]} tasks`,
    );
  const slot = view.slotOf(owner);
  view.owner[p] = slot;
  if (!(flags & ON_LIST)) throw new KernelContradiction(`p${p} is on no list`);
  const locked = (flags & UNEVICTABLE) !== 0;
  if (locked !== view.pins[p] > 0)
    throw new KernelContradiction(
      `p${p} is ${locked ? '' : 'not '}unevictable, ${view.pins[p]} tasks have it locked`,
    );
  const at = slot * view.size.pages;
  if (flags & ACTIVE) view.active[at + view.activeLength[slot]++] = p;
  else view.inactive[at + view.inactiveLength[slot]++] = p;
}

/** memory.stat counts the lists on its own: it must say what the flags of the pages say. */
function checkBooks(row: Seen['groups'][number], seen: Seen, view: View): void {
  const [c, , , , active, inactive, unevictable] = row;
  const slot = view.slotOf(c);
  const locked = seen.pages.filter(([, owner, , flags]) => owner === c && flags & UNEVICTABLE);
  const lockedActive = locked.filter(([, , , flags]) => flags & ACTIVE).length;
  const flags = [
    view.activeLength[slot] - lockedActive,
    view.inactiveLength[slot] - (locked.length - lockedActive),
    locked.length,
  ];
  const stat = [active, inactive, unevictable];
  if (flags.every((n, i) => n === stat[i])) return;
  throw new KernelContradiction(
    `memory.stat of ${nameOf(c)} says ${stat.join('/')} (active/inactive/unevictable), its pages say ${flags.join('/')}`,
  );
}

const nameOf = (c: number) => (c < 0 ? 'the root' : `c${c}`);
