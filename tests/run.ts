// Runs every tests/*.test.ts and properties/suites/*.test.ts in a process of its own, three at a time: a fifth of their time they wait,
// for a guest, a browser, a clock.
// What looks green and is not is turned red: tests/runner.test.ts shows which.
// They start as programs that are made of the sources when the run begins; FIRSTTOUCH_PLAIN=1: from the sources as they are, which takes longer.
// FIRSTTOUCH_COSTS=1 says what each file and each test costs in processor time.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { type Programs, programsOf } from './programs.ts';

const here = dirname(fileURLToPath(import.meta.url));
const folders = process.env.FIRSTTOUCH_TESTS
  ? [process.env.FIRSTTOUCH_TESTS]
  : [here, join(here, '..', 'properties', 'suites')];
/** A file that takes longer hangs. */
const TIMEOUT_S = Number(process.env.FIRSTTOUCH_TEST_SECONDS ?? 300);
/** What a file may leave running behind its back before that is a failure. */
const GRACE_MS = 2000;
const SLOW_S = 10;
const COSTS = Boolean(process.env.FIRSTTOUCH_COSTS);
/** The pipe on which the watcher in the child tells what uvu does not. */
const WATCH_FD = 3;

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** Processor time, with that of what it started; 0 where that is not known. */
  readonly cost: number;
  /** The same of each test, with its name. */
  readonly costs: readonly string[];
}

/** How a child ended: its status or signal, what it printed, and what its watcher told, by kind. */
interface Ending {
  readonly status: number | string;
  readonly out: string;
  readonly told: ReadonlyMap<string, readonly string[]>;
}

/** What the watcher tells, and why it is a failure. */
const COMPLAINTS: Readonly<Record<string, (what: string) => string>> = {
  UNASSERTED: (name) => `test "${name}" asserts nothing`,
  LATE: (what) => `asserts after its test has ended, a promise was not awaited: ${what}`,
  ONLY: (name) => `an \`only\` was left in: "${name}"`,
  SETASIDE: (name) => `test "${name}" is set aside by test.skip; print \`SKIP reason\` where it cannot run`,
  UNRUN: (name) => `test "${name}" never ran; is a test.run() missing?`,
  LEFT: (what) => `left ${what} behind`,
};

const filters = process.argv.slice(2);
const files = folders
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter(
    (path) =>
      path.endsWith('.test.ts') && (filters.length === 0 || filters.some((f) => shown(path).includes(f))),
  )
  .sort()
  // The longest are at the end of the alphabet, the suites first: so all rows of work end together.
  .reverse();

const programs: Programs | null = process.env.FIRSTTOUCH_PLAIN ? null : await programsOf(files);
process.on('exit', () => programs?.remove());
const children = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of children) killGroup(child);
    process.exit(130);
  });
}

const queue = [...files];
const results: FileResult[] = [];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) + 1 }, runQueue));
report(results);

/** What a file is called here: its name, and its folder if that is not tests/. */
function shown(path: string): string {
  return dirname(path) === here || folders.length === 1 ? basename(path) : join('suites', basename(path));
}

async function runQueue(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const from = performance.now();
    const ending = await runFile(file);
    const result = judge(shown(file), ending, (performance.now() - from) / 1000);
    results.push(result);
    tellOf(result);
  }
}

function tellOf({ file, passed, failures, skipped, seconds, cost, costs }: FileResult): void {
  const notes = [
    skipped.length > 0 ? `, ${skipped.length} skipped` : '',
    seconds > SLOW_S || cost > SLOW_S || COSTS
      ? `, ${seconds.toFixed(0)} s (${cost.toFixed(COSTS ? 1 : 0)} of a processor)`
      : '',
  ];
  console.log(`${failures.length > 0 ? 'FAIL' : 'ok  '} ${file}: ${passed} passed${notes.join('')}`);
  for (const failure of failures) console.log(failure.replace(/^/gm, '     '));
  if (COSTS) for (const each of costs) console.log(`     ${each}`);
  for (const reason of skipped) console.log(`     SKIP ${reason}`);
}

function report(all: readonly FileResult[]): void {
  const sum = (of: (r: FileResult) => number) => all.reduce((n, r) => n + of(r), 0);
  const skipped = sum((r) => r.skipped.length);
  const failed = sum((r) => r.failures.length) + (files.length === 0 ? 1 : 0);
  const [seconds, cost] = [performance.now() / 1000, sum((r) => r.cost)].map((s) => s.toFixed(0));
  console.log(`${seconds} s, ${cost} s of processor time`);
  if (files.length === 0) console.log('FAIL no test file was found');
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${sum((r) => r.passed)} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** The child leads a group of its own, so that whatever it started can be ended with it. */
function runFile(file: string): Promise<Ending> {
  return new Promise((resolve) => {
    const preload = new URL('./preload.mjs', import.meta.url).href;
    const program = programs?.of(file);
    const start =
      program === undefined ? ['--import', 'tsx', '--import', preload, file] : ['--import', preload, program];
    const child = spawn(process.execPath, start, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: '0',
        FIRSTTOUCH_WATCH: String(WATCH_FD),
        FIRSTTOUCH_PROGRAMS: programs?.folder ?? '',
      },
      detached: true,
    });
    children.add(child);
    let out = '';
    let watched = '';
    let status: number | string | null = null;
    const hang = setTimeout(() => {
      status = 'timeout';
      killGroup(child);
    }, TIMEOUT_S * 1000);
    let left: NodeJS.Timeout | undefined;
    child.stdout?.on('data', (chunk) => (out += chunk));
    child.stderr?.on('data', (chunk) => (out += chunk));
    child.stdio[WATCH_FD]?.on('data', (chunk: Buffer) => (watched += chunk));
    child.on('exit', (code, signal) => {
      status ??= signal ?? code ?? 1;
      left = setTimeout(() => {
        watched += 'LEFT a process that it started\n';
        killGroup(child);
      }, GRACE_MS);
    });
    child.on('close', () => {
      clearTimeout(hang);
      clearTimeout(left);
      children.delete(child);
      const text = stripVTControlCharacters(out);
      resolve({ status: status ?? 1, out: programs?.placed(text) ?? text, told: byKind(watched) });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function byKind(watched: string): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const line of watched.split('\n').filter((text) => text !== '')) {
    const [, kind, what] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    told.set(kind, [...(told.get(kind) ?? []), what]);
  }
  return told;
}

function judge(file: string, { status, out, told }: Ending, seconds: number): FileResult {
  const total = Number(/^\s*Total:\s+(\d+)/m.exec(out)?.[1] ?? 0);
  const green = Number(/^\s*Passed:\s+(\d+)/m.exec(out)?.[1] ?? 0);
  const skipped = [...(told.get('SKIPPED') ?? []), ...(told.get('ABSENT') ?? [])];
  const hollow = (told.get('SKIPPED')?.length ?? 0) + (told.get('UNASSERTED')?.length ?? 0);
  const passed = Math.max(green - hollow, 0);
  const failures: string[] = [];
  const fail = (why: string) => failures.push(`${file}: ${why}`);

  if (status === 'timeout') fail(`no end after ${TIMEOUT_S} s\n${out}`);
  else if (!/^\s*Total:/m.test(out))
    fail(`died before its tests were run (status ${status}); is test.run() missing?\n${out}`);
  else if (total === 0 && skipped.length === 0) fail('has no tests');
  else if (status !== 0 || green < total) {
    fail(out.trim());
    for (let i = green + 1; i < total; i++) fail('see above');
  }
  for (const [kind, complaint] of Object.entries(COMPLAINTS)) {
    for (const what of told.get(kind) ?? []) fail(complaint(what));
  }
  const cost = Number(told.get('COST')?.[0] ?? 0);
  return { file, passed, failures, skipped, seconds, cost, costs: told.get('SPENT') ?? [] };
}
