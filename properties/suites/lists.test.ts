// The two lists of a container: a page is on one of them, once, and the oldest that nobody used goes first.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, commands, enough, profile } from './controller.ts';

test('No page is on two lists, or twice on one.', () => {
  const judged = claim('OnOneListOnce');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test('A page is not freed while an unreferenced, unpinned page of the same list is older.', () => {
  const judged = claim('LruOrder');
  fc.assert(fc.property(profile, commands, judged.holds), enough);
  assert.ok(judged.met > 0);
});

test.run();
