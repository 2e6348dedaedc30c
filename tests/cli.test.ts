// The command line as a process: help, strictness, exit statuses, signals, broken pipes, links and foreign folders.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { styleFor } from '../cli/color.ts';
import { commands } from '../cli/commands.ts';
import { outsideOptions } from '../cli/flags.ts';
import { helpText } from '../cli/main.ts';
import { linuxPart, ProbeSchema } from '../cli/probe-call.ts';
import { progressText } from '../cli/progress.ts';
import { usualRuns } from '../cli/verify.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const golden = new URL('../cli/help.txt', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-cli-'));
test.after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | string | null;
  readonly out: string;
  readonly err: string;
}

interface Wishes {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly program?: string;
  readonly meanwhile?: (child: ChildProcessWithoutNullStreams, out: string) => void;
}

/** Runs it from a folder that is not ours. */
function firsttouch(
  args: readonly string[],
  { input = '', env, program = bin, meanwhile }: Wishes = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
    meanwhile?.(child, out);
  });
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ status: code ?? signal, out, err })),
  );
}

const R = '/containers/rss';

test('the help names every flag with its unit and default (FIRSTTOUCH_GOLDEN=write takes it anew)', async () => {
  const help = await helpText();
  if (process.env.FIRSTTOUCH_GOLDEN === 'write') writeFileSync(golden, help);
  assert.is(help, existsSync(golden) ? readFileSync(golden, 'utf8') : '');
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load();
    assert.is(command.name, name);
    const own = await helpText(name);
    for (const [flag, { placeholder, unit }] of Object.entries(command.flags)) {
      const from = own.indexOf(`\n  --${flag}${placeholder === null ? '' : ' '}`);
      assert.ok(from >= 0, `${name} --help does not name --${flag}`);
      const text = own.slice(from, own.indexOf('\n  --', from + 1)).replace(/\s+/g, ' ');
      assert.match(text, / \[default: [^\]]+\]/, `${name} --${flag}`);
      if (unit) assert.ok(text.includes(unit), `${name} --${flag} names its unit`);
    }
    assert.ok(
      own.split('\n').every((line) => line.length <= 140),
      `${name} --help is narrow`,
    );
  }
});

test('--help, --version and a link to the bin, from any folder', async () => {
  const link = join(folder, 'linked');
  symlinkSync(bin, link);
  const [version, help, own] = await Promise.all([
    firsttouch(['--version'], { program: link }),
    firsttouch(['--help']),
    firsttouch(['shell', '--impl', 'nonsense', '--help']),
  ]);
  const { version: stated } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(version, { status: 0, out: `${stated}\n`, err: '' });
  assert.equal(help, { status: 0, out: await helpText(), err: '' });
  assert.equal(own, { status: 0, out: await helpText('shell'), err: '' });
});

test('usage errors: exit 2, one line, the nearest legal one', async () => {
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /no command; there are: .*shell/],
    [['shel'], /no command is called shel; the nearest legal one is shell/],
    [['--versoin'], /there is no --versoin: the nearest legal one is --version/],
    [['shell', '--profil', 'letter'], /shell has no flag --profil; the nearest legal one is --profile/],
    [['shell', '--profile', 'linux-v3'], /--profile linux-v3: the nearest legal one is linux-v[12]/],
    [['shell', '--impl=contoller'], /--impl contoller: the nearest legal one is controller/],
    [['probe', '--impl', 'nope'], /--impl nope: there is no such command; legal is a command line/],
    [['shell', '--profile'], /--profile needs a value/],
    [['shell', '--profile', '--quiet'], /--profile needs a value/],
    [['shell', '--quiet=yes'], /--quiet is a switch and takes no value/],
    [['shell', '--quiet', '--quiet'], /--quiet is given twice/],
    [['shell', 'a', 'b'], /shell takes at most 1 FILE, and b is one too many/],
    [['shell', '-q'], /shell has no flag -q; the nearest legal one is --quiet/],
    [['verify', '--record', 'kernel'], /--record writes what the kernel answers: it goes with --impl linux/],
    [['shell', 'nowhere.txt'], /nowhere\.txt: there is no such file/],
    [['shell', '.'], /\.: it is a folder/],
    [['shrink', '.'], /\.: it is a folder; one counterexample is read here, replay takes a folder/],
    [['explain', 'x.json', '--json', '--test'], /--json for one object, --test for a uvu test/],
    [['shrink', 'x.json', '--json', '--test'], /--json for one object, --test for a uvu test/],
    [['spec', 'a.html', '--out', 'b.html'], /a\.html and --out b\.html both say where/],
    [['verify', '--runs', '99999999999999999999'], /from 1 to 9007199254740991$/m],
    [['verify', '--profile', 'letr'], /the nearest legal one is letter; legal are: letter, v3\.1/],
  ];
  for (const [args, says] of wrong) {
    const { status, out, err } = await firsttouch(args);
    assert.is(status, 2, args.join(' '));
    assert.is(out, '');
    assert.match(err, says);
    assert.is(err.trimEnd().split('\n').length, 1, 'one line');
  }
});

test('a script prints, a transcript is compared: 0, 1 with a diff, 2 for what is neither, 137 for a killed shell', async () => {
  const script = `mkdir ${R}/0\ncat ${R}/0/rss_usage\nrmdir ${R}\n`;
  const transcript = `// profile: letter\n$ mkdir ${R}/0\n// a remark\n$ cat ${R}/0/rss_usage\n0\n$ ls ${R}/1\n`;
  const kill = `mkdir ${R}/0\necho -n 0 > ${R}/0/rss_limit\necho $$ > ${R}/0/tasks\ntouch 5\nls ${R}\n`;
  const file = join(folder, 'transcript.txt');
  writeFileSync(file, transcript.replace('$ ls', '$ cat').replace('/1\n', '/0/tasks\n'));
  const [plain, same, differs, neither, profile, killed] = await Promise.all([
    firsttouch(['shell'], { input: script }),
    firsttouch(['shell', file]),
    firsttouch(['shell', '-'], { input: transcript }),
    firsttouch(['shell'], { input: `out\n${transcript}` }),
    firsttouch(['shell'], { input: transcript.replace('letter', 'leter') }),
    firsttouch(['shell', '--impl', 'lru'], { input: kill }),
  ]);
  assert.equal(plain, { status: 0, out: '0\nsh: rmdir: EBUSY\n', err: '' });
  assert.equal(same, {
    status: 0,
    out: `${file}: 3 commands, all as expected (controller, profile letter)\n`,
    err: '',
  });
  assert.is(differs.status, 1);
  assert.is(
    differs.out,
    `--- stdin\n+++ controller, profile letter\n@@ -5,2 +5,3 @@\n 0\n $ ls ${R}/1\n+sh: ls: ENOENT\n1 of 3 commands differ\n`,
  );
  assert.is(neither.status, 2);
  assert.match(neither.err, /^firsttouch: stdin:1: "out" stands before the first command/);
  assert.is(profile.status, 2);
  assert.match(profile.err, /^firsttouch: stdin:1: no profile leter; the nearest legal one is letter/);
  assert.equal(killed, { status: 137, out: 'Killed sh\n', err: '' });
});

test('the shell drives the concurrent controller, and any program: what its files say is read off its view', async () => {
  const input = `$ mkdir ${R}/0\n$ echo $$ > ${R}/0/tasks\n$ cat ${R}/0/tasks\n1\n$ echo -n 2 > ${R}/0/rss_limit\n$ touch 7000000-7000002
$ cat ${R}/0/rss_usage\n2\n$ cat ${R}/0/rss_failcnt\n1\n$ cat ${R}/0/rss_limit\n2\n$ rmdir ${R}\nsh: rmdir: EBUSY\n`;
  const program = join(folder, 'counts-nothing.mjs');
  // It has one container's task, and a usage that stays 0.
  writeFileSync(
    program,
    `let at = 'c0';
    const view = (c) => ({ usage: 0, failcnt: 1, limit: 2, tasks: c === at ? ['t1'] : [] });
    process.stdin.on('data', (text) => {
      const [name, , to] = JSON.parse(text).move ?? [];
      if (name === 'move') at = to;
      const shown = { c0: view('c0'), c1: view('c1') };
      console.log(name ? JSON.stringify({ outcome: 'ok', view: { containers: shown } }) : '{"ok":true}');
    });`,
  );
  const run = (impl: string, text = input) => firsttouch(['shell', '--impl', impl], { input: text });
  const [concurrent, other, wrong, gone] = await Promise.all([
    run('concurrent'),
    run('concurrent', `// profile: linux-v2\n${input}`),
    run(`${process.execPath} ${program}`),
    run('./nowhere', input),
  ]);
  assert.equal(concurrent, {
    status: 0,
    out: 'stdin: 9 commands, all as expected (concurrent, profile letter)\n',
    err: '',
  });
  assert.is(other.status, 4);
  assert.match(other.out, /^skipped: concurrent knows letter, not linux-v2\n/);
  assert.is(wrong.status, 1);
  assert.match(wrong.out, /\$ cat \/containers\/rss\/0\/rss_usage\n-2\n\+0\n/);
  assert.match(wrong.out, /^1 of 9 commands differ$/m);
  assert.is(gone.status, 1);
  assert.match(gone.out, /^ImplementationAlive is violated: to \{"firsttouch":1,.*no such command/);
});

test('--profile is stronger than what a transcript says', async () => {
  const input = `// profile: letter\n$ mkdir ${R}/0\n$ echo -n 18446744073709551616 > ${R}/0/rss_limit\n`;
  const [letter, v31] = await Promise.all([
    firsttouch(['shell', '--quiet'], { input }),
    firsttouch(['shell', '--quiet', '--profile', 'v3.1'], { input }),
  ]);
  assert.is(letter.status, 1);
  assert.equal(v31, { status: 0, out: '', err: '' });
});

test('Ctrl-C in a long command: 130, and what was printed before it is there', async () => {
  const { status, out } = await firsttouch(['shell'], {
    input: 'echo begun\ntouch 0-9999999\necho ended\n',
    meanwhile: (child, sofar) => {
      if (sofar === 'begun\n') child.kill('SIGINT');
    },
  });
  assert.is(status, 130);
  assert.is(out, 'begun\n');
});

test('a reader that goes away is no error', async () => {
  const { status, err } = await firsttouch(['shell'], {
    input: `${`ls ${R}\n`.repeat(20_000)}`,
    meanwhile: (child) => child.stdout.destroy(),
  });
  assert.is(status, 0);
  assert.is(err, '');
});

test('a disk that is full is told in one line, and is no defect of ours', async () => {
  if (!existsSync('/dev/full')) return assert.ok(true, 'only Linux has one');
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, '--version'], { stdio: ['ignore', full, 'pipe'] });
  let err = '';
  child.stderr?.on('data', (chunk) => (err += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  closeSync(full);
  assert.match(err, /^firsttouch: what was found cannot be written: ENOSPC[^\n]*\n$/);
  assert.is(status, 2);
});

test('a profile that had no turn before the time was up is unknown: 3', async () => {
  const { status, out } = await firsttouch([
    'verify',
    '--minutes',
    '0.00001',
    '--seed',
    '1',
    '--impl',
    'lru',
  ]);
  assert.is(status, 3);
  assert.match(out, /^unknown \(cut off\): no violation in /m);
});

test('what a profile breaks by design is not shrunk, and is no defect', async () => {
  const file = new URL('../counterexamples/zero-is-no-limit-in-2007.json', import.meta.url).pathname;
  const { status, out } = await firsttouch(['shrink', file]);
  assert.is(status, 0);
  assert.match(out, /breaks WithinLimit by the design of profile v3.1 \(.*\): there is nothing to shrink\n$/);
});

test('a defect of ours is 70 and one line; the stack only on request', async () => {
  const sabotage = 'data:text/javascript,Array.prototype.toSpliced = () => { throw new Error("boom") }';
  const options = { NODE_OPTIONS: `--import="${encodeURI(sabotage)}"` };
  const run = (env: NodeJS.ProcessEnv) =>
    firsttouch(['shell', '--impl', 'lru'], { input: 'touch 0\n', env: { ...options, ...env } });
  const [plain, debug] = await Promise.all([run({}), run({ FIRSTTOUCH_DEBUG: '1' })]);
  assert.is(plain.status, 70);
  assert.match(
    plain.err,
    /^firsttouch: boom \(this is a defect in firsttouch; FIRSTTOUCH_DEBUG=1 shows where\)\n$/,
  );
  assert.is(debug.status, 70);
  assert.match(debug.err, /\n {4}at .*page\.ts/);
});

test('what is missing is named with the command that mends it, and what is there with its place', async () => {
  const [empty, full] = ['empty', 'full'].map((name) => join(folder, name));
  for (const path of [empty, full]) mkdirSync(path);
  for (const name of ['linux.uml', 'qemu-system-x86_64', 'python3', 'mke2fs'])
    writeFileSync(join(full, name), '#!/bin/true\n', { mode: 0o755 });
  const [bare, equipped] = await Promise.all(
    [empty, full].map((PATH) => firsttouch(['probe', '--json'], { env: { ...process.env, PATH, CC: '' } })),
  );
  // Without a compiler nothing is tried on the kernel.
  assert.equal([bare.status, equipped.status], [4, 4]);
  const partsOf = ({ out }: typeof bare) => {
    const { parts } = Schema.decodeUnknownSync(ProbeSchema)(JSON.parse(out));
    return Object.fromEntries(parts.map((part) => [part.name, part]));
  };
  const [absent, there] = [bare, equipped].map(partsOf);
  assert.match(absent.compiler.missing.join(), /apt-get install gcc libc6-dev/);
  assert.match(
    absent['guest (User Mode Linux)'].missing.join(),
    /linux\.uml \(apt-get install user-mode-linux\)/,
  );
  assert.match(
    absent['guest (QEMU)'].missing.join(),
    /qemu-system-x86_64 \(apt-get install qemu-system-x86\)/,
  );
  assert.match(absent.python3.missing.join(), /python3 \(apt-get install python3\)/);
  for (const name of ['guest (User Mode Linux)', 'guest (QEMU)', 'python3'])
    assert.equal([there[name].ok, there[name].missing], [true, []], name);
  assert.match(
    there['guest (User Mode Linux)'].found,
    /full\/linux\.uml, .*full\/mke2fs, for verify --impl linux/,
  );
  assert.ok(there['z3-solver'].ok || /npm install z3-solver/.test(there['z3-solver'].missing.join()));
});

test('a machine has its memory controller in one hierarchy: the other profile does not run on its kernel', () => {
  const facts = { release: '6.1', transparentHugePages: 'none', generations: 'none', swap: 'none' };
  const v1 = { ok: true, missing: [], facts, hierarchy: '/m', compiler: 'cc' };
  const none = { ...v1, ok: false, missing: ['a mounted cgroup v1 memory hierarchy'], hierarchy: null };
  assert.match(
    linuxPart(v1, null).found,
    /at \/m, cgroup v1: linux-v2 does not run on this kernel, but in a guest/,
  );
  const onV2 = linuxPart(none, v1);
  assert.match(onV2.found, /cgroup v2: linux-v1 does not run on this kernel/);
  assert.equal([onV2.ok, onV2.missing], [true, []]);
  assert.equal(linuxPart(none, none).missing, none.missing);
});

test('a kernel gets 50 runs a profile; what it says at each turn is told once, what a program says each time', () => {
  assert.equal(
    ['linux', 'linux+killer:/k', 'controller', 'python3 a.py'].map(usualRuns),
    [50, 50, 2000, 2000],
  );
  for (const [impl, times] of [
    ['linux', 1],
    ['node a.js', 2],
  ] as const) {
    const told: string[] = [];
    const { signal } = new AbortController();
    const { remark } = outsideOptions(
      { signal, err: (text) => told.push(text) },
      { impl, timeout: undefined },
    );
    for (const _ of [1, 2]) remark('the same');
    assert.equal(told, Array(times).fill(`${impl.split(' ')[0]}: the same\n`));
  }
});

test('a signal to the whole group ends the translator: what is loaded after it is translated by another', async () => {
  if (!existsSync('/proc/self/stat')) return assert.ok(true, 'only Linux has one');
  const reader = new URL('../cli/typescript.mjs', import.meta.url).href;
  for (const name of ['one', 'two'])
    writeFileSync(join(folder, `${name}.ts`), `export const ${name}: number = 7;`);
  const script = `
    import { readdirSync, readFileSync } from 'node:fs';
    const { readTypeScript } = await ${'import'}(${JSON.stringify(reader)});
    readTypeScript();
    const { one } = await ${'import'}(${JSON.stringify(join(folder, 'one.ts'))});
    const isOurs = (pid) => {
      try {
        return Number(readFileSync('/proc/' + pid + '/stat', 'utf8').replace(/^.*\\) . /s, '').split(' ')[0]) === process.pid;
      } catch {}
    };
    const ours = readdirSync('/proc').filter((pid) => Number(pid) > 0 && isOurs(pid));
    for (const pid of ours) process.kill(Number(pid), 'SIGTERM');
    while (ours.some(isOurs)) await new Promise((resolve) => setTimeout(resolve, 10));
    const { two } = await ${'import'}(${JSON.stringify(join(folder, 'two.ts'))});
    console.log(ours.length, one, two);
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TMPDIR: folder },
  });
  assert.equal([stdout, stderr], ['1 7 7\n', '']);
});

test('color: --color is stronger than NO_COLOR, NO_COLOR than the terminal', () => {
  const colored = (wish: string, isTTY: boolean, env: NodeJS.ProcessEnv) =>
    styleFor(wish, isTTY, env)('red', 'x') !== 'x';
  assert.is(colored('auto', true, {}), true);
  assert.is(colored('auto', false, {}), false);
  assert.is(colored('auto', true, { NO_COLOR: '1' }), false);
  assert.is(colored('auto', true, { NO_COLOR: '' }), true);
  assert.is(colored('always', false, { NO_COLOR: '1' }), true);
  assert.is(colored('never', true, {}), false);
});

test('progress says how far, how fast', () => {
  assert.is(progressText(1200, 'runs', 2, 4800, 'letter'), '1,200 of 4,800 runs, 25%, 600 runs/s, letter');
  assert.is(progressText(7, 'states', 0), '7 states');
});

test.run();
