// The formulas and the model are one specification: from every reachable state every move has the same ends. Ten mistakes, planted in either, show.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as model from '../model/index.ts';
import { contract, textOf } from '../proof/system.ts';
import { compare, type Model } from './proof-model.ts';
import { planted, twins } from './proof-planted.ts';

/** The first difference in a small scope, or in one where a page's owner and its mapper can part. */
const differenceIn = (one: Model, text = textOf('contract')): string =>
  compare(one, contract('letter', text), 'letter', { containers: 1, tasks: 2, pages: 2, limit: 2 })
    .difference ??
  compare(one, contract('letter', text), 'letter', { containers: 2, tasks: 1, pages: 1, limit: 1 })
    .difference ??
  'none';

/** profile, C/T/P/L, states, transitions: the numbers of SEMANTICS sections 10 and 11. */
const scopes = [
  ['letter', '1/1/1/1', 13, 92],
  ['letter', '1/2/2/2', 401, 8_623],
  ['letter', '2/2/2/2', 20_913, 571_516],
  ['v3.1', '1/2/2/2', 401, 9_027],
  ['linux-v1', '1/2/2/2', 233, 4_967],
  ['linux-v1', '2/1/2/1', 1_638, 27_938],
  ['linux-v2', '2/1/2/1', 1_124, 19_060],
  ['linux-v2', '2/2/1/1', 1_498, 25_310],
] as const;

for (const [profile, scope, states, transitions] of scopes) {
  test(`${profile} ${scope}: every transition is a run of micro-steps, and every run that comes to rest is a transition`, () => {
    const [c, t, p, l] = scope.split('/').map(Number);
    const found = compare(model, contract(profile), profile, { containers: c, tasks: t, pages: p, limit: l });
    assert.is(found.difference, null);
    assert.equal([found.states, found.transitions], [states, transitions]);
    assert.ok(found.steps > transitions);
    // So every step can happen from the invariant; the model is not asked what setLimit refuses.
    if (profile === 'letter' && c === 2) assert.equal(found.untaken, ['setLimit: EINVAL']);
  });
}

for (const { why, formulas } of twins) {
  test(`a mistake in the formulas is a difference, with its trace: ${why}`, () => {
    const text = formulas.reduce((sofar, [from, by]) => planted(sofar, from, by), textOf('contract'));
    assert.match(differenceIn(model, text), /^mkdir .*\nthe model alone: .*\nthe formulas alone: /);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'firsttouch-proof-'));
test.after(() => rmSync(folder, { recursive: true }));

for (const [i, { why, model: edits }] of twins.entries()) {
  test(`the same mistake in the model is a difference: ${why}`, async () => {
    const copy = join(folder, String(i), 'model');
    cpSync(fileURLToPath(new URL('../model', import.meta.url)), copy, { recursive: true });
    writeFileSync(join(folder, String(i), 'package.json'), '{ "type": "module" }');
    for (const [file, from, by] of edits) {
      const path = join(copy, file);
      writeFileSync(path, planted(readFileSync(path, 'utf8'), from, by));
    }
    const wrong = (await import(pathToFileURL(join(copy, 'index.ts')).href)) as Model;
    assert.match(differenceIn(wrong), /^mkdir .*\nthe model alone: /);
  });
}

test.run();
