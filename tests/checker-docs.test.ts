// The programs of docs/checker.md print what the page says, and what the page names is exported.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as checker from '../checker/index.ts';

const page = readFileSync(new URL('../docs/checker.md', import.meta.url), 'utf8');
const [counter, packed] = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
const shown = /It prints:\n\n```\n([\s\S]*?)^```/m.exec(page)?.[1] ?? '';

/** Runs a program that imports the engine as the page does, and returns what it prints. */
function printed(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'checker-docs-'));
  try {
    const file = join(folder, 'counter.mts');
    const front = new URL('../checker/index.ts', import.meta.url).href;
    writeFileSync(file, code.replaceAll('firsttouch/checker', front));
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    return spawnSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', cwd }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the counter prints what the page says, and packed it says the same', () => {
  assert.is(printed(`${counter}\n${packed}`), `${shown}violated\n`);
});

test('what the page names is exported', () => {
  for (const name of ['graphAsDot', 'graphAsItf', 'traceAsItf'])
    assert.type(Reflect.get(checker, name), 'function');
});

test.run();
