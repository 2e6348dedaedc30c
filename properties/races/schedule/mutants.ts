// Concurrent mistakes that real controllers had, as edits of the concurrent controller, each with the race that shows it. Data, but for its type.

import { inFile, type Mistake } from '../../subjects/plant.ts';
import { races, type Scenario } from './scenarios.ts';

export interface ConcurrentMutant extends Mistake {
  readonly mistake: string;
  /** How the edits bring that mistake back, in this code. */
  readonly why: string;
  readonly race: Scenario;
  /** Operations and preemptions that show it here, and those foretold. */
  readonly min: string;
  readonly listed: string | null;
}

const inCharge = inFile('impl/concurrent/charge.ts');
const inContainer = inFile('impl/concurrent/container.ts');
const inLists = inFile('impl/concurrent/lists.ts');
const inLock = inFile('impl/concurrent/lock.ts');
const inOom = inFile('impl/concurrent/oom.ts');
const inOperations = inFile('impl/concurrent/operations.ts');
const inPage = inFile('impl/concurrent/page.ts');
const inTask = inFile('impl/concurrent/task.ts');

export const concurrentMutants: readonly ConcurrentMutant[] = [
  {
    id: 'A24',
    mistake: 'aba-recreated-container: a container removed and made again under one id is taken for the same',
    why: 'neither the charge nor the commit asks again whether the task is still in the container',
    edits: [
      inCharge('if (load(h.m, taskOf(h, t) + CONTAINER) !== c + 1) {', 'if (c < 0) {'),
      inCharge('load(h.m, taskOf(h, t) + CONTAINER) === c + 1 && sizeOf', 'sizeOf'),
    ],
    race: races.recreation,
    min: '4/1',
    listed: '4/1',
  },
  {
    id: 'A25',
    mistake: 'fork-into-removed: a child joins a container that was removed between look-up and join',
    why: 'spawn looks at the container before it has the lock',
    edits: inTask(
      '  lock(h, containerOf(h, c) + LOCK);\n  const outcome = spawnUnderLock(h, t, c);',
      '  const there = peek(h.m, containerOf(h, c) + EXISTS) === 1;\n  lock(h, containerOf(h, c) + LOCK);\n' +
        '  const outcome = there ? (join(h, t, c) ? OK : EEXIST) : ENOENT;',
    ),
    race: races.spawnAndRemoval,
    min: '2/1',
    listed: '3/1',
  },
  {
    id: 'A26',
    mistake:
      'ref-drop-before-uncharge: the reference goes before the counter, which is then touched after free',
    why: 'release lets the container go first and then takes the charge back',
    edits: inCharge(
      '  add(h.m, containerOf(h, c) + USAGE, -1);\n  dropReference(h, containerOf(h, c) + REFS);',
      '  dropReference(h, containerOf(h, c) + REFS);\n  add(h.m, containerOf(h, c) + USAGE, -1);',
    ),
    race: races.refusedRemoval,
    min: '4/1',
    listed: '3/1',
  },
  {
    id: 'A27',
    mistake: 'charge-on-removed: a charge succeeds on a container that is gone',
    why: 'the charge does not ask again whether the task is still in the container once it holds it',
    edits: inCharge('if (load(h.m, taskOf(h, t) + CONTAINER) !== c + 1) {', 'if (c < 0) {'),
    race: races.recreation,
    min: '4/2',
    listed: '3/1',
  },
  {
    id: 'A28',
    mistake: 'select-then-kill: the victim left the container between choice and kill',
    why: 'the victim is chosen before everybody else is outside',
    edits: [
      inOperations(
        '  enterAlone(h);\n',
        '  const from = load(h.m, taskOf(h, operation[1]) + CONTAINER) - 1;\n' +
          '  Object.assign(h, { chosen: from < 0 ? NONE : worstOf(h, from) });\n  enterAlone(h);\n',
      ),
      inOperations(
        'import { type Handle, NONE }',
        "import { load } from './atomics.ts';\nimport { worstOf } from './oom.ts';\nimport { CONTAINER, type Handle, NONE, taskOf }",
      ),
      inOom('function worstOf(', 'export function worstOf('),
      inOom('const victim = worstOf(h, c);', 'const victim = h.chosen;'),
    ],
    race: races.victimLeaves,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'A30',
    mistake: 'release-clears-next-owner: the last unmap clears an owner that a new first touch has just set',
    why: 'the record is cleared once more after the page lock is given up',
    edits: inPage(
      '  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) unmapUnderLock(h, t, p);\n  unlock(h, pageOf(h, p) + LOCK);\n',
      '  const last = load(h.m, pageOf(h, p) + MAPCOUNT) === 1;\n' +
        '  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) unmapUnderLock(h, t, p);\n  unlock(h, pageOf(h, p) + LOCK);\n' +
        '  if (last) or(h.m, pageOf(h, p) + OWNER, NONE);\n',
    ),
    race: races.lastUnmap,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'A31',
    mistake: 'charge-decided-before-map: "already mapped, no charge" was read before the mapper left',
    why: 'the guess from outside the page lock is not judged again under it',
    edits: [
      inPage('? prepare(h, t) : NONE;', '? prepare(h, t) : -2;'),
      inPage('  if (first) {\n', '  if (first && charged !== -2) {\n'),
      inPage('if (charged !== NONE) release(h, charged);', 'if (charged >= 0) release(h, charged);'),
    ],
    race: races.lastUnmap,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'A33',
    mistake: 'second-oom-victim: two charges that fail at once kill two tasks where one was enough',
    why: 'once alone, nobody asks whether it fits by now',
    edits: inOom(
      'while (sizeOf(h, c) + 1 > load(h.m, containerOf(h, c) + CEILING)) {',
      'for (let first = true; first || sizeOf(h, c) + 1 > load(h.m, containerOf(h, c) + CEILING); first = false) {',
    ),
    race: races.twoOutOfMemory,
    min: '2/1',
    listed: '2/0',
  },
  {
    id: 'A34',
    mistake:
      "speculative-lockout: a charge is refused because of another's provisional charge, under a limit that fits it",
    why: 'the verdict under the lock counts charges in flight, which may be given back',
    edits: inCharge(
      'const missing = sizeOf(h, c) + 1 - peek',
      'const missing = load(h.m, at + USAGE) + 1 - peek',
    ),
    race: races.lostCharge,
    min: '3/1',
    listed: '2/0',
  },
  {
    id: 'A35',
    mistake:
      "commit-rereads-container: the commit links the page to the mm's container of now, not to the charged one",
    why: 'the commit takes the list that the task points to',
    edits: [
      inCharge('load(h.m, taskOf(h, t) + CONTAINER) === c + 1 && sizeOf', 'sizeOf'),
      inCharge(
        '  if (fits) {\n    adopt(h, c, p);',
        '  if (fits) {\n    adopt(h, load(h.m, taskOf(h, t) + CONTAINER) - 1, p);',
      ),
    ],
    race: races.movedToucher,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'B26',
    mistake: 'two-first-touchers: both touchers of one page stay charged',
    why: 'the loser does not give its charge back',
    edits: inPage('  if (charged !== NONE) release(h, charged);\n', ''),
    race: races.firstTouchers,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'B27',
    mistake: 'stale-lru-move: an activation trusts a stale page -> record pointer and moves a page that left',
    why: 'the activation reads the record without the page lock, and does not look at the bits again under the list lock',
    edits: [
      inPage(
        '  lock(h, page + LOCK);\n  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) referenceUnderLock(h, p);\n  unlock(h, page + LOCK);\n',
        '  if (load(h.m, mapsOf(h, t, p)) & bitOf(p)) referenceUnderLock(h, p);\n',
      ),
      inLists('if (flags === REFERENCED) relink', 'if (flags >= 0) relink'),
    ],
    race: races.activation,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'B31',
    mistake: 'lost-wakeup: a waiter sleeps through the release',
    why: 'unlock looks for waiters first and frees the lock then: who begins to wait in between is not woken',
    edits: inLock(
      '  if (swap(h.m, at, FREE) === AWAITED) notify(h.m, at, 1);',
      '  const awaited = load(h.m, at) === AWAITED;\n  swap(h.m, at, FREE);\n  if (awaited) notify(h.m, at, 1);',
    ),
    race: races.firstTouchers,
    min: '2/1',
    listed: '2/0',
  },
  {
    id: 'B33',
    mistake: 'rmdir-check-destroy: something arrives between the emptiness check and the removal',
    why: "the container's lock is taken after the emptiness check (one of the three repairs that did not repair)",
    edits: [
      inContainer(
        '    lockBoth(h, c, above);\n    const outcome = load',
        '    const empty = whyNotRemoved(h, c);\n    lockBoth(h, c, above);\n    const outcome = load',
      ),
      inContainer('? removeUnderLocks(h, c, parent)', '? removeUnderLocks(h, c, parent, empty)'),
      inContainer(
        'parent: number): number {\n  const at = containerOf(h, c);\n  const outcome = whyNotRemoved(h, c);',
        'parent: number, outcome): number {\n  const at = containerOf(h, c);',
      ),
    ],
    race: races.spawnAndRemoval,
    min: '2/1',
    listed: '2/1',
  },
  {
    id: 'B37',
    mistake: "oom-holds-lock: the killer waits for a task that needs the killer's lock",
    why: 'the page stays locked on the way to being alone, and who wants it is inside',
    edits: [
      inPage(
        '  const outcome = commit(h, t, p, charged);\n  unlock(h, page + LOCK);\n',
        '  const outcome = commit(h, t, p, charged);\n  if (outcome !== RETRY_ALONE) unlock(h, page + LOCK);\n',
      ),
      inPage(
        'function touchAlone(h: Handle, t: number, p: number): number {\n',
        'function touchAlone(h: Handle, t: number, p: number): number {\n  unlock(h, pageOf(h, p) + LOCK);\n',
      ),
    ],
    race: races.samePageOutOfMemory,
    min: '2/1',
    listed: '2/0',
  },
  {
    id: 'R2',
    mistake: 'a back-out that releases twice (one of the three repairs that did not repair)',
    why: 'settle has given the charge back already',
    edits: inPage(
      '    return chargeUnderLock(h, t, p);\n',
      '    if (charged !== NONE) release(h, charged);\n    return chargeUnderLock(h, t, p);\n',
    ),
    race: races.backOut,
    min: '2/1',
    listed: null,
  },
  {
    id: 'commit-trusts-old-limit',
    mistake:
      'the commit does not ask whether the charge still fits: the limit was lowered before the page was free',
    why: 'found while the controller was designed: every condition held once, but never all of them at one moment',
    edits: inCharge(' === c + 1 && sizeOf(h, c) < peek(h.m, at + CEILING);', ' === c + 1;'),
    race: races.lowered,
    min: '4/1',
    listed: null,
  },
  {
    id: 'exit-in-pieces',
    mistake: 'others see a task that has given up some of its pages and still has the rest',
    why: 'exit does not keep the others outside',
    edits: inOperations("operation[0] === 'exit' || ", ''),
    race: races.exitAndTouch,
    min: '3/1',
    listed: null,
  },
  {
    id: 'removal-sleeps-for-nobody',
    mistake: 'rmdir reads what it sleeps on after the last charge has gone: nobody is left to wake it',
    why: 'made by us while nesting was built in, and found by this scheduler',
    edits: inLock('if ((value & ~WAITED_FOR) > 0 && (value & WAITED_FOR) !== 0) sleep', 'sleep'),
    race: races.removal,
    min: '3/2',
    listed: null,
  },
  {
    id: 'unmap-sees-the-middle',
    mistake:
      'an unmap believes, without the lock, that there is nothing to unmap: a touch has reclaimed and is about to map',
    why: 'made by us, and found by a long free run on a quiet machine: once in more than a million operations',
    edits: inPage(
      ' && load(h.m, taskOf(h, t) + CONTAINER) === 0)\n    return ESRCH;',
      ')\n    return load(h.m, taskOf(h, t) + CONTAINER) === 0 ? ESRCH : OK;',
    ),
    race: races.reclaimThenMap,
    min: '3/1',
    listed: null,
  },
];
