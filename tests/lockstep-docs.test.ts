// The counter of docs/lockstep.md takes at most 40 lines, does what the page says, and the page imports what there is.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as lockstep from '../lockstep/index.ts';

const page = readFileSync(new URL('../docs/lockstep.md', import.meta.url), 'utf8');
const [tutorial, forFastCheck] = page.split('## For those who know fast-check');
const codeOf = (text: string): string =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code).join('');
const shown = /It prints:\n\n```\n([\s\S]*?)```/.exec(tutorial)?.[1];
const front = new URL('../lockstep/index.ts', import.meta.url).href;
const fastCheck = import.meta.resolve('fast-check');

/** Runs a program that imports the engine as the page does, and returns what it prints. */
function printed(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-docs-'));
  try {
    const file = join(folder, 'counter.mts');
    writeFileSync(
      file,
      code.replaceAll('firsttouch/lockstep', front).replaceAll("'fast-check'", `'${fastCheck}'`),
    );
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    return execFileSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', cwd });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the counter takes at most forty lines and prints what the page says', () => {
  const code = codeOf(tutorial);
  assert.ok(code.trimEnd().split('\n').length <= 40, `${code.trimEnd().split('\n').length} lines`);
  assert.is(printed(code).replace(/(?<=refused) (?=nothing)/, '\n'), shown);
});

test('fast-check finds it by runs and by commands, and shrinks it', () => {
  const [imports, rest] = codeOf(forFastCheck).split('\n\n');
  const counter = codeOf(tutorial).replace(/^const \{ found[\s\S]*/m, '');
  const opened = 'const opened = () => { const h = new Hasty(); h.reset(); return h; };';
  const told = rest.replaceAll(
    /fc\.assert\(\n?\s*(fc\.property[\s\S]*?)\n?\);\n/g,
    'console.log(fc.defaultReportMessage(fc.check($1)));\n',
  );
  const out = printed(`${imports}\n${counter}\n${opened}\n${told}`);
  assert.is(out.match(/Property failed/g)?.length, 2, out);
  assert.is(out.match(/EqualsSpec is violated in counter/g)?.length, 2, out);
  assert.match(out, /Counterexample: \[\[add; add; add; reset; add\]\]/);
  assert.match(out, /Counterexample: \[add,add,add,reset,add/);
});

test('what the page imports is exported', () => {
  const names = [...page.matchAll(/import \{ (.*) \} from 'firsttouch\/lockstep'/g)].flatMap(([, list]) =>
    list.split(', '),
  );
  assert.ok(names.length > 8);
  for (const name of names) if (!name.startsWith('type ')) assert.ok(Reflect.has(lockstep, name), name);
});

test.run();
