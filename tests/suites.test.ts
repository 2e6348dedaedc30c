// The suites judge every claim of README's table, once, under its own sentence; and a planted mistake turns the suite of its chapter red.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProfileName } from '../model/index.ts';
import { mutantNamed } from '../mutants/index.ts';
import { claims } from '../properties/claims/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { loadController } from '../properties/subjects/load.ts';
import { claim, commands, enough, profile } from '../properties/suites/controller.ts';

const folder = new URL('../properties/suites/', import.meta.url);
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

test('every claim of the table has one test, whose name is its sentence', () => {
  for (const { name, claim: sentence } of claims) {
    const own = texts
      .flatMap((text) => text.split("\ntest('"))
      .filter((part) => part.includes(`claim('${name}')`));
    assert.is(own.length, 1, name);
    assert.ok(
      own[0].replaceAll("\\'", "'").startsWith(`${sentence}'`) || own[0].includes(`"${sentence}"`),
      name,
    );
  }
});

/** A mistake of the catalogue for each chapter, and the claim of that chapter that sees it. */
const mistakes: readonly (readonly [chapter: string, mutant: string, claim: string])[] = [
  ['owner', 'B15', 'FirstToucherOwns'],
  ['lists', 'A9', 'OnOneListOnce'],
  ['usage', 'B3', 'UsageIsLruSize'],
  ['limit', 'C9', 'WithinLimit'],
  ['reclaim', 'C3', 'PinnedNeverReclaimed'],
  ['oom', 'C11', 'OomOnlyWhenNothingReclaimable'],
  ['control-files', 'C5', 'RefusalChangesNothing'],
  ['tree', 'P15', 'InnerContainersHoldNoTasks'],
];

for (const [chapter, id, name] of mistakes) {
  test(`${chapter}: with ${id} in the controller ${name} is red, and the seed and path repeat it`, async () => {
    const Class = await loadController(mutantNamed(id) ?? null);
    const open = (name: ProfileName) => new ControllerSubject(name, undefined, Class);
    // Shrinking is fast-check's own and shown by one chapter: it takes longer than the search.
    const how = chapter === 'usage' ? enough : { ...enough, endOnFailure: true };
    const property = () => fc.property(profile, commands, claim(name, open).holds);
    const found = fc.check(property(), { ...how, seed: 1 });
    assert.ok(found.failed, id);
    const { seed, counterexamplePath } = found;
    const again = fc.check(property(), { ...how, seed, path: counterexamplePath ?? '' });
    assert.ok(again.failed);
    const told = fc.defaultReportMessage(again) ?? '';
    assert.match(told, `seed: ${seed}`);
    assert.match(told, `${name} is violated in`);
    assert.match(told, />\s+\d+ {2}\w+/);
  });
}

test.run();
