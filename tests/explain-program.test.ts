// What was found in a program: the file keeps what it showed when it failed, explain and the explorer show that beside the model, and the test
// that is written for it starts the program.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { picturesOf, recordingDiffers } from '../explorer/compare.ts';
import { openText } from '../explorer/open.ts';
import { Session } from '../explorer/session.ts';
import type { Move } from '../model/index.ts';
import { afterEarlier } from '../properties/shrinking/earlier.ts';
import {
  type Counterexample,
  counterexampleText,
  FORMAT,
  parseCounterexample,
} from '../properties/trace/counterexample.ts';
import { storyOf, storyText } from '../properties/trace/explain.ts';
import { testText } from '../properties/trace/regression.ts';
import { replay } from '../properties/trace/replay.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-program-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A list's new pages go to its tail: only the view shows it. */
const right = join(root, 'examples/external/rss.py');
const wrong = join(folder, 'wrong.py');
writeFileSync(wrong, readFileSync(right, 'utf8').replaceAll('active.insert(0, p)', 'active.append(p)'));

const example: Counterexample = {
  format: FORMAT,
  mistake: 'equals-spec-at-touch',
  breaks: 'EqualsSpec',
  subject: `python3 ${wrong}`,
  profile: 'letter',
  expect: 'holds',
  why: 'new pages go to the tail',
  missed: 'planted',
  found: 'by hand',
  scope: { containers: 1, tasks: 1, pages: 2, limit: 0 },
  moves: [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['touch', 0, 0],
    ['touch', 0, 1],
  ],
  answers: Array.from({ length: 4 }, () => ({ outcome: 'ok', killed: [], reclaimed: [] })),
};

test('the view that was wrong is kept in the file; the explorer opens at that move, with both pictures', async () => {
  const { violation } = await replay(example);
  assert.ok(violation?.shown?.includes('|  active   head [p0 p1] tail'));
  const text = counterexampleText({ ...example, shown: violation?.shown ?? [] });
  assert.equal(parseCounterexample(text, 'kept.json').shown, violation?.shown);
  const session = new Session();
  session.show(openText(text, 'kept.json'));
  assert.is(session.timeline.at, 4);
  assert.ok(session.recorded);
  if (!session.recorded) return;
  assert.is(
    recordingDiffers(session.timeline, session.recorded)?.what,
    `python3 ${wrong} shows "|  active   head [p0 p1] tail", the model "|  active   head [p1 p0] tail"`,
  );
  assert.is(picturesOf(session.timeline, session.recorded)?.apart.mine.filter(Boolean).length, 1);
});

test('a file of before, without a view, opens as it did: at its beginning, with nothing to compare but the answers', () => {
  const session = new Session();
  session.show(openText(counterexampleText(example), 'old.json'));
  assert.is(session.timeline.at, 0);
  assert.is(session.recorded && recordingDiffers(session.timeline, session.recorded), null);
});

test('explain shows both sides of the failing move, the lines that differ marked; and what was kept, if the program does it no more', async () => {
  const now = storyText(example, await storyOf(example));
  assert.match(now, / {3}≠ \| {2}active {3}head \[p0 p1\] tail\n/);
  assert.match(now, / {3}≠ \| {2}active {3}head \[p1 p0\] tail\n/);
  const shown = ['+- c0: usage 2, limit none, failcnt 0, reclaimed 0', '|  active   head [p0 p1] tail'];
  const mended = storyText({ ...example, shown }, await storyOf({ ...example, shown }, `python3 ${right}`));
  assert.match(mended, /When it was found, .*\n.*\n {3}≠ \| {2}active {3}head \[p0 p1\] tail\n/);
});

test('the test that is written starts the program: red with the mistake, green with another command', () => {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'firsttouch'));
  symlinkSync(join(root, 'node_modules/uvu'), join(modules, 'uvu'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const file = join(folder, 'mistake.test.ts');
  writeFileSync(file, testText(example));
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs');
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ['--import', tsx, file], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  const red = run({});
  assert.is(red.status, 1, red.stderr);
  assert.match(red.stdout, /active list of c0 is \[p0 p1\]/);
  const green = run({ FIRSTTOUCH_IMPL: `python3 ${right}` });
  assert.is(green.status, 0, green.stdout + green.stderr);
});

/** After two runs in which somebody was killed, the process counts one refusal too many in c0. */
const keeps = join(folder, 'keeps.py');
writeFileSync(
  keeps,
  readFileSync(right, 'utf8')
    .replace('    for line in sys.stdin:\n', '    count, killed = 0, False\n    for line in sys.stdin:\n')
    .replace(
      '            answer = {"ok": True}\n        elif',
      '            answer = {"ok": True}\n            count, killed = count + killed, False\n        elif',
    )
    .replace(
      '            answer = controller.do(*message["move"])\n',
      `            answer = controller.do(*message["move"])
            killed = killed or bool(answer.get("killed"))
            if count >= 2 and "c0" in controller.containers:
                controller.containers["c0"].failcnt += 1
`,
    ),
);

test('a program that keeps something over its reset: the fewest runs before the one that fails are found, saved and played again', async () => {
  const kill: Move[] = [
    ['mkdir', 0],
    ['setLimit', 0, 0],
    ['spawn', 0, 0],
    ['touch', 0, 0],
  ];
  const impl = `python3 ${keeps}`;
  const harmless: Move[] = [['mkdir', 0]];
  const earlier = [harmless, kill, harmless, kill];
  const last: Move[] = [
    ['mkdir', 1],
    ['mkdir', 0],
  ];
  const carried = await afterEarlier(impl, { domain: 'letter', moves: last, earlier }, {});
  assert.equal(carried?.before, [kill, kill]);
  assert.equal(carried?.violation.moves, [['mkdir', 0]]);
  const { before = [], violation } = carried ?? {};
  const answers = violation?.answers ?? [];
  const file = { ...example, subject: impl, moves: [['mkdir', 0] as Move], answers, before };
  const again = parseCounterexample(counterexampleText(file), 'carried.json');
  assert.equal(again.before, [kill, kill]);
  assert.match((await replay(again)).violation?.witness ?? '', /^failcnt of c0 is 1/);
  assert.is((await replay({ ...again, before: [] })).violation, null);
  assert.is((await replay(again, `python3 ${right}`)).violation, null);
});

test('verify of such a program says that something outlives the reset, and what it saves fails again', () => {
  const firsttouch = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'cli/firsttouch.mjs'), ...args], {
      encoding: 'utf8',
      cwd: folder,
    });
  const subject = ['--impl', `python3 ${keeps}`];
  const about = ['--profile', 'letter', '--seed', '1', '--runs', '60', '--save', 'found'];
  const { status, stdout, stderr } = firsttouch('verify', ...subject, ...about);
  assert.is(status, 1, stderr);
  assert.match(
    stdout,
    /fails only after (an|\d+) earlier runs? in one process: something outlives the reset/,
  );
  const file = join(folder, /saved as (\S+)/.exec(stdout)?.[1] ?? '');
  assert.ok(parseCounterexample(readFileSync(file, 'utf8'), file).before?.length);
  assert.is(firsttouch('replay', file, ...subject).status, 1);
});

test.run();
