// The set of states on its own: against a Map, under growth, with two handles, with holes, and after a restore.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADDED, BATCH, FOUND, FULL, ROOT, Table } from '../checker/table.ts';

/** Inserts; grows when the table says so. */
function put(table: Table, words: Uint32Array, parent: number): number {
  for (;;) {
    const result = table.insert(words, parent);
    if (result !== FULL) return result;
    table.grow();
  }
}

/** Words that differ only in their last, or only in their first. */
const pair = (k: number) => Uint32Array.of(k % 7, 0, Math.floor(k / 7) % 9000);

test('60,000 inserts, many of them twice: the same answers as a Map', () => {
  const table = new Table(3);
  const known = new Map<string, number>();
  for (let k = 0; k < 60_000; k++) {
    const words = pair((k * 7919) % 50_000);
    const index = known.get(words.join());
    assert.is(table.find(words), index ?? -1);
    assert.is(put(table, words, k % 5 === 0 ? ROOT : k), index === undefined ? ADDED : FOUND);
    if (index === undefined) known.set(words.join(), table.index);
    else assert.is(table.index, index);
  }
  const out = new Uint32Array(3);
  for (const [key, index] of known) {
    table.read(index, out);
    assert.is(out.join(), key);
  }
  assert.is([...table.indices()].length, known.size);
});

test('a batch goes in as its states would one by one: the same places, the same parents, and what found no room is not in', () => {
  const one = new Table(3);
  const many = new Table(3);
  let wasFull = 0;
  for (let k = 0; k < 60_000; k += 50) {
    const states = Array.from({ length: Math.min(BATCH, 50) }, (_, i) =>
      pair(((k + (i % 40)) * 7919) % 50_000),
    );
    for (const words of states) put(one, words, k - 1);
    const batch = Uint32Array.from(states.flatMap((words) => [...words]));
    const before = many.reserved;
    let added = many.insertAll(batch, states.length, k - 1);
    while (many.full) {
      wasFull++;
      assert.ok(states.some((words) => many.find(words) === -1));
      many.grow();
      added += many.insertAll(batch, states.length, k - 1);
    }
    assert.ok(many.reserved >= before && added <= 40);
  }
  assert.ok(wasFull > 0);
  assert.equal([...many.indices()], [...one.indices()]);
  const [mine, theirs] = [new Uint32Array(3), new Uint32Array(3)];
  for (const index of one.indices()) {
    one.read(index, mine);
    many.read(index, theirs);
    assert.equal(mine, theirs);
    assert.is(many.parent(index), one.parent(index));
  }
});

test('parents are kept, through growth', () => {
  const table = new Table(3);
  for (let k = 0; k < 20_000; k++) put(table, pair(k), k - 1);
  for (let k = 0; k < 20_000; k++) assert.is(table.parent(k), k - 1);
  assert.is(table.parent(0), ROOT);
});

test('two handles: each sees what the other has added; the rest of a chunk is a hole and no state', () => {
  const one = new Table(2);
  const two = new Table(2, one.view());
  assert.is(one.insert(Uint32Array.of(5, 5), ROOT), ADDED);
  assert.is(two.insert(Uint32Array.of(6, 6), 0), ADDED);
  assert.is(two.insert(Uint32Array.of(5, 5), 0), FOUND);
  assert.is(two.index, 0);
  assert.is(one.find(Uint32Array.of(6, 6)), 64);
  for (let k = 0; k < 30_000; k++) {
    if (two.insert(Uint32Array.of(7, k), 1) !== FULL) continue;
    one.grow();
    two.adopt(one.view(two.segments.length));
    k--;
  }
  assert.is(one.find(Uint32Array.of(0, 0)), -1);
  assert.is([...one.indices()].length, 30_002);
  assert.equal(one.takeRanges(), [0, 1]);
  const ranges = two.takeRanges();
  const count = ranges.reduce((sum, at, k) => sum + (k % 2 === 0 ? -at : at), 0);
  assert.is(count, 30_001);
});

test('what `parts` gives, `restore` takes', () => {
  const table = new Table(3);
  for (let k = 0; k < 30_000; k++) put(table, pair(k), k - 1);
  const bytes = Buffer.concat(
    table.parts().map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  );
  const copy = new Table(3);
  copy.restore(table.reserved, bytes);
  for (let k = 0; k < 30_000; k++) {
    assert.is(copy.find(pair(k)), k);
    assert.is(copy.parent(k), k - 1);
  }
  assert.is(put(copy, Uint32Array.of(99, 99, 99), 3), ADDED);
});

test('at most 48 bytes a state beyond its words, in a table as full as growth leaves it', () => {
  const table = new Table(2);
  let worst = 0;
  for (let k = 0; k < 400_000; k++) {
    put(table, Uint32Array.of(k, 1), ROOT);
    if (k > 20_000) worst = Math.max(worst, table.bytes / (k + 1) - 8);
  }
  assert.ok(worst <= 48, `${worst} bytes`);
});

test.run();
