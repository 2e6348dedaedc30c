// The model checker against SPIN on the same contract, one thread against two, memory against disk, and the controller on every reachable step.
// Run: node --import tsx bench/check.ts [repetitions]. Needs spin and gcc for the comparison, says so if they are missing.

import { type CheckOptions, check, type Report } from '../checker/index.ts';
import { type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';
import { median } from './median.ts';
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
  /** By every claim. */
  readonly judged?: boolean;
}

async function ours(
  kind: ModelKind,
  scope: string,
  { workers = 1, impl, memoryMiB, judged = false }: Ours = {},
): Promise<Report> {
  const args = { kind, profile: 'letter' as const, scope: scopeOf(scope), ...(impl ? { impl } : {}) };
  const { model, twin } = modelAndTwin(args);
  const options: CheckOptions = {
    workers,
    spec: { module, export: 'modelAndTwin', args },
    ...(twin ? { twin } : {}),
    ...(impl || judged ? {} : { claims: [] }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
  };
  return await check(model, options);
}

const say = (line = '') => process.stdout.write(`${line}\n`);
const many = (n: number) => n.toLocaleString('en-US');
const times = (n: number) => `${n.toFixed(2)}x`;

/** With every claim judged, which is what `check` does unless told otherwise. */
async function judged(scope: string): Promise<boolean> {
  say(`contract ${scope}, one thread, every claim judged and none, ${repetitions} times in turn, median`);
  const all: number[] = [];
  const none: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    all.push((await ours('contract', scope, { judged: true })).seconds);
    none.push((await ours('contract', scope)).seconds);
  }
  say(`  every claim ${median(all).toFixed(2)} s, none ${median(none).toFixed(2)} s`);
  return target(`at most 8 s: ${median(all).toFixed(2)} s`, median(all) <= 8);
}

/** True if a target is missed. */
function target(text: string, met: boolean): boolean {
  say(`  ${met ? 'met   ' : 'MISSED'} ${text}`);
  return !met;
}

/** Turn about, so that a machine that slows down slows both. */
async function againstSpin(scope: string): Promise<boolean> {
  say(`contract ${scope}, one thread, ${repetitions} times, median`);
  const mine: Report[] = [];
  try {
    const verifier = new Verifier(scopeOf(scope));
    const theirs = [];
    for (let i = 0; i < repetitions; i++) {
      theirs.push(verifier.run());
      mine.push(await ours('contract', scope));
    }
    verifier.remove();
    const [spin] = theirs;
    const spinSeconds = median(theirs.map(({ wall }) => wall));
    const seconds = median(mine.map((report) => report.seconds));
    const { states, transitions, bytesPerState } = mine[0];
    say(
      `  SPIN       ${spinSeconds.toFixed(2)} s, ${many(spin.states)} states, ${many(spin.transitions)} transitions, ${spin.bytesPerState.toFixed(0)} bytes a state`,
    );
    say(
      `  firsttouch ${seconds.toFixed(2)} s, ${many(states)} states, ${many(transitions)} transitions, ${bytesPerState.total.toFixed(1)} bytes a state (${bytesPerState.beyond.toFixed(1)} beyond the packed ${bytesPerState.packed})`,
    );
    return [
      target('the same states and transitions', states === spin.states && transitions === spin.transitions),
      target(`at most 5x SPIN's time: ${times(seconds / spinSeconds)}`, seconds <= 5 * spinSeconds),
      target('at most 48 bytes a state beyond the packed state', bytesPerState.beyond <= 48),
    ].includes(true);
  } catch (error) {
    if (!(error instanceof NoSpin)) throw error;
    say(`  no comparison: ${error.message}`);
    const { seconds, states } = await ours('contract', scope);
    say(`  firsttouch ${seconds.toFixed(2)} s, ${many(states)} states`);
    return false;
  }
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
  say(`  ${many(states)} states: ${median(one).toFixed(2)} s, ${median(two).toFixed(2)} s`);
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
    `  ${many(states)} states: ${median(inMemory).toFixed(2)} s, ${median(disk).toFixed(2)} s with ${many(Math.ceil((diskBytes ?? 0) / 2 ** 20))} MiB on disk`,
  );
  return [
    target('the same states and transitions', states === whole!.states && transitions === whole!.transitions),
    target(`at most 3x: ${times(ratio)}`, ratio <= 3),
  ].includes(true);
}

async function controller(scope: string): Promise<boolean> {
  say(`lru ${scope}: the optimized controller on every reachable step, two threads`);
  const { seconds, states, transitions, refused, verdict } = await ours('lru', scope, {
    workers: 2,
    impl: 'controller',
  });
  say(
    `  ${verdict}: ${many(states)} states, ${many(transitions)} steps and ${many(refused)} refusals in ${seconds.toFixed(1)} s`,
  );
  return [target('it equals the LRU spec', verdict === 'holds'), target('under 60 s', seconds < 60)].includes(
    true,
  );
}

const missed = [
  await againstSpin('2/2/3/2'),
  await judged('2/2/3/2'),
  await twoThreads('contract', '2/2/4/1'),
  await onDisk('contract', '2/2/4/1', 8),
  await controller('2/2/2/2'),
];
process.exitCode = missed.includes(true) ? 1 : 0;
