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
const commands = [...doc.matchAll(/^ +- (?:run: )?npx (firsttouch .*)$/gm)].map(([, command]) => command);

test('the commands of both files run, and say by status and words what they found', () => {
  assert.is(commands.length, 3);
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
    for (const command of commands) assert.equal(run(command), { status: 0, out: '', err: '' }, command);
    assert.not.match(readFileSync(join(folder, 'firsttouch.xml'), 'utf8'), '<failure');

    writeFileSync(join(folder, 'rss.py'), source.replace('container.failcnt += 1', 'container.failcnt += 2'));
    const [, github, gitlab] = commands.map(run);
    assert.is(github.status, 1);
    assert.match(github.out, /^::error title=.*::\w+ is violated: .*%0A.*replay/m);
    assert.is(gitlab.status, 1);
    assert.match(readFileSync(join(folder, 'firsttouch.xml'), 'utf8'), /<failure .*is violated: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
