// Who owns a page: the container of the task that touched it first, until the last mapper leaves, wherever its tasks go meanwhile.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test('A page has an owner, and is on a list of that owner, exactly while somebody maps it.', () => {
  const judged = claim('OwnedIffMapped');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test("A page's owner is the container, at the time of its charge, of the task that mapped it first, as long as it stays mapped.", () => {
  const judged = claim('FirstToucherOwns');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('When the last mapper leaves a page, its owner is uncharged and the page is on no list.', () => {
  const judged = claim('LastUnmapReleases');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('Moving a task changes no owner and no usage: its pages stay charged where they are.', () => {
  const judged = claim('MoveKeepsCharges');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
