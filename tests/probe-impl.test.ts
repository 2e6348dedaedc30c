// `probe --impl`: a dry run of the protocol says what was sent, what came, what is observed and what the rest costs; `--log` keeps every line.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../cli/init-call.ts';
import { ProbeImplSchema } from '../cli/probe-impl.ts';
import { actions, profiles } from '../model/index.ts';
import { rehearse } from '../properties/subjects/rehearsal.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const python = fileURLToPath(new URL('../examples/external/rss.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-probe-'));
test.after(() => rmSync(folder, { recursive: true }));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const firsttouch = (...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });

/** The example with one text replaced, and whole views, as a command. */
function altered(from: string, to: string): string {
  const source = readFileSync(python, 'utf8').replace(', "changes": True', '');
  assert.ok(source.includes(from), from);
  const file = join(folder, `${from.replaceAll(/\W/g, '')}.py`);
  writeFileSync(file, source.replace(from, to));
  return `python3 ${file}`;
}

const probed = (command: string) => rehearse(command, profiles.letter, { patience: 2000 });

test('a program that is right: a move of each kind, everything observed, no complaint; and the whole conversation on file', () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const { status, stdout, stderr } = firsttouch(
    'probe',
    '--impl',
    `python3 ${python}`,
    '--json',
    '--log',
    'said',
  );
  assert.equal([status, stderr], [0, '']);
  const told = Schema.decodeUnknownSync(ProbeImplSchema)(JSON.parse(stdout));
  assert.is(told.ok, true);
  assert.equal(
    [told.greeting, told.missing, told.notBuilt, told.differs, told.complaints],
    ['{"ok":true,"trees":true,"changes":true}', [], [], null, []],
  );
  assert.equal(
    [...new Set(told.moves.map(({ move }) => move.split(' ')[0]))].sort(),
    actions.map(({ name }) => name).sort(),
  );
  assert.ok(told.moves.some(({ outcome }) => outcome === 'KILLED'));
  assert.ok((told.movesPerSecond ?? 0) > 0);

  const lines = readFileSync(join(folder, 'said'), 'utf8').trim().split('\n');
  assert.match(lines[0], /^1 == started: python3 /);
  assert.is(
    lines[1],
    '1 -> {"firsttouch":1,"profile":"letter","scope":{"containers":3,"tasks":4,"pages":8,"limit":9}}',
  );
  assert.is(lines[2], '1 <- {"ok": true, "trees": true, "changes": true}');
  const marks = lines.slice(1, -1).map((line) => line.split(' ')[1]);
  assert.ok(
    marks.every((mark, i) => mark === (i % 2 === 0 ? '->' : '<-')),
    'each line that was sent has its answer',
  );
  assert.is(lines.at(-1), '1 == ended (exit status 0)');
});

test('of a program as init makes it all that is not built is listed, what is refused for want of the rest, too', async () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const file = join(folder, 'fresh.py');
  writeFileSync(file, filesOf('python')['rss.py']);
  const { notBuilt, complaints, moves } = await probed(`python3 ${file}`);
  assert.equal(notBuilt, [
    'rmdir',
    'fork',
    'exit',
    'move',
    'unmap',
    'copy',
    'pin',
    'unpin',
    'setLimit',
    'evict',
  ]);
  assert.equal([complaints, moves.length], [[], 26]);
});

test('--log goes with verify, too, and with a program only', () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const args = ['--profile', 'letter', '--runs', '1', '--seed', '1', '--impl', `python3 ${python}`];
  const { status, stderr } = firsttouch('verify', ...args, '--log', 'verified');
  assert.equal([status, stderr], [0, '']);
  assert.match(readFileSync(join(folder, 'verified'), 'utf8'), /^1 -> \{"move":\["touch",/m);
  const refused = firsttouch('verify', '--log', 'x');
  assert.is(refused.status, 2);
  assert.match(
    refused.stderr,
    '--log keeps what is said to a program: it goes with --impl "COMMAND", not controller',
  );
});

test('what is not shown is named, with the claims that it costs', async () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const { missing, complaints } = await probed(altered('"pins": [t for', '"_": [t for'));
  assert.equal(complaints, []);
  assert.equal(
    missing.map(({ observable }) => observable),
    ['pins'],
  );
  assert.ok(missing[0].claims.includes('PinnedNeverReclaimed'));
});

test('each complaint has the line that was sent and the line that came; the others go on', async () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const late = await probed(altered('raise Refused("EINVAL")', 'raise Refused("EWHAT")'));
  assert.is(late.complaints.length, 1);
  assert.match(
    late.complaints[0],
    /^to \{"move":\["setLimit","c1","9223372036854775808"\]\} it answered \{"outcome":"EWHAT",/,
  );
  assert.match(late.complaints[0], 'legal is {"outcome":"ok"');
  assert.is(late.moves.at(-1)?.outcome, 'ok', 'it was asked to the end');

  const deaf = await probed(altered('answer = {"ok": True}\n        elif', 'continue\n        elif'));
  assert.match(
    deaf.complaints[0],
    /^to \{"reset":true\}: no answer in 2 s; legal is one line: \{"ok":true\}$/,
  );

  const forgetful = await probed(altered('controller = Controller()\n            answer', 'answer'));
  assert.is(forgetful.complaints.length, 0);
  assert.match(forgetful.differs ?? '', 'mkdir c0: ');
});

test('what probe tells fits into 80 columns, and what goes on in a next line stands below itself', () => {
  if (!hasPython) return console.log('SKIP python3 is not here');
  const lines = firsttouch('probe', '--impl', `python3 ${python}`).stdout.split('\n');
  const from = lines.findIndex((line) => line.startsWith('observed '));
  assert.match(lines[from + 1], /^ {12}\w+, /);
  for (const line of lines.slice(0, -2)) assert.ok(line.length <= 80, line);
});

test('what is left to build is no complaint', async () => {
  const file = join(folder, 'rss.mjs');
  writeFileSync(file, filesOf('javascript')['rss.mjs']);
  const { notBuilt, complaints, differs } = await probed(`node ${file}`);
  assert.equal([complaints, differs], [[], null]);
  assert.ok(notBuilt.includes('unpin') && notBuilt.includes('setLimit'));
});

test.run();
