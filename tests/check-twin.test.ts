// The packed twins equal the readable models: on every reachable state of small scopes, in every profile, the same successors, each as often.

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
import { Layout } from '../properties/scopes/layout.ts';
import { LruTwin } from '../properties/scopes/lru-twin.ts';
import { boundMoves } from '../properties/scopes/moves.ts';
import { fieldsOf } from '../properties/scopes/pack.ts';
import { showState } from '../properties/scopes/show.ts';
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
      for (const scope of scopes) {
        const { model, twin } = both({ kind, profile, scope, flat: true });
        const report = await check(model, { twin, claims: [], proveTwin: true });
        assert.ok(report.twinProved);
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
