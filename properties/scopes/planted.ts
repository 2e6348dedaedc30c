// Mistakes planted in a copy of the specification, one a claim: the checker must find each, by a shortest trace.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Model } from '../../checker/model.ts';
import type { Scope, State } from '../../model/index.ts';
import type { Grain } from './charge-steps.ts';
import type { Asked } from './controller-model.ts';

export interface Planted {
  readonly id: string;
  readonly claim: string;
  /** The mistake, in words. */
  readonly why: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  readonly kind: Asked['kind'];
  /** A scope that shows it: containers, tasks, pages, limit. */
  readonly scope: readonly [number, number, number, number];
}

const owner = '  const { container } = progress.state.tasks.get(t) as Task;\n  const { active }';

export const planted: readonly Planted[] = [
  {
    id: 'I1',
    claim: 'OwnedIffMapped',
    why: 'a reclaimed page stays on the lists of its owner',
    file: 'reclaim.ts',
    text: 'unlink(forgetMappings(progress.state, p), p)',
    replacement: 'forgetMappings(progress.state, p)',
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I2',
    claim: 'FirstToucherOwns',
    why: 'a first touch is accounted to the oldest container',
    file: 'page.ts',
    text: owner,
    replacement: '  const container = Math.min(...progress.state.containers.keys());\n  const { active }',
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I3',
    claim: 'OnOneListOnce',
    why: 'a second touch links the page once more',
    file: 'page.ts',
    text: '  if (!state.referenced.includes(p)) return { ...state, referenced: append(state.referenced, p) };',
    replacement:
      '  for (const [id, c] of state.containers) if (c.active.includes(p)) return withContainer(state, id, { active: [p, ...c.active] });',
    kind: 'lru',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I4',
    claim: 'UsageIsLruSize',
    why: 'usage leaves out the inactive list',
    file: 'state.ts',
    text: 'c.active.length + c.inactive.length;',
    replacement: 'c.active.length;',
    kind: 'lru',
    scope: [1, 2, 2, 1],
  },
  {
    id: 'I5',
    claim: 'WithinLimit',
    why: 'a charge compares the usage before it with the limit',
    file: 'charge.ts',
    text: 'usage(state, c) + 1 <= limit',
    replacement: 'usage(state, c) <= limit',
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I6',
    claim: 'ReclaimOnlyFromCharged',
    why: 'reclaim looks at the newest container instead of the charged one',
    file: 'reclaim.ts',
    text: 'subtree(progress.state, c).flatMap',
    replacement: 'subtree(progress.state, Math.max(...progress.state.containers.keys())).flatMap',
    kind: 'contract',
    scope: [2, 1, 2, 0],
  },
  {
    id: 'I7',
    claim: 'PinnedNeverReclaimed',
    why: 'reclaim takes locked pages',
    file: 'reclaim.ts',
    text: 'const candidates = pinned.size === 0 ? owned : owned.filter((p) => !pinned.has(p));',
    replacement: 'const candidates = owned;',
    kind: 'contract',
    scope: [1, 1, 2, 1],
  },
  {
    id: 'I8',
    claim: 'OomOnlyWhenNothingReclaimable',
    why: 'a single freed page is not taken for progress',
    file: 'charge.ts',
    text: 'progress.reclaimed.length > before)',
    replacement: 'progress.reclaimed.length > before + 1)',
    kind: 'contract',
    scope: [1, 1, 3, 1],
  },
  {
    id: 'I10',
    claim: 'LastUnmapReleases',
    why: 'the last unmap releases nothing',
    file: 'unmap.ts',
    text: 'return isMapped(after, p) ? after : unlink(after, p);',
    replacement: 'return after;',
    kind: 'contract',
    scope: [1, 1, 1, 1],
  },
  {
    id: 'I11',
    claim: 'MoveKeepsCharges',
    why: 'a move lets go of what the task maps',
    file: 'task.ts',
    text: 'done(withTask(state, t, { container: c })),',
    replacement: 'done(withTask(endTask(state, t), t, { container: c, maps: [], pins: [] })),',
    kind: 'contract',
    scope: [2, 1, 1, 0],
  },
  {
    id: 'I15',
    claim: 'NoInnocentCharge',
    why: 'a first touch is accounted to the container of the oldest task',
    file: 'page.ts',
    text: owner,
    replacement:
      '  const { container } = progress.state.tasks.get(Math.min(...progress.state.tasks.keys())) as Task;\n  const { active }',
    kind: 'contract',
    scope: [2, 2, 1, 0],
  },
  {
    id: 'T1',
    claim: 'ChargeTerminates',
    why: 'the victim of the OOM killer lives on',
    file: 'oom.ts',
    text: 'state: endTask(progress.state, victim)',
    replacement: 'state: progress.state',
    kind: 'contract',
    scope: [1, 2, 1, 0],
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
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = ['model', 'checker', 'impl', 'lockstep', 'properties'];

/** Copies what the models are made of, edits one file, and loads the copy. The folder is gone afterwards. */
export async function plantedModels(mistake: Planted): Promise<PlantedModels> {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-planted-'));
  try {
    for (const room of rooms) {
      cpSync(join(root, room), join(folder, room), { recursive: true });
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, 'model', mistake.file);
    const parts = readFileSync(file, 'utf8').split(mistake.text);
    if (parts.length !== 2) {
      throw new Error(
        `${mistake.id}: ${parts.length - 1} places in model/${mistake.file} read: ${mistake.text}`,
      );
    }
    writeFileSync(file, parts.join(mistake.replacement));
    const load = (name: string) => import(pathToFileURL(join(folder, 'properties', 'scopes', name)).href);
    const asked: Asked = { kind: mistake.kind, profile: 'letter', scope: scopeOf(mistake) };
    const atomic = (await load('controller-model.ts')).controllerModel(asked);
    return { atomic, charge: (await load('charge-steps.ts')).chargeModel(asked) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
