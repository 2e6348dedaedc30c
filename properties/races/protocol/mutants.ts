// The races of the catalogue, each as an edit of the protocol's text, with the smallest scope in which it can show.
// Ids are those of a list made before anything was built; R1 to R3: the repairs that did not repair; X: found on the way, not in the catalogue.
// Data: longer than most files.

import type { Scope, TaskScope, ThreadScope } from '../../../model/protocol/index.ts';
import { inFile, type Mistake } from '../../subjects/plant.ts';
import { on, shell } from './scopes.ts';

export interface ProtocolMutant extends Mistake {
  readonly name: string;
  /** What is done wrong. */
  readonly why: string;
  readonly scope: Scope;
  /** Operations and preemptions that the list gives; null where it gives none. */
  readonly min: readonly [operations: number, preemptions: number] | null;
  /** The claim whose shortest counterexample tells the story, where another one happens to see a symptom earlier. */
  readonly claim?: string;
  /** Why it takes more, or fewer, than the list says. */
  readonly difference?: string;
}

const inCharge = inFile('model/protocol/charge.ts');
const inContainer = inFile('model/protocol/container.ts');
const inFault = inFile('model/protocol/fault.ts');
const inStart = inFile('model/protocol/start.ts');
const inTask = inFile('model/protocol/task.ts');
const inUnmap = inFile('model/protocol/unmap.ts');

const scope = (
  containers: readonly (number | null)[],
  pages: number,
  tasks: readonly TaskScope[],
  ...threads: ThreadScope[]
): Scope => ({ name: 'mutant', containers, pages, tasks, threads });

const touch = 'touch p0';
const unmap = 'unmap p0';
const mapping = (container: number): TaskScope => ({ container, maps: [0] });
const alone = (container: number): TaskScope => ({ container });

const leaveAndRemove = shell('move t0 c1', 'rmdir c0');

export const mutants: readonly ProtocolMutant[] = [
  {
    id: 'canary',
    name: 'charge-nothing',
    why: 'an attempt that succeeds does not raise usage',
    edits: inCharge('{ usage: container.usage + 1 }', '{ usage: container.usage }'),
    scope: scope([1], 1, [alone(0)], on(0, touch)),
    min: null,
  },
  {
    id: 'A24',
    name: 'aba-recreated-container',
    why: 'fork keeps the name it looked up, and joins whatever has that name when it joins',
    edits: [
      inTask(
        'if (thread(state, k).container !== container)',
        `const there = state.names[state.containers[thread(state, k).container]!.name];
    if (there === null)`,
      ),
      inTask('withTask(mapped, u, { container, maps', 'withTask(mapped, u, { container: there, maps'),
    ],
    scope: scope(
      [1, 1],
      1,
      [alone(0), { container: null }],
      on(0, 'fork t1'),
      on(1),
      shell('move t0 c1', 'rmdir c0', 'mkdir c0'),
    ),
    min: [4, 1],
  },
  {
    id: 'A25',
    name: 'fork-into-removed',
    why: 'the child joins the container that was looked up, whether it is still there or not',
    edits: [
      inTask(
        `if (thread(state, k).container !== container)
      return { state: goto(state, k, 'join', { container }), note: 'moved' };`,
        '',
      ),
      inTask(
        'withTask(mapped, u, { container, maps',
        'withTask(mapped, u, { container: thread(state, k).container, maps',
      ),
    ],
    scope: scope([1, 1], 1, [alone(0), { container: null }], on(0, 'fork t1'), on(1), leaveAndRemove),
    min: [3, 1],
  },
  {
    id: 'A26',
    name: 'ref-drop-before-uncharge',
    why: 'del drops the reference first and uncharges in the next step',
    edits: [
      inUnmap(
        `    const { active, inactive, usage } = containerAt(state, at);
    const unlinked = { active: without(active, target), inactive: without(inactive, target) };
    const uncharged = writeContainer(state, at, { ...unlinked, usage: usage - 1 });
    return { state: goto(wake(writeRecord(uncharged, target, { charged: false }), at), k, 'put') };`,
        `    const dropped = writeContainer(state, at, { refs: containerAt(state, at).refs - 1 });
    return { state: goto(dropped, k, 'put') };`,
      ),
      inUnmap(
        'const freed = freeRecord(state, thread(state, k).target as Address);',
        `const target = thread(state, k).target as Address;
    const at = recordAt(state, target).container;
    const { active, inactive, usage } = containerAt(state, at);
    const unlinked = { active: without(active, target), inactive: without(inactive, target) };
    const uncharged = writeContainer(state, at, { ...unlinked, usage: usage - 1 });
    const freed = wake(writeRecord(uncharged, target, { charged: false, freed: true }), at);`,
      ),
    ],
    scope: scope([1, 1], 1, [mapping(0)], on(0, unmap), leaveAndRemove),
    min: [3, 1],
  },
  {
    id: 'A27',
    name: 'charge-on-removed',
    why: 'prepare takes no reference; the charge does, when it has succeeded',
    edits: [
      inFault('{ refs: containerAt(state, at).refs + 1 }', '{}'),
      inCharge('{ usage: container.usage + 1 }', '{ usage: container.usage + 1, refs: container.refs + 1 }'),
    ],
    scope: scope([1, 1], 1, [alone(0)], on(0, touch), leaveAndRemove),
    min: [3, 1],
  },
  {
    id: 'A28',
    name: 'select-then-kill',
    why: 'the killer selects its victim in one critical section and kills it in the next',
    edits: [
      inCharge(
        `  if (isMapped(state, k)) return { state: goto(state, k, 'drop'), note: 'mapped by now' };
  const candidates`,
        `  const selected = thread(state, k).selected ?? null;
  if (selected !== null) {
    const dying = killTask(goto(state, k, 'asleep', { selected: null }), selected);
    return { state: dying, killed: selected, note: \`kills t\${selected}\` };
  }
  if (isMapped(state, k)) return { state: goto(state, k, 'drop'), note: 'mapped by now' };
  const candidates`,
      ),
      inCharge(
        `return { state: killTask(goto(state, k, 'asleep'), victim), killed: victim, note: \`kills t\${victim}\` };`,
        `return { state: goto(state, k, 'kill', { selected: victim }), note: \`selects t\${victim}\` };`,
      ),
    ],
    scope: scope([0, 1], 1, [alone(0), alone(0)], on(0, touch), on(1), shell('move t1 c1')),
    min: [2, 1],
    claim: 'OomKillsOnlyMembers',
  },
  {
    id: 'A30',
    name: 'release-clears-next-owner',
    why: 'del clears the record pointer of the page, whatever it points to by then',
    edits: inUnmap(
      'const uncharged = writeContainer(state, at, { ...unlinked, usage: usage - 1 });',
      `const cleared = withPage(state, recordAt(state, target).page, { record: null });
    const uncharged = writeContainer(cleared, at, { ...unlinked, usage: usage - 1 });`,
    ),
    scope: scope([1, 1], 1, [mapping(0), alone(1)], on(0, unmap), on(1, touch)),
    min: [2, 1],
  },
  {
    id: 'A31',
    name: 'charge-decided-before-map',
    why: 'a touch sees the page mapped, and maps it without a charge in a later step, whoever has left by then',
    edits: [
      inFault(
        'const joined = map(withPage(state, p, { mapcount: mapcount + 1 }), t, p);',
        'const joined = state;',
      ),
      inFault(
        'const target = state.pages[pageOf(thread(state, k))].record;',
        `const p = pageOf(thread(state, k));
  if (!task(state, taskOf(state, k)).maps.includes(p)) {
    const joined = map(withPage(state, p, { mapcount: state.pages[p].mapcount + 1 }), taskOf(state, k), p);
    return finish(joined, k, 'ok');
  }
  const target = state.pages[p].record;`,
      ),
    ],
    scope: scope([1, 1], 1, [mapping(0), alone(1)], on(0, unmap), on(1, touch)),
    min: [2, 1],
  },
  {
    id: 'A33',
    name: 'second-oom-victim',
    why: 'a charge that fails kills a task although another one is dying already',
    edits: [
      inCharge('candidates.some((t) => task(state, t).killed) || ', ''),
      inCharge(
        'const candidates = members(state, at);',
        'const candidates = members(state, at).filter((t) => !task(state, t).killed);',
      ),
    ],
    scope: scope(
      [1],
      3,
      [{ container: 0, maps: [2], pins: [2] }, alone(0), alone(0)],
      on(0),
      on(1, 'touch p0'),
      on(2, 'touch p1'),
    ),
    min: [2, 0],
  },
  {
    id: 'A34',
    name: 'speculative-lockout',
    why: 'an attempt charges first, tests in the next step and takes back; a charge that failed so does not look again before it kills',
    edits: [
      inCharge(
        '  if (!fits(container)) {',
        `  if (!thread(state, k).tried) {
    const tried = writeContainer(state, at, { usage: container.usage + 1 });
    const noted = writeRecord(tried, thread(state, k).record, { charged: true });
    return { state: goto(noted, k, 'attempt', { tried: true }), note: 'tries' };
  }
  if (container.usage > container.limit) {
    const back = writeContainer(state, at, { usage: container.usage - 1, failcnt: container.failcnt + 1 });
    const noted = writeRecord(back, thread(state, k).record, { charged: false });
    return { state: goto(noted, k, 'reclaim', { tried: false }), note: 'refused' };
  }
  if (thread(state, k).tried) return { state: goto(state, k, 'lock', { tried: false }), note: 'charged' };
  if (!fits(container)) {`,
      ),
      inCharge('if (changed || fits(container) || reclaimable', 'if (changed || reclaimable'),
      inCharge(' || comesBack(state, container)) {', ') {'),
    ],
    scope: scope([1], 2, [alone(0), alone(0)], on(0, 'touch p0'), on(1, 'touch p1')),
    min: [2, 0],
    claim: 'OomOnlyWhenNothingReclaimable',
    difference:
      'two provisional charges that see each other are both half done: one thread is left in the middle',
  },
  {
    id: 'A35',
    name: 'commit-rereads-container',
    why: 'the commit links the page to the container that the mm is in by then',
    edits: inFault(
      'const { container: at, page: p } = recordAt(state, record);',
      `const { page: p } = recordAt(state, record);
  const at = task(state, taskOf(state, k)).container as Address;`,
    ),
    scope: scope([1, 1], 1, [alone(0)], on(0, touch), shell('move t0 c1')),
    min: [2, 1],
  },
  {
    id: 'B26',
    name: 'two-first-touchers',
    why: 'a commit that was not the first keeps its charge',
    edits: inFault(
      `return { state: goto(mapped, k, 'release', { answer: 'ok' }), note };`,
      `return { ...finish(mapped, k, 'ok'), note };`,
    ),
    scope: scope([1, 1], 1, [alone(0), alone(1)], on(0, touch), on(1, touch)),
    min: [2, 1],
  },
  {
    id: 'B27',
    name: 'stale-lru-move',
    why: 'an activation gives the page table back between reading the record and using it',
    edits: inFault(
      `return { state: goto(state, k, 'activate', { target }) };`,
      `return { state: goto(withTask(state, taskOf(state, k), { lock: null }), k, 'activate', { target }) };`,
    ),
    scope: scope([1], 1, [mapping(0)], on(0, touch), shell('scan c0')),
    min: [2, 1],
  },
  {
    id: 'B31',
    name: 'lost-wakeup',
    why: 'a charge decides to sleep in one critical section and sleeps in the next step',
    edits: [
      inCharge(
        `    return { state: goto(state, k, 'asleep'), note: 'sleeps' };`,
        `    return { state: goto(state, k, 'kill', { tired: true }), note: 'will sleep' };`,
      ),
      inCharge(
        '  const container = containerAt(state, at);\n  if (isMapped',
        `  const container = containerAt(state, at);
  if (thread(state, k).tired) return { state: goto(state, k, 'asleep', { tired: false }), note: 'sleeps' };
  if (isMapped`,
      ),
    ],
    scope: scope([1], 2, [alone(0), alone(0)], on(0, 'touch p0'), on(1, 'touch p1')),
    min: [2, 0],
    claim: 'NoDeadlock',
    difference:
      'the memory must be on its way when the sleeper decides, and back before it sleeps: each is left once in the middle',
  },
  {
    id: 'B32',
    name: 'stock-drain-race',
    why: 'a pre-charged page is seen in the stock in one step and taken in the next; two take the same',
    edits: [
      inStart('  usage: 0,', '  usage: 0,\n  stock: 1,'),
      inCharge(
        '  if (!fits(container)) {',
        `  const seen = thread(state, k).stock ?? 0;
  if (seen === 0 && container.stock > 0) return { state: goto(state, k, 'attempt', { stock: container.stock }), note: 'sees stock' };
  if (seen > 0) {
    const drawn = writeContainer(state, at, { usage: container.usage + 1, stock: seen - 1 });
    const kept = writeRecord(drawn, thread(state, k).record, { charged: true });
    return { state: goto(kept, k, 'lock', { stock: 0 }), note: 'charged' };
  }
  if (!fits({ ...container, usage: container.usage + container.stock })) {`,
      ),
    ],
    scope: scope([1], 1, [alone(0), alone(0)], on(0, touch), on(1, touch)),
    min: [2, 1],
  },
  {
    id: 'B33',
    name: 'rmdir-check-destroy',
    why: 'rmdir looks whether the container is empty, and destroys it in the next step without a lock in between',
    edits: inContainer(
      'const locked = { ...writeContainer(state, at, { lock: k }), directoryLock: k };',
      'const locked = state;',
    ),
    scope: scope([1, 1], 1, [alone(0)], on(0, touch), shell('move t0 c1'), shell('rmdir c1')),
    min: [2, 1],
  },
  {
    id: 'B37',
    name: 'oom-holds-lock',
    why: 'the killer keeps the lock of the container while it waits for its victim, who needs it to leave',
    edits: inCharge(
      `return { state: killTask(goto(state, k, 'asleep'), victim), killed`,
      `const held = victim === self ? state : writeContainer(state, at, { lock: k });
  return { state: killTask(goto(held, k, 'asleep'), victim), killed`,
    ),
    scope: scope([0], 1, [alone(0), alone(0)], on(0, touch), on(1)),
    min: [2, 0],
    claim: 'NoDeadlock',
    difference: 'the victim need not do anything but die',
  },
  {
    id: 'R1',
    name: 'clear-in-del-only',
    why: 'the record pointer is cleared in del and not with the decrement: the next life of the page finds it',
    edits: [
      inUnmap('{ mapcount: 0, record: null }', '{ mapcount: 0, record }'),
      inUnmap(
        'const uncharged = writeContainer(state, at, { ...unlinked, usage: usage - 1 });',
        `const { page: p } = recordAt(state, target);
    const cleared = withPage(state, p, state.pages[p].record === target ? { record: null } : {});
    const uncharged = writeContainer(cleared, at, { ...unlinked, usage: usage - 1 });`,
      ),
    ],
    scope: scope([1, 1], 1, [mapping(0), alone(1), alone(1)], on(0, unmap), on(1, touch), on(2, touch)),
    min: null,
  },
  {
    id: 'R2',
    name: 'back-out-releases-twice',
    why: 'the back-out of a fault on a truncated page uncharges where it notices, and again on its way out',
    edits: inFault(
      `if (state.pages[p].epoch !== epoch) return { state: goto(state, k, 'release'), note: 'truncated' };`,
      `if (state.pages[p].epoch !== epoch) {
    const at = recordAt(state, thread(state, k).record).container;
    const given = writeContainer(state, at, { usage: containerAt(state, at).usage - 1 });
    return { state: goto(given, k, 'release'), note: 'truncated' };
  }`,
    ),
    scope: scope([1], 1, [alone(0)], on(0, touch), shell('truncate p0')),
    min: null,
  },
  {
    id: 'R3',
    name: 'lock-after-check',
    why: 'rmdir takes both locks, but after it has looked whether the container is empty',
    edits: [
      inContainer(
        'const locked = { ...writeContainer(state, at, { lock: k }), directoryLock: k };',
        'const locked = state;',
      ),
      inContainer(
        'const at = thread(state, k).container as Address;',
        `const at = thread(state, k).container as Address;
    if (state.directoryLock !== k) {
      const locked = { ...writeContainer(state, at, { lock: k }), directoryLock: k };
      return { state: goto(locked, k, 'destroy'), note: 'locks' };
    }`,
      ),
    ],
    scope: scope([1, 1], 1, [alone(0)], on(0, touch), shell('move t0 c1'), shell('rmdir c1')),
    min: null,
  },
  {
    id: 'X1',
    name: 'read-then-decrement',
    why: 'unmap reads the record in one step and counts down in the next, as the text of 2007 does',
    edits: [
      inUnmap(
        `const { state: after, last } = leavePage(state, taskOf(state, k), p);
    return last === null`,
        `if (p >= 0) return { state: goto(state, k, 'del', { target: state.pages[p].record, counts: p }), note: 'reads' };
    const { state: after, last } = leavePage(state, taskOf(state, k), p);
    return last === null`,
      ),
      inUnmap(
        `const target = thread(state, k).target as Address;
    const at = recordAt(state, target).container;
    const { active`,
        `const counts = thread(state, k).counts ?? null;
    if (counts !== null) {
      const was = state.pages[counts].mapcount;
      const { state: after } = leavePage(state, taskOf(state, k), counts);
      const done = goto(after, k, 'del', { counts: null });
      return was > 1 ? finish(done, k, 'ok') : { state: done, note: '1 -> 0' };
    }
    const target = thread(state, k).target as Address;
    const at = recordAt(state, target).container;
    const { active`,
      ),
    ],
    scope: scope([1, 1], 1, [alone(0), alone(1)], on(0, touch, unmap), on(1, touch, unmap)),
    min: null,
  },
  {
    id: 'X2',
    name: 'victim-waits-for-itself',
    why: 'a charge about to kill finds a dying member and sleeps until it is gone; the dying member is its own task',
    edits: inCharge(
      'const changed = task(state, self).killed || !candidates.includes(self);',
      'const changed = !candidates.includes(self);',
    ),
    scope: scope([0], 1, [alone(0), alone(0)], on(0, touch), on(1, touch)),
    min: null,
    claim: 'NoDeadlock',
  },
];
