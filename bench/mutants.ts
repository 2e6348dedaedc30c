// Writes the tables of docs/mutants.md, and docs/mutants.json: node --import tsx bench/mutants.ts [SEEDS] [SHRUNK]

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { jsonOf } from '../cli/mutants-report.ts';
import { examineAll, type MutantRow, matrixOf } from '../mutants/examine-all.ts';
import { mutantNamed, mutants } from '../mutants/index.ts';
import { modelMutants } from '../mutants/model.ts';
import { tryModel } from '../mutants/model-trial.ts';
import { claims } from '../properties/claims/index.ts';

const file = new URL('../docs/mutants.md', import.meta.url);

/** Puts lines between the two comments that mark a table. */
function write(name: string, lines: readonly string[]): void {
  const [begin, end] = [`<!-- ${name}: bench/mutants.ts -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  writeFileSync(file, `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`);
}

const seeds = Number(process.argv[2] ?? 50);
const shrink = Number(process.argv[3] ?? 20);
const runs = 300;
const started = performance.now();
const workers = Math.min(2, availableParallelism());
const ids = mutants.map(({ id }) => id);
const rows = await examineAll(ids, { seeds, runs, shrink, workers, done: ({ id }) => console.error(id) });
const minutes = (performance.now() - started) / 60_000;

const line = ({ id, caught, runs: took, shrunk, claims: broken }: MutantRow): string => {
  const cells = [
    id,
    mutantNamed(id)?.name ?? '',
    `${caught}/${seeds}`,
    took.median,
    took.max,
    shrunk.lengths.join(', ') || '-',
    shrunk.texts.length,
    `${shrunk.optimal}/${shrunk.count}`,
    shrunk.executions,
    broken.join(', ') || 'missed',
  ];
  return `| ${cells.join(' | ')} |`;
};

write('table', [
  `${seeds} seeds, at most ${runs} runs each, ${shrink} findings of each shrunk; ${minutes.toFixed(1)} minutes on ${workers} threads.`,
  '',
  '| id | mistake | caught | runs: median | max | shrunk to | texts | proven | executions | by |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map(line),
]);

const missed = rows.filter(({ caught }) => caught < seeds).map(({ id }) => id);
writeFileSync(new URL('../docs/mutants.json', import.meta.url), `${JSON.stringify(jsonOf(rows, missed))}\n`);

const matrix = await matrixOf(ids, { seeds: 1, runs, workers });
const alone = (name: string) => [...matrix].filter(([, by]) => by.length === 1 && by[0] === name);
const names = (rows: readonly (readonly [string, unknown])[]) => rows.map(([id]) => id).join(' ') || '-';
write('matrix', [
  '| claim | caught by it alone | and among others |',
  '|---|---|---|',
  ...claims.map(({ id, name }) => {
    const others = [...matrix].filter(([, by]) => by.length > 1 && by.includes(name));
    return `| ${id} ${name} | ${names(alone(name))} | ${names(others)} |`;
  }),
  `| none: only the comparison with the specification | ${names([...matrix].filter(([, by]) => by.length === 0))} | |`,
]);

const lines: string[] = [];
for (const mutant of modelMutants) {
  const { counts, claims: claim, checker, lockstep } = await tryModel(mutant);
  const cells = [mutant.id, mutant.name, counts, claim, checker, lockstep].map((cell) => cell ?? '-');
  lines.push(`| ${cells.join(' | ')} |`);
}
write('model', [
  '| id | mistake | counts | claims on random runs | checker on 1/2/2/2 | lockstep |',
  '|---|---|---|---|---|---|',
  ...lines,
]);
