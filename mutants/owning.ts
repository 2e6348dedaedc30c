// Mutants of ownership: first touch, references, unmapping, containers and their members. Sources: docs/mutants.md.

import { inIndex, inMachine, type Mutant } from '../properties/subjects/mutant.ts';

const shared = '      m.map(t, p);\n      m.reference(p);\n      return OK;\n';
const outsider = 'm.containerOf(t) !== m.owner(p)';
const unmapLast = '    m.unmap(t, p);\n    if (!m.isMapped(p)) m.uncharge(m.owner(p), p);\n';

export const owning: readonly Mutant[] = [
  {
    id: 'A3',
    name: 'rmdir-looks-at-one-list',
    why: 'removal asks only whether the active list is empty',
    edits: inIndex('    if (w[c | USAGE] > 0 && !(m', '    if (w[c | ACTIVE | LENGTH] > 0 && !(m'),
  },
  {
    id: 'A4',
    name: 'access-moves-page-to-foreign-lru',
    why: "a reference by an outsider activates the page on the outsider's list",
    edits: [
      inMachine(
        '  reference(p: Page): void {',
        '  reference(p: Page, by: Container = this.owner(p)): void {',
      ),
      inMachine('      this.link(c | ACTIVE, p, w', '      this.link(by | ACTIVE, p, w'),
      inIndex(
        '    if (shared && m.maps(t, p)) {\n      m.reference(p);',
        '    if (shared && m.maps(t, p)) {\n      m.reference(p, m.containerOf(t));',
      ),
      inIndex(shared, shared.replace('reference(p)', 'reference(p, m.containerOf(t))')),
    ],
  },
  {
    id: 'A5',
    name: 'foreign-access-demotes',
    why: 'a reference by an outsider makes the page older: off to the inactive list, its bit cleared',
    edits: [
      inMachine('  reference(p: Page): void {\n', '  reference(p: Page, demote = false): void {\n'),
      inMachine(
        '    if ((w[p | STATE] & (REFERENCED | ACTIVE)) === REFERENCED) {',
        `    if (demote) {
      const c = this.owner(p);
      this.unlink(c | (w[p | STATE] & ACTIVE), p);
      this.link(c, p, w[p | STATE] & ~REFERENCED);
    } else if ((w[p | STATE] & (REFERENCED | ACTIVE)) === REFERENCED) {`,
      ),
      inIndex(shared, shared.replace('reference(p)', `reference(p, ${outsider})`)),
    ],
  },
  {
    id: 'A8',
    name: 'stale-page-metadata',
    why: 'a page keeps the referenced bit of its previous life',
    edits: [
      inMachine('    this.words[p | STATE] = 0;\n', '    this.words[p | STATE] &= REFERENCED;\n'),
      inMachine('p, this.ownedBy(c));\n', 'p, this.ownedBy(c) | (this.words[p | STATE] & REFERENCED));\n'),
      inIndex(
        '    return id < this.machine.pages && (this.machine.words[(id << RECORD) | STATE] & REFERENCED) !== 0;',
        '    return this.ownerOf(id) !== null && (this.machine.words[(id << RECORD) | STATE] & REFERENCED) !== 0;',
      ),
    ],
  },
  {
    id: 'A9',
    name: 'page-on-two-lists',
    why: 'activation adds the page to the active list without taking it off the other',
    edits: inMachine('      this.unlink(c, p);\n', ''),
  },
  {
    id: 'A14',
    name: 'owner-record-aliasing',
    why: "the copy shares the source page's owner record instead of getting its own",
    edits: inIndex(
      '    if (outcome === OK && m.maps(t, p)) this.#unmap(t, p);\n',
      `    if (outcome === OK && m.isMapped(p)) {
      const bits = m.words[q | STATE] & (REFERENCED | BIT.FIRST_PINNED | ACTIVE);
      m.words[q | STATE] = m.ownedBy(m.owner(p)) | bits;
    }
    if (outcome === OK && m.maps(t, p)) this.#unmap(t, p);
`,
    ),
  },
  {
    id: 'A19',
    name: 'removed-while-charged',
    why: 'a container is removed although pages are charged to it',
    edits: inIndex('    if (w[c | USAGE] > 0 && !(m instanceof Tree)) return EBUSY;\n', ''),
  },
  {
    id: 'A22',
    name: 'shared-released-with-owner-task',
    why: "the first toucher's exit uncharges a page that others still map",
    edits: inIndex(
      '    while (m.tasks[at | FIRST_PAGE] !== NONE) this.#unmap(t, m.tasks[at | FIRST_PAGE]);\n',
      `    while (m.tasks[at | FIRST_PAGE] !== NONE) {
      const p = m.tasks[at | FIRST_PAGE];
      m.unmap(t, p);
      m.uncharge(m.owner(p), p);
    }
`,
    ),
  },
  {
    id: 'B2',
    name: 'second-toucher-steals',
    why: "a second mapping makes the mapper's container the owner",
    edits: inIndex(
      shared,
      `      m.map(t, p);
      const bits = m.words[p | STATE] & (REFERENCED | BIT.FIRST_PINNED);
      m.uncharge(m.owner(p), p);
      m.charge(m.containerOf(t), p);
      m.words[p | STATE] |= bits;
      m.reference(p);
      return OK;
`,
    ),
  },
  {
    id: 'B3',
    name: 'loser-uncharges-winner',
    why: 'a mapping that needs no charge gives one back',
    edits: inIndex(shared, `      m.words[m.owner(p) | USAGE]--;\n${shared}`),
  },
  {
    id: 'B4',
    name: 'surplus-shared-charge',
    why: 'every mapping is charged, not only the first',
    edits: inIndex(shared, `      m.words[m.containerOf(t) | USAGE]++;\n${shared}`),
  },
  {
    id: 'B11',
    name: 'uncharge-current',
    why: "the charge is given back to the running task's container, not to the page's owner",
    edits: inIndex(
      unmapLast,
      `    const owner = m.owner(p);
    m.unmap(t, p);
    if (m.isMapped(p)) return;
    m.uncharge(owner, p);
    m.words[owner | USAGE]++;
    m.words[m.containerOf(t) | USAGE]--;
`,
    ),
  },
  {
    id: 'B15',
    name: 'move-carries-charges',
    why: 'moving a task moves the charges of the pages that it mapped first',
    edits: inIndex(
      '    this.machine.leave(t);\n',
      `    const m = this.machine;
    const w = m.words;
    const to = this.#container(c);
    for (let p = m.tasks[(t << RECORD) | FIRST_PAGE]; p !== NONE; p = w[p | NEXT_OF_TASK]) {
      const from = m.owner(p);
      const bits = w[p | STATE] & (REFERENCED | BIT.FIRST_PINNED);
      const active = w[p | STATE] & ACTIVE;
      m.unlink(from | active, p);
      w[from | USAGE]--;
      w[to | USAGE]++;
      m.link(to | active, p, m.ownedBy(to) | bits);
    }
    m.leave(t);
`,
    ),
  },
  {
    id: 'B17',
    name: 'child-in-root',
    why: 'fork puts the child into the root container',
    edits: inIndex('    m.join(u, m.containerOf(t));\n', '    m.join(u, this.#container(ROOT));\n'),
  },
  {
    id: 'canary',
    name: 'charges-nothing',
    why: 'nothing is ever charged: if a suite does not see this in its first run, the harness is broken',
    edits: inMachine('    this.words[c | USAGE]++;\n', ''),
  },
];
