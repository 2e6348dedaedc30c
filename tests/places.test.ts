// Where it runs and how it is stopped: no folder for temporary files, a folder that is gone, a checkout that is read-only, ^C; and what is said then.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scope } from '../cli/decode.ts';
import { helpText } from '../cli/main.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'cli/firsttouch.mjs');
const version = `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`;
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-places-'));
test.after(() => {
  for (const path of foldersOf(folder)) chmodSync(path, 0o755);
  rmSync(folder, { recursive: true });
});

function foldersOf(path: string): string[] {
  const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [path, ...inner.flatMap(({ name }) => foldersOf(join(path, name)))];
}

interface Wishes {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Sends ^C when this has been printed. */
  readonly until?: RegExp;
}

function firsttouch(args: readonly string[], { cwd = folder, env, input = '', until }: Wishes = {}) {
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
    if (until?.test(out)) interrupt(child);
  });
  child.stderr.on('data', (text) => {
    err += text;
    if (until?.test(err)) interrupt(child);
  });
  child.stdin.end(input);
  return new Promise<{ out: string; err: string; status: number | null }>((resolve) =>
    child.on('close', (status) => resolve({ out, err, status })),
  );
}

const interrupted = new Set<ChildProcess>();
function interrupt(child: ChildProcess): void {
  if (!interrupted.has(child)) child.kill('SIGINT');
  interrupted.add(child);
}

test('a TMPDIR that is none costs time and nothing else, until a folder in it is needed: one line, exit 2', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const env = { TMPDIR: join(file, 'none') };
  assert.equal(await firsttouch(['--version'], { env }), { out: version, err: '', status: 0 });
  const { status, err } = await firsttouch(['mutants', 'A1', '--seeds', '1', '--quiet'], { env });
  assert.is(status, 2);
  assert.match(err, /^firsttouch: no folder for temporary files can be made, see TMPDIR: ENOTDIR[^\n]*\n$/);
});

test('a current folder that was removed: one line, exit 2', () => {
  const script = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" --version && exec "$0" "$1" shell';
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script, process.execPath, bin], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.is(status, 2);
  assert.is(stdout, version);
  assert.is(stderr, 'firsttouch: the current folder is not there any more (ENOENT): go to another\n');
});

test('mistakes are planted in copies of a checkout that nobody may write', () => {
  const [checkout, tmp] = [join(folder, 'checkout'), join(folder, 'tmp')];
  mkdirSync(tmp);
  chmodSync(folder, 0o755);
  chmodSync(tmp, 0o777);
  for (const room of ['model', 'properties', 'checker', 'impl', 'mutants', 'package.json'])
    cpSync(join(root, room), join(checkout, room), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  for (const path of readOnly(checkout)) chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
  const program = `
    const { plant } = await import('./properties/subjects/plant.ts');
    const { mutants } = await import('./properties/races/protocol/mutants.ts');
    console.log(typeof (await plant('model/protocol', mutants[0])).effect, process.getuid());
  `;
  writeFileSync(join(tmp, 'plant.mjs'), program.replaceAll("'./", `'${checkout}/`));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(tmp, 'plant.mjs')],
    {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: tmp },
      // Nothing is read-only to root.
      ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
    },
  );
  assert.match(stdout, /^function [1-9]/, stderr);
});

/** What is in a folder, links left out. */
function readOnly(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isSymbolicLink() && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .concat(path);
}

test('a folder in which nothing can be saved is remarked on; when there is something to save, it is shown whole', async () => {
  const cwd = join(folder, 'unsaved');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'out'), 'a file');
  const common = ['verify', '--profile', 'letter', '--runs', '1', '--seed', '1'];
  const good = await firsttouch(common, { cwd });
  assert.is.not(good.status, 2);
  assert.match(good.err, /^firsttouch: --save out: .*out is no folder; what is found will be shown whole\n$/);
  const dies = `while read -r l; do case $l in *move*) exit 3;; *) echo '{"ok":true}';; esac; done`;
  const bad = await firsttouch([...common, '--impl', dies], { cwd });
  assert.is(bad.status, 1);
  const shown = bad.out.slice(bad.out.indexOf('\n{') + 1);
  assert.is(JSON.parse(shown).breaks, 'ImplementationAlive');
  const asked = await firsttouch([...common, '--save', 'out'], { cwd });
  assert.is(asked.status, 2, 'a folder that was asked for must be one');
});

test('a transcript that expects the end of the shell and gets it is as expected: 0', async () => {
  const R = '/containers/rss';
  const kill = `mkdir ${R}/0\necho -n 0 > ${R}/0/rss_limit\necho $$ > ${R}/0/tasks\ntouch 5\n`;
  const transcript = `${kill.replaceAll(/^(?=.)/gm, '$$ ')}Killed sh\n`;
  const [plain, same, other] = await Promise.all([
    firsttouch(['shell', '--quiet'], { input: kill }),
    firsttouch(['shell', '--quiet'], { input: transcript }),
    firsttouch(['shell', '--quiet'], { input: transcript.replace('Killed sh\n', '') }),
  ]);
  assert.equal([plain.status, same.status, other.status], [137, 0, 1]);
});

test('mutants that is interrupted tells what it hunted, and calls nothing missed that it did not', async () => {
  const args = ['mutants', 'A1', 'A4', '--seeds', '1000', '--shrink', '0', '--workers', '1'];
  const words = await firsttouch(args, { until: /^id .*claim/ });
  assert.is(words.status, 130);
  assert.not.match(words.out, /missed by|MISSED/);
  assert.match(
    words.out,
    /^unknown: no mutant was hunted to its end\ninterrupted, not hunted to their end: A1, A4$/m,
  );
});

test('a transcript that is interrupted tells how far it came', async () => {
  const input =
    '$ echo begun\nbegun\n$ nonsense\nsh: nonsense: EINVAL\n$ touch 0-9999999\n$ echo ended\nended\n';
  const { status, out, err } = await firsttouch(['shell'], { input, until: /nonsense/ });
  assert.is(status, 130);
  assert.match(err, /^stdin: interrupted in line 5; 1 commands after it were not begun$/m);
  assert.match(out, /^stdin: 2 of 4 commands ran, as expected/);
});

test('what is said of a wrong word is short and true: nearest is near, a verb is no flag, a long one is cut', async () => {
  const said: readonly (readonly [string[], RegExp])[] = [
    [
      ['campaign', 'foo'],
      /^firsttouch: campaign has no verb foo: legal are: start, work, status, report, cancel$/m,
    ],
    [['campaign', 'staart'], /^firsttouch: campaign has no verb staart: the nearest legal one is start;/m],
    [['frobnicate'], /^firsttouch: no command is called frobnicate; legal are: verify, /m],
    [
      ['verify', '--runs', '1'.repeat(100_000)],
      /^firsttouch: --runs 1{100}\.\.\. \(100,001 characters\) it takes a whole/m,
    ],
    [
      ['verify', '--scope', '1/65535/65535/3'],
      /^firsttouch: --scope 1\/65535\/65535\/3: every page is looked at/m,
    ],
  ];
  for (const [args, says] of said) {
    const { status, err } = await firsttouch(args);
    assert.is(status, 2, args[0]);
    assert.match(err, says);
  }
});

test('every scope that a help shows is one that --scope takes', async () => {
  const shown = (await helpText()).match(/\b\d+(\/\d+){2,}\b/g) ?? [];
  assert.ok(shown.length > 8);
  for (const text of shown) assert.is(scope(text, 'scope').pages, Number(text.split('/')[2]));
});

// What is translated from TypeScript is kept beside other temporary files: code that anybody could have written there is not run.
test('translated code is kept in a folder of ones own, and taken from no other', async () => {
  const temporary = join(folder, 'translated');
  mkdirSync(temporary);
  const run = () =>
    firsttouch(['verify', '--runs', '1', '--quiet'], { env: { TMPDIR: temporary, FIRSTTOUCH_PROGRAMS: '' } });
  assert.is((await run()).status, 0);
  const kept = join(temporary, `firsttouch-${process.geteuid?.() ?? 'code'}`);
  const files = readdirSync(kept);
  assert.ok(files.length > 50, `${files.length} files`);
  assert.is(statSync(kept).mode & 0o777, 0o700);

  for (const name of files) writeFileSync(join(kept, name), 'process.exit(66);\n// kept whole\n');
  assert.is((await run()).status, 66, 'it is taken from there');
  chmodSync(kept, 0o777);
  assert.is((await run()).status, 0, 'not if others may write there');
  for (const name of files) writeFileSync(join(kept, name), 'process.exit(66);');
  chmodSync(kept, 0o700);
  assert.is((await run()).status, 0, 'nor what was not written whole');
});

test.run();
