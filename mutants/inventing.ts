// Mistakes in no list, thought of after the suite was done and without a look at what it finds: does it find what nobody tuned it for?

import { inIndex, inMachine, inReclaim, inTree, type Mutant } from '../properties/subjects/mutant.ts';

const ownTouch = '    if (shared && m.maps(t, p)) {\n      m.reference(p);\n';

const ofReclaim: readonly Mutant[] = [
  {
    id: 'N1',
    name: 'scan-is-one-short',
    why: 'the active list is scanned by one page less than it is longer',
    edits: inReclaim(
      ': w[active | LENGTH] - w[inactive | LENGTH];',
      ': w[active | LENGTH] - w[inactive | LENGTH] - 1;',
    ),
  },
  {
    id: 'N2',
    name: 'rescued-page-keeps-its-bit',
    why: 'a referenced page that goes back to the active list keeps the bit, and so another round',
    edits: inReclaim('        m.link(active, p, state & ~REFERENCED);', '        m.link(active, p, state);'),
  },
  {
    id: 'N3',
    name: 'passed-by-and-forgotten',
    why: 'a locked page that is passed by loses its referenced bit',
    edits: inReclaim(
      '        m.link(inactive, p, state);',
      '        m.link(inactive, p, state & ~REFERENCED);',
    ),
  },
  {
    id: 'N4',
    name: 'batch-of-one-more',
    why: 'a reclaim frees one page more than a batch',
    edits: inReclaim('left > 0 && freed < batch', 'left > 0 && freed <= batch'),
  },
  {
    id: 'N5',
    name: 'tie-goes-to-the-youngest',
    why: 'of members that are equally big the one with the highest id is killed',
    edits: inIndex(
      'mapped(t) === mapped(victim) && t < victim',
      'mapped(t) === mapped(victim) && t > victim',
    ),
  },
  {
    id: 'N6',
    name: 'lowering-sees-one-list',
    why: 'lowering a limit asks whether the inactive pages alone fit',
    profile: 'linux-v1',
    edits: inIndex(
      '    while (w[c | USAGE] > ceiling && this.#reclaim(',
      '    while (w[c | LENGTH] > ceiling && this.#reclaim(',
    ),
  },
  {
    id: 'N7',
    name: 'reclaimed-counts-pages',
    why: 'the counter of reclaims counts the pages that they freed',
    profile: 'linux-v1',
    edits: inIndex(
      '      if (this.#reclaim(full) > 0) {\n        m.doubles[(full | RECLAIMS) >> 1]++;',
      '      const freed = this.#reclaim(full);\n      if (freed > 0) {\n        m.doubles[(full | RECLAIMS) >> 1] += freed;',
    ),
  },
];

const ofContainers: readonly Mutant[] = [
  {
    id: 'N8',
    name: 'failcnt-of-the-namesake',
    why: 'a container that is made anew has the failcnt of the one that was removed',
    edits: inIndex('    m.doubles[(c | FAILCNT) >> 1] = 0;\n', ''),
  },
  {
    id: 'N9',
    name: 'removed-child-still-counts',
    why: 'a removed child is still counted: its parent is busy for ever',
    edits: inIndex('      m.lose(parent);\n', ''),
  },
  {
    id: 'N10',
    name: 'inheritance-turned-round',
    why: 'pages that pass to the parent arrive in the opposite order',
    profile: 'linux-v1',
    edits: inTree(
      '        const p = w[from | active | NEWER];',
      '        const p = w[from | active | LINK.OLDER];',
    ),
  },
  {
    id: 'N11',
    name: 'unlimited-is-refused',
    why: 'the limit that means none, as it reads back, cannot be written',
    edits: inIndex('n > UNLIMITED && !this', 'n >= UNLIMITED && !this'),
  },
  {
    id: 'N12',
    name: 'errors-in-the-other-order',
    why: 'a task that exists is put into a container that does not: the container is complained of',
    edits: inIndex(
      '    if (this.taskExists(t)) return EEXIST;\n    if (!this.containerExists(c)) return ENOENT;\n',
      '    if (!this.containerExists(c)) return ENOENT;\n    if (this.taskExists(t)) return EEXIST;\n',
    ),
  },
];

const ofMappings: readonly Mutant[] = [
  {
    id: 'N13',
    name: 'locks-are-inherited',
    why: 'a child has the pages locked that its parent has',
    edits: inIndex(
      'm.map(u, p);\n    for (let n',
      '{\n      m.map(u, p);\n      if (m.isPinnedBy(t, p)) m.setPinned(u, p, true);\n    }\n    for (let n',
    ),
  },
  {
    id: 'N14',
    name: 'fork-forgets-shared-pages',
    why: 'a child maps only the pages that its parent mapped first',
    edits: inIndex(
      '    for (let n = m.tasks[at | FIRST_NODE]; n !== NONE; n = m.mappings.nextOfTask[n])\n      m.map(u, m.mappings.page[n]);\n',
      '',
    ),
  },
  {
    id: 'N15',
    name: 'lock-outlives-its-mapper',
    why: 'a later mapper that goes leaves its lock on the page',
    edits: inMachine('  if (m.mappings.pinned[node]) m.words[p | PINS]--;\n', ''),
  },
  {
    id: 'N16',
    name: 'source-unmapped-before-the-charge',
    why: 'copy-on-write lets go of the source first: the charge for the copy finds room that it should not',
    edits: inIndex(
      '    const outcome = this.#fault(t, q);\n    if (outcome === OK && m.maps(t, p)) this.#unmap(t, p);\n',
      '    this.#unmap(t, p);\n    const outcome = this.#fault(t, q);\n',
    ),
  },
  {
    id: 'N17',
    name: 'shortage-takes-locked-pages',
    why: 'a global shortage takes a page that is locked',
    edits: inIndex(' || m.words[p | PINS] > 0) return OK;', ') return OK;'),
  },
  {
    id: 'N18',
    name: 'strangers-do-not-count',
    why: 'a page is not referenced by a task that has left its container',
    edits: inIndex(
      ownTouch,
      ownTouch.replace('m.reference(p)', 'if (m.containerOf(t) === m.owner(p)) m.reference(p)'),
    ),
  },
  {
    id: 'N19',
    name: 'own-touch-after-a-move-charges',
    why: 'a task that has moved pays for a page that it maps already: usage of its new container rises',
    edits: inIndex(
      ownTouch,
      `${ownTouch}      if (m.containerOf(t) !== m.owner(p)) m.words[m.containerOf(t) | USAGE]++;\n`,
    ),
  },
  {
    id: 'N20',
    name: 'room-for-one-task-less',
    why: 'the table of tasks grows one id too late: the record of the first task beyond it is written nowhere',
    edits: inMachine('    if (t < this.taskRoom) return;', '    if (t <= this.taskRoom) return;'),
  },
];

/** What small containers and small ids do not show. */
const ofSize: readonly Mutant[] = [
  {
    id: 'N21',
    name: 'batch-of-twelve',
    why: 'a reclaim frees twelve pages at most, where a batch is 32',
    profile: 'linux-v1',
    edits: inIndex("'linux-v1': { ...letter, batch: 32,", "'linux-v1': { ...letter, batch: 12,"),
  },
  {
    id: 'N22',
    name: 'batch-of-33',
    why: 'a reclaim frees 33 pages, where a batch is 32',
    profile: 'linux-v1',
    edits: inIndex("'linux-v1': { ...letter, batch: 32,", "'linux-v1': { ...letter, batch: 33,"),
  },
  {
    id: 'N23',
    name: 'pages-collide-from-512',
    why: 'pages whose ids are alike in the last nine bits share a record',
    edits: inMachine('    return id << RECORD;\n', '    return (id & 511) << RECORD;\n'),
  },
  {
    id: 'N24',
    name: 'owner-field-of-six-bits',
    why: 'a page keeps only the last six bits of its owner',
    edits: inMachine(
      '(this.words.length - (this.words[p | STATE] & OWNER)) | 0',
      '(this.words.length - (this.words[p | STATE] & OWNER & 1023)) | 0',
    ),
  },
  {
    id: 'N25',
    name: 'share-of-both-lists',
    why: 'a pass of the 2007 scan takes its share of the active list by the length of both lists',
    profile: 'v3.1',
    edits: inReclaim(
      'bounded ? share(w[active | LENGTH], priority)',
      'bounded ? share(w[active | LENGTH] + w[inactive | LENGTH], priority)',
    ),
  },
];

export const inventing: readonly Mutant[] = [...ofReclaim, ...ofContainers, ...ofMappings, ...ofSize];
