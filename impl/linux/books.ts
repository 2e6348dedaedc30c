// From what the kernel's files say to what each group has: whose a page is, and which of the lists that are summed up over a tree are a group's own.

import type { Seen, Shown } from './answer.ts';
import { ACTIVE, ON_LIST, UNEVICTABLE } from './answer.ts';

const ROOT = -1;
const NOBODY = -2;

/**
 * Whose an inode is. A group that was removed with pages in it is named as their owner for a moment more, before the kernel names its parent, who
 * inherits.
 */
export class Owners {
  readonly #groups = new Map<number, number>();
  #parents = new Map<number, number>();

  clear(): void {
    this.#groups.clear();
    this.#parents.clear();
  }

  /** Told of every answer, and of the group that the command has removed. */
  learn({ leaf, groups }: Shown, removed: number | null): void {
    const heir = this.#parents.get(removed ?? NOBODY) ?? ROOT;
    for (const [inode, c] of this.#groups) if (c === removed) this.#groups.set(inode, heir);
    this.#groups.set(leaf, ROOT);
    for (const [c, inode] of groups) this.#groups.set(inode, c);
    this.#parents = new Map(groups.filter(([c]) => c !== ROOT).map(([c, , parent]) => [c, parent]));
  }

  seenOf({ groups, pages, leaf: _, ...shown }: Shown): Seen {
    const all = groupsOf(groups);
    return {
      ...shown,
      books: groups
        .filter(([c]) => c !== ROOT)
        .map(([c, , parent, ooms, peak, swap]) => [c, parent, ooms, peak, swap] as const),
      groups: all.map((row) => this.#own(row, all)),
      pages: pages.map(([p, inode, ...more]) => [p, this.#groups.get(inode) ?? NOBODY, ...more] as const),
    };
  }

  /** The lists of a group alone: those of its children are taken off. The root's usage is told as its own lists are. */
  #own(row: Seen['groups'][number], groups: Seen['groups']): Seen['groups'][number] {
    const [top, usage, limit, failcnt, ...rest] = row;
    let [active, inactive, unevictable] = rest;
    for (const [c, , , , a, i, u] of groups) {
      if (c === ROOT || (this.#parents.get(c) ?? ROOT) !== top) continue;
      active -= a;
      inactive -= i;
      unevictable -= u;
    }
    const used = top === ROOT ? active + inactive + unevictable : usage;
    return [top, used, limit, failcnt, active, inactive, unevictable, row[7]];
  }
}

/** Usage, limit, failcnt, lists and tasks of each group: what all kernels count. */
export const groupsOf = (rows: Shown['groups']): Seen['groups'] =>
  rows.map(([c, , , , , , ...counts]) => [c, ...counts] as const);

/**
 * Do the lists of memory.stat say what the flags of the pages say? The kernel sums its statistics up every two seconds on its own, too, group after
 * group: if that is under way while a page comes onto a list, the sum may be of before, and is worth another look.
 */
export function listsAgree({ groups, pages }: Seen): boolean {
  const sums = new Map(
    groups.map(([c, , , , active, inactive, unevictable]) => [c, [active, inactive, unevictable]]),
  );
  for (const [, owner, , flags] of pages) {
    const left = sums.get(owner);
    if (left && flags & ON_LIST) left[flags & UNEVICTABLE ? 2 : flags & ACTIVE ? 0 : 1]--;
  }
  return [...sums.values()].every((left) => left.every((n) => n === 0));
}
