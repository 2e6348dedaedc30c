// Containers within containers, as in the kernels of today: what is charged on the way up, and who may be in an inner one. (All claims are judged in trees.)

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test("After a charge that failed, no container that it was charged through, from the task's own upwards, has a page more than before.", () => {
  const judged = claim('RefusalChargesNobody');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('No container but the root has both a child and a task.', () => {
  const judged = claim('InnerContainersHoldNoTasks');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
