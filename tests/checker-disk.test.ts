// Beyond memory: the same search with nearly all of its states on disk comes to the same numbers, verdicts and traces; stopped, resumed, on a full disk.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckOptions, CheckpointError, check, type Model, type Report } from '../checker/index.ts';
import { drawn } from './checker-models.ts';
import { counters, never, type Vector } from './checker-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'disk-'));
test.after(() => rmSync(folder, { recursive: true }));

/** The least that a search takes: some 12,000 states a time. */
const SMALL: CheckOptions = { memoryMiB: 0, keepGoing: true };

const numbers = ({ verdict, states, orbits, transitions, refused, levels, claims, reached }: Report) => ({
  ...{ verdict, states, orbits, transitions, refused, levels, claims },
  reached: reached.map(({ name, count, witness }) => [name, count, witness?.steps.length]),
});
const lengths = (report: Report) => report.counterexamples.map(({ claim, trace }) => [claim, trace.length]);

const spec = (args: object) => ({
  module: new URL('./checker-models.ts', import.meta.url).href,
  export: 'drawn',
  args,
});

test('random graphs of 60,000 states: every number, verdict and length of a counterexample, with one thread and two', async () => {
  for (const seed of [1, 2]) {
    const args = { seed, size: 60_000, bad: seed % 2 };
    const inMemory = await check(drawn(args), { keepGoing: true });
    assert.is(inMemory.diskBytes, null);
    // With half a MiB two threads have added states in memory before it goes on on disk: not in the order of their indices.
    for (const [workers, memoryMiB] of [
      [1, 0],
      [2, 0],
      [2, 0.5],
    ]) {
      const options = { ...SMALL, memoryMiB, workers, spec: spec(args), awaitWorkers: true };
      const onDisk = await check(drawn(args), options);
      assert.ok(onDisk.diskBytes! > 60_000 * 8, `${onDisk.diskBytes} bytes on disk`);
      assert.equal(numbers(onDisk), numbers(inMemory), `seed ${seed}, ${workers} threads, ${memoryMiB} MiB`);
      assert.equal(lengths(onDisk), lengths(inMemory));
    }
  }
});

test('many levels, and symmetry: the sizes of orbits are as in memory', async () => {
  const swap = [(s: Vector) => s, (s: Vector) => [s[1]!, s[0]!, s[2]!]];
  const claims = [never('High', (s) => s[0] === 26 && s[1] === 26 && s[2] === 20)];
  const model = { ...counters(3, 27, false, claims), symmetries: swap };
  for (const symmetry of [false, true]) {
    const inMemory = await check(model, { keepGoing: true, symmetry });
    const onDisk = await check(model, { ...SMALL, symmetry });
    assert.ok(onDisk.diskBytes! > 0);
    assert.equal(numbers(onDisk), numbers(inMemory));
    assert.equal(lengths(onDisk), [['High', 72]]);
  }
});

test('nothing is left behind', async () => {
  const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith('firsttouch-states-'));
  const before = mine();
  const report = await check(drawn({ seed: 1, size: 30_000, bad: 0 }), SMALL);
  assert.ok(report.diskBytes! > 0);
  assert.equal(
    mine().filter((name) => !before.includes(name)),
    [],
  );
});

/** Interrupted after every report of progress, and resumed; each time under another name, so that the files are copied. */
async function interrupted<State>(model: Model<State>, options: CheckOptions) {
  let last: string | null = null;
  for (let runs = 1; ; runs++) {
    const controller = new AbortController();
    const checkpoint = join(mkdtempSync(join(folder, 'stop-')), 'at');
    const report = await check(model, {
      ...options,
      checkpoint,
      checkpointSeconds: 0,
      signal: controller.signal,
      progressSeconds: 0.05,
      progress: () => controller.abort(),
      ...(last === null ? {} : { resume: last }),
    });
    if (last !== null) rmSync(join(last, '..'), { recursive: true });
    if (report.unknown === null) return { report, runs };
    last = checkpoint;
  }
}

test('interrupted again and again, and resumed: as never stopped', async () => {
  const model = drawn({ seed: 5, size: 40_000, bad: 1 });
  const whole = await check(model, { keepGoing: true });
  const { report, runs } = await interrupted(model, SMALL);
  assert.ok(runs > 4, `${runs} runs`);
  assert.ok(report.diskBytes! > 0);
  assert.equal(numbers(report), numbers(whole));
  assert.equal(lengths(report), lengths(whole));
});

test('a checkpoint stands while the search goes on from it, also without one of its own; damage is told', async () => {
  const model = drawn({ seed: 6, size: 40_000, bad: 0 });
  const whole = await check(model);
  const file = join(folder, 'kept');
  const cut = await check(model, { memoryMiB: 0, depth: 9, checkpoint: file });
  assert.ok(cut.diskBytes! > 0);
  for (let k = 0; k < 2; k++)
    assert.equal(numbers(await check(model, { memoryMiB: 0, resume: file })), numbers(whole));
  assert.equal(
    numbers(await check(model, { memoryMiB: 0, depth: 9, resume: file })),
    numbers(cut),
    'bounded again',
  );
  const states = join(`${file}.states`, 'states');
  const bytes = readFileSync(states);
  bytes[5000] = bytes[5000]! ^ 1;
  writeFileSync(states, bytes);
  try {
    await check(model, { resume: file });
    assert.unreachable('damaged, and resumed');
  } catch (error) {
    assert.instance(error, CheckpointError);
    assert.match((error as Error).message, 'kept.states/states is damaged');
  }
});

/** A search in a process of its own, on disk from the start of its second thousand states; `limit`: the most that a file may hold, in KiB. */
function child(checkpoint: string, limit: number | 'unlimited') {
  const script = new URL('./checker-child.mjs', import.meta.url);
  const command = `ulimit -f ${limit}; exec "$0" "$@"`;
  return spawnSync('bash', ['-c', command, process.execPath, fileURLToPath(script), checkpoint, '1', '0'], {
    encoding: 'utf8',
  });
}

test('a full disk is one line, and what was saved before it leads to the end', () => {
  const checkpoint = join(folder, 'full');
  const cut = JSON.parse(child(checkpoint, 200).stdout.split('\n')[1]!);
  assert.is(cut.verdict, 'unknown');
  const why = /states cannot be written: EFBIG: [^;\n]*; \S*full stands as it was saved last$/;
  assert.match(cut.claims[0].note, why);
  assert.ok(existsSync(checkpoint));
  const { resumed, ...final } = JSON.parse(child(checkpoint, 'unlimited').stdout.split('\n')[1]!);
  assert.ok(resumed.states > 1000, `resumed from ${resumed.states}`);
  const alone = JSON.parse(child(join(folder, 'alone'), 'unlimited').stdout.split('\n')[1]!);
  assert.equal({ ...final, resumed: null }, alone);
});

test('temporal claims and graphs need all states in memory: unknown, and it says why', async () => {
  const report = await check(counters(5, 9, true), { memoryMiB: 0, graph: true });
  assert.is(report.verdict, 'unknown');
  assert.match(report.unknown!.why, 'a graph needs all states in memory');
});

test.run();
