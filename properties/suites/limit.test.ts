// The limit: what fits under it, what was there before it was lowered, and who pays.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test("A container's usage passes its limit only if the limit was lowered since its last successful charge.", () => {
  const judged = claim('WithinLimit');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('After a successful charge, the usage of the charged container, and of those that answer for it, is within the limit.', () => {
  const judged = claim('WithinLimitAfterCharge');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('A container over its limit gets no net new page until it is within the limit.', () => {
  const judged = claim('OverLimitIsPaid');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
