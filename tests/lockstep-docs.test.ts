// The counter of docs/lockstep.md takes at most 40 lines, does what the page says, and the page imports what there is.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as lockstep from '../lockstep/index.ts';

const page = readFileSync(new URL('../docs/lockstep.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split(/^## /m).map((section): [string, string] => [section.split('\n', 1)[0], section]),
);
const section = (title: string): string => sections.get(title) ?? '';
const codeOf = (text: string): string =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code).join('');
const shownIn = (text: string): string | undefined =>
  /^```\n([\s\S]*?)^```/m.exec(text.replaceAll(/^```ts\n[\s\S]*?^```/gm, ''))?.[1];
const tutorial = section('A counter in forty lines');
const counter = codeOf(tutorial);
/** The counter without what it prints. */
const domain = counter.replace(/^const \{ found[\s\S]*/m, '');
const front = new URL('../lockstep/index.ts', import.meta.url).href;

/** Runs a program that imports the engine as the page does, and returns what it prints. */
function printed(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-docs-'));
  try {
    const file = join(folder, 'counter.mts');
    writeFileSync(
      file,
      code
        .replaceAll('firsttouch/lockstep', front)
        .replaceAll(/'(fast-check|uvu)'/g, (_, name) => `'${import.meta.resolve(name)}'`),
    );
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    return spawnSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', cwd }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the counter takes at most forty lines and prints what the page says', () => {
  const lines = counter.trimEnd().split('\n').length;
  assert.ok(lines <= 40, `${lines} lines`);
  assert.is(printed(counter), shownIn(tutorial));
});

test('fast-check finds it by runs and by commands, and shrinks it', () => {
  const out = printed(`${domain}\n${codeOf(section('For those who know fast-check'))}`);
  assert.match(out, /Total: +2\s+Passed: +0/);
  for (const name of ['runs', 'commands'])
    assert.match(
      out,
      new RegExp(`FAIL +"${name}"\\s+Property failed[\\s\\S]*?EqualsSpec is violated in counter`),
    );
  assert.match(out, /Counterexample: \[\[add; add; add; reset; add\]\]/);
  assert.match(out, /Counterexample: \[add,add,add,reset,add/);
});

test('a subject that answers later is judged, shrunk and proved, and prints what the page says', () => {
  const later = section('A subject that answers later');
  assert.is(printed(`${domain}\n${codeOf(later)}`), shownIn(later));
});

test('what hides its memory is proved without it, as the page says', () => {
  const hiding = counter.replaceAll(/\bfull\b/g, '#full');
  assert.is(printed(hiding).trimEnd().split('\n').at(-1), shownIn(section('The proof'))?.trimEnd());
});

test('what the page imports is exported', () => {
  const names = [...page.matchAll(/import \{ (.*) \} from 'firsttouch\/lockstep'/g)].flatMap(([, list]) =>
    list.split(', '),
  );
  assert.ok(names.length > 8);
  for (const name of names) if (!name.startsWith('type ')) assert.ok(Reflect.has(lockstep, name), name);
});

test.run();
