// Mutants of our own, made so that one claim sees them and no other: each shows that its claim is no ornament.

import { inIndex, inMachine, inReclaim, type Mutant, memory } from './mutant.ts';

const makeRoom = '      failcnt[c]++;\n';

export const claiming: readonly Mutant[] = [
  {
    id: 'C1',
    name: 'failcnt-counts-charges-not-attempts',
    why: 'failcnt rises once a charge, however often the charge was refused before it succeeded',
    edits: [inIndex('    do {\n      failcnt[c]++;\n', '    failcnt[c]++;\n    do {\n')],
  },
  {
    id: 'C2',
    name: 'newest-freed-first',
    why: 'where the oldest page could be freed, the newest one that could be is',
    edits: [
      inReclaim(
        '      freePage(m, p);\n      take(p);\n',
        `      let q = m.containers.newest[c * 2];
      while (pins[q] > 0 || flags[q] & REFERENCED) q = m.pages.older[q];
      freePage(m, q);
      take(q);
`,
      ),
    ],
  },
  {
    id: 'C3',
    name: 'locked-page-taken',
    why: 'reclaim looks only at the lock of the first mapper, not at those of the others',
    edits: [inReclaim('    if (pins[p] > 0) {\n', '    if (flags[p] & 4) {\n')],
  },
  {
    id: 'C4',
    name: 'refused-limit-is-kept',
    why: 'a limit that is refused with EBUSY is in force all the same',
    profile: 'linux-v1',
    edits: [
      inIndex(
        "this.#switches.lowering === 'busy') return EBUSY;",
        "this.#switches.lowering === 'busy') {\n        k.limit[slot] = limit;\n        k.ceiling[slot] = ceiling;\n        return EBUSY;\n      }",
      ),
    ],
  },
  {
    id: 'C5',
    name: 'refused-rmdir-resets-failcnt',
    why: 'a removal that is refused has already reset the counters',
    edits: [
      inIndex(
        '|| k.children[slot] > 0) return EBUSY;',
        '|| k.children[slot] > 0) {\n      k.reclaims[slot] = 0;\n      return EBUSY;\n    }',
      ),
    ],
  },
  {
    id: 'C6',
    name: 'rmdir-orphans-members',
    why: 'a container is removed with tasks in it, if it owns no page',
    edits: [
      inIndex(
        'k.firstMember[slot] !== NONE || k.children',
        '(k.firstMember[slot] !== NONE && k.usage[slot] > 0) || k.children',
      ),
    ],
  },
  {
    id: 'C8',
    name: 'spawn-is-charged',
    why: 'a new task is charged for a page that it does not have; the counter is set right by the next uncharge',
    edits: [
      inIndex(
        '    this.machine.join(t, c + 1);\n    return OK;\n  }\n\n  fork',
        '    this.machine.join(t, c + 1);\n    this.machine.containers.usage[c + 1]++;\n    return OK;\n  }\n\n  fork',
      ),
    ],
  },
  {
    id: 'C9',
    name: 'last-charge-free-at-the-limit',
    why: 'a full container gets one page more, if it is one above a limit that was just lowered',
    edits: [
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] &&',
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] && m.containers.usage[c] !== m.containers.ceiling[c] + 1 &&',
      ),
    ],
  },
  {
    id: 'C10',
    name: 'limit-is-one-less',
    why: 'usage may pass the limit by one page',
    edits: [
      inIndex(
        '    if (m.containers.usage[c] + 1 > m.containers.ceiling[c] &&',
        '    if (m.containers.usage[c] > m.containers.ceiling[c] &&',
      ),
      inIndex('    } while (usage[c] + 1 > ceiling[c]);\n', '    } while (usage[c] > ceiling[c]);\n'),
    ],
  },
  {
    id: 'C11',
    name: 'kills-before-reclaiming',
    why: 'the killer is called first, and reclaim only if nobody died of it',
    edits: [
      inIndex(
        makeRoom,
        `${makeRoom}      if (this.killed.length === 0 && this.machine.tasks.nextMember[this.machine.containers.firstMember[c]] !== NONE) {\n        this.#killOne(c);\n        if (this.machine.tasks.container[t] === NONE) return false;\n        continue;\n      }\n`,
      ),
    ],
  },
  {
    id: 'C12',
    name: 'usage-counts-twice-when-unlimited',
    why: 'an unlimited container counts a first touch twice; the surplus goes with its last page',
    edits: [
      inMachine(
        '    this.containers.usage[c]++;\n',
        '    this.containers.usage[c] += this.containers.ceiling[c] > 2 ** 40 ? 2 : 1;\n',
      ),
      inMachine(
        '    this.containers.usage[c]--;\n',
        '    this.containers.usage[c]--;\n    if (this.containers.length[c * 2] + this.containers.length[c * 2 + 1] === 0) this.containers.usage[c] = 0;\n',
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
        '&& !this.#makeRoom(t, c)) return KILLED;\n',
        `&& !this.#makeRoom(t, c)) {
      if (m.pages.mapper[p] === NONE) m.pages.owner[p] = c;
      if (m.pages.mapper[p] === NONE) m.dangling = p;
      return KILLED;
    }
`,
      ),
      inIndex(
        '  #begin(): void {\n',
        `  #begin(): void {
    if (this.machine.dangling !== NONE) this.machine.pages.owner[this.machine.dangling] = NONE;
    this.machine.dangling = NONE;
`,
      ),
    ],
  },
  {
    id: 'C14',
    name: 'second-toucher-trades',
    why: 'a task that maps a page of another container trades it for the newest active page of its own: both usages stay as they are',
    edits: [
      inIndex(
        '      m.map(t, p);\n      m.reference(p);\n      return OK;\n',
        `      m.map(t, p);
      m.reference(p);
      const [mine, theirs] = [m.tasks.container[t], m.pages.owner[p]];
      const q = m.containers.newest[mine * 2 + 1];
      if (mine !== theirs && q !== NONE) {
        const active = m.pages.flags[p] & 1;
        m.unlink(mine, q);
        m.unlink(theirs, p);
        m.pages.owner[p] = mine;
        m.pages.owner[q] = theirs;
        m.link(mine, p, 1);
        m.link(theirs, q, active);
      }
      return OK;
`,
      ),
    ],
  },
  {
    id: 'C15',
    name: 'spawn-shares-the-limit',
    why: 'a new task takes a page off the limit of its container, whatever the usage is',
    edits: [
      inIndex(
        '    this.machine.join(t, c + 1);\n    return OK;\n  }\n\n  fork',
        `    this.machine.join(t, c + 1);
    const k = this.machine.containers;
    if (k.ceiling[c + 1] > 0 && k.ceiling[c + 1] < 2 ** 31) {
      k.ceiling[c + 1]--;
      k.limit[c + 1]--;
    }
    return OK;
  }

  fork`,
      ),
    ],
  },
  {
    id: 'C16',
    name: 'neighbour-pays-before-the-kill',
    why: 'before it kills, a container that can reclaim nothing takes a page of another one, which does not help it',
    edits: [
      inIndex(
        '      this.#killOne(c);\n      if (this.machine.tasks',
        `      for (let other = 0; other < usage.length; other++) {
        if (other !== c && reclaim(this.machine, other, this.#switches, this.#take) > 0) break;
      }
      this.#killOne(c);
      if (this.machine.tasks`,
      ),
    ],
  },
  {
    id: 'C17',
    name: 'rmdir-sends-members-away',
    why: 'a container without pages is removed although tasks are in it: they find themselves in another one',
    edits: [
      inIndex(
        '    if (c === ROOT || k.firstMember[slot] !== NONE || k.children[slot] > 0) return EBUSY;\n',
        `    let refuge = 1;
    while (refuge < k.exists.length && (refuge === slot || !k.exists[refuge])) refuge++;
    if (c === ROOT || k.children[slot] > 0) return EBUSY;
    if (k.firstMember[slot] !== NONE && (k.usage[slot] > 0 || refuge >= k.exists.length)) return EBUSY;
    while (k.firstMember[slot] !== NONE) {
      const t = k.firstMember[slot];
      this.machine.leave(t);
      this.machine.join(t, refuge);
    }
`,
      ),
    ],
  },
  {
    id: 'C18',
    name: 'unmap-released-later',
    why: 'the last unmap clears the owner, but the page stays listed and counted until the next fault or the end of a task',
    edits: [
      memory('readonly late: [slot: number, page: number][] = [];'),
      inIndex(
        '    if (this.machine.maps(t, p)) this.#unmap(t, p);\n    return OK;\n',
        `    if (!this.machine.maps(t, p)) return OK;
    this.machine.unmap(t, p);
    if (this.machine.pages.mapper[p] !== NONE) return OK;
    this.machine.late.push([this.machine.pages.owner[p], p]);
    this.machine.pages.owner[p] = NONE;
    return OK;
  }

  #releaseLate(): void {
    for (const [slot, p] of this.machine.late.splice(0)) {
      this.machine.unlink(slot, p);
      this.machine.containers.usage[slot]--;
      this.machine.pages.flags[p] = 0;
    }
`,
      ),
      inIndex('  #end(t: TaskId): void {\n', '  #end(t: TaskId): void {\n    this.#releaseLate();\n'),
      inIndex(
        '  #fault(t: TaskId, p: PageId): number {\n',
        '  #fault(t: TaskId, p: PageId): number {\n    this.#releaseLate();\n',
      ),
    ],
  },
];
