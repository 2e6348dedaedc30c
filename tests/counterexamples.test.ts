// Every saved counterexample does what its file expects; files that cannot be used are red with place and reason.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { falseClaims } from '../properties/claims/false.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import {
  counterexampleText,
  filesOf,
  nameOf,
  parseCounterexample,
  readCounterexample,
  saveCounterexample,
  writeNew,
} from '../properties/trace/counterexample.ts';
import { replay } from '../properties/trace/replay.ts';

const folder = fileURLToPath(new URL('../counterexamples/', import.meta.url));
const files = filesOf(folder);

for (const file of files) {
  test(nameOf(file), async () => {
    const example = readCounterexample(file);
    assert.is(example.mistake, nameOf(file));
    assert.is((await replay(example)).surprise, null);
  });
}

test('every claim that does not hold has its counterexample', () => {
  const broken = new Set(files.map((file) => readCounterexample(file).breaks));
  assert.equal(
    falseClaims.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});

const good = readCounterexample(join(folder, 'usage-above-a-lowered-limit.json'));

test('what is read and written again is the same file', () => {
  for (const file of files)
    assert.is(counterexampleText(readCounterexample(file)), readFileSync(file, 'utf8'));
});

test('two that find different things under one name keep both, whoever comes first', () => {
  const kept = mkdtempSync(join(tmpdir(), 'firsttouch-saved-'));
  try {
    const file = join(kept, 'x.json');
    assert.is(writeNew(file, 'mine'), true);
    assert.is(writeNew(file, 'theirs'), false);
    assert.equal([readFileSync(file, 'utf8'), readdirSync(kept)], ['mine', ['x.json']]);
    const example = readCounterexample(files[0]);
    const names = ['a', 'b', 'a'].map((why) => saveCounterexample(kept, { ...example, why }));
    assert.is(names[0], names[2]);
    assert.match(names[1], /-2\.json$/);
    assert.equal(
      names.slice(0, 2).map((name) => readCounterexample(name).why),
      ['a', 'b'],
    );
  } finally {
    rmSync(kept, { recursive: true });
  }
});

test('a controller that does not come back from a move is not alive, and the trace ends there', async () => {
  const { apply } = ControllerSubject.prototype;
  ControllerSubject.prototype.apply = function (move) {
    while (move[0] === 'touch');
    return apply.call(this, move);
  };
  try {
    const { violation } = await replay({ ...good, expect: 'holds' }, 'controller', { patience: 200 });
    assert.is(violation?.claim, 'ImplementationAlive');
    assert.is(violation?.moves.at(-1)?.[0], 'touch');
  } finally {
    ControllerSubject.prototype.apply = apply;
  }
});

test('a file whose scope has no room in memory is refused in one line, whoever reads it', () => {
  const huge = JSON.parse(counterexampleText(good));
  huge.scope = { containers: 65_535, tasks: 65_535, pages: 65_535, limit: 1 };
  assert.throws(
    () => parseCounterexample(JSON.stringify(huge), 'huge.json'),
    /^huge\.json: scope 65535\/65535\/65535: .* legal are up to 16,777,216 places together$/,
  );
});

test('a replay that does not do what its file expects says so', async () => {
  const hopeful = await replay({ ...good, expect: 'holds' });
  assert.match(hopeful.surprise ?? '', /^expected to hold, but UsageNeverExceedsTheLimit is violated: /);
  const other = await replay({ ...good, moves: good.moves.slice(0, 3), answers: good.answers.slice(0, 3) });
  assert.match(
    other.surprise ?? '',
    /^expected to break UsageNeverExceedsTheLimit, but nothing is violated in \d+ moves$/,
  );
});

test('what a mutant did wrong another implementation is expected to do right; by a false claim it fails as well', async () => {
  const theirs = readCounterexample(join(folder, 'uncharge-current.json'));
  const right = await replay(theirs, 'controller');
  assert.equal([right.expect, right.violation, right.surprise], ['holds', null, null]);
  const wrong = await replay({ ...theirs, subject: 'mutant:none' }, theirs.subject);
  assert.match(wrong.surprise ?? '', /^expected to hold, but UsageIsLruSize is violated: /);
  const alike = await replay(good, 'lru');
  assert.equal([alike.expect, alike.surprise], ['violation', null]);
});

test('a program is held against all of them', async () => {
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const program = `python3 ${fileURLToPath(new URL('../examples/external/rss.py', import.meta.url))}`;
  for (const name of ['uncharge-current', 'pages-stay-where-they-were-charged']) {
    const { violation, surprise } = await replay(readCounterexample(join(folder, `${name}.json`)), program);
    assert.is(surprise, null);
    assert.is(violation?.claim ?? null, name === 'uncharge-current' ? null : 'PagesFollowTheirTask');
  }
});

const bad: [what: string, change: (text: string) => string, reason: RegExp][] = [
  ['text that is no JSON', (text) => text.slice(0, 40), /bad\.json.*JSON/],
  [
    'a page outside its scope',
    (text) => text.replace('"t0","p0"', '"t0","p7"'),
    /step 3: p7 is outside its scope/,
  ],
  [
    'a move that nobody knows',
    (text) => text.replace('["touch"', '["tuoch"'),
    /step 3: no move is called "tuoch"/,
  ],
  ['an empty why', (text) => text.replace(/"why": ".*?",/, '"why": "",'), /bad\.json/],
  ['a field too many', (text) => text.replace('"format"', '"seed": 1, "format"'), /bad\.json.*seed/],
];

for (const [what, change, reason] of bad) {
  test(`${what} is refused with place and reason`, () => {
    const place = mkdtempSync(join(tmpdir(), 'firsttouch-bad-'));
    try {
      const file = join(place, 'bad.json');
      writeFileSync(file, change(counterexampleText(good)));
      assert.throws(
        () => readCounterexample(file),
        (error: Error) => reason.test(error.message),
      );
    } finally {
      rmSync(place, { recursive: true });
    }
  });
}

test.run();
