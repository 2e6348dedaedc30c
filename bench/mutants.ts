// Writes the tables of docs/mutants.md, and docs/mutants.json: node --import tsx bench/mutants.ts [SEEDS] [SHRUNK] [ID...]
// With ids only the rows of these mutants are written anew; the other rows stay as they were measured.

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { jsonOf, type MutantsJson } from '../cli/mutants-report.ts';
import { examineAll, matrixOf } from '../mutants/examine-all.ts';
import { mutantNamed, mutants } from '../mutants/index.ts';
import { modelMutants } from '../mutants/model.ts';
import { tryModel } from '../mutants/model-trial.ts';
import type { MutantRow } from '../mutants/row.ts';
import { claims } from '../properties/claims/index.ts';

const file = new URL('../docs/mutants.md', import.meta.url);

/** Puts lines between the two comments that mark a table. */
function write(name: string, lines: readonly string[]): void {
  const [begin, end] = [`<!-- ${name}: bench/mutants.ts -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  writeFileSync(file, `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`);
}

/** What stands between the two comments. */
function written(name: string): string {
  const text = readFileSync(file, 'utf8');
  return text.slice(
    text.indexOf(`<!-- ${name}: bench/mutants.ts -->`),
    text.indexOf(`<!-- end of ${name} -->`),
  );
}

const seeds = Number(process.argv[2] ?? 50);
const shrink = Number(process.argv[3] ?? 20);
const only = process.argv.slice(4);
const runs = 300;
const started = performance.now();
const workers = Math.min(2, availableParallelism());
const ids = mutants.map(({ id }) => id).filter((id) => only.length === 0 || only.includes(id));
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

/** The lines of all mutants: those of this run, and what the page says of the others. */
const others = new Map(
  (only.length > 0 ? written('table') : '')
    .split('\n')
    .map((text) => [/^\| ([^ ]+) \|/.exec(text)?.[1] ?? '', text]),
);
const own = new Map(rows.map((row) => [row.id, line(row)]));
const lines = mutants.flatMap(({ id }) => own.get(id) ?? others.get(id) ?? []);

const measured = /^[0-9]+ seeds.*$/m.exec(only.length > 0 ? written('table') : '')?.[0];

write('table', [
  measured ??
    `${seeds} seeds, at most ${runs} runs each, ${shrink} findings of each shrunk; ${minutes.toFixed(1)} minutes on ${workers} threads.`,
  '',
  '| id | mistake | caught | runs: median | max | shrunk to | texts | proven | executions | by |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...lines,
]);

const missed = rows.filter(({ caught }) => caught < seeds).map(({ id }) => id);
const json = new URL('../docs/mutants.json', import.meta.url);
const before: MutantsJson = JSON.parse(
  only.length > 0 ? readFileSync(json, 'utf8') : '{"mutants":[],"missed":[]}',
);
const now = jsonOf(rows, missed);
const rowOf = (id: string) =>
  now.mutants.find((row) => row.id === id) ?? before.mutants.find((row) => row.id === id) ?? [];
writeFileSync(
  json,
  `${JSON.stringify({
    mutants: mutants.flatMap(({ id }) => rowOf(id)),
    missed: [...before.missed.filter((id) => !ids.includes(id)), ...missed],
  })}\n`,
);

const matrix = new Map(await matrixOf(ids, { seeds: 1, runs, workers }));
/** Of a row of the page, the ids that are not of this run. */
const kept = (text: string | undefined) =>
  (text ?? '').split(' ').filter((id) => id && id !== '-' && !ids.includes(id));
for (const text of only.length > 0 ? written('matrix').split('\n') : []) {
  const [, head, alone, others] = text.split('|').map((cell) => cell.trim());
  const name = claims.find((claim) => head === `${claim.id} ${claim.name}`)?.name;
  if (!name && !head?.startsWith('none:')) continue;
  for (const id of kept(alone)) matrix.set(id, name ? [name] : []);
  for (const id of kept(others)) matrix.set(id, [...(matrix.get(id) ?? []), name as string]);
}
const sorted = (of: ReadonlyMap<string, readonly string[]>) =>
  mutants.flatMap(({ id }) => (of.has(id) ? [[id, of.get(id) ?? []] as const] : []));
const alone = (name: string) => sorted(matrix).filter(([, by]) => by.length === 1 && by[0] === name);
const names = (rows: readonly (readonly [string, unknown])[]) => rows.map(([id]) => id).join(' ') || '-';
write('matrix', [
  '| claim | caught by it alone | and among others |',
  '|---|---|---|',
  ...claims.map(({ id, name }) => {
    const others = sorted(matrix).filter(([, by]) => by.length > 1 && by.includes(name));
    return `| ${id} ${name} | ${names(alone(name))} | ${names(others)} |`;
  }),
  `| none: only the comparison with the specification | ${names(sorted(matrix).filter(([, by]) => by.length === 0))} | |`,
]);

const ofModel: string[] = [];
for (const mutant of only.length > 0 ? [] : modelMutants) {
  const { counts, claims: claim, checker, lockstep } = await tryModel(mutant);
  const cells = [mutant.id, mutant.name, counts, claim, checker, lockstep].map((cell) => cell ?? '-');
  ofModel.push(`| ${cells.join(' | ')} |`);
}
if (only.length === 0)
  write('model', [
    '| id | mistake | counts | claims on random runs | checker on 1/2/2/2 | lockstep |',
    '|---|---|---|---|---|---|',
    ...ofModel,
  ]);
