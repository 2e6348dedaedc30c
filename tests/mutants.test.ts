// The mutants apply to the source as it is, the canary falls in the first run, and a stale mutant fails loudly.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { examineAll } from '../mutants/examine-all.ts';
import { CANARY, loadController, type Mutant, modelMutants, mutantNamed, mutants } from '../mutants/index.ts';
import { tryModel } from '../mutants/model-trial.ts';
import { mistakesFrom } from '../mutants/read.ts';
import { trial } from '../mutants/trial.ts';
import { claims } from '../properties/claims/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { edited, editsOf, inCopy, StaleMutant, sourcesOf } from '../properties/subjects/plant.ts';

/** The sequential entries of ../shared/BUGS.md. */
const listed =
  'A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A12 A14 A15 A17 A18 A19 A20 A22 A23 B1 B2 B3 B4 B7 B8 B10 B11 B13 B14 B15 B17 B23 B25';

test('a mistake is read as a patch shows it, and what is no patch is refused with the line', () => {
  const text =
    '# for people\n\nX1 a-slug (linux-v1)\nwhat is wrong\nin a.ts\n one\n-two\n+2\n+\nin b.ts\n-x\n';
  assert.equal(mistakesFrom(text, 'x.txt'), [
    {
      id: 'X1',
      name: 'a-slug',
      why: 'what is wrong',
      profile: 'linux-v1',
      edits: [
        { file: 'a.ts', from: 'one\ntwo\n', to: 'one\n2\n\n' },
        { file: 'b.ts', from: 'x\n', to: '' },
      ],
    },
  ]);
  const wrong = (change: (text: string) => string) => () => mistakesFrom(change(text), 'x.txt');
  assert.throws(
    wrong((t) => t.replace('v1', 'v9')),
    /^x.txt: "X1 a-slug \(linux-v9\)": a mistake begins/,
  );
  assert.throws(
    wrong((t) => t.replace('-two', '?two')),
    /^x.txt: X1: "\?two": legal are/,
  );
  assert.throws(
    wrong((t) => t.replace('in a.ts\n', '')),
    /^x.txt: X1: " one": legal are/,
  );
});

test('every sequential entry of BUGS.md is a mutant, once', () => {
  const ids = mutants.map(({ id }) => id);
  assert.equal(
    ids.filter((id) => /^[AB][0-9]+$/.test(id)),
    listed.split(' '),
  );
  assert.is(new Set(ids).size, ids.length);
});

for (const mutant of mutants) {
  test(`${mutant.id} ${mutant.name} fits the source and says why`, () => {
    const planted = sourcesOf('impl/controller', mutant);
    const shipped = sourcesOf('impl/controller');
    assert.ok([...planted].some(([file, source]) => source !== shipped.get(file)));
    assert.ok(mutant.why.length > 20);
  });
}

test('a mutant whose text is gone, there twice, or in no file is stale, whoever plants it', async () => {
  const [edit] = editsOf(mutants[0]);
  const stale = (change: object): Mutant => ({ ...mutants[0], edits: [{ ...edit, ...change }] });
  for (const change of [
    { from: 'no such text' },
    { from: 'return OK;' },
    { file: 'impl/controller/gone.ts' },
    { to: edit.from },
  ]) {
    const isStale = (error: Error) => error instanceof StaleMutant && error.message.startsWith('mutant A1');
    assert.throws(() => sourcesOf('impl/controller', stale(change)), isStale);
    const error = await inCopy(['impl/controller'], stale(change), async () => null).catch((e) => e);
    assert.ok(isStale(error), String(error));
  }
});

test('the canary falls in the first run of every seed; quick mutants by every seed, each to one proven text', async () => {
  const rows = await examineAll([CANARY, 'B17', 'A15', 'B4'], { seeds: 5, runs: 300, shrink: 5, workers: 2 });
  for (const { id, caught, shrunk } of rows) {
    assert.is(caught, 5, id);
    assert.is(shrunk.texts.length, 1, id);
    assert.is(shrunk.optimal, 5, id);
    assert.ok(shrunk.executions <= 2000, id);
  }
  assert.is(rows[0].runs.max, 1);
  assert.is(rows[0].shrunk.texts[0], 'mkdir c0\nspawn t0 c0\ntouch t0 p0');
  assert.is(rows[1].shrunk.texts[0], 'mkdir c0\nspawn t0 c0\nfork t0 t1');
});

/** The claims of the tree, and the mistakes that none of the others sees. */
const theirs: readonly (readonly [claim: string, mutant: string])[] = [
  ['RefusalChargesNobody', 'P22'],
  ['InnerContainersHoldNoTasks', 'P15'],
  ['InnerContainersHoldNoTasks', 'P16'],
];

for (const [name, id] of theirs) {
  test(`${id} is caught by ${name} alone`, async () => {
    const mutant = mutantNamed(id) as Mutant;
    const profile = mutant.profile ?? 'letter';
    const Class = await loadController(mutant);
    /** Claims alone: the controller's own walk is none. */
    class Subject extends ControllerSubject {
      override verify(): null {
        return null;
      }
    }
    const make = () => new Subject(profile, undefined, Class);
    const hunted = (claims: readonly string[]) =>
      trial(make, { profile, seed: 3, runs: 150, claims, compare: false }).found?.claim;
    assert.is(hunted([name]), name);
    assert.is(hunted(claims.map((claim) => claim.name).filter((other) => other !== name)), undefined);
  });
}

test('the specification as it is passes; a wrong one is noticed, each in its way', async () => {
  const clean = { counts: null, claims: null, checker: null, lockstep: null };
  assert.equal(await tryModel(null), clean);
  const wrong = modelMutants.filter(({ id }) => ['M2', 'M7'].includes(id));
  const [limit, victim] = await Promise.all(wrong.map(tryModel));
  assert.match(limit.counts ?? '', /^contract 1\/2\/2\/2: /);
  assert.is(limit.claims, 'WithinLimit');
  assert.is(limit.checker, 'WithinLimit');
  assert.equal(victim, { ...clean, lockstep: 'EqualsSpec' });
});

for (const mutant of modelMutants) {
  test(`${mutant.id} ${mutant.name} fits the model`, () => {
    for (const file of new Set(editsOf(mutant).map((edit) => edit.file))) {
      const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
      assert.is.not(edited(mutant, file, source), source);
    }
  });
}

test.run();
