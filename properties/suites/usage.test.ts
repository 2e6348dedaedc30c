// Usage: what is charged, to whom, and that nothing of it is left behind.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test("A container's usage is the number of pages on its two lists (where it answers for its subtree: on the lists of that).", () => {
  const judged = claim('UsageIsLruSize');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test("No container's usage rises by an action of a task that is not in it (where it answers for its subtree: in that).", () => {
  const judged = claim('NoInnocentCharge');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('After every task has exited, all usages are 0, all lists are empty and every container can be removed.', () => {
  const judged = claim('NothingLeaks');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
