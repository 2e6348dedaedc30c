// Checkpoints: killed with -9 at random moments and resumed, the counts are those of an undisturbed search; what is no checkpoint is refused.

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckOptions, CheckpointError, check, type Model, type Report } from '../checker/index.ts';
import { commit, drawn } from './checker-models.ts';
import { counters, never, type Vector } from './checker-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'checker-'));
test.after(() => rmSync(folder, { recursive: true }));

const numbers = ({ verdict, states, transitions, refused, depth, levels, claims }: Report) => ({
  verdict,
  states,
  transitions,
  refused,
  depth,
  levels,
  claims,
});

interface Ended {
  readonly killed: boolean;
  readonly out: string;
}

/** Runs the child; kills it that many milliseconds after it began to search, if it is still there. */
function run(checkpoint: string, workers: number, killAfter: number | null): Promise<Ended> {
  return new Promise((resolve) => {
    const script = new URL('./checker-child.mjs', import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(script), checkpoint, `${workers}`]);
    let out = '';
    child.stderr.pipe(process.stderr);
    child.stdout.on('data', (chunk: Buffer) => {
      if (out === '' && killAfter !== null) setTimeout(() => child.kill('SIGKILL'), killAfter);
      out += chunk;
    });
    child.on('close', (_code, signal) => resolve({ killed: signal === 'SIGKILL', out }));
  });
}

test('killed ten times at random moments and resumed each time, with two workers now and then', async () => {
  const expected = numbers(await check(commit({ managers: 6 })));
  const checkpoint = join(folder, 'killed');
  let kills = 0;
  for (let round = 0; round < 10; round++) {
    const { killed, out } = await run(checkpoint, 1 + (round % 2), 30 + Math.random() * 250);
    if (killed) kills++;
    else assert.equal(JSON.parse(out.split('\n')[1]!).states, expected.states);
  }
  assert.ok(kills >= 5, `killed ${kills} times`);
  assert.ok(existsSync(checkpoint));
  const { out } = await run(checkpoint, 1, null);
  const { resumed, ...final } = JSON.parse(out.split('\n')[1]!);
  assert.ok(resumed.states > 1);
  assert.equal(final, expected);
});

/** Interrupts a search after some progress reports, again and again, resuming each time. */
async function interrupted(
  model: Model<Vector>,
  file: string,
  options: object,
): Promise<{ report: Report; runs: number }> {
  for (let runs = 1; ; runs++) {
    const controller = new AbortController();
    const report = await check(model, {
      ...options,
      checkpoint: file,
      checkpointSeconds: 1000,
      signal: controller.signal,
      progressSeconds: 0,
      progress: () => controller.abort(),
      ...(existsSync(file) ? { resume: file } : {}),
    });
    if (report.unknown === null) return { report, runs };
    assert.is(report.unknown.by, 'interrupt');
  }
}

test('interrupted at every slice and resumed: the same numbers, coverage and counterexample, with and without symmetry', async () => {
  const swap = [(s: Vector) => s, (s: Vector) => [s[1]!, s[0]!, s[2]!]];
  const claims = [never('High', (s) => s[0] === 8 && s[1] === 8 && s[2] === 7)];
  const model = { ...counters(3, 9, true, claims), symmetries: swap };
  for (const symmetry of [false, true]) {
    const whole = await check(model, { symmetry, keepGoing: true });
    const { report, runs } = await interrupted(model, join(folder, `slices-${symmetry}`), {
      symmetry,
      keepGoing: true,
    });
    assert.ok(runs > 5, `${runs} runs`);
    assert.equal(numbers(report), numbers(whole));
    assert.equal(report.coverage, whole.coverage);
    assert.is(report.counterexample!.trace.length, 23);
    assert.equal(report.counterexample!.witness, whole.counterexample!.witness);
  }
});

test('every checkpoint that a search ever writes leads to the same numbers, also one between two levels', async () => {
  const model = counters(3, 4, false);
  const file = join(folder, 'every');
  const copies: string[] = [];
  const copy = () => {
    if (!existsSync(file)) return;
    copies.push(join(folder, `every-${copies.length}`));
    copyFileSync(file, copies.at(-1)!);
  };
  const whole = await check(model, {
    checkpoint: file,
    checkpointSeconds: 0,
    progressSeconds: 0,
    progress: copy,
  });
  assert.ok(copies.length > 20, `${copies.length} copies`);
  for (const one of copies) assert.equal(numbers(await check(model, { resume: one })), numbers(whole));
});

test('a search stopped by depth goes on from there', async () => {
  const model = counters(3, 6, false);
  const file = join(folder, 'depth');
  const first = await check(model, { depth: 7, checkpoint: file });
  assert.is(first.verdict, 'unknown');
  const second = await check(model, { resume: file });
  assert.equal(numbers(second), numbers(await check(model)));
});

/** A clock that runs fifty milliseconds ahead each time it is read, so that a search pauses wherever it can. */
async function hurried<T>(work: () => Promise<T>): Promise<T> {
  const { now } = performance;
  let time = 0;
  performance.now = () => (time += 50);
  try {
    return await work();
  } finally {
    performance.now = now;
  }
}

/** Searches with a pause at every seam; copies of the checkpoints that it wrote, and those that were in place when a pause was reported. */
async function everySeam<State>(model: Model<State>, options: CheckOptions): Promise<string[]> {
  const file = join(mkdtempSync(join(folder, 'seams-')), 'at');
  const copies: string[] = [];
  const copy = () => {
    if (!existsSync(file)) return;
    copies.push(`${file}-${copies.length}`);
    renameSync(file, copies.at(-1)!);
  };
  await hurried(() =>
    check(model, {
      ...options,
      checkpoint: file,
      checkpointSeconds: 0,
      progressSeconds: 0,
      progress: copy,
    }),
  );
  copy();
  return copies;
}

test('random models stopped at every seam, with and without a depth bound: resumed, they are as never stopped', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const model = drawn({ seed, size: 20 + 17 * (seed % 9), bad: seed % 3 });
    const whole = await check(model, { keepGoing: true });
    for (const depth of [undefined, seed % 5]) {
      const bound = depth === undefined ? {} : { depth };
      const cut = await check(model, { ...bound, keepGoing: true });
      const copies = await everySeam(model, { ...bound, keepGoing: true });
      assert.ok(copies.length > 0, `seed ${seed}: no seam`);
      for (const resume of copies) {
        const what = `seed ${seed}, depth ${depth}, ${resume}`;
        assert.equal(numbers(await check(model, { resume, keepGoing: true })), numbers(whole), what);
        const again = await check(model, { ...bound, resume, keepGoing: true });
        assert.equal(numbers(again), numbers(cut), `${what}, bounded again`);
      }
    }
  }
});

test('the same with two threads', async () => {
  const module = new URL('./checker-models.ts', import.meta.url).href;
  for (const [seed, depth] of [
    [1, undefined],
    [2, 7],
  ] as const) {
    const args = { seed, size: 4000, bad: 0 };
    const whole = numbers(await check(drawn(args)));
    const spec = { module, export: 'drawn', args };
    const bound = depth === undefined ? {} : { depth };
    const copies = await everySeam(drawn(args), { ...bound, workers: 2, awaitWorkers: true, spec });
    assert.ok(copies.length > 8, `${copies.length} copies`);
    for (const resume of copies) assert.equal(numbers(await check(drawn(args), { resume })), whole, resume);
  }
});

async function refused(model: Model<Vector>, file: string, what: string, options = {}): Promise<void> {
  const error = await check(model, { resume: file, ...options }).catch((e) => e);
  assert.instance(error, CheckpointError, what);
  assert.is(error.exit, 2);
  assert.match(error.message, what);
  assert.not.match(error.message, '\n');
}

test('damaged, foreign, missing: refused in one line', async () => {
  const model = counters(3, 6, true);
  const file = join(folder, 'good');
  await check(model, { depth: 5, checkpoint: file });
  await refused(model, join(folder, 'none'), 'cannot be read');
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 0x10;
    writeFileSync(join(folder, 'bad'), copy);
    await refused(model, join(folder, 'bad'), at < 30 ? 'is not a checkpoint of this program' : 'is damaged');
  }
  for (const length of [0, 10, 100, bytes.length - 1]) {
    writeFileSync(join(folder, 'short'), bytes.subarray(0, length));
    await refused(model, join(folder, 'short'), length < 30 ? 'is not a checkpoint' : 'is damaged');
  }
  await refused(
    counters(3, 7, true),
    file,
    'is of another search: model "counters 3 6 true", here "counters 3 7 true"',
  );
  await refused({ ...counters(4, 6, true), name: model.name }, file, 'is of another search: moves');
  await refused({ ...model, initial: () => [[1, 1, 1]] }, file, 'initial states');
  await refused({ ...model, symmetries: [(s: Vector) => s] }, file, 'symmetry "false", here "true"', {
    symmetry: true,
  });
  await refused({ ...model, claims: [never('Nine', (s) => s[0] === 9)] }, file, 'claims');
});

test('a model that has changed since is refused by the states stored', async () => {
  const model = counters(3, 6, true);
  const file = join(folder, 'changed');
  await check(model, { depth: 6, checkpoint: file });
  const faster: Model<Vector> = {
    ...model,
    effect: (state, { args }) => ({ state: state.map((x, k) => (k === args[0] ? (x + 2) % 7 : x)) }),
  };
  await refused(faster, file, 'is of another search: a stored step is none of this model');
});

test('a checkpoint that cannot be written is refused before the search, not a silent loss', async () => {
  for (const [file, why] of [
    [join(folder, 'no', 'where'), 'ENOENT'],
    [folder, 'it is a folder'],
  ] as const) {
    const error = await check(counters(2, 3, true), { checkpoint: file }).catch((e) => e);
    assert.instance(error, CheckpointError);
    assert.match(error.message, `cannot be written: ${why}`);
  }
});

test.run();
