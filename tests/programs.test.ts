// The command line as a program of a test run says what its sources say, and belongs to them alone.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'cli/firsttouch.mjs');
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-programs-'));
const made = mkdtempSync(join(root, 'node_modules/.programs-'));
test.after(() => {
  for (const path of [folder, made]) rmSync(path, { recursive: true });
});

const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { out: stdout, err: stderr, status };
};
const plain = { FIRSTTOUCH_PROGRAMS: '' };

test('a run has its programs, unless it is to do without', () => {
  const { FIRSTTOUCH_WATCH: isRun, FIRSTTOUCH_PLAIN: without, FIRSTTOUCH_PROGRAMS: programs } = process.env;
  assert.ok(!isRun || without || programs);
});

test('a program and the sources as they are say the same: threads, planted mistakes, pages and errors', () => {
  const timeless = (text: string) =>
    text.replaceAll(/"(seconds|statesPerSecond|bytesPerState)":[\d.e+-]+/g, '');
  for (const args of [
    ['check', '--scope', '1/1/1/1', '--workers', '2', '--json'],
    ['verify', '--impl', 'mutant:canary', '--profile', 'letter', '--seed', '1', '--json'],
    ['explorer', 'page.html'],
    ['replay', 'nowhere.json'],
  ]) {
    const [fast, slow] = [run(bin, args), run(bin, args, plain)];
    assert.is(timeless(fast.out), timeless(slow.out), args.join(' '));
    assert.equal([fast.err, fast.status], [slow.err, slow.status], args.join(' '));
  }
});

test('the bin runs the program that it is told of, and no other checkout does', () => {
  mkdirSync(join(made, 'cli'));
  writeFileSync(join(made, 'cli/main.mjs'), "export const start = () => console.log('a program');\n");
  const env = { FIRSTTOUCH_PROGRAMS: made };
  assert.is(run(bin, ['shell'], env).out, 'a program\n');
  const other = join(folder, 'other');
  for (const room of ['cli', 'package.json'])
    cpSync(join(root, room), join(other, room), { recursive: true });
  writeFileSync(
    join(other, 'cli/typescript.mjs'),
    "export const readTypeScript = () => console.log('its sources');\n",
  );
  assert.match(run(join(other, 'cli/firsttouch.mjs'), ['shell'], env).out, /^its sources\n/);
});

test.run();
