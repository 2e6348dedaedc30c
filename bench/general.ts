// A general mutation run over controller and specification: the score, and what lives, written into docs/mutants.md.
// node --import tsx bench/general.ts [G|S|IDS...]; with ids nothing is written. Two processes take one mutant at a time; one that dies or falls
// silent takes its mutant along.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type GeneralKind, generalMutants } from '../mutants/general.ts';
import { type Verdict, verdictOn } from '../mutants/general-trial.ts';
import type { Mutant } from '../properties/subjects/mutant.ts';
import { DocPart, row } from './tools.ts';

const PROCESSES = 2;
const SILENCE_MS = 150_000;
const MEBIBYTES = 1500;
const kinds: readonly GeneralKind[] = ['G', 'S'];
const ofKind = new Map(kinds.map((kind) => [kind, generalMutants(kind)]));
const all = [...ofKind.values()].flat();
const named = (id: string): Mutant | undefined => all.find((mutant) => mutant.id === id);

/** Works the queue in one process after the other. */
async function work(queue: Mutant[], note: (verdict: Verdict) => void): Promise<void> {
  let child: ChildProcess | null = null;
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    child ??= fork(fileURLToPath(import.meta.url), {
      execArgv: ['--import', 'tsx', `--max-old-space-size=${MEBIBYTES}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const verdict = await ask(child, mutant.id);
    if (!verdict.alive) {
      child.kill('SIGKILL');
      child = null;
    }
    note(verdict);
  }
  child?.disconnect();
}

function ask(child: ChildProcess, id: string): Promise<Verdict & { alive: boolean }> {
  return new Promise((resolve) => {
    const end = (verdict: Verdict, alive: boolean) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve({ ...verdict, alive });
    };
    const gone = (what: string) => end({ id, by: [what], runs: 0 }, false);
    const timer = setTimeout(() => gone('its process falls silent'), SILENCE_MS);
    child.once('message', (verdict: Verdict) => end(verdict, true));
    child.once('exit', () => gone('its process dies'));
    child.send(id);
  });
}

const part = new DocPart('mutants.md', 'general', 'general.ts');
/** By change, why it lives: written into the table by hand, and kept when the table is written anew. */
const reasons = new Map(
  [...part.text.matchAll(/^\| \S+ \| `(.*)` \| (.*) \|$/gm)].map(([, change, reason]) => [
    change.replaceAll('\\|', '|'),
    reason,
  ]),
);
const NOT_EXPLAINED = '**not explained**';
const reasonOf = ({ why }: Mutant): string => reasons.get(why) ?? NOT_EXPLAINED;

/** How many each has noticed, the most first. */
function tallied(verdicts: readonly Verdict[]): string {
  const counts = new Map<string, number>();
  for (const { by } of verdicts) {
    const name = by.map((what) => what.split(':')[0]).join(' and ') || 'nobody';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
}

function report(verdicts: ReadonlyMap<string, Verdict>, minutes: number): string[] {
  const lines = [
    `${verdicts.size} mutants, ${minutes.toFixed(1)} minutes in ${PROCESSES} processes.`,
    '',
    '| of | mutants | killed | alike in all that can be seen | not explained | score | noticed by |',
    '|---|---|---|---|---|---|---|',
  ];
  const living: Mutant[] = [];
  for (const [kind, mutants] of ofKind) {
    const tried = mutants.flatMap(({ id }) => verdicts.get(id) ?? []);
    const alive = mutants.filter(({ id }) => verdicts.get(id)?.by.length === 0);
    living.push(...alive);
    const unexplained = alive.filter((mutant) => reasonOf(mutant) === NOT_EXPLAINED).length;
    const killed = tried.length - alive.length;
    const score = ((100 * killed) / (killed + unexplained)).toFixed(1);
    const name = kind === 'G' ? '`impl/controller`' : '`model/`';
    const cells = [name, tried.length, killed, alive.length - unexplained, unexplained, `${score} %`];
    lines.push(row(...cells, tallied(tried)));
  }
  const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
  const rows = living.map((m) => row(m.name, code(m.why), reasonOf(m)));
  lines.push('', '| where | change | why it lives |', '|---|---|---|');
  lines.push(...rows);
  return lines;
}

if (process.send) {
  process.on('message', async (id: string) => {
    const mutant = named(id);
    process.send?.(mutant ? await verdictOn(mutant) : { id, by: ['there is no such mutant'], runs: 0 });
  });
} else {
  const asked = process.argv.slice(2);
  const wanted =
    asked.length === 0 ? all : all.filter(({ id }) => asked.includes(id) || asked.includes(id[0]));
  const started = performance.now();
  const verdicts = new Map<string, Verdict>();
  const queue = [...wanted];
  const note = (verdict: Verdict) => {
    verdicts.set(verdict.id, verdict);
    const mutant = named(verdict.id);
    const lives =
      verdict.by.length === 0 ? `  LIVES  ${mutant?.name}  ${mutant?.why}` : `  ${verdict.by.join(', ')}`;
    console.error(`${verdicts.size}/${wanted.length} ${verdict.id}${lives}`);
  };
  await Promise.all(Array.from({ length: PROCESSES }, () => work(queue, note)));
  const lines = report(verdicts, (performance.now() - started) / 60_000);
  console.log(lines.join('\n'));
  if (asked.length === 0) part.write(lines);
}
