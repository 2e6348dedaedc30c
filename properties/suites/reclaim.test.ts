// Reclaim: which pages may be taken when a container is full.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test('A charge reclaims pages of the container that refuses it (in a tree: of its subtree), and of no other.', () => {
  const judged = claim('ReclaimOnlyFromCharged');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('A page that any mapper has locked is not reclaimed.', () => {
  const judged = claim('PinnedNeverReclaimed');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
