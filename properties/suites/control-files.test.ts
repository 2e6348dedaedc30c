// What the control files show and refuse: failcnt, a directory that is busy, an action that is refused.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test('failcnt never falls, and rises by one, in the container that refuses, with every refused attempt to charge, also when the charge succeeds later.', () => {
  const judged = claim('FailcntCountsRefusals');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('No container disappears with a task or a child in it, or (unless its pages pass to the parent) with a page charged to it.', () => {
  const judged = claim('BusyWhileHolding');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('A refused action leaves everything as it was.', () => {
  const judged = claim('RefusalChangesNothing');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
