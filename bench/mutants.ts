// Writes the table of mutants into docs/mutants.md: node --import tsx bench/mutants.ts [SEEDS] [SHRUNK]

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { examineAll, type MutantRow } from '../properties/mutants/examine-all.ts';
import { mutantNamed, mutants } from '../properties/mutants/index.ts';

const file = new URL('../docs/mutants.md', import.meta.url);
const [BEGIN, END] = ['<!-- table: bench/mutants.ts -->', '<!-- end of table -->'];

const seeds = Number(process.argv[2] ?? 50);
const shrink = Number(process.argv[3] ?? 20);
const runs = 300;
const started = performance.now();
const rows = await examineAll(
  mutants.map(({ id }) => id),
  { seeds, runs, shrink, workers: Math.min(2, availableParallelism()), done: ({ id }) => console.error(id) },
);
const minutes = (performance.now() - started) / 60_000;

const line = ({ id, caught, runs: took, shrunk, claims }: MutantRow): string => {
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
    claims.join(', ') || 'missed',
  ];
  return `| ${cells.join(' | ')} |`;
};

const table = [
  BEGIN,
  '',
  `${seeds} seeds, at most ${runs} runs each, ${shrink} findings of each shrunk; ${minutes.toFixed(1)} minutes on ${Math.min(2, availableParallelism())} threads.`,
  '',
  '| id | mistake | caught | runs: median | max | shrunk to | texts | proven | executions | by |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map(line),
  '',
  END,
].join('\n');
const text = readFileSync(file, 'utf8');
writeFileSync(file, text.slice(0, text.indexOf(BEGIN)) + table + text.slice(text.indexOf(END) + END.length));
