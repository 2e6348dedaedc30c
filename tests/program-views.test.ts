// Programs that show what is other than before instead of everything: the same is seen, less is sent, and who leaves something out is found.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Move } from '../model/index.ts';
import { played } from '../properties/shrinking/earlier.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const right = fileURLToPath(new URL('../examples/external/rss.py', import.meta.url));
const source = readFileSync(right, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-views-'));
test.after(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });

/** rss.py with a mistake. */
function wrong(name: string, from: string, to: string): string {
  assert.ok(source.includes(from), `rss.py has no ${from}`);
  writeFileSync(join(folder, name), source.replace(from, to));
  return `python3 ${join(folder, name)}`;
}

/** Its own view of everything, and what it sends when it is asked what is other. */
const LIE = 'return {"view": now if view == "whole"';

test('a program that leaves out of its changes what is gone is not alive: a whole view after each move of a replay says so', async () => {
  const forgets = wrong('forgets.py', 'for name in {**before, **now} if', 'for name in now if');
  const moves: Move[] = [
    ['mkdir', 0],
    ['rmdir', 0],
  ];
  const carried = await played(forgets, 'letter', [moves], {});
  assert.is(carried?.violation.claim, 'ImplementationAlive');
  assert.is(
    carried?.violation.witness,
    'after rmdir c0: its changes do not add up to its whole view: c0 is there, in the whole view not there',
  );
  assert.is(await played(`python3 ${right}`, 'letter', [moves], {}), null);
});

test('a program whose changes hide its mistake is found by a hunt, which asks for a whole view now and then, and shrunk', () => {
  const hides = wrong(
    'hides.py',
    LIE,
    `for c in now["containers"].values():
            c["failcnt"] += c["failcnt"] if view == "whole" else 0
        ${LIE}`,
  );
  const { status, stdout } = run(
    'verify',
    '--impl',
    hides,
    '--seed',
    '1',
    '--profile',
    'letter',
    '--runs',
    '40',
    '--save',
    'found',
  );
  assert.is(status, 1, stdout);
  assert.match(stdout, /^ImplementationAlive is violated in profile letter$/m);
  assert.match(
    stdout,
    /^ {2}after touch t0 p0: its changes do not add up to its whole view: failcnt of c0 is 1, in the whole view 2$/m,
  );
  assert.match(stdout, /^> {2}4 {2}touch t0 p0 {4}no answer$/m, 'shrunk');
});

test('the shell looks when a file is read: moves in between are asked for without a view, and nothing is missed', () => {
  const file = join(folder, 'letter.txt');
  const root = '/containers/rss/0';
  writeFileSync(
    file,
    [
      ...['$ mkdir /containers/rss/0', `$ echo $$ > ${root}/tasks`, `$ echo -n 60 > ${root}/rss_limit`],
      ...['$ fork toucher', '$ toucher: touch 0-99', `$ cat ${root}/rss_usage`, '60'],
      ...[`$ cat ${root}/rss_failcnt`, '40', '$ toucher: exit', `$ cat ${root}/rss_usage`, '0', ''],
    ].join('\n'),
  );
  for (const [impl, views] of [
    [`python3 ${right}`, { none: 107, changes: 0, whole: 2 }],
    [wrong('plain.py', ', "changes": True', ''), { none: 0, changes: 0, whole: 0 }],
  ] as const) {
    const log = join(folder, 'log');
    const { status, stdout } = run('shell', '--impl', `tee ${log} | ${impl}`, file);
    assert.is(status, 0, stdout);
    const lines = readFileSync(log, 'utf8').split('\n');
    const asked = (view: string) => lines.filter((line) => line.includes(`"view":"${view}"`)).length;
    assert.equal({ none: asked('none'), changes: asked('changes'), whole: asked('whole') }, views);
  }
});

test.run();
