// Writes the tables of docs/mutants.md, and docs/mutants.json: node --import tsx bench/mutants.ts [SEEDS] [SHRUNK] [ID...]
// With ids only the rows of these mutants are written anew; the other rows stay as they were measured.

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { jsonOf, type MutantsJson } from '../cli/mutants-report.ts';
import { examineAll, matrixOf } from '../mutants/examine-all.ts';
import { modelMutants, mutantNamed, mutants } from '../mutants/index.ts';
import { tryModel } from '../mutants/model-trial.ts';
import type { MutantRow } from '../mutants/row.ts';
import { claims } from '../properties/claims/index.ts';
import { DocPart, row } from './tools.ts';

const part = (name: string) => new DocPart('mutants.md', name, 'mutants.ts');
/** What the page says of a table, if rows of it are to stay. */
const written = (name: string) => (only.length > 0 ? part(name).text : '');

const seeds = Number(process.argv[2] ?? 50);
const shrink = Number(process.argv[3] ?? 20);
const only = process.argv.slice(4);
const runs = 300;
const started = performance.now();
const workers = Math.min(2, availableParallelism());
const ids = mutants.map(({ id }) => id).filter((id) => only.length === 0 || only.includes(id));
const rows = await examineAll(ids, { seeds, runs, shrink, workers, done: ({ id }) => console.error(id) });
const minutes = (performance.now() - started) / 60_000;

const line = ({ id, caught, runs: took, shrunk, claims: broken }: MutantRow): string =>
  row(
    ...[id, mutantNamed(id)?.name ?? '', `${caught}/${seeds}`, took.median, took.max],
    ...[shrunk.lengths.join(', ') || '-', shrunk.texts.length, `${shrunk.optimal}/${shrunk.count}`],
    ...[shrunk.executions, broken.join(', ') || 'missed'],
  );

/** The lines of all mutants: those of this run, and what the page says of the others. */
const before = written('table').split('\n');
const own = new Map(rows.map((row) => [row.id, line(row)]));
const lines = mutants.flatMap(
  ({ id }) => own.get(id) ?? before.find((text) => text.startsWith(`| ${id} |`)) ?? [],
);
const measured = before.find((text) => /^\d+ seeds/.test(text));

part('table').write([
  measured ??
    `${seeds} seeds, at most ${runs} runs each, ${shrink} findings of each shrunk; ${minutes.toFixed(1)} minutes on ${workers} threads.`,
  '',
  '| id | mistake | caught | runs: median | max | shrunk to | texts | proven | executions | by |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...lines,
]);

const missed = rows.filter(({ caught }) => caught < seeds).map(({ id }) => id);
const json = new URL('../docs/mutants.json', import.meta.url);
const kept: MutantsJson = JSON.parse(
  only.length > 0 ? readFileSync(json, 'utf8') : '{"mutants":[],"missed":[]}',
);
const now = jsonOf(rows, missed);
const rowOf = (id: string) =>
  now.mutants.find((row) => row.id === id) ?? kept.mutants.find((row) => row.id === id) ?? [];
writeFileSync(
  json,
  `${JSON.stringify({
    mutants: mutants.flatMap(({ id }) => rowOf(id)),
    missed: [...kept.missed.filter((id) => !ids.includes(id)), ...missed],
  })}\n`,
);

const matrix = new Map(await matrixOf(ids, { seeds: 1, runs, workers }));
/** Of a row of the page, the ids that are not of this run. */
const others = (text: string | undefined) =>
  (text ?? '').split(' ').filter((id) => id && id !== '-' && !ids.includes(id));
for (const text of written('matrix').split('\n')) {
  const [, head, alone, among] = text.split('|').map((cell) => cell.trim());
  const name = claims.find((claim) => head === `${claim.id} ${claim.name}`)?.name;
  if (!name && !head?.startsWith('none:')) continue;
  for (const id of others(alone)) matrix.set(id, name ? [name] : []);
  for (const id of others(among)) matrix.set(id, [...(matrix.get(id) ?? []), name as string]);
}
const sorted = (of: ReadonlyMap<string, readonly string[]>) =>
  mutants.flatMap(({ id }) => (of.has(id) ? [[id, of.get(id) ?? []] as const] : []));
const alone = (name: string) => sorted(matrix).filter(([, by]) => by.length === 1 && by[0] === name);
const names = (rows: readonly (readonly [string, unknown])[]) => rows.map(([id]) => id).join(' ') || '-';
part('matrix').write([
  '| claim | caught by it alone | and among others |',
  '|---|---|---|',
  ...claims.map(({ id, name }) => {
    const among = sorted(matrix).filter(([, by]) => by.length > 1 && by.includes(name));
    return row(`${id} ${name}`, names(alone(name)), names(among));
  }),
  `| none: only the comparison with the specification | ${names(sorted(matrix).filter(([, by]) => by.length === 0))} | |`,
]);

if (only.length === 0) {
  const tried: string[] = [];
  for (const mutant of modelMutants) {
    const { counts, claims: claim, checker, lockstep } = await tryModel(mutant);
    tried.push(row(mutant.id, mutant.name, ...[counts, claim, checker, lockstep].map((cell) => cell ?? '-')));
  }
  part('model').write([
    '| id | mistake | counts | claims on random runs | checker on 1/2/2/2 | lockstep |',
    '|---|---|---|---|---|---|',
    ...tried,
  ]);
}
