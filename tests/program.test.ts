// Programs behind --impl as they come: with children of their own, silent, talkative, in the wrong colors, with limits that no double holds.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../cli/printable.ts';
import { Program } from '../impl/external/program.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const python = fileURLToPath(new URL('../examples/external/rss.py', import.meta.url));
const c = fileURLToPath(new URL('../examples/external/rss.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-program-'));
test.after(() => rmSync(folder, { recursive: true }));

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** The processes of this machine that have such a word in their command line; null where that cannot be seen. */
function running(word: string): number | null {
  if (process.platform !== 'linux') return null;
  const lines = readdirSync('/proc').flatMap((id) => {
    try {
      return /^\d+$/.test(id) ? [readFileSync(`/proc/${id}/cmdline`, 'latin1')] : [];
    } catch {
      return [];
    }
  });
  return lines.filter((line) => line.split('\0').includes(word)).length;
}

/** A program that answers each line by the shell's `answer`. */
const answering = (answer: string): string => `while read -r line; do ${answer}; done`;
const OK = `echo '{"ok":true}'`;

const unique = (n: number): string => `${process.pid}.${n}`;

test('nothing that a program started outlives it: a child in its group, one that left the group, one that holds its output open', async () => {
  const [kept, left, held] = [unique(1), unique(2), unique(3)];
  const polite = new Program(`sleep ${kept} & setsid sleep ${left} & ${answering(OK)}`);
  assert.equal(await polite.ask({ reset: true }), { ok: true });
  if (running(kept) !== null) {
    await until(() => running(kept) === 1 && running(left) === 1);
    assert.equal([running(kept), running(left)], [1, 1]);
  }
  await polite.close();
  const rude = new Program(`sleep ${held} & read -r line; exit 3`);
  const error = await rude.ask({ reset: true }).catch((e: Error) => e);
  assert.is((error as Error).message, 'it ended (exit status 3)', 'at once, whoever holds its output');
  await rude.close();
  if (running(kept) === null) return console.log('SKIP no /proc here to see processes in');
  await until(() => running(kept) === 0 && running(left) === 0 && running(held) === 0);
  assert.equal([running(kept), running(left), running(held)], [0, 0, 0]);
});

test('a program and its children are gone when we are killed and can clean up nothing', async () => {
  if (running('x') === null) return console.log('SKIP no /proc here to see processes in');
  const word = unique(4);
  const child = spawn(process.execPath, [bin, 'verify', '--impl', `sleep ${word} & sleep ${word}`], {
    cwd: folder,
  });
  await until(() => (running(word) ?? 0) >= 2);
  child.kill('SIGKILL');
  await until(() => running(word) === 0);
  assert.is(running(word), 0);
});

/** Waits for what takes a moment; whoever calls asserts it afterwards. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
}

test('what counts against a program is its own silence, not the time in which we do not listen', async () => {
  const program = new Program(answering(`sleep 0.01; ${OK}`), { patience: 600 });
  const asked = program.ask({ reset: true });
  // After this the timers come first, and only then what has arrived.
  await new Promise((resolve) => setImmediate(resolve));
  const from = performance.now();
  while (performance.now() - from < 1000);
  assert.equal(await asked, { ok: true });
  await program.close();
  const silent = new Program(answering('true'), { patience: 200 });
  const error = await silent.ask({ reset: true }).catch((e: Error) => e);
  assert.is((error as Error).message, 'no answer in 0.2 s');
  await silent.close();
});

test('a program that says more than it was asked, or a line without end, is ended at once', async () => {
  const flood = new Program(`read -r line; printf '{"ok":true}\\ny\\n'; yes`);
  assert.equal(await flood.ask({ reset: true }), { ok: true });
  const unasked = await flood.ask({ reset: true }).catch((e: Error) => e.message);
  assert.is(unasked, 'a line that nobody asked for: "y"');
  await flood.close();
  for (const end of ['', '\\n']) {
    const long = new Program(
      `read -r line; head -c 4000001 /dev/zero | tr '\\0' x; printf '${end}'; sleep 600`,
    );
    const message = await long.ask({ reset: true }).catch((e: Error) => e.message);
    assert.is(message, 'its line passes 4000000 characters');
    await long.close();
  }
});

test('a number that no double holds goes to the program as a string of digits', async () => {
  const program = new Program('cat');
  assert.equal(await program.ask({ limit: 2n ** 60n + 1n, usage: 3n }), {
    limit: '1152921504606846977',
    usage: 3,
  });
  await program.close();
});

test('who waits for a program hears the signal at once', async () => {
  const interrupt = new AbortController();
  const program = new Program(answering('true'), { signal: interrupt.signal });
  const asked = program.ask({ reset: true }).catch((e) => e);
  interrupt.abort();
  assert.is(await asked, interrupt.signal.reason);
  await program.close();
});

test('^C ends a verify on a program that hangs, with exit 130 and what is known', async () => {
  const child = spawn(process.execPath, [
    bin,
    'verify',
    '--impl',
    answering(`echo asked >&2`),
    '--save',
    folder,
  ]);
  let [out, interrupted] = ['', false];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', () => {
    if (!interrupted) child.kill('SIGINT');
    interrupted = true;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.is(status, 130);
  assert.match(out, /^unknown \(cut off\): no violation in 0 commands/m);
});

test('^C in the midst of the first batch: what was judged until then is told', async () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const log = join(folder, 'said');
  const args = ['verify', '--impl', `python3 ${python}`, '--profile', 'letter', '--runs', '25', '--log', log];
  const child = spawn(process.execPath, [bin, ...args, '--save', folder]);
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  const ended = new Promise((resolve) => child.on('close', resolve));
  const timer = setInterval(() => {
    if (!existsSync(log) || readFileSync(log, 'utf8').split('\n').length < 200) return;
    clearInterval(timer);
    child.kill('SIGINT');
  }, 10);
  assert.is(await ended, 130);
  assert.match(out, /^unknown \(cut off\): no violation in [1-9][0-9,]* commands/m);
});

test('--timeout is how long a program may be silent', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [bin, 'verify', '--impl', answering('true'), '--timeout', '0.3', '--save', folder],
    { encoding: 'utf8' },
  );
  assert.is(status, 1);
  assert.match(stdout, /no answer in 0\.3 s/);
});

test('a line on stderr that does not end is cut, as are many of them', async () => {
  const remarks: string[] = [];
  const talk = `head -c 200000 /dev/zero | tr '\\0' x >&2; ${OK}`;
  const program = new Program(answering(talk), { remark: (line) => remarks.push(line) });
  for (let i = 0; i < 30; i++) await program.ask({ reset: true });
  await program.close();
  assert.is(remarks.length, 1);
  assert.is(remarks[0].length, 2003);
  assert.ok(remarks[0].endsWith('x...'));
});

test('limits from 2^53 on: both examples read them as strings, and are read back exactly, also unquoted', () => {
  const limits = ['9007199254740993', '9223372036854775806', '9223372036854775808', '1'.repeat(40)];
  const root = '/containers/rss';
  const script = limits.map((n) => `echo -n ${n} > ${root}/0/rss_limit\ncat ${root}/0/rss_limit\n`).join('');
  const refused = 'sh: echo: EINVAL\n9223372036854775806\n';
  const expected = `9007199254740993\n9223372036854775806\n${refused}${refused}`;
  const impls = ['controller', 'lru'];
  if (has('python3')) impls.push(`python3 ${python}`);
  if (has('gcc')) {
    assert.is(spawnSync('gcc', ['-O1', '-o', join(folder, 'rss'), c]).status, 0);
    impls.push(join(folder, 'rss'));
  }
  for (const impl of impls) {
    const input = `mkdir ${root}/0\n${script}`;
    const { stdout, stderr } = spawnSync(process.execPath, [bin, 'shell', '--impl', impl], {
      input,
      encoding: 'utf8',
    });
    assert.is(stdout, expected, `${impl}: ${stderr}`);
  }
});

test('whatever comes from outside is shown and not obeyed by the terminal', () => {
  const evil = '\x1b[2J\x1b]0;title\x07';
  const file = join(folder, 'evil.json');
  const steps = [{ move: ['mkdir', 'c0'], outcome: 'ok' }];
  const example = {
    ...{ format: 1, mistake: 'evil', breaks: 'EqualsSpec', subject: 'controller', profile: 'letter' },
    ...{ expect: 'holds', why: `so ${evil}`, missed: evil, found: evil },
    ...{ scope: { containers: 1, tasks: 1, pages: 1, limit: 1 }, trace: steps },
  };
  const told: { stdout: string; stderr: string; status: number | null }[] = [];
  const run = (...args: string[]) =>
    told.push(
      spawnSync(process.execPath, [bin, ...args, '--color', 'always'], { cwd: folder, encoding: 'utf8' }),
    );
  writeFileSync(file, JSON.stringify(example));
  writeFileSync(join(folder, 'skip'), `${JSON.stringify({ skip: evil })}\n`);
  run('explain', file);
  writeFileSync(file, JSON.stringify({ ...example, trace: [{ move: ['mkdir', 'c0'], outcome: evil }] }));
  run('replay', file);
  run('verify', '--impl', `printf '${evil}\\n' >&2; cat skip; cat`, '--runs', '1');
  writeFileSync(join(folder, 'evil.txt'), `mkdir /containers/rss/0\nfork ${evil}\n${evil}: exit\n`);
  run('shell', join(folder, 'evil.txt'));
  run('shell', `no${evil}such`);
  assert.equal(
    told.map(({ status }) => status),
    [0, 2, 4, 0, 2],
  );
  for (const { stdout, stderr } of told) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    assert.not.match(stdout.replace(/\x1b\[[0-9;]*m/g, ''), /[^\P{Cc}\n\t]/u);
    assert.not.match(stderr, /[^\P{Cc}\n\t]/u);
  }
  assert.match(told[0].stdout, /Why: so \\x1b\[2J/);
  assert.match(told[1].stderr, /outcome/);
});

test('of what a terminal would obey only our own colors are left, and only where there are any', () => {
  assert.is(
    printable('\x1b[31mred\x1b[39m \x1b[2J\r\u202e\x9b', true),
    '\x1b[31mred\x1b[39m \\x1b[2J\\x0d\\u202e\\x9b',
  );
  assert.is(printable('\x1b[31mred\tin two\nlines'), '\\x1b[31mred\tin two\nlines');
});

test.run();
