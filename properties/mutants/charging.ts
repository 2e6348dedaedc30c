// Mutants of the charge: who pays, when it is refused, what is kept in stock. After ../shared/BUGS.md.

import { inIndex, inMachine, type Mutant, memory } from './mutant.ts';

export const charging: readonly Mutant[] = [
  {
    id: 'A1',
    name: 'retry-budget-ignores-progress',
    why: 'a charge has five rounds; then it kills, although each round freed something',
    edits: [
      inIndex('    do {\n      failcnt[c]++;\n', '    let rounds = 0;\n    do {\n      failcnt[c]++;\n'),
      inIndex(
        '      if (reclaim(this.machine, c, this.#switches, this.#take) > 0) {',
        '      if (rounds++ < 5 && reclaim(this.machine, c, this.#switches, this.#take) > 0) {',
      ),
    ],
  },
  {
    id: 'A2',
    name: 'recorded-owner-id-reused',
    why: 'a reclaimed page remembers the id of its owner; when the id has been given to a new container, that one is charged on the next touch',
    edits: [
      memory('readonly recorded = new Map<number, [slot: number, birth: number]>();'),
      memory('readonly births = new Map<number, number>();'),
      inIndex(
        '    k.exists[slot] = 1;\n',
        '    k.exists[slot] = 1;\n    this.machine.births.set(slot, (this.machine.births.get(slot) ?? 0) + 1);\n',
      ),
      inIndex(
        '    freePage(this.machine, p);\n',
        `    const owner = this.machine.pages.owner[p];
    this.machine.recorded.set(p, [owner, this.machine.births.get(owner) ?? 0]);
    freePage(this.machine, p);
`,
      ),
      inIndex(
        '    if (first) m.charge(c, p);\n',
        `    const [slot, birth] = m.recorded.get(p) ?? [c, m.births.get(c)];
    m.recorded.delete(p);
    const reborn = m.containers.exists[slot] === 1 && m.births.get(slot) !== birth;
    if (first) m.charge(reborn ? slot : c, p);
`,
      ),
    ],
  },
  {
    id: 'A10',
    name: 'swapin-recorded-owner',
    why: 'a reclaimed page that comes back is charged to its old owner',
    edits: [
      memory('readonly recorded = new Map<number, number>();'),
      inIndex(
        '    this.reclaimed.push(p);\n  };',
        '    this.reclaimed.push(p);\n    this.machine.recorded.set(p, this.machine.lastOwner);\n  };',
      ),
      memory('lastOwner = -1;'),
      inMachine(
        '    const c = this.pages.owner[p];\n',
        '    const c = this.pages.owner[p];\n    this.lastOwner = c;\n',
      ),
      inIndex(
        '    freePage(this.machine, p);\n',
        '    freePage(this.machine, p);\n    this.machine.recorded.set(p, this.machine.lastOwner);\n',
      ),
      inIndex(
        '    if (first) m.charge(c, p);\n',
        `    const old = m.recorded.get(p) ?? c;
    if (first) m.charge(m.containers.exists[old] ? old : c, p);
`,
      ),
    ],
  },
  {
    id: 'A20',
    name: 'stock-survives-rmdir',
    why: 'a charge that was given back is kept in stock; the stock outlives its container and is counted in the next one of that id',
    edits: [
      memory('readonly stock = new Map<number, number>();'),
      inMachine(
        '    this.containers.usage[c]++;\n',
        '    this.containers.usage[c]++;\n    this.stock.delete(c);\n',
      ),
      inMachine(
        '    this.containers.usage[c]--;\n',
        '    this.containers.usage[c]--;\n    this.stock.set(c, 1);\n',
      ),
      inIndex('    k.usage[slot] = 0;\n', '    k.usage[slot] = this.machine.stock.get(slot) ?? 0;\n'),
    ],
  },
  {
    id: 'A23',
    name: 'shared-page-unchecked',
    why: 'a page that was mapped before is charged without a look at the limit',
    edits: [
      memory('readonly known = new Set<number>();'),
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;\n',
        `    const known = m.known.has(p);
    m.known.add(p);
    if (!known && m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;
`,
      ),
    ],
  },
  {
    id: 'B8',
    name: 'stock-other-container',
    why: 'a charge that one container gave back is spent by another, past its limit',
    edits: [
      memory('stock = -1;'),
      inMachine(
        '    this.containers.usage[c]--;\n',
        '    this.containers.usage[c]--;\n    this.stock = c;\n',
      ),
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;\n',
        `    const spent = m.stock !== NONE && m.stock !== c;
    m.stock = NONE;
    if (!spent && m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;
`,
      ),
    ],
  },
  {
    id: 'B10',
    name: 'stock-vs-lowered-limit',
    why: 'a charge takes two more in stock; they are spent without a look at the limit, which was lowered meanwhile',
    edits: [
      memory('readonly stock = new Map<number, number>();'),
      inIndex('    k.usage[slot] = 0;\n', '    k.usage[slot] = 0;\n    this.machine.stock.delete(slot);\n'),
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;\n',
        `    const stock = m.stock.get(c) ?? 0;
    if (stock > 0) m.stock.set(c, stock - 1);
    else {
      if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && !this.#makeRoom(t, c)) return KILLED;
      if (m.containers.usage[c] + 3 <= m.containers.ceiling[c]) m.stock.set(c, 2);
    }
`,
      ),
    ],
  },
  {
    id: 'B13',
    name: 'progress-ignored',
    why: 'the OOM killer is called although the reclaim freed a page',
    edits: [inIndex('        reclaims[c]++;\n        continue;\n', '        reclaims[c]++;\n')],
  },
  {
    id: 'B14',
    name: 'unrelated-exiting-task',
    why: 'a task that exits elsewhere counts as the victim: nobody is killed, and the charge passes the limit',
    edits: [
      memory('exiting = false;'),
      inIndex(
        '    this.#end(t);\n    return OK;\n',
        '    this.#end(t);\n    this.machine.exiting = true;\n    return OK;\n',
      ),
      inIndex(
        '      this.#killOne(c);\n      if (this.machine.tasks',
        `      if (this.machine.exiting) {
        this.machine.exiting = false;
        return true;
      }
      this.#killOne(c);
      if (this.machine.tasks`,
      ),
    ],
  },
  {
    id: 'B23',
    name: 'commit-after-failed-charge',
    why: 'the page is mapped and charged although the charge failed and the task is dead',
    edits: [
      inIndex(
        '&& !this.#makeRoom(t, c)) return KILLED;\n',
        `&& !this.#makeRoom(t, c)) {
      m.map(t, p);
      m.charge(c, p);
      return KILLED;
    }
`,
      ),
    ],
  },
  {
    id: 'B25',
    name: 'underflow-wraps',
    why: 'the room that is left is an unsigned number: usage above a lowered limit looks like plenty of room',
    edits: [
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] &&',
        '    if ((Math.min(m.containers.ceiling[c], 2 ** 32 - 1) - m.containers.usage[c]) >>> 0 < 1 &&',
      ),
    ],
  },
];
