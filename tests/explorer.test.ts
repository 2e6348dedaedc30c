// What the explorer page knows, without a page: traces, choices, the shell on a timeline, graphs, comparisons, what is opened and exported.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeBetween } from '../explorer/change.ts';
import { controllerDiffers, recordingDiffers } from '../explorer/compare.ts';
import { traceAsJson } from '../explorer/exports.ts';
import { stateGraph, wayTo } from '../explorer/graph.ts';
import { legalRows } from '../explorer/legal.ts';
import { plainNames } from '../explorer/names.ts';
import { openText } from '../explorer/open.ts';
import type { Opened } from '../explorer/opened.ts';
import { partings } from '../explorer/parting.ts';
import { freePlay, Session } from '../explorer/session.ts';
import { billOf } from '../explorer/spec/drawing.ts';
import { Timeline } from '../explorer/timeline.ts';
import { initial, lru, type Move, profiles, ROOT, type Scope, step } from '../model/index.ts';
import { questions } from '../properties/claims/letter.ts';
import { decodeLink, type Linked } from '../properties/trace/link.ts';

const scope: Scope = { containers: 2, tasks: 2, pages: 3, limit: 2 };
const moves = (...list: Move[]) => list.map((move) => ({ move, decisions: [] }));
const plain = (...list: Move[]): Linked => ({
  profile: 'letter',
  start: 'nothing',
  scope,
  turns: moves(...list),
});

/** c0 with limit 2 is full: t0 has touched p0 and p1. */
const full: Move[] = [
  ['mkdir', 0],
  ['spawn', 0, 0],
  ['setLimit', 0, 2],
  ['touch', 0, 0],
  ['touch', 0, 1],
];

const scenario = [
  'mkdir /containers/rss/0',
  'echo $$ > /containers/rss/0/tasks',
  'echo -n 6 > /containers/rss/0/rss_limit',
  'fork toucher',
  'toucher: touch 0-9',
];

async function typed(...lines: string[]): Promise<Session> {
  const session = new Session();
  for (const line of lines) await session.run(line);
  return session;
}

test('a timeline keeps some states and plays the others again: any jump sees what the model says', () => {
  const turns = Array.from({ length: 700 }, (_, i): Move => ['touch', 0, (i * i) % 3]);
  const linked = plain(...full.slice(0, 3), ...turns);
  const timeline = Timeline.of(linked);
  const thin = Timeline.of(linked, 100);
  let state = initial(profiles.letter);
  const states = [state, ...timeline.turns().map(({ move }) => (state = step(state, move, lru).state))];
  for (const at of [700, 3, 128, 127, 129, 0, 511, 512, 255]) {
    assert.equal(timeline.stateAt(at), states[at], `at ${at}`);
    assert.equal(thin.stateAt(at), states[at], `at ${at}, most states let go`);
  }
});

test('playing from the middle forgets what came after', () => {
  const timeline = Timeline.of(plain(...full));
  timeline.goTo(2);
  timeline.play(['touch', 0, 2]);
  assert.is(timeline.length, 3);
  assert.equal(timeline.state.containers.get(0)?.active, [2]);
});

test('the graphs of small scopes have the states that SEMANTICS section 10 counts, and each way leads to its state', () => {
  const one = { containers: 1, tasks: 1, pages: 1, limit: 1 };
  const contract = stateGraph('contract', 'letter', one);
  assert.equal([contract.nodes.length, contract.transitions, contract.refused], [13, 92, 90]);
  const spec = stateGraph('lru', 'letter', one);
  assert.equal([spec.nodes.length, spec.transitions, spec.refused], [19, 146, 120]);
  for (const graph of [contract, spec]) {
    for (const { id, depth } of graph.nodes) {
      const way = wayTo(graph, id);
      assert.is(way.length, depth);
      const end = Timeline.of({ profile: 'letter', start: 'nothing', scope: one, turns: way });
      assert.is(graph.indexOf(end.state), id);
    }
  }
  assert.not(stateGraph('lru', 'letter', { containers: 2, tasks: 2, pages: 2, limit: 2 }).complete);
});

test('who decides: the move waits, the legal candidates are offered, the answer is kept in the trace', () => {
  const session = new Session({ profile: 'letter', start: 'nothing', scope });
  for (const move of full) session.act(move);
  session.setDecider('me');
  session.act(['touch', 0, 2]);
  assert.is(session.timeline.length, 5);
  assert.equal(session.pending?.question.candidates, [1, 0]);
  session.decide([1]);
  assert.is(session.pending, null);
  assert.equal(session.timeline.now.reclaimed, [1]);
  assert.equal(decodeLink(session.link()).turns[5].decisions, [[1]]);

  session.act(['touch', 0, 1]);
  session.cancel();
  assert.equal([session.pending, session.timeline.length], [null, 6]);
});

test('the shell plays on the timeline, and stands where the timeline stands', async () => {
  const session = await typed(
    ...scenario,
    'cat /containers/rss/0/rss_usage',
    'cat /containers/rss/0/rss_failcnt',
  );
  assert.equal(
    session.said.slice(-2).map(({ output }) => output),
    ['6\n', '4\n'],
  );
  assert.is(session.timeline.length, 14);

  session.goTo(7);
  await session.run('cat /containers/rss/0/rss_usage');
  assert.is(session.said.at(-1)?.output, '3\n');
  session.goTo(3);
  await session.run('fork other');
  await session.run('cat /containers/rss/0/tasks');
  assert.is(session.said.at(-1)?.output, '1\n2\n', 'the toucher was never forked here, its number is free');
  assert.is(session.names.task(2), 'other');
});

test('the shell knows what the buttons made, and the buttons what the shell made', async () => {
  const session = await typed('mkdir /containers/rss/A', 'fork a');
  session.act(['fork', 2, 3]);
  session.act(['mkdir', 1]);
  await session.run('t3: touch 0');
  await session.run('echo $t3 > /containers/rss/c1/tasks');
  assert.equal(
    session.said.slice(-2).map(({ output }) => output),
    ['', ''],
  );
  assert.is(session.timeline.state.tasks.get(3)?.container, 1);
  const fork = legalRows(session.timeline).find(({ action }) => action.name === 'fork');
  assert.equal(fork?.moves, [
    ['fork', 1, 4],
    ['fork', 2, 4],
    ['fork', 3, 4],
  ]);
});

test('when the shell itself is killed, the page goes on and says so', async () => {
  const session = await typed(
    ...scenario.slice(0, 2),
    'echo -n 0 > /containers/rss/0/rss_limit',
    'touch 0',
    'fork a',
  );
  assert.equal(
    session.said.slice(-2).map(({ output }) => output.split(':')[0]),
    ['Killed sh\n', 'the shell is gone'],
  );
  session.goTo(2);
  await session.run('fork a');
  assert.is(session.said.at(-1)?.output, '');
});

test('names given in the shell travel in the link', async () => {
  const session = await typed('mkdir /containers/rss/A.b', 'mkdir /containers/rss/A.b/ü', 'fork toucher');
  const linked = decodeLink(session.link());
  assert.equal(
    linked.turns.map(({ name }) => name),
    ['A.b', 'ü', 'toucher'],
  );
  const other = new Session();
  other.open(linked);
  await other.run('ls /containers/rss/A.b');
  assert.match(other.said[0].output, /ü\n$/);
});

test('what is larger than the page can show is refused in words, from the shell and from a file, and the page goes on', async () => {
  const session = await typed('fork a', 'a: touch 4000000000', 'a: touch 0,4000000000', 'a: touch 1');
  const [, alone, second, after] = session.said.map(({ output }) => output);
  assert.match(alone, /^3 containers, 4 tasks and 4000000001 pages are more than this page shows/);
  assert.match(second, /more than this page shows/);
  assert.is(after, '');
  assert.equal(session.timeline.state.tasks.get(2)?.maps, [0, 1]);
  assert.is(session.timeline.judged(session.timeline.at).findings.length, 0);
  const wide = recordedText('ok', ['p0']).replace('"pages":3', '"pages":1000000');
  assert.throws(
    () => session.show(openText(wide, 'wide.json')),
    /1000000 pages are more than this page shows/,
  );
  assert.equal(session.timeline.state.tasks.get(2)?.maps, [0, 1]);
});

test('profiles on the same trace: the first parting is found and named', () => {
  const over: Linked = plain(...full, ['setLimit', 0, 1]);
  const found = partings(over, scope).map(({ profile, at, what }) => [profile, at, what]);
  assert.equal(
    found.map(([profile, at]) => [profile, at]),
    [
      ['v3.1', null],
      ['linux-v1', 6],
      ['linux-v2', 6],
    ],
  );
  assert.is(found[1][2], 'reclaimed is [p0 p1], letter says []', 'its batch is 32');
});

test('switching the profile plays the same moves and stays where it stood', () => {
  const session = new Session({ profile: 'letter', start: 'nothing', scope });
  for (const move of [...full, ['setLimit', 0, 1] as Move]) session.act(move);
  session.goTo(6);
  session.setProfile('linux-v2');
  assert.is(session.timeline.at, 6);
  assert.equal(session.timeline.now.reclaimed.length > 0, true);
  assert.is(session.timeline.state.profile.name, 'linux-v2');
});

const recordedText = (outcome: string, reclaimed: string[]) =>
  JSON.stringify({
    format: 1,
    mistake: 'made-for-a-test',
    breaks: 'EqualsSpec',
    subject: 'controller',
    profile: 'letter',
    expect: 'holds',
    why: 'a test',
    missed: 'a test',
    found: 'a test',
    scope,
    trace: [
      ...full.map(([name, ...args]) => ({ move: [name, ...letters(name, args)], outcome: 'ok' })),
      { move: ['touch', 't0', 'p2'], outcome, reclaimed },
    ],
  });

const letters = (name: string, args: readonly unknown[]) =>
  args
    .map(
      (arg, i) =>
        ({ mkdir: ['c'], spawn: ['t', 'c'], setLimit: ['c', ''], touch: ['t', 'p'] })[name]?.[i] +
        String(arg),
    )
    .map((word) => (/^\d/.test(word) ? Number(word) : word));

const traceOf = (opened: Opened) => {
  if (opened.kind !== 'trace') throw new Error(`opened as ${opened.kind}`);
  return opened;
};

test('a counterexample beside the model: the first difference, or none', () => {
  const good = traceOf(openText(recordedText('ok', ['p0']), 'x.json'));
  assert.is(recordingDiffers(Timeline.of(good.linked), good.recorded!), null);
  const bad = traceOf(openText(recordedText('ok', ['p1']), 'x.json'));
  assert.equal(recordingDiffers(Timeline.of(bad.linked), bad.recorded!), {
    at: 6,
    what: 'controller reclaimed p1, the model p0',
  });
});

test('the optimized controller runs beside the model on every trace', async () => {
  const session = await typed(...scenario);
  assert.is(controllerDiffers(session.timeline), null);
  assert.is(controllerDiffers(Timeline.of(plain(...full, ['touch', 0, 2]))), null);
});

test('what is damaged is refused in one sentence that names the file and the place', () => {
  const cases: [string, RegExp][] = [
    ['', /^f is empty$/],
    ['{"format":1', /^f is damaged JSON/],
    ['{"format":1}', /^f: Missing key/],
    ['{"format":9}', /format 9 is newer/],
    ['{"format":"firsttouch kernel run 9"}', /kernel run 9", which holds no trace of the model/],
    [recordedText('ok', ['p1']).replace('"t0","p2"', '"t0","p9"'), /step 6: p9 is outside its scope/],
    [recordedText('ok', ['p1']).replace('"t0","p2"', '"fly"'), /step 6: touch takes 2 arguments/],
    ['\u0000\u0001PNG', /no shell script either: line 1: a NUL/],
    ['frobnicate now', /no counterexample .* no command is called frobnicate/],
    ['$ ls\n'.padStart(8, 'x\n'), /line 1/],
    ['// profile: letters\n$ ls /', /no profile is called letters/],
    ['file:///x.html#1AAAAAAAA', /damaged/],
    ['{"#meta":{},"vars":[],"states":[{},{"move":"jump(1)"}]}', /move 1 is "jump\(1\)", which is no move/],
    ['{"#meta":{},"vars":[],"states":[{"node":1}]}', /state 0 has no depth or no steps/],
    ['{"#meta":{},"vars":[],"states":3}', /not of the shape of a trace/],
  ];
  for (const [text, message] of cases) assert.throws(() => openText(text, 'f'), message, text.slice(0, 40));
});

test('a trace with choices by hand is a trace of the contract, and comes back with its choices', () => {
  const turns = [...moves(...full), { move: ['touch', 0, 2] as Move, decisions: [[0, 1]] }];
  const timeline = Timeline.of({ ...plain(), turns });
  const back = traceOf(openText(traceAsJson(timeline), 'x'));
  assert.equal(back.recorded?.subject, 'contract');
  assert.equal(Timeline.of(back.linked).state.containers.get(0)?.active, [2]);
});

test('claims are judged at every step, also that a violation by design is known', () => {
  const linked: Linked = {
    ...plain(['mkdir', 0], ['spawn', 0, 0], ['setLimit', 0, 0], ['touch', 0, 0]),
    profile: 'v3.1',
  };
  const { findings } = Timeline.of(linked).judged(4);
  assert.equal(
    findings.map(({ kind, claim }) => `${kind} ${claim}`),
    ['known WithinLimit', 'known WithinLimitAfterCharge'],
  );
});

test('one command each makes the pages; what cannot be read or written is a line and exit 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-commands-'));
  const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });
  try {
    writeFileSync(join(folder, 'x.json'), recordedText('ok', ['p1']));
    const explorer = run('explorer', 'x.json');
    assert.equal([explorer.status, explorer.stdout], [0, 'firsttouch-explorer.html\n']);
    assert.match(readFileSync(join(folder, 'firsttouch-explorer.html'), 'utf8'), /made-for-a-test/);
    const spec = run('spec', 'here.html', '--scope', '1/1/1/0');
    assert.equal([spec.status, spec.stdout], [0, 'here.html\n']);
    assert.match(readFileSync(join(folder, 'here.html'), 'utf8'), 'Not asked when this page was made.');
    assert.equal(readdirSync(folder).sort(), ['firsttouch-explorer.html', 'here.html', 'x.json']);
    assert.match(run('explorer', 'gone.json').stderr, /^firsttouch: gone\.json cannot be read: .*\n$/);
    const unusable: [name: string, bytes: string | Uint8Array, why: RegExp][] = [
      ['empty.json', '', /empty\.json is empty/],
      ['half.json', '{"format":', /half\.json is damaged JSON/],
      [
        'page.bin',
        Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0xff),
        /page\.bin is no counterexample .* a NUL/,
      ],
      ['prose.txt', 'Dear all,\n', /prose\.txt is no counterexample .* line 1/],
    ];
    for (const [name, bytes, why] of unusable) {
      writeFileSync(join(folder, name), bytes);
      const refused = run('explorer', name, '--out', 'never.html');
      assert.is(refused.status, 2);
      assert.match(refused.stderr, why);
      assert.match(refused.stderr, /^firsttouch: [^\n]*; legal are a counterexample, [^\n]*\n$/);
      assert.not.ok(existsSync(join(folder, 'never.html')));
    }
    const nowhere = run('explorer', '--out', 'no/such/folder.html');
    assert.is(nowhere.status, 2);
    assert.match(nowhere.stderr, /^firsttouch: no\/such\/folder\.html cannot be written/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('legal moves only: none of them is refused, and all of a small state are there', () => {
  const timeline = Timeline.of(plain(...full));
  const offered = legalRows(timeline).flatMap((row) => row.moves ?? []);
  assert.is(offered.length, 17);
  for (const move of offered) assert.is(step(timeline.state, move, lru).outcome, 'ok', move.join(' '));
  assert.is(freePlay.start, 'shell');
});

test('in a tree: a child is made within a parent, the one who refused is marked, the parting from flat profiles is told', () => {
  const { moves: bill } = questions.find(({ id }) => id === 'parent-full')!;
  const linked: Linked = { ...plain(...bill), profile: 'linux-v1', start: 'root' };
  const timeline = Timeline.of({ ...linked, scope: { containers: 4, tasks: 2, pages: 4, limit: 1 } });
  const mkdirs = legalRows(timeline).find(({ action }) => action.name === 'mkdir')?.moves;
  assert.equal(
    mkdirs,
    [[ROOT], [0], [1], [2]].map(([parent]) => ['mkdir', 3, parent]),
  );
  const { length } = timeline;
  const { refused, words } = changeBetween(timeline.stateAt(length - 1), timeline.state, plainNames);
  assert.equal([...refused], [0], 'the parent, not the child that is charged');
  assert.match(words.join(), 'failcnt of c0 2 → 3');
  assert.equal(billOf(bill, 'letter'), { refused: [], reclaimed: [], killed: [] });
  const { reclaimed, killed } = billOf(bill, 'linux-v1');
  assert.equal([reclaimed[0], killed], ['p0 of c2 (touch t0 p1)', ['t1 of c2 (touch t0 p3)']]);
  const [letter, , v2] = partings(timeline.linked(), timeline.size);
  assert.equal([letter.at, letter.what], [7, 'usage of c0 is 0, linux-v1 says 1']);
  assert.is(v2.at, null);
  assert.is(
    stateGraph('contract', 'linux-v2', { containers: 2, tasks: 0, pages: 0, limit: 0 }).nodes.length,
    17,
  );
});

test.run();
