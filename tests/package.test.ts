// The package as it is published: what `npm pack` holds, unpacked into an empty project, runs the README's first command.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));

test('what is packed runs `verify` in an empty project, and holds no test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-package-'));
  try {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
    });
    const [{ filename, files }] = [JSON.parse(packed)].flat();
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    for (const needed of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'docs/contract.md',
      'types/model/index.d.ts',
    ])
      assert.ok(paths.includes(needed), needed);
    assert.equal(
      paths.filter((path) => /\.test\.ts$|^(tests|bench|\.ci)\//.test(path)),
      [],
    );

    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'firsttouch'), { recursive: true });
    execFileSync('tar', [
      'xzf',
      join(folder, filename),
      '--strip-components=1',
      '-C',
      join(modules, 'firsttouch'),
    ]);
    // Nothing in it may send a reader to what is not in it.
    const outside = paths.filter((path) =>
      readFileSync(join(modules, 'firsttouch', path), 'utf8').includes('../shared'),
    );
    assert.equal(outside, []);
    // What npm would install beside it.
    for (const name of readdirSync(join(root, 'node_modules')))
      if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(modules, 'firsttouch/cli/firsttouch.mjs'),
        'verify',
        '--profile',
        'letter',
        '--runs',
        '40',
        '--seed',
        '1',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.is(status, 0, stderr);
    assert.match(stdout, /no violation/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
