// A program that ends, is silent or says nonsense, at the greeting, at a reset, or when it is started again: a violation with exit 1, never a defect.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const file = fileURLToPath(new URL('../counterexamples/killed-task-leaks-ref.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-ends-'));
test.after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const firsttouch = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });

/** `says`: the body of a function of a message, which returns the answer as text. */
function program(name: string, says: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const says = (message) => { ${says} };
createInterface({ input: process.stdin }).on('line', (line) => console.log(says(JSON.parse(line))));`,
  );
  return `${process.execPath} ${path}`;
}

const ends = program('ends', 'process.exit(0);');
const silent = `${process.execPath} -e setInterval(Date,1e6)`;
const hello = program('hello', "return 'hello';");
const refuses = program('refuses', 'return \'{"ok":false}\';');
const noReset = program('no-reset', 'if (message.reset) process.exit(0); return \'{"ok":true}\';');

const dies = (
  [command, impl]: readonly [command: string, impl: string],
  ...more: string[]
): Promise<Ended & { name: string }> =>
  firsttouch(command, file, '--impl', impl, '--timeout', '1', ...more).then((ended) => ({
    ...ended,
    name: `${command} ${impl}`,
  }));

test('replay, explain and shrink of a program that breaks off at the greeting or at the reset: ImplementationAlive', async () => {
  const all = await Promise.all(
    (
      [
        ...[ends, silent, hello, refuses, noReset].map((impl) => ['replay', impl] as const),
        ...[ends, noReset].flatMap((impl) => [['explain', impl] as const, ['shrink', impl] as const]),
      ] as const
    ).map((one) => dies(one)),
  );
  for (const { status, out, err, name } of all) {
    assert.is(status, 1, `${name}: ${out}${err}`);
    assert.match(out, 'ImplementationAlive', name);
  }
  const { out } = await dies(['shrink', hello], '--json');
  const json = JSON.parse(out);
  assert.equal([json.verdict, json.moves], ['violated', []]);
  assert.match(json.proof, 'before the first move');
});

test('check: a program that fails and does not start again: the trace that was found is told', async () => {
  const count = join(folder, 'starts');
  const fails = program(
    'starts-twice',
    `if (message.firsttouch) {
      const n = [1, 2].find((i) => !existsSync(${JSON.stringify(count)} + i));
      if (!n) process.exit(0);
      writeFileSync(${JSON.stringify(count)} + n, '');
    }
    return message.move ? '{"outcome":"ok","view":{"containers":{}}}' : '{"ok":true}';`,
  );
  const { status, out, err } = await firsttouch(
    ...['check', '--model', 'lru', '--scope', '1/1/1/1', '--impl', fails, '--json'],
  );
  assert.is(status, 1, err);
  const { counterexample } = JSON.parse(out);
  assert.is(counterexample.claim, 'EqualsSpec');
  // Which of the two processes fails first, at a mkdir or at a rmdir, is open.
  assert.match(
    counterexample.witness,
    /the specification says .*; after that it does not start again: .*it ended/,
  );
});

test('a program that skips: exit 4, with --json one object that says why', async () => {
  const skips = program('skips', 'return \'{"skip":"not today"}\';');
  const check = ['check', '--model', 'lru', '--scope', '1/1/1/1'];
  for (const args of [check, ['explain', file], ['shrink', file]]) {
    const { status, out } = await firsttouch(...args, '--impl', skips, '--json');
    assert.is(status, 4, args[0]);
    const { verdict, reason } = JSON.parse(out);
    assert.is(verdict, 'skipped');
    assert.match(reason, 'not today');
  }
});

test('replay --json: the bare witness, as explain and shrink have it; what surprises beside it', async () => {
  const [replayed, explained] = await Promise.all(
    ['replay', 'explain'].map((command) => firsttouch(command, file, '--impl', hello, '--json')),
  );
  const { witness, surprise, expected } = JSON.parse(replayed.out);
  assert.is(witness, JSON.parse(explained.out).witness);
  assert.is(expected, false);
  assert.match(surprise, /^expected to (hold|break)/);
});

test.run();
