// The LRU spec refines the contract, reclaim fails exactly when all is pinned, the controller is the LRU spec, and every charge ends.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type PackedTwin } from '../checker/index.ts';
import {
  type Container,
  initial,
  lru,
  newContainer,
  profileNames,
  profiles,
  ROOT,
  type State,
  type Task,
} from '../model/index.ts';
import { chargeModel } from '../properties/scopes/charge-steps.ts';
import { controllerModel, modelAndTwin } from '../properties/scopes/index.ts';
import { ControllerLockstep } from '../properties/scopes/lockstep.ts';
import { LruTwin } from '../properties/scopes/lru-twin.ts';
import { bound } from '../properties/scopes/moves.ts';

const small = { containers: 1, tasks: 2, pages: 2, limit: 1 };

for (const profile of profileNames) {
  test(`${profile}: every step of the LRU spec is one of the contract`, async () => {
    const { model } = modelAndTwin({ kind: 'lru', profile, scope: small, refine: true });
    const claims = model.claims
      .map(({ name }) => name)
      .filter((name) => /^(Refines|ReclaimFails)/.test(name));
    const report = await check(model, { claims });
    assert.is(report.counterexample, null);
    assert.ok(report.claims.find(({ name }) => name === 'RefinesContract')?.met);
    // No scope this small shows the bounded scan of v3.1 giving up.
    assert.is(report.reached.find(({ name }) => name.endsWith('@known'))?.count ?? 0, 0);
  });

  test(`${profile}: the controller is the LRU spec on every reachable step`, async () => {
    const { model, twin } = modelAndTwin({ kind: 'lru', profile, scope: small, impl: 'controller' });
    const report = await check(model, twin ? { twin } : {});
    assert.is(report.counterexample, null);
    assert.is(report.claims[0].met, report.states);
  });
}

/** Two containers, one perhaps within the other. The larger ones, 2/2/2/1 and 3/1/2/1, were run by hand: docs/checker.md. */
for (const [profile, states] of [
  ['linux-v1', 1_118],
  ['linux-v2', 580],
] as const) {
  const scope = { containers: 2, tasks: 1, pages: 1, limit: 1 };
  test(`${profile}, nested: every claim holds, the LRU spec refines the contract, the controller is the LRU spec`, async () => {
    const { model } = modelAndTwin({ kind: 'lru', profile, scope, refine: true });
    const all = await check(model, {});
    assert.equal([all.states, all.counterexample], [states, null]);
    const metIn = (name: string) => all.claims.find((row) => row.name === name)?.met ?? 0;
    assert.ok(metIn('RefinesContract') > 0);
    assert.is(metIn('InnerContainersHoldNoTasks') > 0, profile === 'linux-v2');
    assert.ok(all.reached.some(({ name, count }) => name === 'RefusedByAnAncestor' && count > 0));
    const against = modelAndTwin({ kind: 'lru', profile, scope, impl: 'controller' });
    const lockstep = await check(against.model, { twin: against.twin as PackedTwin });
    assert.equal([lockstep.counterexample, lockstep.claims[0].met], [null, states]);
  });
}

test('a controller that asks only the leaf for room is told from the tree', () => {
  const scope = { containers: 2, tasks: 1, pages: 1, limit: 0 };
  const { moves } = controllerModel({ kind: 'lru', profile: 'linux-v1', scope });
  // The letter's controller: containers within others are names only.
  const lockstep = new ControllerLockstep('letter', scope, moves.map(bound));
  const top: Container = { ...newContainer(ROOT), limit: 0n };
  const inner: Container = newContainer(0);
  const task: Task = { container: 1, maps: [], pins: [] };
  const state: State = {
    ...initial(profiles['linux-v1']),
    containers: new Map([
      [ROOT, newContainer(null)],
      [1, inner],
      [0, top],
    ]),
    tasks: new Map([[0, task]]),
  };
  assert.ok(lockstep.part(state));
  assert.is(new ControllerLockstep('linux-v1', scope, moves.map(bound)).part(state), null);
});

test('a specification of another profile is told from the controller', async () => {
  const { model } = modelAndTwin({ kind: 'lru', profile: 'letter', scope: small, impl: 'controller' });
  const other = controllerModel({ kind: 'lru', profile: 'v3.1', scope: small });
  const report = await check({ ...other, claims: model.claims }, {});
  assert.is(report.counterexample?.claim, 'EqualsSpec');
});

test('what a fault leaves behind is not held against the next state', () => {
  const { model } = modelAndTwin({ kind: 'lru', profile: 'letter', scope: small });
  // The controller lets everything in at limit 0, the specification nothing.
  const lockstep = new ControllerLockstep('v3.1', small, model.moves.map(bound));
  const c = { ...newContainer(null), limit: 0n };
  const idle: Task = { container: 0, maps: [], pins: [] };
  const full: State = { ...initial(), containers: new Map([[0, c]]), tasks: new Map([[0, idle]]) };
  assert.match(lockstep.part(full)?.witness ?? '', /^after touch 0 0: /);
  assert.is(lockstep.part(initial()), null);
});

const orders = (pages: number[]): number[][] =>
  pages.length === 0
    ? [[]]
    : pages.flatMap((p) => orders(pages.filter((q) => q !== p)).map((rest) => [p, ...rest]));

const some = (mask: number): number[] => [0, 1, 2, 3].filter((p) => mask & (1 << p));

/** c0 full with four pages, in every order, split in every place, with every set of bits and of pins. */
function* fullContainers(): Generator<{ state: State; pins: number }> {
  for (const order of orders([0, 1, 2, 3])) {
    for (let split = 0; split <= 4; split++) {
      const lists = { active: order.slice(0, split), inactive: order.slice(split) };
      const c = { ...newContainer(null), limit: 4n, ...lists };
      for (let bits = 0; bits < 16; bits++) {
        for (let pins = 0; pins < 16; pins++) {
          const task: Task = { container: 0, maps: [0, 1, 2, 3], pins: some(pins) };
          const from = initial();
          yield {
            pins,
            state: {
              ...from,
              containers: new Map([[0, c]]),
              tasks: new Map([[0, task]]),
              referenced: some(bits),
            },
          };
        }
      }
    }
  }
}

test('of all 30,720 contents of lists of four pages, reclaim fails on those that are all pinned, in at most 5 passes', () => {
  const scope = { containers: 1, tasks: 1, pages: 5, limit: 4 };
  const model = controllerModel({ kind: 'lru', profile: 'letter', scope });
  const twin = new LruTwin(profiles.letter, scope);
  const touch = model.moves.findIndex(({ name, args }) => name === 'touch' && args[1] === 4);
  const words = new Uint32Array(model.width);
  const out = new Uint32Array(model.width);
  let contents = 0;
  for (const { state, pins } of fullContainers()) {
    contents++;
    const taken = lru.reclaim(state, 0, []).pages.length;
    if (taken !== (pins === 15 ? 0 : 1)) assert.unreachable(model.show?.(state));
    model.pack(state, words, 0);
    twin.successors(words, 0, out, (m) => {
      if (m !== touch) return;
      const { tasks } = model.unpack(out, 0);
      if (tasks.has(0) !== (pins !== 15)) assert.unreachable(`on words: ${model.show?.(state)}`);
    });
  }
  assert.is(contents, 30_720);
  assert.is(twin.passes, 5);
});

test('the bounded scan of v3.1 gives up on 8,191 pages, all but the newest pinned', () => {
  const pages = Array.from({ length: 8191 }, (_, p) => p);
  const gaveUp = (profile: 'letter' | 'v3.1'): boolean => {
    const task: Task = { container: 0, maps: pages, pins: pages.slice(1) };
    const c = { ...newContainer(null), inactive: pages };
    const from = initial(profiles[profile]);
    const state: State = {
      ...from,
      containers: new Map([[0, c]]),
      tasks: new Map([[0, task]]),
      referenced: [0],
    };
    return lru.reclaim(state, 0, [0]).pages.length === 0;
  };
  assert.is(gaveUp('v3.1'), true);
  assert.is(gaveUp('letter'), false);
});

test('every charge ends, unless the loop is fed with members for ever', async () => {
  const asked = { kind: 'contract' as const, profile: 'letter' as const, scope: { ...small, pages: 1 } };
  const holds = await check(chargeModel(asked), {});
  assert.is(holds.verdict, 'holds');
  assert.ok(holds.claims[0].met > 0);
  const tree = {
    ...asked,
    profile: 'linux-v1' as const,
    scope: { containers: 2, tasks: 2, pages: 1, limit: 0 },
  };
  const nested = await check(chargeModel(tree), {});
  assert.equal([nested.verdict, nested.claims[0].met > 0], ['holds', true]);
  const fed = await check(chargeModel({ ...asked, fed: true }), {});
  assert.is(fed.counterexample?.claim, 'ChargeTerminates');
  assert.ok(fed.counterexample?.loop !== undefined);
});

test.run();
