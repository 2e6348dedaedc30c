// The files of docs/ci.md: their commands are run as they stand there, with the example in Python, fewer runs and one counterexample.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'cli/firsttouch.mjs');
const doc = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const commands = [...doc.matchAll(/^ +(?:- )?(?:run: )?npx (firsttouch .*)$/gm)].map(
  ([, command]) => command,
);

test('the commands of both files run, and say by status and words what they found', () => {
  assert.is(commands.length, 3, String(commands));
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-ci-'));
  try {
    const kept = join(folder, 'node_modules/firsttouch/counterexamples');
    mkdirSync(kept, { recursive: true });
    const example = 'usage-above-a-lowered-limit.json';
    copyFileSync(join(root, 'counterexamples', example), join(kept, example));
    const source = readFileSync(join(root, 'examples/external/rss.py'), 'utf8');
    const run = (command: string) => {
      const text = command
        .replace('firsttouch', `"${process.execPath}" "${bin}"`)
        .replace('--runs 200', '--runs 5');
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', text], {
        cwd: folder,
        encoding: 'utf8',
      });
      return { status, out: stdout, err: stderr };
    };
    writeFileSync(join(folder, 'rss.py'), source);
    const [verified, replayed, listed] = commands.map(run);
    assert.equal({ ...verified, out: '' }, { status: 0, out: '', err: '' });
    assert.match(verified.out, /^[0-9]+ passed, 0 failed, [0-9]+ skipped\n$/);
    assert.equal(replayed, { status: 0, out: '1 passed, 0 failed, 0 skipped\n', err: '' });
    assert.equal(listed, { status: 0, out: '', err: '' });
    assert.not.match(readFileSync(join(folder, 'firsttouch.xml'), 'utf8'), '<failure');

    writeFileSync(join(folder, 'rss.py'), source.replace('container.failcnt += 1', 'container.failcnt += 2'));
    const [github, , gitlab] = commands.map(run);
    assert.is(github.status, 1);
    assert.match(
      github.out,
      /^::error title=seed 1%2C the whole run%3A \w+ is violated%3A .*::\w+ is violated in profile letter%0A.*replay/m,
    );
    assert.is(github.out.match(/::error/g)?.length, github.out.match(/search again/g)?.length);
    assert.is(gitlab.status, 1);
    assert.match(readFileSync(join(folder, 'firsttouch.xml'), 'utf8'), /<failure .*is violated: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is installed there is the package of today, and verify comes before replay', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [, file] of doc.matchAll(/npm install --no-save (\S+)/g))
    assert.is(file, `./firsttouch-${version}.tgz`);
  assert.match(readFileSync(join(root, 'cli/init/README.md'), 'utf8'), `firsttouch-${version}.tgz`);
  assert.match(commands[0], ' verify ');
});

test.run();
