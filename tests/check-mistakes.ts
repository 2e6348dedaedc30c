// Mistakes planted in a copy of the specification, one a claim: the checker must find each, by a shortest trace.

import type { Model, PackedTwin } from '../checker/model.ts';
import type { ProfileName, Scope, State } from '../model/index.ts';
import type { Grain } from '../properties/scopes/charge-steps.ts';
import type { Asked } from '../properties/scopes/controller-model.ts';
import { inCopy, inFile, load, type Mistake } from '../properties/subjects/plant.ts';

export interface Planted extends Mistake {
  readonly claim: string;
  /** The mistake, in words. */
  readonly why: string;
  readonly kind: Asked['kind'];
  /** Left out: letter. In the linux profiles containers are nested. */
  readonly profile?: ProfileName;
  /** A scope that shows it: containers, tasks, pages, limit. */
  readonly scope: readonly [number, number, number, number];
}

const inCharge = inFile('model/charge.ts');
const inContainer = inFile('model/container.ts');
const inOom = inFile('model/oom.ts');
const inPage = inFile('model/page.ts');
const inReclaim = inFile('model/reclaim.ts');
const inState = inFile('model/state.ts');
const inTask = inFile('model/task.ts');
const inUnmap = inFile('model/unmap.ts');

const owner = '  const { container } = progress.state.tasks.get(t) as Task;\n  const { active }';

export const planted: readonly Planted[] = [
  {
    id: 'I1',
    claim: 'OwnedIffMapped',
    why: 'a reclaimed page stays on the lists of its owner',
    edits: inReclaim('unlink(forgetMappings(progress.state, p), p)', 'forgetMappings(progress.state, p)'),
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I2',
    claim: 'FirstToucherOwns',
    why: 'a first touch is accounted to the oldest container',
    edits: inPage(
      owner,
      '  const container = Math.min(...progress.state.containers.keys());\n  const { active }',
    ),
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I3',
    claim: 'OnOneListOnce',
    why: 'a second touch links the page once more',
    edits: inPage(
      '  if (!state.referenced.includes(p)) return { ...state, referenced: append(state.referenced, p) };',
      '  for (const [id, c] of state.containers) if (c.active.includes(p)) return withContainer(state, id, { active: [p, ...c.active] });',
    ),
    kind: 'lru',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I4',
    claim: 'UsageIsLruSize',
    why: 'usage leaves out the inactive list',
    edits: inState('c.active.length + c.inactive.length;', 'c.active.length;'),
    kind: 'lru',
    scope: [1, 2, 2, 1],
  },
  {
    id: 'I5',
    claim: 'WithinLimit',
    why: 'a charge compares the usage before it with the limit',
    edits: inCharge('usage(state, c) + 1 <= limit', 'usage(state, c) <= limit'),
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I6',
    claim: 'ReclaimOnlyFromCharged',
    why: 'reclaim looks at the newest container instead of the charged one',
    edits: inReclaim(
      'of subtree(progress.state, c))',
      'of subtree(progress.state, Math.max(...progress.state.containers.keys())))',
    ),
    kind: 'contract',
    scope: [2, 1, 2, 0],
  },
  {
    id: 'I7',
    claim: 'PinnedNeverReclaimed',
    why: 'reclaim takes locked pages',
    edits: inReclaim('const candidates = owned.filter((p) => !pinned.has(p));', 'const candidates = owned;'),
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I8',
    claim: 'OomOnlyWhenNothingReclaimable',
    why: 'a single freed page is not taken for progress',
    edits: inCharge('progress.reclaimed.length > before;', 'progress.reclaimed.length > before + 1;'),
    kind: 'contract',
    scope: [1, 1, 3, 1],
  },
  {
    id: 'I10',
    claim: 'LastUnmapReleases',
    why: 'the last unmap releases nothing',
    edits: inUnmap('return isMapped(after, p) ? after : unlink(after, p);', 'return after;'),
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I11',
    claim: 'MoveKeepsCharges',
    why: 'a move lets go of what the task maps',
    edits: inTask(
      'done(withTask(state, t, { container: c })),',
      'done(withTask(endTask(state, t), t, { container: c, maps: [], pins: [] })),',
    ),
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I15',
    claim: 'NoInnocentCharge',
    why: 'a first touch is accounted to the container of the oldest task',
    edits: inPage(
      owner,
      '  const { container } = progress.state.tasks.get(Math.min(...progress.state.tasks.keys())) as Task;\n  const { active }',
    ),
    kind: 'contract',
    scope: [2, 2, 1, 0],
  },
  {
    id: 'T1',
    claim: 'ChargeTerminates',
    why: 'the victim of the OOM killer lives on',
    edits: inOom('state: endTask(progress.state, victim)', 'state: progress.state'),
    kind: 'contract',
    scope: [1, 2, 1, 0],
  },
  {
    id: 'I5b',
    claim: 'WithinLimitAfterCharge',
    why: 'only the limit of the charged container is looked at, not those above it',
    edits: inCharge(
      'return path(state, c).find((id) => !fits(state, id));',
      'return fits(state, c) ? undefined : c;',
    ),
    kind: 'contract',
    profile: 'linux-v2',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I9',
    claim: 'OomKillsOnlyMembers',
    why: 'the victim is sought in the whole tree, not below the container that refused',
    edits: inOom(
      'const candidates = tasksBelow(progress.state, c);',
      'const candidates = [...progress.state.tasks.keys()];',
    ),
    kind: 'contract',
    profile: 'linux-v1',
    scope: [2, 2, 1, 0],
  },
  {
    id: 'I12',
    claim: 'BusyWhileHolding',
    why: 'a container goes while another is in it',
    edits: inContainer(' || children(state, c).length > 0) return', ') return'),
    kind: 'contract',
    profile: 'linux-v1',
    scope: [2, 0, 0, 0],
  },
  {
    id: 'H2',
    claim: 'InnerContainersHoldNoTasks',
    why: 'a container with a task in it gets a child',
    edits: inContainer(
      "return state.profile.innerTasks === 'EBUSY' && members(state, parent).length > 0 ? 'EBUSY' : null;",
      'return null;',
    ),
    kind: 'contract',
    profile: 'linux-v2',
    scope: [2, 1, 0, 0],
  },
];

export const scopeOf = ({ scope: [containers, tasks, pages, limit] }: Planted): Scope => ({
  containers,
  tasks,
  pages,
  limit,
});

/** The checker's models over the mistaken specification. */
export interface PlantedModels {
  readonly atomic: Model<State>;
  readonly charge: Model<Grain>;
  /** Of the specification as it should be. */
  readonly twin: PackedTwin | null;
}

const rooms = ['model', 'checker', 'impl', 'lockstep', 'properties'];

/** Loads the models out of a copy with the mistake in it. @throws StaleMutant */
export const plantedModels = (mistake: Planted): Promise<PlantedModels> =>
  inCopy(rooms, mistake, async (folder) => {
    const asked: Asked = {
      kind: mistake.kind,
      profile: mistake.profile ?? 'letter',
      scope: scopeOf(mistake),
    };
    type Atomic = typeof import('../properties/scopes/controller-model.ts');
    type Charge = typeof import('../properties/scopes/charge-steps.ts');
    const { controllerModel } = await load<Atomic>(folder, 'properties/scopes/controller-model.ts');
    const { twinOf } = await load<typeof import('../properties/scopes/index.ts')>(
      folder,
      'properties/scopes/index.ts',
    );
    const { chargeModel } = await load<Charge>(folder, 'properties/scopes/charge-steps.ts');
    return { atomic: controllerModel(asked), charge: chargeModel(asked), twin: twinOf(asked) };
  });
