// What people read breaks between words: the helps at 80 columns, and whatever a command says on a terminal of 80 columns.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../cli/commands.ts';
import { helpText } from '../cli/main.ts';
import { fitted, paragraphs, wrapped } from '../cli/wrap.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', '(', ',', '|'), minLength: 1, maxLength: 30 });
const line = fc
  .tuple(fc.nat(8), fc.array(fc.tuple(word, fc.integer({ min: 1, max: 3 })), { maxLength: 30 }))
  .map(
    ([margin, words]) =>
      ' '.repeat(margin) +
      words
        .map(([text, n]) => text + ' '.repeat(n))
        .join('')
        .trimEnd(),
  );
const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));
const words = (some: string): string[] => some.split(/\s+/).filter((one) => one !== '');
/** Too long only where one word is. */
const fits = (one: string, columns: number) => one.length <= columns || words(one).length <= 1;

test('a text fits: no word is lost or broken, and what was short enough stays as it is', () => {
  const columns = fc.integer({ min: 20, max: 100 });
  fc.assert(
    fc.property(text, columns, (given, width) => {
      const made = fitted(given, width);
      assert.equal(words(made), words(given));
      for (const one of made.split('\n')) assert.ok(fits(one, width), one);
      const short = given.split('\n').filter((one) => one.length <= width);
      assert.is(fitted(short.join('\n'), width), short.join('\n'));
      for (const one of wrapped(given, width)) assert.ok(fits(one, width), one);
      assert.equal(words(paragraphs(given, width)), words(given));
    }),
  );
});

test('a line goes on to the right of its margin, a command behind a backslash, JSON not at all; colors take no room', () => {
  assert.is(fitted('  one two three', 10), '  one two\n    three');
  assert.is(
    fitted('  replay: npx firsttouch replay out/a.json', 30),
    '  replay: npx firsttouch \\\n    replay out/a.json',
  );
  assert.is(fitted('{"a": [1, 2, 3, 4]}', 10), '{"a": [1, 2, 3, 4]}');
  assert.is(fitted('\x1b[1mone\x1b[22m two', 7), '\x1b[1mone\x1b[22m two');
  assert.is(paragraphs('one\ntwo three\n  four\nfive', 7), 'one two\nthree\n  four\nfive');
});

test('every help fits into 80 columns', async () => {
  for (const name of [undefined, ...Object.keys(commands)])
    for (const one of (await helpText(name)).split('\n')) assert.ok(one.length <= 80, `${name}: ${one}`);
});

/** Runs commands, one after the other, each on a terminal of 80 columns, and prints what it saw. */
const TERMINAL = `
import fcntl, json, os, pty, struct, sys, termios
for args in json.loads(sys.argv[1]):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
        os.execvp(args[0], args)
    seen = b''
    while True:
        try: part = os.read(fd, 65536)
        except OSError: break
        if not part: break
        seen += part
    os.waitpid(pid, 0)
    sys.stdout.write(seen.decode().replace('\\r\\n', '\\n').replace('\\r\\x1b[K', '\\n') + '\\0')
`;

test('on a terminal of 80 columns no line of any command is longer', () => {
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-wrap-'));
  const [bin, file] = ['cli/firsttouch.mjs', 'counterexamples/badness-overflow.json'].map((path) =>
    fileURLToPath(new URL(`../${path}`, import.meta.url)),
  );
  const runs = [
    ['frobnicate'],
    ['check', '--scope', '1/1/1/1', '--model', 'protocol'],
    ['verify', '--runs', '2', '--seed', '1'],
    ['verify', '--impl', 'mutant:canary', '--profile', 'letter', '--seed', '1'],
    ['replay', file],
    ['explain', file],
    ['stress', '--mutant', 'none'],
    ['probe'],
  ];
  const calls = runs.map((args) => [process.execPath, bin, ...args, '--color', 'never']);
  const { stdout, stderr } = spawnSync('python3', ['-c', TERMINAL, JSON.stringify(calls)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm' },
  });
  rmSync(folder, { recursive: true });
  const seen = stdout.split('\0').slice(0, -1);
  assert.is(seen.length, runs.length, stderr);
  for (const [i, told] of seen.entries()) {
    assert.ok(told.length > 20, `${runs[i].join(' ')}: ${told}`);
    for (const one of told.split('\n')) assert.ok(fits(one, 80), `${runs[i].join(' ')}: ${one}`);
  }
  assert.match(seen[0], /\n {2}\S/, 'an error of more than 80 characters goes on below itself');
});

test.run();
