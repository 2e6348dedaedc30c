// Free-running threads: every history is judged, planted mistakes are seen, and a worker that dies or sleeps for ever is reported, never waited for.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flawText } from '../cli/stress-report.ts';
import { writeForm } from '../properties/races/schedule/variant.ts';
import { shortened } from '../properties/races/stress/shorten.ts';
import { stress, TooLargeToStress } from '../properties/races/stress/stress.ts';
import type { Edit } from '../properties/subjects/plant.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));

const small = { workers: 2, runs: 2, windows: 5, each: 100, patience: 20_000 } as const;

const planted = (...edits: Edit[]): string =>
  new URL('index.ts', writeForm({ form: 'plain', mistake: { id: 'planted', edits } })).href;

test('no violation: all windows are judged, and threads did overlap', async () => {
  let report = await stress({ ...small, seed: 3 });
  // On a busy machine two threads may do all of so little work in turns, and then nothing concurrent was judged.
  for (let seed = 4; report.overlapping === 0 && seed < 20; seed++) {
    assert.is(report.cut, 'no two operations overlapped, so nothing concurrent was judged');
    report = await stress({ ...small, seed });
  }
  assert.is(report.verdict, 'holds', JSON.stringify(report.flaw));
  assert.is(report.operations, 2 * 2 * 5 * 100);
  assert.equal([report.windows, report.judged, report.unknown], [10, 10, 0]);
  assert.ok((report.outcomes['a reclaim'] ?? 0) > 20, JSON.stringify(report.outcomes));
  assert.ok((report.outcomes.ok ?? 0) > 500);
});

test('a history too long to judge is unknown', async () => {
  const report = await stress({ ...small, runs: 1, visits: 3 });
  assert.is(report.verdict, 'unknown');
  assert.is(report.flaw, null);
  assert.ok(report.unknown > 0);
});

test('no time, no verdict: what was never run does not hold', async () => {
  const report = await stress({ ...small, runs: Number.POSITIVE_INFINITY, minutes: 0 });
  assert.is(report.verdict, 'unknown');
  assert.equal([report.operations, report.cut], [0, 'stopped before the first run']);
});

test('interrupted before its time is up it is unknown, whatever was judged until then', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  const runs = Number.POSITIVE_INFINITY;
  const report = await stress({ ...small, runs, minutes: 5, signal, onRun: () => stop.abort() });
  assert.equal([report.verdict, report.cut], ['unknown', 'interrupted after 1 run']);
});

test('a world whose records have no room is refused before anything starts', async () => {
  const sizes = [{ containers: 65_535, tasks: 65_535, pages: 65_535 }];
  const error = await stress({ ...small, sizes }).catch((reason: unknown) => reason);
  assert.instance(error, TooLargeToStress);
  assert.match(`${error}`, /65535 pages, 2 workers, 100 operations a window: .* MiB, at most 512 are legal/);
});

test('canary: an answer that leaves out what was reclaimed has no order', async () => {
  const controller = planted({
    file: 'impl/concurrent/mapping.ts',
    from: '  h.reclaimed.push(p);\n',
    to: '',
  });
  const report = await stress({ ...small, controller });
  assert.is(report.verdict, 'violated');
  assert.is(report.flaw?.claim, 'Linearizable');
  assert.ok((report.flaw?.window?.calls.length ?? 0) > 0);
});

test('a flaw is told by the shortest window that shows it, in letters', async () => {
  const controller = planted({
    file: 'impl/concurrent/mapping.ts',
    from: '  h.reclaimed.push(p);\n',
    to: '',
  });
  const calls = Array.from({ length: 40 }, () => null as never);
  const found = { claim: 'Linearizable', witness: '', window: { calls, before: '', after: '' } } as const;
  const short = await shortened(found, { ...small, windows: 50, controller });
  assert.ok(short.each !== null && short.each <= 5, `${short.each} operations a thread`);
  const text = flawText(short, (_format, line) => line);
  assert.match(text, /^the shortest window that shows it, \d operations? a thread:$/m);
  assert.match(text, /^before: (nothing|[ct]\d+ .*)$/m);
  assert.match(text, /thread [01]: (mkdir c\d|\w+ [tcp]\d)/);
  assert.not.match(text, /thread \d: \w+ \d/);
  // A controller that is right shows nothing in shorter windows: it is told as it was found.
  const once = await shortened(
    { ...found, window: { ...found.window, calls: calls.slice(0, 4) } },
    { ...small },
  );
  assert.is(once.each, null);
  assert.match(
    flawText({ ...once, flaw: { ...found, window: null } }, (_f, line) => line),
    /^Linearizable violated/,
  );
});

test('stress --save: a folder that cannot be is refused before the run', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, 'stress', '--save', join(bin, 'x')], {
    encoding: 'utf8',
  });
  assert.is(status, 2);
  assert.match(stderr, /--save .*firsttouch\.mjs\/x/);
});

test('canary: a page that leaves its list without an uncharge', async () => {
  const controller = planted({
    file: 'impl/concurrent/lists.ts',
    from: '  add(h.m, containerOf(h, c) + USAGE, -1);\n',
    to: '',
  });
  const report = await stress({ ...small, controller });
  assert.is(report.flaw?.claim, 'StructureIsSound');
  assert.match(report.flaw?.witness ?? '', /^c\d says \d+, its lists hold \d+$/);
});

test('a worker that is ended in the middle is reported with its last operation', async () => {
  const report = await stress({
    ...small,
    patience: 300_000,
    runs: 1,
    windows: 2000,
    each: 500,
    onRun: (workers, recorder) => {
      const timer = setInterval(() => {
        if (!recorder.last(1)) return;
        clearInterval(timer);
        workers[1]?.terminate();
      }, 5);
    },
  });
  assert.is(report.verdict, 'violated');
  assert.is(report.flaw?.claim, 'ImplementationAlive');
  assert.match(
    report.flaw?.witness ?? '',
    /^worker 1: it ended in the middle \(exit code 1\); its last operation: [a-zA-Z]+ \d/,
  );
});

test('a lock that is never given back ends in Stuck, with the lock and the last operation', async () => {
  const controller = planted({
    file: 'impl/concurrent/page.ts',
    from: '    takeFromAll(h, owner, p);\n    unlock(h, containerOf(h, owner) + LOCK);\n',
    to: '    takeFromAll(h, owner, p);\n',
  });
  const report = await stress({ ...small, patience: 1000, controller });
  assert.is(report.verdict, 'violated');
  assert.is(report.flaw?.claim, 'ImplementationAlive');
  assert.match(
    report.flaw?.witness ?? '',
    /^worker \d: Stuck: (waited 1000 ms for (c\d\.lock|p\d\.lock|reader\d|gate)|the other workers did not come)/,
  );
  assert.match(
    report.flaw?.witness ?? '',
    /its last operation: [a-zA-Z]+ \d.* (without a response|which had ended)$/,
  );
});

test.run();
