// The reduction: on and off, the same verdict and the same states at rest in every scope; and it does leave states out.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Model } from '../checker/index.ts';
import { isQuiescent } from '../model/protocol/index.ts';
import { scopeOf, scopes, type Watched, watchedModel } from '../properties/races/protocol/index.ts';

/** All claims but T1, which needs every step; and the states at rest that the search has seen. */
async function explore(model: Model<Watched>, reduction: boolean) {
  const atRest = new Set<string>();
  const collect = (state: Watched) => {
    if (isQuiescent(state.machine)) {
      const words = new Uint32Array(model.width);
      model.pack(state, words, 0);
      atRest.add(words.join());
    }
    return { met: true, violation: null };
  };
  const claims = model.claims.filter(({ kind }) => kind !== 'temporal');
  const spied: Model<Watched> = {
    ...model,
    claims: [
      ...claims,
      { kind: 'state', name: 'AtRest', claim: 'States at rest are collected.', judge: collect },
    ],
  };
  const report = await check(spied, { reduction });
  return { report, atRest };
}

for (const scope of [scopeOf(2, 2, 1, 1), ...scopes]) {
  test(`${scope.name}: same verdict, same states at rest`, async () => {
    const full = await explore(watchedModel(scope, { history: false }), false);
    const reduced = await explore(watchedModel(scope, { history: false }), true);
    assert.is(full.report.verdict, 'holds');
    assert.is(reduced.report.verdict, 'holds', JSON.stringify(reduced.report.counterexample));
    assert.equal([...reduced.atRest].sort(), [...full.atRest].sort());
    assert.ok(full.atRest.size > 1);
    assert.ok(reduced.report.states <= full.report.states);
  });
}

test('histories too: the same set of explanations at every rest', async () => {
  for (const name of ['two charges', 'fork']) {
    const scope = scopes.find((one) => one.name === name)!;
    const full = await explore(watchedModel(scope), false);
    const reduced = await explore(watchedModel(scope), true);
    assert.is(reduced.report.verdict, 'holds');
    assert.equal([...reduced.atRest].sort(), [...full.atRest].sort());
  }
});

test.run();
