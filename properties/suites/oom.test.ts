// The OOM killer: when it strikes, and whom.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test('The OOM killer strikes only when no page of the container that refuses (in a tree: of its subtree) can be reclaimed.', () => {
  const judged = claim('OomOnlyWhenNothingReclaimable');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('The OOM killer kills only tasks of the container that refuses (in a tree: of its subtree).', () => {
  const judged = claim('OomKillsOnlyMembers');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
