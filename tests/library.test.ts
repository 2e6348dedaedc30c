// The package as a library: what its exports give runs, and is typed, in a project of somebody else's with `strict` and without `skipLibCheck`.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

const compilerOptions = {
  ...{ strict: true, skipLibCheck: false, noEmit: true, allowImportingTsExtensions: true },
  ...{ module: 'nodenext', target: 'es2022', lib: ['es2023', 'dom'], types: ['node'] },
};

test('a project that has firsttouch among its packages runs and type-checks; a wrong type is an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-library-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/firsttouch'));
    symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const typed = () => run(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.');

    writeFileSync(join(folder, 'use.ts'), program);
    const { stdout, stderr } = run('--import', join(root, 'node_modules/tsx/dist/loader.mjs'), 'use.ts');
    assert.is(stdout.trim(), '[0,0,0,0,1,true,"function"]', stderr);
    assert.is(typed().stdout, '');

    writeFileSync(join(folder, 'use.ts'), program.replace('outcomes: number[]', 'outcomes: string[]'));
    assert.match(
      typed().stdout,
      /use\.ts\(10,\d+\): error TS2322: Type 'number' is not assignable to type 'string'/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
