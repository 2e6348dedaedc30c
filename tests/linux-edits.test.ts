// Mistakes planted in a kernel's source: an edit fits exactly once in its function, or says where it does not. And the broker's own C: no circle.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { edits, planted } from '../bench/kernel-edits.ts';

const edit = { id: 'K99', slug: 'a', file: 'a.c', within: 'count', find: /i < n/, put: 'i <= n' };
const source = `int other(int n)
{
\treturn i < n;
}

static int count(int n)
{
\treturn i < n;
}
`;

test('an edit changes its function and no other', () => {
  const changed = planted(source, edit);
  assert.match(changed, /other\(int n\)\n\{\n\treturn i < n;/);
  assert.match(changed, /count\(int n\)\n\{\n\treturn i <= n;/);
});

test('an edit that fits not once, or whose function is not there, is refused', () => {
  assert.throws(() => planted(source, { ...edit, find: /i > n/ }), /K99: the pattern fits 0 times in count/);
  assert.throws(() => planted(source, { ...edit, find: /n/ }), /K99: the pattern fits 2 times in count/);
  assert.throws(
    () => planted(source, { ...edit, within: 'absent' }),
    /K99: function absent is there 0 times/,
  );
});

test('each mistake is planted, or says what it would take to see it', () => {
  assert.is(edits.length, 26);
  assert.is(new Set(edits.map(({ id }) => id)).size, 26);
  for (const { id, find, needs } of edits) assert.ok(find || needs, id);
});

test('the page of mistakes counts its rows as they are, and says of each that was not found what it would take', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'kernel-mutants.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (K\d+) \|.*$/gm)];
  assert.equal(
    rows.map(([, id]) => id),
    edits.map(({ id }) => id),
  );
  const found = rows.filter(([row]) => / after \d+ commands in /.test(row));
  assert.match(page, `**${found.length} of ${edits.length} found** (${found.length} were judged`);
  for (const [row] of rows)
    assert.ok(found.some(([line]) => line === row) || /It would take: /.test(row), row);
  for (const { id, find } of edits)
    if (!find)
      assert.not.ok(
        found.some(([, name]) => name === id),
        id,
      );
});

const folder = join(import.meta.dirname, '..', 'impl', 'linux');

/** Follows the includes of a file; throws where one leads back to a file that is being read. */
function includes(file: string, above: readonly string[] = []): void {
  if (above.includes(file)) throw new Error(`a circle: ${[...above, file].join(' > ')}`);
  const text = readFileSync(join(folder, file), 'utf8');
  for (const [, header] of text.matchAll(/^#include "(.+)"$/gm)) includes(header, [...above, file]);
}

test("no circle among the broker's headers, and it stays short enough to be read", () => {
  assert.not.throws(() => ['broker.c', 'init.c'].forEach((file) => void includes(file)));
  const texts = readdirSync(folder)
    .filter((file) => /\.[ch]$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  assert.ok(texts.join('').split('\n').length <= 1501, 'more than 1,500 lines of C');
});

test.run();
