// The packed twins equal the readable models: on every reachable state of small scopes, in every profile, the same successors, each as often, and every
// claim says the same of both.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, ModelDefect, type PackedTwin } from '../checker/index.ts';
import {
  type Container,
  initial,
  lru,
  newContainer,
  own,
  ownerOf,
  type Profile,
  type ProfileName,
  profileNames,
  profiles,
  ROOT,
  type Scope,
  type State,
  step,
  type Task,
} from '../model/index.ts';
import { type Asked, controllerModel, type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';
import { plainName } from '../properties/scopes/judging.ts';
import { Layout } from '../properties/scopes/layout.ts';
import { LruTwin } from '../properties/scopes/lru-twin.ts';
import { boundMoves } from '../properties/scopes/moves.ts';
import { fieldsOf } from '../properties/scopes/pack.ts';
import { showState } from '../properties/scopes/show.ts';
import { inCopy, load, type Mistake } from '../properties/subjects/plant.ts';
import { drawer } from './checker-models.ts';

/** Between them: two of each, three pages (two words packed), a limit that can be passed by one and by two. */
const scopes: Scope[] = [
  { containers: 1, tasks: 2, pages: 2, limit: 2 },
  { containers: 2, tasks: 1, pages: 2, limit: 1 },
  { containers: 1, tasks: 1, pages: 3, limit: 2 },
  { containers: 2, tasks: 2, pages: 1, limit: 1 },
];

/** Containers within containers: two of them, and a chain of three. */
const trees: Scope[] = [
  { containers: 2, tasks: 1, pages: 1, limit: 1 },
  { containers: 2, tasks: 2, pages: 1, limit: 0 },
  { containers: 3, tasks: 1, pages: 1, limit: 0 },
];

/** States of these scopes, flat, by model and profile: other scopes and profiles than the table of SEMANTICS, pinned. */
const states: Record<ModelKind, Record<ProfileName, number[]>> = {
  contract: {
    letter: [401, 520, 113, 898],
    'v3.1': [401, 520, 113, 898],
    'linux-v1': [233, 688, 59, 1_066],
    'linux-v2': [233, 1_048, 59, 1_330],
  },
  lru: {
    letter: [4_385, 2_296, 2_301, 1_690],
    'v3.1': [4_385, 2_296, 3_453, 2_746],
    'linux-v1': [3_761, 9_128, 2_193, 3_946],
    'linux-v2': [1_985, 12_504, 837, 4_474],
  },
};

/** Scopes of fewer states are judged by all claims: in every profile one at least of two containers, and one of two tasks. */
const JUDGED = 2_500;

/** Scopes this small have a twin. */
function both(asked: Asked) {
  const { model, twin } = modelAndTwin(asked);
  if (!twin) throw new Error('no twin');
  return { model, twin };
}

for (const kind of ['contract', 'lru'] as const) {
  for (const profile of profileNames) {
    test(`${kind} ${profile}: words and specification agree on every state`, async () => {
      const found: number[] = [];
      for (const [k, scope] of scopes.entries()) {
        const { model, twin } = both({ kind, profile, scope, flat: true });
        // Every claim on every step; where there are too many for that, the steps alone.
        const judged = states[kind][profile][k] < JUDGED ? {} : { claims: [] };
        const report = await check(model, { twin, proveTwin: true, ...judged });
        assert.equal([report.engine, report.twinProved, report.verdict], ['twin', true, 'holds']);
        found.push(report.states);
      }
      assert.equal(found, states[kind][profile]);
    });

    test(`${kind} ${profile}: the images of packed states are the images of readable ones`, () => {
      for (const scope of scopes) sameImages({ kind, profile, scope, flat: true });
      if (profiles[profile].hierarchy === 'nested')
        for (const scope of trees) sameImages({ kind, profile, scope });
    });
  }
}

/** Walks some states and compares every renaming of each in both forms. */
function sameImages(asked: Asked): void {
  const { model, twin } = both(asked);
  const symmetries = model.symmetries ?? [];
  assert.is(twin.images, symmetries.length);
  const words = new Uint32Array(model.width);
  const ours = new Uint32Array(model.width);
  const theirs = new Uint32Array(model.width);
  let frontier: Uint32Array[] = [words.slice()];
  for (let depth = 0; depth < 6; depth++) {
    const next: Uint32Array[] = [];
    for (const state of frontier) {
      symmetries.forEach((symmetry, s) => {
        model.pack(symmetry(model.unpack(state, 0)), ours, 0);
        twin.image?.(state, 0, theirs, s);
        assert.equal(theirs, ours);
      });
      twin.successors(state, 0, words, () => next.push(words.slice()));
    }
    frontier = next.filter((_, i) => i % Math.ceil(next.length / 40) === 0);
  }
}

/** Any three containers within each other, their lists full of pages: not all are reachable, but the rules hold for all. */
function drawnTree(
  profile: Profile,
  { containers, tasks, pages }: Scope,
  draw: (n: number) => number,
): State {
  const all = [...initial(profile).containers.keys()];
  const made = new Map([[ROOT, newContainer(null)]]);
  for (let n = 0; n < containers; n++) {
    const left = Array.from({ length: containers }, (_, c) => c).filter((c) => !made.has(c));
    const c = left[draw(left.length)];
    made.set(c, { ...newContainer(all[Math.max(0, all.length - 1 - draw(2))]), limit: BigInt(draw(4)) });
    all.push(c);
  }
  const living = Array.from(
    { length: tasks },
    (): Task => ({ container: draw(containers), maps: [], pins: [] }),
  );
  const referenced: number[] = [];
  for (let p = 0; p < pages; p++) {
    if (draw(5) === 0) continue;
    const owner = all[draw(all.length)];
    const list = draw(2) === 0 ? 'active' : 'inactive';
    const c = made.get(owner) as Container;
    made.set(owner, { ...c, [list]: [p, ...c[list]] });
    const t = draw(tasks);
    const pins = draw(4) === 0 ? [...living[t].pins, p] : living[t].pins;
    living[t] = { ...living[t], maps: [...living[t].maps, p], pins };
    if (draw(3) === 0) referenced.push(p);
  }
  return { ...initial(profile), containers: made, tasks: new Map(living.entries()), referenced };
}

/** A batch of 1 and of 2 shows what no small scope does: the order of the rounds, where the batch ends, the heads of a removed container's pages. */
for (const profile of ['linux-v1', 'linux-v2'] as const) {
  for (const reclaimBatch of [1, 2]) {
    test(`lru ${profile}, a batch of ${reclaimBatch}: words and specification agree on drawn trees`, () => {
      const rules = { ...profiles[profile], reclaimBatch };
      const scope = { containers: 3, tasks: 2, pages: 6, limit: 3 };
      const layout = new Layout(scope, { root: true, nested: true, lists: true });
      const twin = new LruTwin(rules, scope);
      const moves = boundMoves(scope, true);
      const packed = (state: State): Uint32Array => {
        const fields = new Int32Array(layout.size);
        const words = new Uint32Array(layout.width);
        fieldsOf(layout, state, fields);
        layout.pack(fields, words, 0);
        return words;
      };
      const draw = drawer(reclaimBatch);
      const out = new Uint32Array(layout.width);
      const met = { reclaimsOfTwo: 0, passes: 0 };
      for (let n = 0; n < 40; n++) {
        const state = drawnTree(rules, scope, draw);
        const next = moves.map(({ move }) => step(state, move, lru));
        const refused = next.filter(({ outcome }, m) => isRefused(outcome, moves[m].name));
        const count = twin.successors(packed(state), 0, out, (m) =>
          assert.equal(out, packed(next[m].state), `${moves[m].move.join(' ')} in ${showState(state)}`),
        );
        assert.is(count, refused.length, showState(state));
        next.forEach(({ reclaimed, outcome }, m) => {
          if (new Set(reclaimed.map((p) => ownerOf(state, p))).size > 1) met.reclaimsOfTwo++;
          const [name, c] = moves[m].move;
          if (name === 'rmdir' && outcome === 'ok' && own(state.containers.get(Number(c))!) > 1) met.passes++;
        });
      }
      assert.ok(met.passes > 0, 'no container left two pages to its parent');
      assert.ok(met.reclaimsOfTwo > 0, 'no move took pages of two containers');
    });
  }
}

/** A lowering that ends EBUSY may have changed the lists: a step, too. */
const isRefused = (outcome: string, name: string): boolean =>
  outcome !== 'ok' && outcome !== 'KILLED' && !(outcome === 'EBUSY' && name === 'setLimit');

/** Claims that say what is not so, one of each kind, and one that is asked too seldom. */
const wrong: (Mistake & { claim: string; found: boolean })[] = [
  {
    id: 'a step',
    claim: 'WithinLimitAfterCharge',
    edits: [
      {
        file: 'properties/claims/charges.ts',
        from: 'met = MET;\n      if (!after.isOver(slot)) continue;',
        to: 'met = MET;\n      if (after.usage[slot] < after.limit[slot]) continue;',
      },
    ],
    found: true,
  },
  {
    id: 'a state',
    claim: 'UsageIsLruSize',
    edits: [
      {
        file: 'properties/claims/ownership.ts',
        from: 'if (after.usage[slot] !== size)',
        to: 'if (size > 1)',
      },
    ],
    found: true,
  },
  {
    id: 'a refusal',
    claim: 'RefusalChangesNothing',
    edits: [
      {
        file: 'properties/claims/charges.ts',
        from: 'if (isKill(step)) return `the refused',
        to: "if (move[0] === 'fork') return `the refused",
      },
    ],
    found: true,
  },
  {
    id: 'the end of a run',
    claim: 'NothingLeaks',
    edits: [
      {
        file: 'properties/claims/ownership.ts',
        from: 'if (after.exists[slot] && slot !== after.size.containers)',
        to: 'if (before.mapcount[slot] > 1)',
      },
    ],
    found: true,
  },
  {
    id: 'when it is asked',
    claim: 'NoInnocentCharge',
    edits: [
      {
        file: 'properties/claims/charges.ts',
        from: "needs: ['usage', 'tasks'],\n  asked: CHARGES,",
        to: "needs: ['usage', 'tasks'],\n  asked: KILLS,",
      },
    ],
    found: false,
  },
];

const asked: Asked = { kind: 'contract', profile: 'letter', scope: scopes[0] };

for (const { id, claim, found, ...mistake } of wrong) {
  test(`a wrong claim about ${id} falls on words and on the readable model alike`, async () => {
    const made = await inCopy(
      ['model', 'checker', 'impl', 'lockstep', 'properties'],
      { id, ...mistake },
      (folder) => load<typeof import('../properties/scopes/index.ts')>(folder, 'properties/scopes/index.ts'),
    );
    const { model, twin } = made.modelAndTwin(asked);
    if (!twin) throw new Error('no twin');
    const slow = await check(model);
    const fast = await check(model, { twin });
    assert.equal([slow.engine, fast.engine], ['readable', found ? 'twin' : 'readable']);
    assert.is(slow.counterexample && plainName(slow.counterexample.claim), found ? claim : null);
    assert.equal(fast.counterexamples, slow.counterexamples);
    assert.equal(fast.claims, slow.claims);
    if (!found) assert.match(fast.twinDiffers ?? '', claim);
  });
}

test('a twin that is wrong in one place is found out', async () => {
  const asked: Asked = { kind: 'lru', profile: 'letter', scope: scopes[0] };
  const { twin } = both(asked);
  const model = controllerModel(asked);
  const evict = model.moves.findIndex(({ name }) => name === 'evict');
  const wrong: PackedTwin = {
    width: twin.width,
    initial: (words, at) => twin.initial(words, at),
    successors: (words, at, out, emit) =>
      twin.successors(words, at, out, (move) => {
        if (move === evict) out.set(words.subarray(at, at + twin.width));
        emit(move);
      }),
  };
  try {
    await check(model, { twin: wrong, claims: [], proveTwin: true });
    assert.unreachable('the wrong twin passed');
  } catch (error) {
    assert.instance(error, ModelDefect);
    assert.match((error as Error).message, 'the twin differs');
    assert.match((error as Error).message, 'evict');
  }
});

test.run();
