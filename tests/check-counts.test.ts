// The checker finds exactly the states, transitions, refusals, depth and orbits that SEMANTICS section 10 lists, on the packed twins and on the readable model.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckOptions, check, type Report } from '../checker/index.ts';
import type { ProfileName, Scope } from '../model/index.ts';
import { type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';

const scopeOf = (text: string): Scope => {
  const [containers, tasks, pages, limit] = text.split('/').map(Number);
  return { containers, tasks, pages, limit };
};

const asked = (kind: ModelKind, scope: string, profile: ProfileName = 'letter') => ({
  kind,
  profile,
  scope: scopeOf(scope),
});

async function onWords(kind: ModelKind, scope: string, options: CheckOptions = {}): Promise<Report> {
  const { model, twin } = modelAndTwin(asked(kind, scope));
  assert.ok(twin);
  return await check(model, { twin: twin!, claims: [], ...options });
}

const countsOf = ({ states, transitions, refused, depth }: Report) => [states, transitions, refused, depth];

const table: [kind: ModelKind, scope: string, counts: number[], orbits?: number][] = [
  ['contract', '1/1/1/1', [13, 92, 90, 5]],
  ['contract', '1/2/2/2', [401, 8_623, 7_914, 10]],
  ['contract', '2/2/2/2', [20_913, 571_516, 475_542, 14], 3_021],
  ['contract', '2/2/3/2', [328_721, 11_821_969, 10_936_904, 17]],
  ['lru', '1/1/1/1', [19, 146, 120, 6]],
  ['lru', '1/2/2/2', [4_385, 96_863, 82_922, 16]],
  ['lru', '2/2/2/2', [226_769, 6_243_260, 5_095_190, 19], 56_739],
];

for (const [kind, scope, counts, orbits] of table) {
  test(`${kind} ${scope}: ${counts[0]} states`, async () => {
    assert.equal(countsOf(await onWords(kind, scope)), counts);
  });

  if (orbits === undefined) continue;
  test(`${kind} ${scope}: ${orbits} orbits, whose sizes add up to the same counts`, async () => {
    const report = await onWords(kind, scope, { symmetry: true });
    assert.is(report.orbits, orbits);
    assert.equal(countsOf(report), counts);
  });
}

test('the readable model finds the same, and all claims hold in it', async () => {
  for (const [kind, scope, counts] of table.filter(([, s]) => s === '1/2/2/2')) {
    const report = await check(modelAndTwin(asked(kind, scope)).model, {});
    assert.is(report.engine, 'readable');
    assert.equal(countsOf(report), counts);
    assert.is(report.counterexample, null);
    assert.is(report.verdict, 'holds');
  }
});

test('two threads find the same', async () => {
  const spec = {
    module: new URL('../properties/scopes/index.ts', import.meta.url).href,
    export: 'modelAndTwin',
    args: asked('contract', '2/2/2/2'),
  };
  const report = await onWords('contract', '2/2/2/2', { workers: 2, spec });
  assert.equal(countsOf(report), [20_913, 571_516, 475_542, 14]);
});

test.run();
