// The test wrapper against what looks green and is not: each of these files must turn a run red, with the reason.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const uvu = "import { test, suite } from 'uvu';\nimport * as assert from 'uvu/assert';\n";
const fine = "test('x', () => assert.ok(true));\n";
const late = "test('x', () => { assert.ok(1); setTimeout(() => assert.ok(2), 30); });\n";

/** Looks green, is not, and what the wrapper says of it. */
const falseGreens: Readonly<Record<string, readonly [source: string, complaint: RegExp]>> = {
  'has no test': ['test.run();', /has no tests/],
  'never runs its tests': [fine, /"x" never ran; is a test\.run\(\) missing/],
  'is not about tests': ['export {};', /died before its tests were run/],
  'forgets a suite': [
    `const s = suite('s');\ns('forgotten', () => assert.ok(true));\n${fine}test.run();`,
    /"forgotten" never ran/,
  ],
  // The place is that of its source, whatever ran.
  fails: [`${fine}test('y', () => assert.is(1, 2));\ntest.run();`, /FAIL {2}"y"[^"]*\/fails\.test\.ts:4:\d/],
  'asserts nothing': ["test('x', () => {});\ntest.run();", /"x" asserts nothing/],
  'asserts nothing in its second test': [
    `${fine}test('y', () => { void [1].length; });\ntest.run();`,
    /"y" asserts nothing/,
  ],
  'does not await its last promise': [`${late}test.run();`, /not awaited: assert\.ok, of test "x"/],
  'does not await, and another test goes on': [
    `${late}test('y', async () => { await new Promise((r) => setTimeout(r, 90)); assert.ok(3); });\ntest.run();`,
    /not awaited: assert\.ok, of test "x"/,
  ],
  'does not await a rejection': [
    "test('x', () => { assert.ok(1); Promise.reject(new Error('late')); });\ntest.run();",
    /Error: late/,
  ],
  'awaits for ever': [
    "test('x', async () => { assert.ok(1); await new Promise(() => {}); });\ntest.run();",
    /died before its tests were run/,
  ],
  'has an only': [
    "test.only('x', () => assert.ok(1));\ntest('y', () => assert.is(1, 2));\ntest.run();",
    /an `only` was left in: "x"/,
  ],
  'hides an only': [
    "const o = test['only'];\no('x', () => assert.ok(1));\ntest.run();",
    /an `only` was left in: "x"/,
  ],
  'sets a test aside': [
    `${fine}test.skip('y', () => assert.is(1, 2));\ntest.run();`,
    /"y" is set aside by test\.skip/,
  ],
  'exits with 0 in a test': [
    "test('x', () => { assert.ok(1); process.exit(0); });\ntest('y', () => assert.ok(1));\ntest.run();",
    /died before its tests were run/,
  ],
  'crashes after its tests are set': [`${fine}test.run();\nthrow new Error('boom');`, /boom/],
  'has a hook that fails': [
    `test.before(() => { throw new Error('hook'); });\n${fine}test.run();`,
    /"x" never ran/,
  ],
  'leaves a child behind': [
    "import { spawn } from 'node:child_process';\n" +
      "test('x', () => { spawn('sleep', ['60'], { stdio: 'inherit' }).unref(); assert.ok(1); });\ntest.run();",
    /left a process that it started behind/,
  ],
};

/** Runs the wrapper over a folder that holds these files: below the repository, so that `uvu` is found. */
async function run(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const folder = mkdtempSync(join(root, 'node_modules/.runner-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  const args = ['--import', 'tsx', join(root, 'tests/run.ts')];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env, FIRSTTOUCH_TESTS: folder },
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  rmSync(folder, { recursive: true });
  return `${out.trimEnd()}\nstatus ${status}`;
}

const fileOf = (name: string) => `${name.replaceAll(' ', '-')}.test.ts`;

test('every false green is red, for its reason', async () => {
  const files = Object.entries(falseGreens).map(
    ([name, [source]]) => [fileOf(name), `${uvu}${source}`] as const,
  );
  const out = await run(Object.fromEntries(files));
  for (const [name, [, complaint]] of Object.entries(falseGreens)) {
    const from = out.indexOf(`FAIL ${fileOf(name)}:`);
    assert.ok(from >= 0, `a file that ${name} passed:\n${out}`);
    const next = /^(?:FAIL|ok {2}) \S+\.test\.ts:/m.exec(out.slice(from + 4));
    assert.match(out.slice(from, next ? from + 4 + next.index : undefined), complaint);
  }
  const [, failed] = /\n\d+ passed, (\d+) failed\nstatus 1$/.exec(out) ?? [];
  assert.ok(Number(failed) >= files.length, `${failed} failures`);
});

test('a hang is ended and red', async () => {
  const out = await run(
    { 'hang.test.ts': `${uvu}${fine}test.run();\nsetInterval(() => {}, 1000);` },
    { FIRSTTOUCH_TEST_SECONDS: '4' },
  );
  assert.match(out, /no end after 4 s/);
  assert.match(out, /\n[01] passed, 1 failed\nstatus 1$/);
});

test('a folder without a test file is red', async () => {
  assert.match(await run({ 'helper.ts': '' }), /no test file was found\n0 passed, 1 failed\nstatus 1$/);
});

test('what is green is green, as a program and from its source; a skip counts as neither, and its reason is shown', async () => {
  const files = {
    'a.test.ts': `${uvu}${fine}test('y', async () => { await null; assert.not.equal(1, 2); });\ntest.run();`,
    'b.test.ts': `${uvu}test('z', () => assert.is.not(1, 2));\ntest.run();`,
    'c.test.ts': `${uvu}${fine}test('k', () => console.log('SKIP no kernel here'));\ntest.run();`,
    'd.test.ts': `${uvu}console.log('SKIP no compiler');\ntest.run();`,
    'helper.ts': 'throw new Error("this is no test file");',
  };
  for (const FIRSTTOUCH_PLAIN of ['', '1']) {
    const out = await run(files, { FIRSTTOUCH_PLAIN });
    assert.match(out, /SKIP no kernel here/);
    assert.match(out, /SKIP no compiler/);
    assert.match(out, /\n2 skipped\n4 passed, 0 failed\nstatus 0$/);
  }
});

test.run();
