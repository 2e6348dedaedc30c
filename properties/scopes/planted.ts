// Mistakes planted in a copy of the specification, one a claim: the checker must find each, by a shortest trace.

import type { Model, PackedTwin } from '../../checker/model.ts';
import type { ProfileName, Scope, State } from '../../model/index.ts';
import { inCopy, load, type Mistake } from '../subjects/plant.ts';
import type { Grain } from './charge-steps.ts';
import type { Asked } from './controller-model.ts';

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

const owner = '  const { container } = progress.state.tasks.get(t) as Task;\n  const { active }';

export const planted: readonly Planted[] = [
  {
    id: 'I1',
    claim: 'OwnedIffMapped',
    why: 'a reclaimed page stays on the lists of its owner',
    edits: [
      {
        file: 'model/reclaim.ts',
        from: 'unlink(forgetMappings(progress.state, p), p)',
        to: 'forgetMappings(progress.state, p)',
      },
    ],
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I2',
    claim: 'FirstToucherOwns',
    why: 'a first touch is accounted to the oldest container',
    edits: [
      {
        file: 'model/page.ts',
        from: owner,
        to: '  const container = Math.min(...progress.state.containers.keys());\n  const { active }',
      },
    ],
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I3',
    claim: 'OnOneListOnce',
    why: 'a second touch links the page once more',
    edits: [
      {
        file: 'model/page.ts',
        from: '  if (!state.referenced.includes(p)) return { ...state, referenced: append(state.referenced, p) };',
        to: '  for (const [id, c] of state.containers) if (c.active.includes(p)) return withContainer(state, id, { active: [p, ...c.active] });',
      },
    ],
    kind: 'lru',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I4',
    claim: 'UsageIsLruSize',
    why: 'usage leaves out the inactive list',
    edits: [{ file: 'model/state.ts', from: 'c.active.length + c.inactive.length;', to: 'c.active.length;' }],
    kind: 'lru',
    scope: [1, 2, 2, 1],
  },
  {
    id: 'I5',
    claim: 'WithinLimit',
    why: 'a charge compares the usage before it with the limit',
    edits: [
      { file: 'model/charge.ts', from: 'usage(state, c) + 1 <= limit', to: 'usage(state, c) <= limit' },
    ],
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I6',
    claim: 'ReclaimOnlyFromCharged',
    why: 'reclaim looks at the newest container instead of the charged one',
    edits: [
      {
        file: 'model/reclaim.ts',
        from: 'subtree(progress.state, c).flatMap',
        to: 'subtree(progress.state, Math.max(...progress.state.containers.keys())).flatMap',
      },
    ],
    kind: 'contract',
    scope: [2, 1, 2, 0],
  },
  {
    id: 'I7',
    claim: 'PinnedNeverReclaimed',
    why: 'reclaim takes locked pages',
    edits: [
      {
        file: 'model/reclaim.ts',
        from: 'const candidates = pinned.size === 0 ? owned : owned.filter((p) => !pinned.has(p));',
        to: 'const candidates = owned;',
      },
    ],
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I8',
    claim: 'OomOnlyWhenNothingReclaimable',
    why: 'a single freed page is not taken for progress',
    edits: [
      {
        file: 'model/charge.ts',
        from: 'progress.reclaimed.length > before)',
        to: 'progress.reclaimed.length > before + 1)',
      },
    ],
    kind: 'contract',
    scope: [1, 1, 3, 1],
  },
  {
    id: 'I10',
    claim: 'LastUnmapReleases',
    why: 'the last unmap releases nothing',
    edits: [
      {
        file: 'model/unmap.ts',
        from: 'return isMapped(after, p) ? after : unlink(after, p);',
        to: 'return after;',
      },
    ],
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I11',
    claim: 'MoveKeepsCharges',
    why: 'a move lets go of what the task maps',
    edits: [
      {
        file: 'model/task.ts',
        from: 'done(withTask(state, t, { container: c })),',
        to: 'done(withTask(endTask(state, t), t, { container: c, maps: [], pins: [] })),',
      },
    ],
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I15',
    claim: 'NoInnocentCharge',
    why: 'a first touch is accounted to the container of the oldest task',
    edits: [
      {
        file: 'model/page.ts',
        from: owner,
        to: '  const { container } = progress.state.tasks.get(Math.min(...progress.state.tasks.keys())) as Task;\n  const { active }',
      },
    ],
    kind: 'contract',
    scope: [2, 2, 1, 0],
  },
  {
    id: 'T1',
    claim: 'ChargeTerminates',
    why: 'the victim of the OOM killer lives on',
    edits: [
      { file: 'model/oom.ts', from: 'state: endTask(progress.state, victim)', to: 'state: progress.state' },
    ],
    kind: 'contract',
    scope: [1, 2, 1, 0],
  },
  {
    id: 'I5b',
    claim: 'WithinLimitAfterCharge',
    why: 'only the limit of the charged container is looked at, not those above it',
    edits: [
      {
        file: 'model/charge.ts',
        from: 'return path(state, c).find((id) => !fits(state, id));',
        to: 'return fits(state, c) ? undefined : c;',
      },
    ],
    kind: 'contract',
    profile: 'linux-v2',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I9',
    claim: 'OomKillsOnlyMembers',
    why: 'the victim is sought in the whole tree, not below the container that refused',
    edits: [
      {
        file: 'model/oom.ts',
        from: 'const candidates = tasksBelow(progress.state, c);',
        to: 'const candidates = [...progress.state.tasks.keys()];',
      },
    ],
    kind: 'contract',
    profile: 'linux-v1',
    scope: [2, 2, 1, 0],
  },
  {
    id: 'I12',
    claim: 'BusyWhileHolding',
    why: 'a container goes while another is in it',
    edits: [
      { file: 'model/container.ts', from: ' || children(state, c).length > 0) return', to: ') return' },
    ],
    kind: 'contract',
    profile: 'linux-v1',
    scope: [2, 0, 0, 0],
  },
  {
    id: 'H2',
    claim: 'InnerContainersHoldNoTasks',
    why: 'a container with a task in it gets a child',
    edits: [
      {
        file: 'model/container.ts',
        from: "return state.profile.innerTasks === 'EBUSY' && members(state, parent).length > 0 ? 'EBUSY' : null;",
        to: 'return null;',
      },
    ],
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
    type Atomic = typeof import('./controller-model.ts');
    type Charge = typeof import('./charge-steps.ts');
    const { controllerModel } = await load<Atomic>(folder, 'properties/scopes/controller-model.ts');
    const { twinOf } = await load<typeof import('./index.ts')>(folder, 'properties/scopes/index.ts');
    const { chargeModel } = await load<Charge>(folder, 'properties/scopes/charge-steps.ts');
    return { atomic: controllerModel(asked), charge: chargeModel(asked), twin: twinOf(asked) };
  });
