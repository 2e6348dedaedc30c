// Mutants of the tree: who refuses, who is counted, who pays and who dies where containers are within containers. After mistakes
// of kernels where there are (docs/mutants.md); P15, P16 and P22 are made so that one claim of the tree sees them and no other.

import { inIndex, inReclaim, inTree, type Mutant, memory } from '../properties/subjects/mutant.ts';

const limit = '    for (let full = m.refuser(c); full !== NONE; full = m.refuser(c)) {\n';
const refusal = '      m.doubles[(full | FAILCNT) >> 1]++;\n';
const callOfReclaim = '      if (this.#reclaim(full) > 0) {';
const kill = '      this.#killOne(full);\n      if (!m.taskExists';
const dead = '      if (!m.taskExists(t)) return KILLED;\n';
const up = '    for (let up = w[c | PARENT]; up !== 0; up = w[this.container(up) | PARENT])\n';
const count = '      w[this.container(up) | USAGE] += by;\n';
const lowering = 'while (w[c | USAGE] > ceiling && this.#reclaim(c) > 0);';
const takesNoTask = '    if (!this.#takesTasks(c)) return EBUSY;\n';
const passes = '      if (m instanceof Tree && w[c | USAGE] > 0) m.pass(c, parent);\n';

/** A charge goes up the path and is counted there; an uncharge comes down the same way. */
const ofUsage: readonly Mutant[] = [
  {
    id: 'P1',
    name: 'refusal-above-stays-charged-below',
    why: 'a charge is counted on its way up, and where a container above refuses it those below keep it (K20)',
    profile: 'linux-v1',
    edits: inIndex(
      refusal,
      `${refusal}      for (let at = c; at !== full; at = m.container(m.words[at | PARENT])) m.words[at | USAGE]++;\n`,
    ),
  },
  {
    id: 'P2',
    name: 'uncharge-stops-at-the-first-ancestor',
    why: 'a page that goes is taken off the usage of its owner and of the parent, but not of those above',
    profile: 'linux-v1',
    edits: inTree(count, `      if (by > 0 || up === w[c | PARENT]) w[this.container(up) | USAGE] += by;\n`),
  },
  {
    id: 'P3',
    name: 'unlimited-ancestors-do-not-count',
    why: 'a container without a limit is passed over on the way up: when it is given one, its usage is too small',
    profile: 'linux-v1',
    edits: inTree(
      count,
      `      if (up === ROOT_SLOT || w[this.container(up) | CEILING] < 2 ** 30) w[this.container(up) | USAGE] += by;\n`,
    ),
  },
  {
    id: 'P4',
    name: 'reclaimed-pages-leave-up-to-who-reclaims',
    why: 'a reclaimed page is taken off the usages up to the container that reclaimed, and stays counted above it',
    profile: 'linux-v1',
    edits: [
      memory('stop = 0;'),
      inIndex(
        callOfReclaim,
        '      m.stop = m.slotOf(full);\n      const freed = this.#reclaim(full);\n      m.stop = 0;\n      if (freed > 0) {',
      ),
      inTree(
        up,
        `    for (let up = w[c | PARENT], low = this.slotOf(c); up !== 0; low = up, up = w[this.container(up) | PARENT]) {
      if (low === this.stop) break;
`,
      ),
      inTree(count, `${count}    }\n`),
    ],
  },
  {
    id: 'P5',
    name: 'passed-pages-count-again-at-the-root',
    why: 'pages that pass to the parent are charged there anew, and the root counts them a second time',
    profile: 'linux-v1',
    edits: inTree(
      '    w[from | USAGE] = 0;\n',
      '    w[this.container(ROOT_SLOT) | USAGE] += w[from | USAGE];\n    w[from | USAGE] = 0;\n',
    ),
  },
  {
    id: 'P6',
    name: 'move-carries-the-charges-of-the-path',
    why: 'the usages above follow a task that moves, though its pages stay with their owner',
    profile: 'linux-v1',
    edits: inIndex(
      '    this.machine.leave(t);\n    this.machine.join(t, this.#container(c));\n    return OK;\n  }\n\n  // Pages.',
      `    const m = this.machine;
    const above = (from: Container, by: number) => {
      for (let up = m.words[from | PARENT]; up !== 0; up = m.words[m.container(up) | PARENT])
        m.words[m.container(up) | USAGE] += by;
    };
    const mapped = m.tasks[(t << RECORD) | MAPPED];
    above(m.containerOf(t), -mapped);
    m.leave(t);
    m.join(t, this.#container(c));
    above(m.containerOf(t), mapped);
    return OK;
  }

  // Pages.`,
    ),
  },
];

/** The first container of the path that is full refuses; its counters say so. */
const ofRefusals: readonly Mutant[] = [
  {
    id: 'P7',
    name: 'limit-of-the-leaf-alone',
    why: 'a charge looks at the limit of the container that it is for, not at those above',
    profile: 'linux-v1',
    edits: inTree('      if (w[at | PARENT] === 0) return NONE;\n', '      return NONE;\n'),
  },
  {
    id: 'P8',
    name: 'topmost-refuses',
    why: 'where two containers of the path are full, the upper one refuses first and its whole subtree pays',
    profile: 'linux-v1',
    edits: [
      inTree('    for (let at = c; ; at', '    let full = NONE;\n    for (let at = c; ; at'),
      inTree(
        '>= w[at | CEILING]) return at;\n      if (w[at | PARENT] === 0) return NONE;\n',
        '>= w[at | CEILING]) full = at;\n      if (w[at | PARENT] === 0) return full;\n',
      ),
    ],
  },
  {
    id: 'P9',
    name: 'failcnt-of-the-leaf',
    why: 'a refusal is counted in the container that is charged, not in the one above that refuses',
    profile: 'linux-v1',
    edits: inIndex(refusal, refusal.replace('full', 'c')),
  },
  {
    id: 'P10',
    name: 'reclaims-counted-in-the-leaf',
    why: 'a reclaim is counted in the container that is charged, not in the one above that reclaims',
    profile: 'linux-v1',
    edits: inIndex('m.doubles[(full | RECLAIMS) >> 1]++;', 'm.doubles[(c | RECLAIMS) >> 1]++;'),
  },
];

/** Reclaim and the OOM killer work on the subtree of who refused, on all of it and on nothing else. */
const ofSubtrees: readonly Mutant[] = [
  {
    id: 'P11',
    name: 'reclaim-from-the-charged-container-alone',
    why: 'a container above refuses, and pages are taken from the container that is charged, not from those beside it',
    profile: 'linux-v1',
    edits: inIndex(callOfReclaim, callOfReclaim.replace('full', 'c')),
  },
  {
    id: 'P12',
    name: 'reclaim-from-the-whole-tree',
    why: 'an inner container reclaims below its topmost ancestor: others pay for its limit',
    profile: 'linux-v1',
    edits: inIndex(
      '    const below = m.below[m.slotOf(c)];\n',
      `    let top = m.slotOf(c);
    while (m.words[m.container(top) | PARENT] > 1) top = m.words[m.container(top) | PARENT];
    const below = m.below[top];
`,
    ),
  },
  {
    id: 'P13',
    name: 'kill-outside-the-subtree',
    why: 'the OOM killer looks for its victim one container too far up',
    profile: 'linux-v1',
    edits: inIndex(
      kill,
      kill.replace('full', 'm.words[full | PARENT] > 1 ? m.container(m.words[full | PARENT]) : full'),
    ),
  },
  {
    id: 'P14',
    name: 'victim-from-the-charged-container',
    why: 'a container above refuses, and the victim is chosen in the container that is charged, not in the whole subtree',
    profile: 'linux-v2',
    edits: inIndex(kill, kill.replace('full', 'c')),
  },
  {
    id: 'P17',
    name: 'round-ends-at-the-first-page',
    why: 'a round of reclaim stops at the first container that gave a page: those after it are spared',
    profile: 'linux-v1',
    edits: inReclaim('slot !== NONE && freed < batch;', 'slot !== NONE && freed === 0;'),
  },
  {
    id: 'P18',
    name: 'lowering-takes-own-pages-alone',
    why: 'a lower limit of an inner container reclaims its own pages, none of those below, and is refused',
    profile: 'linux-v1',
    edits: inIndex(
      lowering,
      lowering.replace('this.#reclaim(c)', 'reclaim(this.machine, c, false, 32, false)'),
    ),
  },
  {
    id: 'P19',
    name: 'lowering-takes-own-pages-and-kills',
    why: 'the same where a lower limit kills: tasks below die although their pages could have been taken',
    profile: 'linux-v2',
    edits: inIndex(
      lowering,
      lowering.replace('this.#reclaim(c)', 'reclaim(this.machine, c, false, 32, false)'),
    ),
  },
];

/** Containers come and go within others. */
const ofContainers: readonly Mutant[] = [
  {
    id: 'P15',
    name: 'child-beside-tasks',
    why: 'a container with tasks in it is given a child, where inner containers hold no tasks',
    profile: 'linux-v2',
    edits: inIndex(
      '    if (this.#switches.leavesOnly && parent !== ROOT && this.#firstMember(parent) !== NONE) return EBUSY;\n',
      '',
    ),
  },
  {
    id: 'P16',
    name: 'task-moves-into-an-inner-container',
    why: 'a task that moves is let into a container with children; one that is spawned is not',
    profile: 'linux-v2',
    edits: inIndex(`${takesNoTask}    this.machine.leave(t);\n`, '    this.machine.leave(t);\n'),
  },
  {
    id: 'P20',
    name: 'rmdir-passes-pages-to-the-root',
    why: 'pages of a removed container pass to the root, past its parent, and leave the usages between',
    profile: 'linux-v1',
    edits: inIndex(
      passes,
      `      const usage = w[c | USAGE];
      for (let up = w[c | PARENT]; usage > 0 && up > 1; up = w[m.container(up) | PARENT])
        w[m.container(up) | USAGE] -= usage;
      if (m instanceof Tree && usage > 0) m.pass(c, this.#container(ROOT));
`,
    ),
  },
  {
    id: 'P21',
    name: 'passed-pages-are-not-found',
    why: 'a container that gets its first pages from a child that goes is not noted as one that holds pages: reclaim passes it over',
    profile: 'linux-v2',
    edits: inTree('    this.holds(to, true);\n', ''),
  },
  {
    id: 'P23',
    name: 'rmdir-leaves-children-behind',
    why: 'a container is removed although others are in it',
    profile: 'linux-v1',
    edits: inIndex(' || w[c | CHILDREN] > 0) return EBUSY;', ') return EBUSY;'),
  },
];

/** What is left of the charge of a task that died of it: a page on a list that nobody maps and nobody owns, until the container is charged again. */
const leftover: Mutant = {
  id: 'P22',
  name: 'failed-charge-stays-listed',
  why: 'the last page of a container is refused to who has none yet; the task dies of it, and the charge stays, listed, until the next one or rmdir',
  edits: [
    memory('readonly left = new Map<number, number>();'),
    inIndex(
      limit,
      `    const its = m.slotOf(c);
    for (const page of m.left.values()) if (page === p) return EBUSY;
    const newcomer = m.tasks[(t << RECORD) | MAPPED] === 0;
    const refuser = () => (newcomer && m.words[c | USAGE] + 1 === m.words[c | CEILING] ? c : m.refuser(c));
    for (let full = refuser(); full !== NONE; full = refuser()) {
`,
    ),
    inIndex(
      dead,
      `      if (!m.taskExists(t)) {
        if (!newcomer || m.left.has(its) || this.killed.length > 1 || m.reclaimed.length > 0) return KILLED;
        if (m.words[c | USAGE] >= m.words[c | CEILING]) return KILLED;
        m.charge(c, p);
        m.words[p | STATE] &= ACTIVE;
        m.words[p | PINS] = 1;
        m.left.set(its, p);
        return KILLED;
      }
`,
    ),
    inIndex(
      '    if (m.isMapped(p)) {\n      m.map(t, p);\n      m.reference(p);\n    } else {\n',
      '    if (this.killed.length + m.reclaimed.length === 0) this.#release(c);\n    if (m.isMapped(p)) {\n      m.map(t, p);\n      m.reference(p);\n    } else {\n',
    ),
    inIndex(
      '    if (w[c | USAGE] > 0 && !(m instanceof Tree)) return EBUSY;\n',
      `    if (w[c | USAGE] === 1) this.#release(c);
    if (w[c | USAGE] > 0 && !(m instanceof Tree)) return EBUSY;
`,
    ),
    inIndex(
      '  #begin(): void {\n',
      `  #release(c: Container): void {
    const m = this.machine;
    const p = m.left.get(m.slotOf(c));
    if (p === undefined) return;
    m.left.delete(m.slotOf(c));
    m.words[p | PINS] = 0;
    m.uncharge(c, p);
  }

  #begin(): void {
`,
    ),
  ],
};

export const nesting: readonly Mutant[] = [
  ...ofUsage,
  ...ofRefusals,
  ...ofSubtrees,
  ...ofContainers,
  leftover,
];
