// The package as a library: what its exports give runs, and is typed, in strict projects of somebody else's with settings of their own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));

const program = `import { check } from 'firsttouch/checker';
import { Controller } from 'firsttouch/impl';
import { initial, lru, type Move, profiles, step, usage } from 'firsttouch/model';
import { claims } from 'firsttouch/properties';

let state = initial(profiles.letter);
const moves: Move[] = [['mkdir', 0], ['spawn', 0, 0], ['touch', 0, 7]];
for (const move of moves) state = step(state, move, lru).state;
const k = new Controller('letter');
const outcomes: number[] = [k.mkdir(0), k.spawn(0, 0), k.touch(0, 7)];
const owner: number | null = k.ownerOf(7);
console.log(JSON.stringify([...outcomes, owner, usage(state, 0), claims.length > 15, typeof check]));
`;

/** A project's own settings; ours are not asked for. */
const strict = { strict: true, skipLibCheck: false, noEmit: true, module: 'nodenext', target: 'es2022' };
const settings: Readonly<Record<string, object>> = {
  'what most have, the types of the oldest Node': { types: ['node'] },
  'every check that there is, a bundler, the types of Node of today': {
    ...{ types: ['node'], noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    ...{ noPropertyAccessFromIndexSignature: true, module: 'esnext', moduleResolution: 'bundler' },
  },
  'an old library, and no Node': { lib: ['es2022', 'dom'], target: 'es2020', types: [] },
};

const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** The package as it is installed: what its package.json promises, with the declarations made anew. */
function install(folder: string): void {
  const installed = join(folder, 'node_modules/firsttouch');
  mkdirSync(installed, { recursive: true });
  const { stdout } = run(root, tsc, '-p', 'tsconfig.types.json', '--outDir', join(installed, 'types'));
  assert.is(stdout, '');
  for (const name of [
    'model',
    'checker',
    'properties',
    'proof',
    'impl',
    'lockstep',
    'mutants',
    'package.json',
    'node_modules',
  ])
    symlinkSync(join(root, name), join(installed, name));
  // What the pages for fast-check's own people use, too.
  for (const name of ['fast-check', 'uvu'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
}

const folder = mkdtempSync(join(tmpdir(), 'firsttouch-library-'));
test.before(() => {
  install(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
test.after(() => rmSync(folder, { recursive: true }));

test('a project that has firsttouch among its packages runs it', () => {
  writeFileSync(join(folder, 'use.ts'), program);
  const { stdout, stderr } = run(
    folder,
    '--import',
    join(root, 'node_modules/tsx/dist/loader.mjs'),
    'use.ts',
  );
  assert.is(stdout.trim(), '[0,0,0,0,1,true,"function"]', stderr);
});

/** The programs of docs/library.md, each with what it prints. */
const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const programs = [
  ...page.matchAll(/^## firsttouch\/(\w+)[\s\S]*?```ts\n([\s\S]*?)```\n\n```\n([\s\S]*?)```/gm),
];

test('docs/library.md has a program for each part of the library', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const parts = Object.keys(exports).map((name) => name.slice(2));
  for (const [, part] of programs) assert.ok(parts.includes(part), `${part} is exported`);
  assert.equal(
    programs.map(([, part]) => part),
    ['lockstep', 'checker', 'model', 'properties', 'proof'],
  );
});

for (const [, part, code, shown] of programs) {
  test(`docs/library.md: the program for firsttouch/${part} prints what stands below it`, () => {
    writeFileSync(join(folder, `${part}.ts`), code);
    const { stdout, stderr } = run(
      folder,
      '--import',
      join(root, 'node_modules/tsx/dist/loader.mjs'),
      `${part}.ts`,
    );
    assert.is(stdout, shown, stderr);
  });
}

/** The programs of the pages on the engines, whose own tests run them: lockstep.md in two, as each goes below the counter. */
function pagePrograms(): Record<string, string> {
  const codeIn = (text = '') =>
    [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code).join('\n');
  const pageOf = (name: string) => readFileSync(join(root, `docs/${name}.md`), 'utf8');
  const sections = pageOf('lockstep').split(/^## /m);
  const section = (title: string) => codeIn(sections.find((text) => text.startsWith(title)));
  const counter = section('A counter in forty lines');
  return {
    'page-fastcheck': `${counter}\n${section('For those who know fast-check')}`,
    'page-later': `${counter}\n${section('A subject that answers later')}`,
    'page-checker': codeIn(pageOf('checker')),
  };
}

test('docs: the programs of the pages type-check, and a move with a wrong name or argument does not', () => {
  const wrong = `import type { Move } from 'firsttouch/model';\nexport const moves: Move[] = [['fly', 0], ['touch', 0], ['touch', 0, 0]];\n`;
  writeFileSync(join(folder, 'wrong.ts'), wrong);
  const all = { ...Object.fromEntries(programs.map(([, part, code]) => [part, code])), ...pagePrograms() };
  const names = Object.keys(all).map((part) => `${part}.ts`);
  for (const [part, code] of Object.entries(all)) writeFileSync(join(folder, `${part}.ts`), code);
  const own = { lib: ['es2023', 'dom'], types: [], allowImportingTsExtensions: true };
  const config = { compilerOptions: { ...strict, ...own }, files: [...names, 'wrong.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const errors = run(folder, tsc, '-p', '.')
    .stdout.trim()
    .split('\n')
    .filter((line) => /^\S/.test(line));
  assert.equal(
    errors.map((line) => line.replace(/,\d+\): error TS\d+:.*/, '')),
    ['wrong.ts(2', 'wrong.ts(2'],
    errors.join('\n'),
  );
});

for (const [name, own] of Object.entries(settings)) {
  test(`it type-checks, and a wrong type is an error: ${name}`, () => {
    const types = join(folder, 'node_modules/@types');
    const node = name.endsWith('of today') ? 'types-node-of-today' : '@types/node';
    rmSync(types, { recursive: true, force: true });
    mkdirSync(types);
    symlinkSync(join(root, 'node_modules', node), join(types, 'node'));
    const config = { compilerOptions: { ...strict, ...own }, files: ['use.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const wrong = '\nexport const texts: string[] = [k.mkdir(1)];\n';
    writeFileSync(join(folder, 'use.ts'), program.replace('console.log', 'export const told = ') + wrong);
    const only = /^use\.ts\(\d+,\d+\): error TS2322: Type 'number' is not assignable to type 'string'\.$/;
    assert.match(run(folder, tsc, '-p', '.').stdout.trim(), only);
  });
}

test.run();
