// The controller by itself, as whoever builds on it would use it: owners, lists, members, room.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, OK, outcomeName } from '../impl/controller/index.ts';

/** Container 0 with task 0 in it. */
function begun(limit?: number): Controller {
  const k = new Controller('letter', { pages: 1, tasks: 1, containers: 1 });
  assert.is(k.mkdir(0), OK);
  assert.is(k.spawn(0, 0), OK);
  if (limit !== undefined) assert.is(k.setLimit(0, limit), OK);
  return k;
}

/** Page ids of a list, head to tail. */
function listOf(k: Controller, c: number, active: boolean): number[] {
  const out = new Int32Array(16);
  return [...out.subarray(0, k.copyList(c, active, out))];
}

test('whoever touches a page first owns it, until nobody maps it', () => {
  const k = begun();
  k.mkdir(1);
  k.spawn(1, 1);
  k.touch(0, 5);
  k.touch(1, 5);
  assert.is(k.ownerOf(5), 0);
  assert.equal([k.usage(0), k.usage(1)], [1, 0]);
  k.unmap(0, 5);
  assert.is(k.ownerOf(5), 0);
  k.unmap(1, 5);
  assert.is(k.ownerOf(5), null);
  assert.is(k.verify(), null);
});

test('a charge at the limit reclaims the oldest page, and says which', () => {
  const k = begun(2);
  for (const p of [10, 11, 12]) k.touch(0, p);
  assert.equal([...k.reclaimed], [10]);
  assert.equal([k.usage(0), k.failcnt(0), k.reclaims(0)], [2, 1, 1]);
  assert.equal(listOf(k, 0, true), [12]);
  assert.equal(listOf(k, 0, false), [11]);
});

test('a list is written from where one says, and no further than it is long', () => {
  const k = begun();
  for (const p of [1, 2, 3]) k.touch(0, p);
  const out = new Int32Array(6).fill(-7);
  assert.is(k.copyList(0, true, out, 2), 3);
  assert.equal([...out], [-7, -7, 3, 2, 1, -7]);
});

test('members are told in ascending order, in whatever order they came', () => {
  const k = begun();
  for (const t of [9, 4, 12, 7]) k.spawn(t, 0);
  assert.equal(k.members(0), [0, 4, 7, 9, 12]);
  k.exit(7);
  assert.equal(k.members(0), [0, 4, 9, 12]);
});

test('what is refused says why', () => {
  const k = begun(0);
  assert.is(outcomeName(k.touch(0, 0)), 'KILLED');
  assert.is(outcomeName(k.touch(0, 0)), 'ESRCH');
  assert.is(outcomeName(k.mkdir(0)), 'EEXIST');
  assert.is(outcomeName(k.setLimit(0, -1)), 'EINVAL');
});

test('everything grows; what no word could point at is refused before any memory is asked for', () => {
  const k = begun();
  k.mkdir(300);
  k.spawn(4000, 300);
  k.touch(4000, 50_000);
  k.touch(0, 50_000);
  assert.equal([k.ownerOf(50_000), k.usage(300), k.usage(0)], [300, 1, 0]);
  assert.is(k.verify(), null);
  assert.throws(() => k.touch(0, 2 ** 28), /no room for 268435457 pages/);
  assert.throws(() => k.mkdir(2 ** 26), /no room for .* 67108866 slots/);
  assert.is(outcomeName(k.mkdir(2 ** 26, 7)), 'ENOENT', 'what is refused needs no room');
  assert.throws(() => k.spawn(2 ** 27, 0), /no room for .* 134217729 tasks/);
  assert.is(k.verify(), null);
});

test('an id that can be none is refused, and nothing is touched', () => {
  const k = begun();
  for (const id of [-1, Number.NaN]) assert.throws(() => k.touch(0, id), /no page has the id/);
  assert.throws(() => k.evict(-8), /no page has the id -8/);
  assert.is(k.usage(0), 0);
  assert.is(k.verify(), null);
});

test('a profile that is not known is refused, and the known ones are named', () => {
  assert.throws(
    () => new Controller('letters'),
    /no profile letters; there are: letter v3.1 linux-v1 linux-v2/,
  );
  assert.throws(() => new Controller('linux-v1', { root: false }), /profile linux-v1 needs its root/);
});

test.run();
