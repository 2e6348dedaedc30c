// The model checker against SPIN on the same contract, with the same claims and with none; one thread against two; memory against disk; and the
// controller on every reachable step. Run: node --import tsx bench/check.ts [REPETITIONS] [ROW...], rows as at the end. Medians, and in brackets the
// shortest and the longest. Needs spin and gcc for the comparison, says so if they are missing.

import { type CheckOptions, check, type Report } from '../checker/index.ts';
import { type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';
import { scopeFromText } from '../properties/trace/move.ts';
import { ASSERTED } from './spin/contract.ts';
import { NoSpin, Verifier } from './spin/contract-run.ts';
import { inTurn, many, median, runParts, spread, target } from './tools.ts';

const repetitions = Number(process.argv[2] ?? 3);
const module = new URL('../properties/scopes/index.ts', import.meta.url).href;

interface Ours {
  readonly workers?: number;
  readonly impl?: 'controller';
  readonly memoryMiB?: number;
  /** By these claims; left out: by none. */
  readonly judged?: readonly string[];
}

async function ours(
  kind: ModelKind,
  scope: string,
  { workers = 1, impl, memoryMiB, judged = [] }: Ours = {},
): Promise<Report> {
  const args = { kind, profile: 'letter' as const, scope: scopeFromText(scope), ...(impl ? { impl } : {}) };
  const { model, twin } = modelAndTwin(args);
  const options: CheckOptions = {
    workers,
    spec: { module, export: 'modelAndTwin', args },
    ...(twin ? { twin } : {}),
    ...(impl ? {} : { claims: judged }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
  };
  return await check(model, options);
}

const { log } = console;
const secondsOf = (reports: readonly Report[]) => reports.map(({ seconds }) => seconds);
const times = (n: number) => `${n.toFixed(2)}x`;

/** `claims`: those that SPIN has as assertions, or none, on both sides. */
async function againstSpin(scope: string, claims: readonly string[]): Promise<void> {
  const what = claims.length > 0 ? `${claims.length} claims judged by both` : 'no claim judged by either';
  log(`contract ${scope}, one thread, ${what}, ${repetitions} times, median`);
  const verifier = verifierOf(scope, claims.length > 0);
  if (!verifier) return;
  const { theirs, mine } = await inTurn(
    { theirs: () => verifier.run(), mine: () => ours('contract', scope, { judged: claims }) },
    repetitions,
  );
  verifier.remove();
  const [[spin], [{ states, transitions, bytesPerState }]] = [theirs, mine];
  const [spinSeconds, seconds] = [theirs.map(({ wall }) => wall), secondsOf(mine)];
  const ratio = median(seconds) / median(spinSeconds);
  log(
    `  SPIN       ${spread(spinSeconds)}, ${many(spin.states)} states, ${many(spin.transitions)} transitions, ${spin.bytesPerState.toFixed(0)} bytes a state`,
  );
  log(
    `  firsttouch ${spread(seconds)}, ${many(states)} states, ${many(transitions)} transitions, ${bytesPerState.total.toFixed(1)} bytes a state (${bytesPerState.beyond.toFixed(1)} beyond the packed ${bytesPerState.packed})`,
  );
  target('the same states and transitions', states === spin.states && transitions === spin.transitions);
  target(`at most 5x SPIN's time: ${times(ratio)}`, ratio <= 5);
  target('at most 48 bytes a state beyond the packed state', bytesPerState.beyond <= 48);
}

/** Null, and said, where spin or gcc is missing. */
function verifierOf(scope: string, judged: boolean): Verifier | null {
  try {
    return new Verifier(scopeFromText(scope), judged);
  } catch (error) {
    if (!(error instanceof NoSpin)) throw error;
    log(`  no comparison: ${error.message}`);
    return null;
  }
}

async function twoThreads(kind: ModelKind, scope: string): Promise<void> {
  log(
    `${kind} ${scope}, two threads against one, their start included, ${repetitions} times in turn, median`,
  );
  const { one, two } = await inTurn(
    { one: () => ours(kind, scope), two: () => ours(kind, scope, { workers: 2 }) },
    repetitions,
  );
  const ratio = median(secondsOf(one)) / median(secondsOf(two));
  log(`  ${many(one[0].states)} states: ${spread(secondsOf(one))}, ${spread(secondsOf(two))}`);
  target(`at least 1.5x: ${times(ratio)}`, ratio >= 1.5);
}

async function onDisk(kind: ModelKind, scope: string, memoryMiB: number): Promise<void> {
  log(
    `${kind} ${scope}, one thread, in ${memoryMiB} MiB and the rest on disk, against all in memory, in turn`,
  );
  const { inMemory, disk } = await inTurn(
    { inMemory: () => ours(kind, scope), disk: () => ours(kind, scope, { memoryMiB }) },
    repetitions,
  );
  const [[whole], [spilled]] = [inMemory, disk];
  const ratio = median(secondsOf(disk)) / median(secondsOf(inMemory));
  const mebibytes = many(Math.ceil((spilled.diskBytes ?? 0) / 2 ** 20));
  log(
    `  ${many(spilled.states)} states: ${spread(secondsOf(inMemory))}, ${spread(secondsOf(disk))} with ${mebibytes} MiB on disk`,
  );
  const same = spilled.states === whole.states && spilled.transitions === whole.transitions;
  target('the same states and transitions', same);
  target(`at most 3x: ${times(ratio)}`, ratio <= 3);
}

async function onController(scope: string): Promise<void> {
  log(
    `lru ${scope}: the optimized controller on every reachable step, two threads, ${repetitions} times, median`,
  );
  const way = () => ours('lru', scope, { workers: 2, impl: 'controller' });
  const { reports } = await inTurn({ reports: way }, repetitions);
  const [{ states, transitions, refused }] = reports;
  const seconds = secondsOf(reports);
  log(
    `  ${many(states)} states, ${many(transitions)} steps and ${many(refused)} refusals: ${spread(seconds)}`,
  );
  const equal = reports.every(({ verdict }) => verdict === 'holds');
  target('it equals the LRU spec', equal);
  target(`at most 10 s: ${median(seconds).toFixed(2)} s`, median(seconds) <= 10);
}

/** By name; for each, about how many seconds a repetition takes on a quiet machine. */
const rows = {
  /** 4 */
  spin: () => againstSpin('2/2/3/2', []),
  /** 15 */
  claims: () => againstSpin('2/2/3/2', ASSERTED),
  /** 30 */
  threads: () => twoThreads('contract', '2/2/4/1'),
  /** 50 */
  disk: () => onDisk('contract', '2/2/4/1', 8),
  /** 10 */
  onController: () => onController('2/2/2/2'),
};

await runParts(rows, process.argv.slice(3));
