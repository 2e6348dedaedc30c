// Mutants of the charge: who pays, when it is refused, what is kept in stock. Sources: docs/mutants.md.

import { inIndex, inMachine, inReclaim, type Mutant, memory } from '../properties/subjects/mutant.ts';

/** Where a charge asks the limit, learns that its own task is dead, and may go on. */
const limit = '    for (let full = m.refuser(c); full !== NONE; full = m.refuser(c)) {\n';
/** The same, asked only under a condition. */
const limitIf = (condition: string) =>
  `    for (let full = m.refuser(c); full !== NONE && ${condition}; full = m.refuser(c)) {\n`;
const dead = '      if (!m.taskExists(t)) return KILLED;\n';
const first = '      m.becomeFirst(t, p);\n      m.charge(c, p);\n';

export const charging: readonly Mutant[] = [
  {
    id: 'A1',
    name: 'retry-budget-ignores-progress',
    why: 'a charge has five rounds; then it kills, although each round freed something',
    edits: [
      inIndex(limit, `    let rounds = 0;\n${limit}`),
      inIndex('      if (this.#reclaim(full) > 0) {', '      if (rounds++ < 5 && this.#reclaim(full) > 0) {'),
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
        '    w[c | EXISTS] = 1;\n',
        '    w[c | EXISTS] = 1;\n    m.births.set(id + 2, (m.births.get(id + 2) ?? 0) + 1);\n',
      ),
      inIndex(
        '    freePage(m, m.owner(p), p);\n',
        `    const owner = m.slotOf(m.owner(p));
    m.recorded.set(p, [owner, m.births.get(owner) ?? 0]);
    freePage(m, m.owner(p), p);
`,
      ),
      inIndex(
        first,
        `      const [slot, birth] = m.recorded.get(p) ?? [0, 0];
      m.recorded.delete(p);
      const reborn = slot !== 0 && m.words[m.container(slot) | EXISTS] === 1 && m.births.get(slot) !== birth;
      m.becomeFirst(t, p);
      m.charge(reborn ? m.container(slot) : c, p);
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
      inReclaim('  m.uncharge(c, p);\n', '  m.recorded.set(p, m.slotOf(c));\n  m.uncharge(c, p);\n'),
      inIndex(
        first,
        `      const old = m.container(m.recorded.get(p) ?? m.slotOf(c));
      m.becomeFirst(t, p);
      m.charge(m.words[old | EXISTS] ? old : c, p);
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
        '    this.words[c | USAGE]++;\n',
        '    this.words[c | USAGE]++;\n    this.stock.delete(this.slotOf(c));\n',
      ),
      inMachine(
        '    this.words[c | USAGE]--;\n',
        '    this.words[c | USAGE]--;\n    this.stock.set(this.slotOf(c), 1);\n',
      ),
      inIndex('    w[c | USAGE] = 0;\n', '    w[c | USAGE] = m.stock.get(id + 2) ?? 0;\n'),
    ],
  },
  {
    id: 'A23',
    name: 'shared-page-unchecked',
    why: 'a page that was mapped before is charged without a look at the limit',
    edits: [
      memory('readonly known = new Set<number>();'),
      inIndex(
        limit,
        `    const known = m.known.has(p);
    m.known.add(p);
${limitIf('!known')}`,
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
        '    this.words[c | USAGE]--;\n',
        '    this.words[c | USAGE]--;\n    this.stock = this.slotOf(c);\n',
      ),
      inIndex(
        limit,
        `    const spent = m.stock !== NONE && m.stock !== m.slotOf(c);
    m.stock = NONE;
${limitIf('!spent')}`,
      ),
    ],
  },
  {
    id: 'B10',
    name: 'stock-vs-lowered-limit',
    why: 'a charge takes two more in stock; they are spent without a look at the limit, which was lowered meanwhile',
    edits: [
      memory('readonly stock = new Map<number, number>();'),
      inIndex('    w[c | USAGE] = 0;\n', '    w[c | USAGE] = 0;\n    m.stock.delete(id + 2);\n'),
      inIndex(
        limit,
        `    const stock = m.stock.get(m.slotOf(c)) ?? 0;
    if (stock > 0) m.stock.set(m.slotOf(c), stock - 1);
${limitIf('stock === 0')}`,
      ),
      inIndex(
        first,
        `      if (stock === 0 && m.words[c | USAGE] + 3 <= m.words[c | CEILING]) m.stock.set(m.slotOf(c), 2);\n${first}`,
      ),
    ],
  },
  {
    id: 'B13',
    name: 'progress-ignored',
    why: 'the OOM killer is called although the reclaim freed a page',
    edits: inIndex('| RECLAIMS) >> 1]++;\n        continue;\n', '| RECLAIMS) >> 1]++;\n'),
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
        '      this.#killOne(full);\n      if (!m.taskExists',
        `      if (this.machine.exiting) {
        this.machine.exiting = false;
        return true;
      }
      this.#killOne(c);
      if (!m.taskExists`,
      ),
    ],
  },
  {
    id: 'B23',
    name: 'commit-after-failed-charge',
    why: 'the page is mapped and charged although the charge failed and the task is dead',
    edits: inIndex(
      dead,
      `      if (!m.taskExists(t)) {
        m.map(t, p);
        m.charge(c, p);
        return KILLED;
      }
`,
    ),
  },
  {
    id: 'B25',
    name: 'underflow-wraps',
    why: 'the room that is left is an unsigned number: usage above a lowered limit looks like plenty of room',
    edits: inIndex(
      limit,
      '    for (const full = c; (m.words[c | CEILING] - m.words[c | USAGE]) >>> 0 < 1; ) {\n',
    ),
  },
];
