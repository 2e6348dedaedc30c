// Mutants of our own, made so that one claim sees them and no other: each shows that its claim is no ornament.

import { inIndex, inMachine, inReclaim, type Mutant, memory } from '../properties/subjects/mutant.ts';

const refusal = '      m.doubles[(full | FAILCNT) >> 1]++;\n';
const limit = '    for (let full = m.refuser(c); full !== NONE; full = m.refuser(c)) {\n';
/** The same, asked only under a condition. */
const limitIf = (condition: string) =>
  `    for (let full = m.refuser(c); full !== NONE && ${condition}; full = m.refuser(c)) {\n`;
const dead = '      if (!m.taskExists(t)) return KILLED;\n';

export const claiming: readonly Mutant[] = [
  {
    id: 'C1',
    name: 'failcnt-counts-charges-not-attempts',
    why: 'failcnt rises once a charge, however often the charge was refused before it succeeded',
    edits: inIndex(
      `${limit}${refusal}`,
      `    const first = m.refuser(c);\n    if (first !== NONE) m.doubles[(first | FAILCNT) >> 1]++;\n${limit}`,
    ),
  },
  {
    id: 'C2',
    name: 'newest-freed-first',
    why: 'where the oldest page could be freed, the newest one that could be is',
    edits: inReclaim(
      '        freePage(m, c, p);\n',
      `        let q = w[c | LINK.OLDER];
        while (w[q | PINS] > 0 || w[q | STATE] & REFERENCED) q = w[q | LINK.OLDER];
        freePage(m, c, q);
`,
    ),
  },
  {
    id: 'C3',
    name: 'locked-page-taken',
    why: 'reclaim looks only at the lock of the first mapper, not at those of the others',
    edits: inReclaim('      if (w[p | PINS] > 0) {\n', '      if (state & BIT.FIRST_PINNED) {\n'),
  },
  {
    id: 'C4',
    name: 'refused-limit-is-kept',
    why: 'a limit that is refused with EBUSY is in force all the same',
    profile: 'linux-v1',
    edits: inIndex(
      "this.#switches.lowering === 'busy') return EBUSY;",
      "this.#switches.lowering === 'busy') {\n        this.machine.limits[id + 2] = limit;\n        w[c | CEILING] = ceiling;\n        return EBUSY;\n      }",
    ),
  },
  {
    id: 'C5',
    name: 'refused-rmdir-resets-failcnt',
    why: 'a removal that is refused has already reset the counters',
    edits: inIndex(
      '|| w[c | CHILDREN] > 0) return EBUSY;',
      '|| w[c | CHILDREN] > 0) {\n      m.doubles[(c | RECLAIMS) >> 1] = 0;\n      return EBUSY;\n    }',
    ),
  },
  {
    id: 'C6',
    name: 'rmdir-orphans-members',
    why: 'a container is removed with tasks in it, if it owns no page',
    edits: inIndex(
      'w[c | FIRST_MEMBER] !== NONE || w[c | CHILDREN]',
      '(w[c | FIRST_MEMBER] !== NONE && w[c | USAGE] > 0) || w[c | CHILDREN]',
    ),
  },
  {
    id: 'C8',
    name: 'spawn-is-charged',
    why: 'a new task is charged for a page that it does not have; the counter is set right by the next uncharge',
    edits: inIndex(
      '    return OK;\n  }\n\n  fork',
      '    this.machine.words[this.#container(c) | USAGE]++;\n    return OK;\n  }\n\n  fork',
    ),
  },
  {
    id: 'C9',
    name: 'last-charge-free-at-the-limit',
    why: 'a full container gets one page more, if it is one above a limit that was just lowered',
    edits: inIndex(limit, limitIf('m.words[c | USAGE] !== m.words[c | CEILING] + 1')),
  },
  {
    id: 'C10',
    name: 'limit-is-one-less',
    why: 'usage may pass the limit by one page',
    edits: inIndex(limit, limitIf('m.words[c | USAGE] > m.words[c | CEILING]')),
  },
  {
    id: 'C11',
    name: 'kills-before-reclaiming',
    why: 'the killer is called first, and reclaim only if nobody died of it',
    edits: inIndex(
      refusal,
      `${refusal}      if (this.killed.length === 0 && m.tasks[(m.words[c | FIRST_MEMBER] << RECORD) | NEXT_MEMBER] !== NONE) {\n        this.#killOne(c);\n        if (!m.taskExists(t)) return KILLED;\n        continue;\n      }\n`,
    ),
  },
  {
    id: 'C12',
    name: 'usage-counts-twice-when-unlimited',
    why: 'an unlimited container counts a first touch twice; the surplus goes with its last page',
    edits: [
      inMachine(
        '    this.words[c | USAGE]++;\n',
        '    this.words[c | USAGE] += this.words[c | CONTAINER.CEILING] === 2 ** 30 ? 2 : 1;\n',
      ),
      inMachine(
        '    this.words[c | USAGE]--;\n',
        '    this.words[c | USAGE]--;\n    if (this.words[c | LENGTH] + this.words[c | ACTIVE | LENGTH] === 0) this.words[c | USAGE] = 0;\n',
      ),
    ],
  },
  {
    id: 'C13',
    name: 'owner-set-before-the-charge',
    why: 'the owner is written before the charge is known to succeed; for a moment a page that nobody maps has one',
    edits: [
      memory('dangling = -1;'),
      inIndex(
        dead,
        `      if (!m.taskExists(t)) {
        if (!m.isMapped(p)) m.words[p | STATE] = m.ownedBy(c);
        if (!m.isMapped(p)) m.dangling = p;
        return KILLED;
      }
`,
      ),
      inIndex(
        '  #begin(): void {\n',
        `  #begin(): void {
    if (this.machine.dangling !== NONE) this.machine.words[this.machine.dangling | STATE] = 0;
    this.machine.dangling = NONE;
`,
      ),
    ],
  },
  {
    id: 'C14',
    name: 'second-toucher-trades',
    why: 'a task that maps a page of another container trades it for the newest active page of its own: both usages stay as they are',
    edits: inIndex(
      '      m.map(t, p);\n      m.reference(p);\n      return OK;\n',
      `      m.map(t, p);
      m.reference(p);
      const w = m.words;
      const [mine, theirs] = [m.containerOf(t), m.owner(p)];
      if (mine !== theirs && w[mine | ACTIVE | LENGTH] > 0) {
        const q = w[mine | ACTIVE | OLDER];
        const active = w[p | STATE] & ACTIVE;
        const [ofP, ofQ] = [p, q].map((page) => w[page | STATE] & (REFERENCED | BIT.FIRST_PINNED));
        m.unlink(mine | ACTIVE, q);
        m.unlink(theirs | active, p);
        m.link(mine | ACTIVE, p, m.ownedBy(mine) | ofP);
        m.link(theirs | active, q, m.ownedBy(theirs) | ofQ);
      }
      return OK;
`,
    ),
  },
  {
    id: 'C15',
    name: 'spawn-shares-the-limit',
    why: 'a new task takes a page off the limit of its container, whatever the usage is',
    edits: inIndex(
      '    return OK;\n  }\n\n  fork',
      `    const { words, limits } = this.machine;
    const ceiling = this.#container(c) | CEILING;
    if (words[ceiling] > 0 && words[ceiling] < NO_CEILING) {
      words[ceiling]--;
      limits[c + 2]--;
    }
    return OK;
  }

  fork`,
    ),
  },
  {
    id: 'C16',
    name: 'neighbour-pays-before-the-kill',
    why: 'before it kills, a container that can reclaim nothing takes a page of another one, which does not help it',
    edits: inIndex(
      '      this.#killOne(full);\n      if (!m.taskExists',
      `      for (let slot = 1; slot <= m.slots; slot++) {
        const other = m.container(slot);
        if (other !== c && this.#reclaim(other) > 0) break;
      }
      this.#killOne(c);
      if (!m.taskExists`,
    ),
  },
  {
    id: 'C17',
    name: 'rmdir-sends-members-away',
    why: 'a container without pages is removed although tasks are in it: they find themselves in another one',
    edits: inIndex(
      '    if (id === ROOT || w[c | FIRST_MEMBER] !== NONE || w[c | CHILDREN] > 0) return EBUSY;\n',
      `    let refuge = 0;
    while (refuge + 2 <= m.slots && (refuge === id || !this.containerExists(refuge))) refuge++;
    if (id === ROOT || w[c | CHILDREN] > 0) return EBUSY;
    if (w[c | FIRST_MEMBER] !== NONE && (w[c | USAGE] > 0 || refuge + 2 > m.slots)) return EBUSY;
    while (w[c | FIRST_MEMBER] !== NONE) {
      const t = w[c | FIRST_MEMBER];
      m.leave(t);
      m.join(t, this.#container(refuge));
    }
`,
    ),
  },
  {
    id: 'C18',
    name: 'unmap-released-later',
    why: 'the last unmap clears the owner, but the page stays listed and counted until the next fault or the end of a task',
    edits: [
      memory('readonly late: [slot: number, page: number][] = [];'),
      inIndex(
        '    if (this.machine.maps(t, p)) this.#unmap(t, p);\n    return OK;\n',
        `    const m = this.machine;
    if (!m.maps(t, p)) return OK;
    m.unmap(t, p);
    if (m.isMapped(p)) return OK;
    m.late.push([m.slotOf(m.owner(p)), p]);
    m.words[p | STATE] &= ACTIVE | REFERENCED;
    return OK;
  }

  #releaseLate(): void {
    const m = this.machine;
    for (const [slot, p] of m.late.splice(0)) {
      m.unlink(m.container(slot) | (m.words[p | STATE] & ACTIVE), p);
      m.words[m.container(slot) | USAGE]--;
      m.words[p | STATE] = 0;
    }
`,
      ),
      inIndex('  #end(t: TaskId): void {\n', '  #end(t: TaskId): void {\n    this.#releaseLate();\n'),
      inIndex(
        '  #fault(t: TaskId, p: Page): number {\n',
        '  #fault(t: TaskId, p: Page): number {\n    this.#releaseLate();\n',
      ),
    ],
  },
];
