// Mutants of reclaim and of the OOM killer: which pages, which victims, when to give up. Sources: docs/mutants.md.

import { inIndex, inReclaim, type Mutant, memory } from '../properties/subjects/mutant.ts';

const leastKill = '    let victim = other;\n';
const kill = '    this.killed.push(victim);\n    this.#end(victim);\n';
const limit = '    for (let full = m.refuser(c); full !== NONE; full = m.refuser(c)) {\n';
const callOfReclaim = '      if (this.#reclaim(full) > 0) {';

export const reclaiming: readonly Mutant[] = [
  {
    id: 'A6',
    name: 'badness-overflow',
    why: 'the score is a small signed number that two pages overflow: the biggest task looks smallest',
    edits: [
      inIndex(leastKill, `${leastKill}    const score = (t: TaskId) => (mapped(t) << 30) >> 30;\n`),
      inIndex(
        '      if (mapped(t) > mapped(victim) || (mapped(t) === mapped(victim) && t < victim)) victim = t;\n',
        '      if (score(t) > score(victim) || (score(t) === score(victim) && t < victim)) victim = t;\n',
      ),
    ],
  },
  {
    id: 'A7',
    name: 'unreclaimable-tail-eats-quota',
    why: 'a locked page at the tail uses up the scan, and reclaim fails with free pages behind it',
    edits: inReclaim(
      '    left = w[inactive | LENGTH];\n',
      '    left = Math.min(w[inactive | LENGTH], 1);\n    progress = 0;\n',
    ),
  },
  {
    id: 'A12',
    name: 'child-outside-sacrificed',
    why: 'the OOM killer takes a child of the victim, which lives in another container',
    edits: [
      memory('readonly childOf = new Map<number, number>();'),
      inIndex(
        '    m.join(u, m.containerOf(t));\n',
        '    m.join(u, m.containerOf(t));\n    m.childOf.set(t, u);\n',
      ),
      inIndex(
        kill,
        `    const child = this.machine.childOf.get(victim) ?? NONE;
    this.machine.childOf.delete(victim);
    if (this.taskExists(child)) victim = child;
${kill}`,
      ),
    ],
  },
  {
    id: 'A15',
    name: 'killed-task-leaks-ref',
    why: "a victim's reference on its container is never dropped: it can never be removed",
    edits: inIndex(kill, `${kill}    this.machine.words[c | CHILDREN]++;\n`),
  },
  {
    id: 'A17',
    name: 'reclaim-wrong-container',
    why: 'after a move, reclaim works on the container that the task came from',
    edits: [
      memory('readonly cameFrom = new Map<number, number>();'),
      inIndex(
        '    this.machine.leave(t);\n',
        '    this.machine.cameFrom.set(t, this.containerOf(t));\n    this.machine.leave(t);\n',
      ),
      inIndex(
        callOfReclaim,
        `      const from = m.cameFrom.get(t) ?? this.containerOf(t);
      if (this.#reclaim(this.#container(from)) > 0) {`,
      ),
    ],
  },
  {
    id: 'A18',
    name: 'foreign-mapping-hostage',
    why: 'reclaim passes a page by because a task of another container maps it',
    edits: [
      inReclaim('      if (w[p | PINS] > 0) {\n', '      if (w[p | PINS] > 0 || outsiderMaps(m, c, p)) {\n'),
      inReclaim(
        '/** Takes page p, which',
        `function outsiderMaps(m: Machine, c: Container, p: Page): boolean {
  if (m.containerOf(m.words[p | MAPPER]) !== c) return true;
  for (let n = m.words[p | PAGE.OTHERS]; n !== NONE; n = m.mappings.nextOfPage[n]) {
    if (m.containerOf(m.mappings.task[n]) !== c) return true;
  }
  return false;
}

/** Takes page p, which`,
      ),
    ],
  },
  {
    id: 'B1',
    name: 'oom-falls-on-outsider',
    why: 'the victim is the biggest task of all, member or not',
    edits: inIndex(
      kill,
      `    const k = m.tasks;
    const mapped = (t: TaskId) => k[(t << RECORD) | MAPPED];
    for (let t = 0; t < k.length >> RECORD; t++) {
      if (this.taskExists(t) && mapped(t) > mapped(victim)) victim = t;
    }
${kill}`,
    ),
  },
  {
    id: 'B7',
    name: 'reclaim-global',
    why: 'reclaim takes from the fullest container, not from the one that is charged',
    edits: [
      inIndex(
        limit,
        `    let from = c;
${limit}      for (let slot = m.slots; slot > 0; slot--) {
        const other = m.container(slot);
        if (m.words[other | USAGE] > m.words[from | USAGE]) from = other;
      }
`,
      ),
      inIndex(callOfReclaim, callOfReclaim.replace('full', 'from')),
    ],
  },
];
