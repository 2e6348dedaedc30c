// `check --impl controller` judges the controller on packed states: that says what the readable lockstep says, and nothing that can be seen is left out.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type StateClaim } from '../checker/index.ts';
import { Controller } from '../impl/controller/index.ts';
import { EQUALS_SPEC } from '../lockstep/index.ts';
import { type ProfileName, profiles, type Scope, type State } from '../model/index.ts';
import { mutantNamed } from '../mutants/index.ts';
import { controllerModel, isNested } from '../properties/scopes/index.ts';
import { Layout } from '../properties/scopes/layout.ts';
import { ControllerLockstep } from '../properties/scopes/lockstep.ts';
import { LruTwin } from '../properties/scopes/lru-twin.ts';
import { bound } from '../properties/scopes/moves.ts';
import { PackedController } from '../properties/scopes/packed-controller.ts';
import { LruTwinOfController } from '../properties/scopes/packed-lockstep.ts';
import { Trail } from '../properties/scopes/trail.ts';
import { loadController } from '../properties/subjects/load.ts';

const one: Scope = { containers: 1, tasks: 2, pages: 1, limit: 1 };
const two: Scope = { containers: 2, tasks: 1, pages: 1, limit: 1 };
const lists: Scope = { containers: 1, tasks: 1, pages: 2, limit: 0 };

/** Searches a small scope with a controller; in every state the packed judge must find what the readable lockstep finds. */
async function judged(
  profile: ProfileName,
  scope: Scope,
  Class: typeof Controller,
  more: { readonly patience?: number; readonly depth?: number } = {},
) {
  const asked = { kind: 'lru', profile, scope, impl: 'controller' } as const;
  const model = controllerModel(asked);
  const lockstep = new ControllerLockstep(profile, scope, model.moves.map(bound), Class);
  const witnesses: string[] = [];
  const claim: StateClaim<State> = {
    kind: 'state',
    name: EQUALS_SPEC,
    claim: 'The controller answers and looks as the LRU spec does.',
    judge: (state) => {
      const violation = lockstep.part(state)?.witness ?? null;
      if (violation !== null) witnesses.push(violation);
      return { met: true, violation };
    },
  };
  const twin = new LruTwinOfController(profiles[profile], scope, isNested(asked), Class);
  const options = { twin, proveTwin: true, keepGoing: true, ...more };
  const report = await check({ ...model, claims: [claim] }, options);
  return { report, witnesses };
}

/** A mistake for each thing that is compared. */
const mistakes: readonly (readonly [id: string, scope: Scope, says: RegExp])[] = [
  ['A22', one, /after exit 0: usage of c0 is/],
  ['B14', one, /the specification says KILLED/],
  ['B17', one, /container of t. is root/],
  ['C1', one, /failcnt of c0/],
  ['C4', one, /limit of c0/],
  ['C6', one, /the answer is ok, the specification says EBUSY/],
  ['C13', one, /owner of p0/],
  ['N5', one, /the victims are/],
  ['N6', one, /active list of c0/],
  ['N13', one, /lock on p0/],
  ['N15', one, /page 0 counts/],
  ['N17', one, /the reclaimed pages are/],
  ['P5', two, /usage of root/],
  ['P15', two, /after mkdir/],
];

for (const [id, scope, says] of mistakes) {
  test(`${id}: packed and readable lockstep part in the same states`, async () => {
    const mutant = mutantNamed(id);
    assert.ok(mutant);
    const Class = await loadController(mutant);
    const { report, witnesses } = await judged(mutant.profile ?? 'letter', scope, Class);
    assert.is(report.verdict, 'violated');
    assert.ok(
      witnesses.some((witness) => says.test(witness)),
      witnesses.join('\n'),
    );
  });
}

test('at a depth bound, too, every move is taken from every state', async () => {
  const mutant = mutantNamed('B14');
  const Class = await loadController(mutant ?? null);
  const { report } = await judged('letter', one, Class);
  const depth = report.counterexample?.trace.length;
  assert.ok(depth);
  const bounded = await judged('letter', one, Class, { depth });
  assert.is(bounded.report.verdict, 'violated');
});

test('a controller that throws is told with the move at which it does', async () => {
  class Throws extends Controller {
    override exit(): number {
      throw new Error('not yet');
    }
  }
  const { report } = await judged('letter', one, Throws);
  assert.is(report.counterexample?.witness, 'at exit 0 the controller throws Error: not yet');
});

test('a controller that does not come back is what was found, not a defect of the model', async () => {
  class Hangs extends Controller {
    override rmdir(c: number): number {
      while (c === 0 && this.usage(0) === 0);
      return super.rmdir(c);
    }
  }
  const { report } = await judged('letter', one, Hangs, { patience: 300 });
  assert.is(report.counterexample?.claim, EQUALS_SPEC);
  assert.match(report.counterexample?.witness ?? '', /does not come back|no answer/);
});

/** The packed words of every reachable state. */
function* reachable(twin: LruTwin): Generator<Uint32Array> {
  const first = new Uint32Array(twin.width);
  const out = new Uint32Array(twin.width);
  twin.initial(first, 0);
  const known = new Map([[first.join(), first]]);
  for (const words of known.values()) {
    yield words;
    twin.successors(words, 0, out, () => {
      if (!known.has(out.join())) known.set(out.join(), out.slice());
    });
  }
}

for (const [profile, scope] of [
  ['letter', one],
  ['letter', lists],
  ['linux-v2', two],
] as const) {
  test(`${profile} ${Object.values(scope).join('/')}: a controller that was put into a state looks like this one, and like no other`, () => {
    const { root, hierarchy } = profiles[profile];
    const layout = new Layout(scope, { root, nested: hierarchy === 'nested', lists: true });
    const states = [...reachable(new LruTwin(profiles[profile], scope))].map((words) => {
      const fields = new Int32Array(layout.size);
      layout.unpack(words, 0, fields);
      return fields;
    });
    for (const order of ['ascending', 'descending'] as const) {
      const packed = new PackedController(layout, order);
      const k = new Controller(profile);
      const trail = new Trail(new Int32Array(layout.size), layout.slots);
      for (const state of states) {
        packed.load(k, state);
        assert.is(k.verify(), null);
        const like = states.filter((other) => packed.isAs(k, other, trail));
        assert.ok(like.length === 1 && like[0] === state);
        packed.unload(k);
      }
      packed.load(k, states[1]);
      trail.counted = true;
      for (const counts of [trail.failcnt, trail.reclaims]) {
        assert.ok(packed.isAs(k, states[1], trail));
        counts[0] = 1;
        assert.not(packed.isAs(k, states[1], trail));
        counts[0] = 0;
      }
    }
  });
}

test.run();
