// Runs every tests/*.test.ts in a process of its own and turns false greens red: no tests, no assertion, early death, `only`, a hang.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const TIMEOUT_MS = 300_000;

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
}

const folder = process.env.FIRSTTOUCH_TESTS ?? here;
const filters = process.argv.slice(2);
const files = readdirSync(folder)
  .filter(
    (name) => name.endsWith('.test.ts') && (filters.length === 0 || filters.some((f) => name.includes(f))),
  )
  .sort();

const results: FileResult[] = [];
for (const file of files) {
  const result = await runFile(file);
  results.push(result);
  const state = result.failures.length > 0 ? 'FAIL' : 'ok  ';
  const skipped = result.skipped.length > 0 ? `, ${result.skipped.length} skipped` : '';
  console.log(`${state} ${file}: ${result.passed} passed${skipped}`);
  for (const failure of result.failures) console.log(failure.replace(/^/gm, '     '));
  for (const skip of result.skipped) console.log(`     ${skip}`);
}

const sum = (of: (r: FileResult) => number) => results.reduce((n, r) => n + of(r), 0);
const skipped = sum((r) => r.skipped.length);
const failed = sum((r) => r.failures.length) + (files.length === 0 ? 1 : 0);
if (files.length === 0) console.log('FAIL no test file was found');
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${sum((r) => r.passed)} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function runFile(file: string): Promise<FileResult> {
  const source = readFileSync(join(folder, file), 'utf8');
  return new Promise((resolve) => {
    const preload = new URL('./preload.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', 'tsx', '--import', preload, join(folder, file)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let out = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (out += chunk));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(
        judge(file, source, stripVTControlCharacters(out), timedOut ? 'timeout' : (signal ?? code ?? 1)),
      );
    });
  });
}

function judge(file: string, source: string, out: string, status: string | number): FileResult {
  const total = Number(/^\s*Total:\s+(\d+)/m.exec(out)?.[1] ?? 0);
  const passed = Number(/^\s*Passed:\s+(\d+)/m.exec(out)?.[1] ?? 0);
  const skipped = [...out.matchAll(/^SKIP .*/gm)].map(([line]) => line);
  const failures: string[] = [];
  const fail = (why: string) => failures.push(`${file}: ${why}`);
  if (/^\s*test\.only\(|\.only\(/m.test(source)) fail('an `only` was left in');
  if (status === 'timeout') fail(`no end after ${TIMEOUT_MS / 1000} s`);
  else if (!/^\s*Total:/m.test(out))
    fail(`died before its tests were run (status ${status}); is test.run() missing?\n${out}`);
  else if (total === 0 && skipped.length === 0) fail('has no tests');
  for (const [, name] of out.matchAll(/^UNASSERTED (.*)/gm)) fail(`test "${name}" asserts nothing`);
  for (const [, what] of out.matchAll(/^LATE (.*)/gm))
    fail(`asserts after its test has ended, a promise was not awaited: ${what}`);
  if (failures.length === 0 && (status !== 0 || passed < total)) {
    for (let i = passed; i < Math.max(total, passed + 1); i++)
      failures.push(i === passed ? `${file}: ${out}` : `${file}: see above`);
  }
  return { file, passed: failures.length > 0 ? Math.min(passed, total) : passed, failures, skipped };
}
