// Programs that know trees, and those that do not: what they are asked, and that a mistake about ancestors is found and cut short.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerifySchema } from '../cli/verify-report.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const python = fileURLToPath(new URL('../examples/external/rss.py', import.meta.url));
const c = fileURLToPath(new URL('../examples/external/rss.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-trees-'));
test.after(() => rmSync(folder, { recursive: true }));

const firsttouch = (...args: string[]) => {
  const { status, stdout } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, out: stdout };
};
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** A copy of a program with a part of it otherwise. */
function broken(file: string, from: string, to: string, name: string): string {
  const source = readFileSync(file, 'utf8');
  assert.is(source.split(from).length, 2, `${from} stands once in ${file}`);
  const copy = join(folder, name);
  writeFileSync(copy, source.replace(from, to));
  return copy;
}

test('both examples know all profiles and trees; who does not say so gets containers under the root only', () => {
  const claimOf = (impl: string, profile: string) => {
    const { status, out } = firsttouch('verify', '--impl', impl, '--profile', profile, ...few, '--json');
    assert.is(status, 0, out);
    const { profiles } = Schema.decodeUnknownSync(VerifySchema)(JSON.parse(out));
    return profiles.at(-1)?.claims.find(({ name }) => name === 'InnerContainersHoldNoTasks');
  };
  const few = ['--seed', '1', '--runs', '8'];
  if (has('cc')) {
    const program = join(folder, 'trees');
    assert.is(spawnSync('cc', ['-O1', '-o', program, c]).status, 0);
    const last = claimOf(program, 'all');
    assert.equal([last?.verdict, (last?.met ?? 0) > 0], ['holds', true]);
  }
  if (!has('python3')) return console.log('SKIP python3 is not here');
  assert.is(claimOf(`python3 ${python}`, 'linux-v2')?.verdict, 'holds');
  const own = broken(python, '"usage": c.usage(),', '"usage": c.own(),', 'own.py');
  const flat = broken(own, '"trees": True, ', '', 'flat.py');
  assert.is(claimOf(`python3 ${flat}`, 'linux-v2')?.verdict, 'not observed');
});

test('a program that asks only the leaf for room is caught in a tree, and the trace is cut to a parent, a child and a touch', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const leaf = broken(python, 'for each in path if not', 'for each in path[:1] if not', 'leaf.py');
  const asked = ['--profile', 'linux-v1', '--seed', '1', '--runs', '30', '--json', '--save', folder];
  const { status, out } = firsttouch('verify', '--impl', `python3 ${leaf}`, ...asked);
  assert.is(status, 1, out);
  const { counterexample } = Schema.decodeUnknownSync(VerifySchema)(JSON.parse(out));
  const moves = counterexample?.moves.map((move) => move.join(' ')) ?? [];
  assert.equal(moves, ['mkdir c0', 'mkdir c1 c0', 'setLimit c0 0', 'spawn t0 c1', 'touch t0 p0']);
  const right = firsttouch('replay', '--impl', `python3 ${python}`, counterexample?.file ?? '');
  assert.is(right.status, 0, right.out);
});

test('the shell asks a program that speaks trees for a container within one; of another it says that it does not', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const [outer, inner] = ['/containers/rss/0', '/containers/rss/0/1'];
  const script = join(folder, 'nested.txt');
  writeFileSync(
    script,
    `// profile: linux-v1\n$ mkdir ${outer}\n$ mkdir ${inner}\n$ cat ${outer}/rss_usage\n0\n`,
  );
  const speaks = firsttouch('shell', '--impl', `python3 ${python}`, script);
  assert.is(speaks.status, 0, speaks.out);
  const deaf = broken(python, '"trees": True, ', '', 'deaf.py');
  const other = firsttouch('shell', '--impl', `python3 ${deaf}`, script);
  assert.is(other.status, 4, other.out);
  assert.match(other.out, /does not speak trees/);
});

test('a root that counts the pages of others, too, and no trees: told is what it showed, and what was added', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const sums = broken(python, '"trees": True, ', '', 'sums.py');
  const { status, out } = firsttouch(
    'verify',
    '--impl',
    `python3 ${sums}`,
    '--profile',
    'linux-v1',
    '--seed',
    '1',
  );
  assert.is(status, 1, out);
  assert.match(out, /root says 2 \(1 shown for itself, 1 by the containers in it\), its lists hold 1/);
});

test.run();
