// Mutants of ownership: first touch, references, unmapping, containers and their members. After ../shared/BUGS.md.

import { inIndex, inMachine, type Mutant } from './mutant.ts';

const shared = '      m.map(t, p);\n      m.reference(p);\n      return OK;\n';
const outsider = 'm.tasks.container[t] !== m.pages.owner[p]';
const unmapLast =
  '    this.machine.unmap(t, p);\n    if (this.machine.pages.mapper[p] === NONE) this.machine.uncharge(p);\n';

export const owning: readonly Mutant[] = [
  {
    id: 'A3',
    name: 'rmdir-looks-at-one-list',
    why: 'removal asks only whether the active list is empty',
    edits: [inIndex('    if (k.usage[slot] > 0 && !this', '    if (k.length[slot * 2 + 1] > 0 && !this')],
  },
  {
    id: 'A4',
    name: 'access-moves-page-to-foreign-lru',
    why: "a reference by an outsider activates the page on the outsider's list",
    edits: [
      inMachine(
        '  reference(p: PageId): void {',
        '  reference(p: PageId, by: Slot = this.pages.owner[p]): void {',
      ),
      inMachine('      this.link(owner[p], p, 1);', '      this.link(by, p, 1);'),
      inIndex(
        '    if (shared && m.maps(t, p)) {\n      m.reference(p);',
        '    if (shared && m.maps(t, p)) {\n      m.reference(p, m.tasks.container[t]);',
      ),
      inIndex(shared, shared.replace('reference(p)', 'reference(p, m.tasks.container[t])')),
    ],
  },
  {
    id: 'A5',
    name: 'foreign-access-demotes',
    why: 'a reference by an outsider makes the page older: off to the inactive list, its bit cleared',
    edits: [
      inMachine('  reference(p: PageId): void {\n', '  reference(p: PageId, demote = false): void {\n'),
      inMachine(
        '    if ((flags[p] & (REFERENCED | ACTIVE)) === REFERENCED) {',
        `    if (demote) {
      this.unlink(owner[p], p);
      flags[p] &= ~REFERENCED;
      this.link(owner[p], p, 0);
    } else if ((flags[p] & (REFERENCED | ACTIVE)) === REFERENCED) {`,
      ),
      inIndex(shared, shared.replace('reference(p)', `reference(p, ${outsider})`)),
    ],
  },
  {
    id: 'A8',
    name: 'stale-page-metadata',
    why: 'a page keeps the referenced bit of its previous life',
    edits: [
      inMachine(
        '    this.pages.owner[p] = NONE;\n    this.pages.flags[p] = 0;\n',
        '    this.pages.owner[p] = NONE;\n    this.pages.flags[p] &= REFERENCED;\n',
      ),
      inMachine(
        '    this.pages.owner[p] = c;\n    this.pages.flags[p] = 0;\n',
        '    this.pages.owner[p] = c;\n',
      ),
      inIndex(
        '    return (this.machine.pages.flags[p] & REFERENCED) !== 0;',
        '    return this.ownerOf(p) !== null && (this.machine.pages.flags[p] & REFERENCED) !== 0;',
      ),
    ],
  },
  {
    id: 'A9',
    name: 'page-on-two-lists',
    why: 'activation adds the page to the active list without taking it off the other',
    edits: [inMachine('      this.unlink(owner[p], p);\n      flags[p] &=', '      flags[p] &=')],
  },
  {
    id: 'A14',
    name: 'owner-record-aliasing',
    why: "the copy shares the source page's owner record instead of getting its own",
    edits: [
      inIndex(
        '    if (outcome === OK && this.machine.maps(t, p)) this.#unmap(t, p);\n',
        `    const { owner } = this.machine.pages;
    if (outcome === OK && owner[p] !== NONE) owner[q] = owner[p];
    if (outcome === OK && this.machine.maps(t, p)) this.#unmap(t, p);
`,
      ),
    ],
  },
  {
    id: 'A19',
    name: 'removed-while-charged',
    why: 'a container is removed although pages are charged to it',
    edits: [inIndex('    if (k.usage[slot] > 0 && !this.#switches.inherits) return EBUSY;\n', '')],
  },
  {
    id: 'A22',
    name: 'shared-released-with-owner-task',
    why: "the first toucher's exit uncharges a page that others still map",
    edits: [
      inIndex(
        '    while (m.tasks.firstPage[t] !== NONE) this.#unmap(t, m.tasks.firstPage[t]);\n',
        `    while (m.tasks.firstPage[t] !== NONE) {
      const p = m.tasks.firstPage[t];
      m.unmap(t, p);
      m.uncharge(p);
    }
`,
      ),
    ],
  },
  {
    id: 'B2',
    name: 'second-toucher-steals',
    why: "a second mapping makes the mapper's container the owner",
    edits: [
      inIndex(
        shared,
        `      m.map(t, p);
      const { flags } = m.pages;
      const bits = flags[p];
      m.uncharge(p);
      m.charge(m.tasks.container[t], p);
      flags[p] |= bits & ~1;
      m.reference(p);
      return OK;
`,
      ),
    ],
  },
  {
    id: 'B3',
    name: 'loser-uncharges-winner',
    why: 'a mapping that needs no charge gives one back',
    edits: [inIndex(shared, `      m.containers.usage[m.pages.owner[p]]--;\n${shared}`)],
  },
  {
    id: 'B4',
    name: 'surplus-shared-charge',
    why: 'every mapping is charged, not only the first',
    edits: [inIndex(shared, `      m.containers.usage[m.tasks.container[t]]++;\n${shared}`)],
  },
  {
    id: 'B11',
    name: 'uncharge-current',
    why: "the charge is given back to the running task's container, not to the page's owner",
    edits: [
      inIndex(
        unmapLast,
        `    const { usage } = this.machine.containers;
    const owner = this.machine.pages.owner[p];
    this.machine.unmap(t, p);
    if (this.machine.pages.mapper[p] !== NONE) return;
    this.machine.uncharge(p);
    usage[owner]++;
    usage[this.machine.tasks.container[t]]--;
`,
      ),
    ],
  },
  {
    id: 'B15',
    name: 'move-carries-charges',
    why: 'moving a task moves the charges of the pages that it mapped first',
    edits: [
      inIndex(
        '    this.machine.leave(t);\n    this.machine.join(t, c + 1);\n',
        `    const m = this.machine;
    for (let p = m.tasks.firstPage[t]; p !== NONE; p = m.pages.nextOfTask[p]) {
      const from = m.pages.owner[p];
      const active = m.pages.flags[p] & 1;
      m.unlink(from, p);
      m.containers.usage[from]--;
      m.containers.usage[c + 1]++;
      m.pages.owner[p] = c + 1;
      m.link(c + 1, p, active);
    }
    m.leave(t);
    m.join(t, c + 1);
`,
      ),
    ],
  },
  {
    id: 'B17',
    name: 'child-in-root',
    why: 'fork puts the child into the root container',
    edits: [inIndex('    m.join(u, m.tasks.container[t]);\n', '    m.join(u, 0);\n')],
  },
  {
    id: 'canary',
    name: 'charges-nothing',
    why: 'nothing is ever charged: if a suite does not see this in its first run, the harness is broken',
    edits: [inMachine('    this.containers.usage[c]++;\n', '')],
  },
];
