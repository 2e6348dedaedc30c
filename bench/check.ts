// The model checker against SPIN on the same contract, with the same claims and with none; one thread against two; memory against disk; and the
// controller on every reachable step. Run: node --import tsx bench/check.ts [REPETITIONS] [ROW...], rows as at the end. Medians, and in brackets the
// shortest and the longest. Needs spin and gcc for the comparison, says so if they are missing.

import { type CheckOptions, check, type Report } from '../checker/index.ts';
import { type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';
import { median } from './median.ts';
import { ASSERTED } from './spin/contract.ts';
import { NoSpin, Verifier } from './spin/contract-run.ts';

const repetitions = Number(process.argv[2] ?? 3);
const module = new URL('../properties/scopes/index.ts', import.meta.url).href;

const scopeOf = (text: string) => {
  const [containers, tasks, pages, limit] = text.split('/').map(Number);
  return { containers, tasks, pages, limit };
};

interface Ours {
  readonly workers?: number;
  readonly impl?: 'controller';
  readonly memoryMiB?: number;
  /** By these claims, or by all; left out: by none. */
  readonly judged?: 'all' | readonly string[];
}

async function ours(
  kind: ModelKind,
  scope: string,
  { workers = 1, impl, memoryMiB, judged = [] }: Ours = {},
): Promise<Report> {
  const args = { kind, profile: 'letter' as const, scope: scopeOf(scope), ...(impl ? { impl } : {}) };
  const { model, twin } = modelAndTwin(args);
  const options: CheckOptions = {
    workers,
    spec: { module, export: 'modelAndTwin', args },
    ...(twin ? { twin } : {}),
    ...(impl || judged === 'all' ? {} : { claims: judged }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
  };
  return await check(model, options);
}

const say = (line = '') => process.stdout.write(`${line}\n`);
const many = (n: number) => n.toLocaleString('en-US');
const times = (n: number) => `${n.toFixed(2)}x`;

/** True if a target is missed. */
function target(text: string, met: boolean): boolean {
  say(`  ${met ? 'met   ' : 'MISSED'} ${text}`);
  return !met;
}

/** Median, shortest and longest, in seconds. */
const spread = (seconds: readonly number[]) =>
  `${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`;

/** Turn about, so that a machine that slows down slows both. `claims`: those that SPIN has as assertions, or none, on both sides. */
async function againstSpin(scope: string, claims: readonly string[]): Promise<boolean> {
  const what = claims.length > 0 ? `${claims.length} claims judged by both` : 'no claim judged by either';
  say(`contract ${scope}, one thread, ${what}, ${repetitions} times, median`);
  const mine: Report[] = [];
  try {
    const verifier = new Verifier(scopeOf(scope), claims.length > 0);
    const theirs = [];
    for (let i = 0; i < repetitions; i++) {
      theirs.push(verifier.run());
      mine.push(await ours('contract', scope, { judged: claims }));
    }
    verifier.remove();
    const [spin] = theirs;
    const spinSeconds = theirs.map(({ wall }) => wall);
    const seconds = mine.map((report) => report.seconds);
    const ratio = median(seconds) / median(spinSeconds);
    const { states, transitions, bytesPerState } = mine[0];
    say(
      `  SPIN       ${spread(spinSeconds)}, ${many(spin.states)} states, ${many(spin.transitions)} transitions, ${spin.bytesPerState.toFixed(0)} bytes a state`,
    );
    say(
      `  firsttouch ${spread(seconds)}, ${many(states)} states, ${many(transitions)} transitions, ${bytesPerState.total.toFixed(1)} bytes a state (${bytesPerState.beyond.toFixed(1)} beyond the packed ${bytesPerState.packed})`,
    );
    return [
      target('the same states and transitions', states === spin.states && transitions === spin.transitions),
      target(`at most 5x SPIN's time: ${times(ratio)}`, ratio <= 5),
      target('at most 48 bytes a state beyond the packed state', bytesPerState.beyond <= 48),
    ].includes(true);
  } catch (error) {
    if (!(error instanceof NoSpin)) throw error;
    say(`  no comparison: ${error.message}`);
    const { seconds, states } = await ours('contract', scope, { judged: claims });
    say(`  firsttouch ${seconds.toFixed(2)} s, ${many(states)} states`);
    return false;
  }
}

/** Every claim, which is what `check` judges unless told otherwise. */
async function judgesAll(scope: string): Promise<boolean> {
  say(`contract ${scope}, one thread, every claim judged, ${repetitions} times, median`);
  const seconds: number[] = [];
  for (let i = 0; i < repetitions; i++)
    seconds.push((await ours('contract', scope, { judged: 'all' })).seconds);
  say(`  ${spread(seconds)}`);
  return target(`at most 8 s: ${median(seconds).toFixed(2)} s`, median(seconds) <= 8);
}

async function twoThreads(kind: ModelKind, scope: string): Promise<boolean> {
  say(
    `${kind} ${scope}, two threads against one, their start included, ${repetitions} times in turn, median`,
  );
  const one: number[] = [];
  const two: number[] = [];
  let states = 0;
  for (let i = 0; i < repetitions; i++) {
    const report = await ours(kind, scope);
    states = report.states;
    one.push(report.seconds);
    two.push((await ours(kind, scope, { workers: 2 })).seconds);
  }
  const ratio = median(one) / median(two);
  say(`  ${many(states)} states: ${spread(one)}, ${spread(two)}`);
  return target(`at least 1.5x: ${times(ratio)}`, ratio >= 1.5);
}

async function onDisk(kind: ModelKind, scope: string, memoryMiB: number): Promise<boolean> {
  say(
    `${kind} ${scope}, one thread, in ${memoryMiB} MiB and the rest on disk, against all in memory, in turn`,
  );
  const inMemory: number[] = [];
  const disk: number[] = [];
  let [whole, spilled]: (Report | null)[] = [null, null];
  for (let i = 0; i < repetitions; i++) {
    whole = await ours(kind, scope);
    spilled = await ours(kind, scope, { memoryMiB });
    inMemory.push(whole.seconds);
    disk.push(spilled.seconds);
  }
  const ratio = median(disk) / median(inMemory);
  const { states, transitions, diskBytes } = spilled!;
  say(
    `  ${many(states)} states: ${spread(inMemory)}, ${spread(disk)} with ${many(Math.ceil((diskBytes ?? 0) / 2 ** 20))} MiB on disk`,
  );
  return [
    target('the same states and transitions', states === whole!.states && transitions === whole!.transitions),
    target(`at most 3x: ${times(ratio)}`, ratio <= 3),
  ].includes(true);
}

async function onController(scope: string): Promise<boolean> {
  say(
    `lru ${scope}: the optimized controller on every reachable step, two threads, ${repetitions} times, median`,
  );
  const reports: Report[] = [];
  for (let i = 0; i < repetitions; i++)
    reports.push(await ours('lru', scope, { workers: 2, impl: 'controller' }));
  const [{ states, transitions, refused }] = reports;
  const seconds = reports.map((report) => report.seconds);
  say(
    `  ${many(states)} states, ${many(transitions)} steps and ${many(refused)} refusals: ${spread(seconds)}`,
  );
  return [
    target(
      'it equals the LRU spec',
      reports.every(({ verdict }) => verdict === 'holds'),
    ),
    target(`at most 10 s: ${median(seconds).toFixed(2)} s`, median(seconds) <= 10),
  ].includes(true);
}

/** By name; for each, about how many seconds a repetition takes on a quiet machine. */
const rows: Readonly<Record<string, () => Promise<boolean>>> = {
  /** 4 */
  spin: () => againstSpin('2/2/3/2', []),
  /** 15 */
  claims: () => againstSpin('2/2/3/2', ASSERTED),
  /** 8 */
  all: () => judgesAll('2/2/3/2'),
  /** 30 */
  threads: () => twoThreads('contract', '2/2/4/1'),
  /** 50 */
  disk: () => onDisk('contract', '2/2/4/1', 8),
  /** 10 */
  onController: () => onController('2/2/2/2'),
};

const named = process.argv.slice(3);
const strange = named.find((name) => !(name in rows));
if (strange !== undefined)
  throw new RangeError(`no row ${strange}; there are: ${Object.keys(rows).join(' ')}`);
const missed: boolean[] = [];
for (const [name, row] of Object.entries(rows))
  if (named.length === 0 || named.includes(name)) missed.push(await row());
process.exitCode = missed.includes(true) ? 1 : 0;
