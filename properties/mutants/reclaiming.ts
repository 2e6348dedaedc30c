// Mutants of reclaim and of the OOM killer: which pages, which victims, when to give up. After ../shared/BUGS.md.

import { inIndex, inReclaim, type Mutant, memory } from './mutant.ts';

const leastKill = '    let victim = this.machine.containers.firstMember[c];\n';
const kill = '    this.killed.push(victim);\n    this.#end(victim);\n';
const inMakeRoom = '      if (reclaim(this.machine, c, this.#switches, this.#take) > 0) {';

export const reclaiming: readonly Mutant[] = [
  {
    id: 'A6',
    name: 'badness-overflow',
    why: 'the score is a small signed number that two pages overflow: the biggest task looks smallest',
    edits: [
      inIndex(leastKill, `${leastKill}    const score = (t: TaskId) => (mapped[t] << 30) >> 30;\n`),
      inIndex(
        '      if (mapped[t] > mapped[victim] || (mapped[t] === mapped[victim] && t < victim)) victim = t;\n',
        '      if (score(t) > score(victim) || (score(t) === score(victim) && t < victim)) victim = t;\n',
      ),
    ],
  },
  {
    id: 'A7',
    name: 'unreclaimable-tail-eats-quota',
    why: 'a locked page at the tail uses up the scan, and reclaim fails with free pages behind it',
    edits: [
      inReclaim(
        'shrinkInactive(m, c, length[c * 2], batch, take, saved);\n    if (freed > 0 || (moved === 0 && saved.pages === 0)) return freed;',
        'shrinkInactive(m, c, Math.min(moved + 1, 1), batch, take, saved);\n    if (freed > 0 || saved.pages === 0) return freed;',
      ),
    ],
  },
  {
    id: 'A12',
    name: 'child-outside-sacrificed',
    why: 'the OOM killer takes a child of the victim, which lives in another container',
    edits: [
      memory('readonly childOf = new Map<number, number>();'),
      inIndex(
        '    m.join(u, m.tasks.container[t]);\n',
        '    m.join(u, m.tasks.container[t]);\n    m.childOf.set(t, u);\n',
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
    edits: [inIndex(kill, `${kill}    this.machine.containers.children[c]++;\n`)],
  },
  {
    id: 'A17',
    name: 'reclaim-wrong-container',
    why: 'after a move, reclaim works on the container that the task came from',
    edits: [
      memory('readonly cameFrom = new Map<number, number>();'),
      inIndex(
        '    this.machine.leave(t);\n    this.machine.join(t, c + 1);\n',
        '    this.machine.cameFrom.set(t, this.machine.tasks.container[t]);\n    this.machine.leave(t);\n    this.machine.join(t, c + 1);\n',
      ),
      inIndex(
        inMakeRoom,
        '      if (reclaim(this.machine, this.machine.cameFrom.get(t) ?? c, this.#switches, this.#take) > 0) {',
      ),
    ],
  },
  {
    id: 'A18',
    name: 'foreign-mapping-hostage',
    why: 'reclaim passes a page by because a task of another container maps it',
    edits: [
      inReclaim('    if (pins[p] > 0) {\n', '    if (pins[p] > 0 || outsiderMaps(m, c, p)) {\n'),
      inReclaim(
        '/** Takes page p from everybody',
        `function outsiderMaps(m: Machine, c: Slot, p: PageId): boolean {
  if (m.tasks.container[m.pages.mapper[p]] !== c) return true;
  for (let n = m.pages.others[p]; n !== NONE; n = m.mappings.nextOfPage[n]) {
    if (m.tasks.container[m.mappings.task[n]] !== c) return true;
  }
  return false;
}

/** Takes page p from everybody`,
      ),
    ],
  },
  {
    id: 'B1',
    name: 'oom-falls-on-outsider',
    why: 'the victim is the biggest task of all, member or not',
    edits: [
      inIndex(
        kill,
        `    for (let t = 0; t < this.machine.tasks.container.length; t++) {
      if (this.taskExists(t) && mapped[t] > mapped[victim]) victim = t;
    }
${kill}`,
      ),
    ],
  },
  {
    id: 'B7',
    name: 'reclaim-global',
    why: 'reclaim takes from the fullest container, not from the one that is charged',
    edits: [
      inIndex(
        '    do {\n      failcnt[c]++;\n',
        `    let from = c;
    do {
      for (let k = 0; k < usage.length; k++) if (usage[k] > usage[from]) from = k;
      failcnt[c]++;
`,
      ),
      inIndex(inMakeRoom, inMakeRoom.replace('this.machine, c', 'this.machine, from')),
    ],
  },
];
