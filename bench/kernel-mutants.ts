// How many real mistakes of a kernel are seen: each is planted in a copy of its source, built, judged in a guest in cgroup v1 and v2, and taken back.
// `node --import tsx bench/kernel-mutants.ts SOURCE BUILD OUT [RUNS] [IDS]`: SOURCE is a copy that may be changed (examples/kernel/build.sh makes it and
// BUILD), OUT takes a file for each row and cgroup, and each kernel: what is there is not judged or built again. Without IDS all rows. Writes the rows
// of docs/kernel-mutants.md.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Edit, edits, planted } from './kernel-edits.ts';

const [source, build, out, runs = '100', ids] = process.argv.slice(2);
if (!source || !build || !out) {
  console.log('usage: kernel-mutants.ts SOURCE BUILD OUT [RUNS] [ID,ID,clean]');
  process.exit(2);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'cli', 'firsttouch.mjs');
/** In which order, until one finds it. */
const regimes = (process.env.REGIMES ?? 'quiet,killer,stock,migrate').split(',');
const cgroups = (process.env.CGROUPS ?? 'v1,v2').split(',');
const RUN_MS = 20 * 60_000;

interface Row {
  readonly id: string;
  readonly cgroup: string;
  readonly release: string;
  /** A violation: where, after how much, and the trace; null if none was found in any regime. */
  readonly found: {
    readonly regime: string;
    readonly commands: number;
    readonly seconds: number;
    readonly claim: string;
    readonly witness: string;
    readonly moves: readonly string[];
  } | null;
  readonly tried: readonly { readonly regime: string; readonly runs: number; readonly commands: number }[];
}

mkdirSync(join(out, 'kernels'), { recursive: true });
// A run that was killed has left its mistake behind.
for (const edit of edits) restore(edit);
const wanted = ids?.split(',');
if (wanted?.includes('clean')) judgeAll('clean');
for (const edit of edits) {
  if (!edit.find || (wanted && !wanted.includes(edit.id))) continue;
  const cells = cgroups.filter((cgroup) => !existsSync(join(out, `${edit.id}-${cgroup}.json`)));
  if (cells.length === 0) continue;
  if (!existsSync(kernelOf(edit.id))) buildWith(edit);
  judgeAll(edit.id);
}
renewRows();

function fileOf({ file }: Edit): string {
  return join(source, file);
}
function kernelOf(id: string): string {
  return join(out, 'kernels', id);
}
function keptOf(edit: Edit): string {
  return `${fileOf(edit)}.firsttouch-kept`;
}

function buildWith(edit: Edit): void {
  const file = fileOf(edit);
  const kept = keptOf(edit);
  writeFileSync(kept, readFileSync(file));
  try {
    writeFileSync(file, planted(readFileSync(kept, 'utf8'), edit));
    make();
    copyFileSync(join(build, 'linux'), kernelOf(edit.id));
  } finally {
    restore(edit);
  }
}

function restore(edit: Edit): void {
  if (!existsSync(keptOf(edit))) return;
  renameSync(keptOf(edit), fileOf(edit));
  const now = new Date();
  utimesSync(fileOf(edit), now, now); // make shall see it
}

function make(): void {
  const { status, stderr } = spawnSync('make', ['ARCH=um', `O=${build}`, 'linux'], {
    cwd: source,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`make: ${stderr.slice(-2000)}`);
}

function judgeAll(id: string): void {
  for (const cgroup of cgroups) {
    const file = join(out, `${id}-${cgroup}.json`);
    if (existsSync(file)) continue;
    const row = judge(id, cgroup);
    writeFileSync(file, JSON.stringify(row, null, 1));
    console.log(
      id,
      cgroup,
      row.found ? `${row.found.regime} ${row.found.claim}: ${row.found.witness}` : 'not found',
    );
  }
}

function judge(id: string, cgroup: string): Row {
  const tried: Row['tried'][number][] = [];
  let release = '';
  for (const regime of regimes) {
    const args = `verify --impl linux --kernel ${id === 'clean' ? join(build, 'linux') : kernelOf(id)} --cgroup ${cgroup} --regime ${regime}`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [cli, ...args.split(' '), '--runs', runs, '--seed', '1', '--json', '--save', join(out, 'traces', id)],
      { encoding: 'utf8', timeout: RUN_MS, maxBuffer: 2 ** 28 },
    );
    release = /Linux (\S+),/.exec(stderr)?.[1] ?? release;
    const answer = readAnswer(stdout, stderr);
    const [profile] = answer.profiles ?? [];
    tried.push({ regime, runs: profile?.runs ?? 0, commands: profile?.commands ?? 0 });
    const broken = answer.counterexample;
    if (!broken) continue;
    const { commands = 0, seconds = 0 } = profile ?? {};
    const { claim, witness } = broken;
    const moves = broken.moves.map((move) => move.join(' '));
    return { id, cgroup, release, tried, found: { regime, commands, seconds, claim, witness, moves } };
  }
  return { id, cgroup, release, tried, found: null };
}

interface Answer {
  readonly profiles?: { runs: number; commands: number; seconds: number }[];
  readonly counterexample?: { claim: string; witness: string; moves: (string | number)[][] } | null;
}

/** A kernel that does not even start its first program is found, too: by its console. */
function readAnswer(stdout: string, stderr: string): Answer {
  try {
    const answer = JSON.parse(stdout);
    if (answer.verdict !== 'skipped') return answer;
    return { counterexample: { claim: 'it starts', witness: answer.reason.slice(0, 200), moves: [] } };
  } catch {
    return {
      counterexample: { claim: 'the suite ends', witness: `${stdout}${stderr}`.slice(-300), moves: [] },
    };
  }
}

/** Each row of the page's table that was judged is written anew: what was found in v1 and in v2, and the trace. What is wrong stands in the page alone. */
function renewRows(): void {
  const page = join(root, 'docs', 'kernel-mutants.md');
  const lines = readFileSync(page, 'utf8').split('\n');
  writeFileSync(page, lines.map(renewed).join('\n'));
}

function renewed(line: string): string {
  const [, id, wrong, after, ...cells] =
    /^\| (K\d+) \| (.*) \| (.*) \| (.*) \| (.*) \| (.*) \|$/.exec(line) ?? [];
  const rows = ['v1', 'v2'].map((cgroup) => rowIn(join(out, `${id}-${cgroup}.json`)));
  if (!id || rows.every((row) => row === null)) return line;
  const [v1, v2] = rows.map((row, i) => (row ? cellOf(row) : cells[i]));
  const found = rows.find((row) => row?.found)?.found;
  const trace = found
    ? `\`${found.moves.join('; ')}\`: ${found.witness.replaceAll('|', '/').slice(0, 150)}`
    : cells[2];
  return `| ${[id, wrong, after, v1, v2, trace].join(' | ')} |`;
}

function rowIn(file: string): Row | null {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function cellOf({ found, tried }: Row): string {
  if (!found) return `no (${tried.map(({ regime, runs }) => `${runs} runs ${regime}`).join(', ')})`;
  const { regime, claim, commands, seconds } = found;
  return `${claim}, ${regime}, after ${commands} commands in ${seconds.toFixed(0)} s`;
}
