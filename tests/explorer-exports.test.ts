// Exports: random traces leave as JSON, ITF and shell transcript and come back equal; the exported test runs as a process, and fails where it should.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { traceAsJson, traceAsTest, traceAsTranscript } from '../explorer/exports.ts';
import { timelineAsItf } from '../explorer/itf.ts';
import { openText } from '../explorer/open.ts';
import { plainTrace } from '../explorer/plain.ts';
import { Session } from '../explorer/session.ts';
import { Timeline } from '../explorer/timeline.ts';
import { transcriptDiff } from '../shell/index.ts';
import { parseScript, runScript } from '../shell/script.ts';
import { Shell } from '../shell/shell.ts';
import { SpecificationMachine } from '../shell/specification.ts';
import { randomTrace } from './explorer-traces.ts';

const scope = { containers: 3, tasks: 4, pages: 8, limit: 4 };
const traces = (seeds: number, byHand: boolean) =>
  Array.from({ length: seeds }, (_, seed) =>
    Timeline.of(randomTrace(seed, { scope, length: 40, byHand, refused: seed % 2 === 1 })),
  );

/** The moves, every answer, and where it all ended. */
const told = (timeline: Timeline) => ({
  answers: timeline.turns().map(({ move }, i) => {
    const { outcome, killed, reclaimed } = timeline.moment(i + 1);
    return { move, outcome, killed, reclaimed };
  }),
  end: [timeline.state.containers, timeline.state.tasks],
});

function opened(text: string, name: string): Timeline {
  const what = openText(text, name);
  if (what.kind !== 'trace') throw new Error(`${name} opened as ${what.kind}`);
  return Timeline.of(what.linked);
}

test('JSON and ITF: what the two lists decided comes back move by move, answer by answer', () => {
  for (const timeline of traces(24, false)) {
    const plain = Timeline.of(plainTrace(timeline.linked()));
    assert.equal(told(opened(traceAsJson(timeline), 'trace.json')), told(plain));
    assert.equal(told(opened(timelineAsItf(timeline), 'trace.itf.json')), told(plain));
  }
});

test('a transcript does on a shell what it says; where it cannot, its head says so', async () => {
  let same = 0;
  for (const played of traces(24, false)) {
    const { turns, ...world } = played.linked();
    // The shell has no word for a global shortage, and a task that it forks has a number of its own.
    const timeline = Timeline.of({ ...world, turns: turns.filter(({ move }) => move[0] !== 'evict') });
    const text = await traceAsTranscript(timeline);
    const script = parseScript(text);
    const wrong = await runScript(new Shell(new SpecificationMachine(timeline.world.profile)), script);
    const isSaid = /^\/\/ (run by a shell, it first differs|\d+ moves of the trace have no command)/m.test(
      text,
    );
    if (!isSaid) assert.is(transcriptDiff(script, wrong, 'transcript', 'shell'), '');
    same += isSaid ? 0 : 1;
  }
  assert.ok(same > 0, 'no transcript that a shell does to its end');
});

test('a transcript of what was typed, opened again, is the same trace', async () => {
  const session = new Session();
  for (const line of [
    'mkdir /containers/rss/0',
    'echo $$ > /containers/rss/0/tasks',
    'echo -n 6 > /containers/rss/0/rss_limit',
    'fork toucher',
    'toucher: touch 0-9',
    'toucher: mlock 9',
    'rmdir /containers/rss/0',
    'toucher: exit',
  ]) {
    await session.run(line);
  }
  const script = openText(await traceAsTranscript(session.timeline), 'trace.txt');
  const again = new Session();
  again.show(script);
  while (again.timeline.length < session.timeline.length) await new Promise((done) => setTimeout(done, 5));
  assert.equal(told(again.timeline), told(session.timeline));
  assert.equal(again.messages, []);
});

/** A folder like the project's, where an exported test finds what it imports. */
function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-exports-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const room of ['model', 'lockstep', 'properties', 'node_modules', 'package.json'])
    symlinkSync(join(process.cwd(), room), join(folder, room));
  mkdirSync(join(folder, 'tests'));
  return join(folder, 'tests');
}

const run = (file: string) =>
  new Promise<{ code: number; out: string }>((done) => {
    execFile(process.execPath, ['--import', 'tsx', file], (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    );
  });

test('the exported test passes as a process of its own, with choices by hand too, and fails when an answer is another', async () => {
  const folder = testFolder();
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const text = traces(24, true)
    .map(traceAsTest)
    .find((one) => /\[\[\d/.test(one));
  assert.ok(text, 'a trace with a choice by hand');
  const wrong = text.replace(/^(.*'touch'.*)'ok', \[\], \[\]\],$/m, "$1'ok', [], [7]],");
  assert.is.not(wrong, text);
  const [good, bad] = await Promise.all([run(write('good.test.ts', text)), run(write('bad.test.ts', wrong))]);
  assert.is(good.code, 0, good.out);
  assert.match(good.out, /Passed: +1/);
  assert.is(bad.code, 1, bad.out);
  assert.match(bad.out, /FAIL +"a trace of \d+ moves answers as it did"/);
});

test('choices by hand come back from ITF as they were, from JSON as far as a counterexample file tells them: by every answer', () => {
  for (const [seed, timeline] of traces(24, true).entries()) {
    const plain = told(Timeline.of(plainTrace(timeline.linked())));
    assert.equal(told(opened(timelineAsItf(timeline), 'trace.itf.json')), plain, `ITF, seed ${seed}`);
    assert.equal(
      told(opened(traceAsJson(timeline), 'trace.json')).answers,
      plain.answers,
      `JSON, seed ${seed}`,
    );
  }
});

test.run();
