// Folders that may have to be made: with those above them, more than once, and an error where the system makes none.

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolder } from '../properties/trace/folder.ts';

const room = mkdtempSync(join(tmpdir(), 'firsttouch-folder-'));
test.after(() => rmSync(room, { recursive: true }));

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
  return 'none';
};

test('a folder is made with those above it; one that is there is left as it is', () => {
  const folder = join(room, 'a', 'b', 'c');
  makeFolder(folder);
  writeFileSync(join(folder, 'file'), 'kept');
  makeFolder(folder);
  assert.ok(statSync(join(folder, 'file')).isFile());
});

test('a file in the way is told by the errors of the system', () => {
  const file = join(room, 'file');
  writeFileSync(file, '');
  assert.is(
    codeOf(() => makeFolder(file)),
    'EEXIST',
  );
  assert.is(
    codeOf(() => makeFolder(join(file, 'below'))),
    'ENOTDIR',
  );
});

test('where a folder takes no other, it is refused, not tried for ever', () => {
  if (!existsSync('/proc/self')) {
    console.log('SKIP /proc is not here');
    return;
  }
  assert.is(
    codeOf(() => makeFolder('/proc/firsttouch/a')),
    'ENOENT',
  );
});

test.run();
