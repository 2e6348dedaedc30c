// Which claims catch which planted mistakes, from two measured files: the matrix in docs/mutants.md, and what `firsttouch mutants --json` wrote.

import { readFileSync } from 'node:fs';
import * as Schema from '@effect/schema/Schema';
import { mutants } from '../../mutants/index.ts';
import { caught } from '../../mutants/row.ts';
import { type Html, html, table } from './html.ts';
import type { Places } from './places.ts';

const TableSchema = Schema.Struct({ mutants: Schema.Array(Schema.Struct(caught)) });

export type MutantTable = typeof TableSchema.Type.mutants;

/** By claim: the mutants that it alone catches, each claim judging by itself, and those that others catch too. */
export type Matrix = ReadonlyMap<
  string,
  { readonly alone: readonly string[]; readonly among: readonly string[] }
>;

export interface MutantData {
  readonly table: MutantTable | null;
  readonly matrix: Matrix | null;
}

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Null: there is no such file. @throws Error that says what is wrong with one that is there. */
export function readMutants(file: string): MutantTable | null {
  const text = textOf(file);
  if (text === null) return null;
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON is not of the right shape either.
  }
  const decoded = Schema.decodeUnknownExit(TableSchema)(json);
  if (decoded._tag === 'Failure') throw new Error(`${file} is not what firsttouch mutants --json writes`);
  return decoded.value.mutants;
}

/** The table between the marks of bench/mutants.ts; null if there is no such file or no such table. */
export function readMatrix(file: string): Matrix | null {
  const part = /<!-- matrix: [^>]*-->([\s\S]*?)<!-- end of matrix -->/.exec(textOf(file) ?? '')?.[1];
  if (!part) return null;
  const ids = (cell: string) => cell.split(' ').filter((word) => word !== '' && word !== '-');
  const rows = [...part.matchAll(/^\| \w+ (\w+) \| (.*?) \| (.*?) \|$/gm)];
  return new Map(rows.map(([, name, alone, among]) => [name, { alone: ids(alone), among: ids(among) }]));
}

export function mutantsSection({ table: measured, matrix }: MutantData, places: Places): Html {
  const rowOf = new Map(measured?.map((row) => [row.id, row]));
  const by = (id: string) =>
    [...(matrix ?? [])]
      .filter(([, { alone, among }]) => alone.includes(id) || among.includes(id))
      .map(([name]) => name);
  const catchers = (id: string) => {
    const names = by(id).map((claim) => html`<a href="#claim-${claim}">${claim}</a> `);
    return html`<td>${names.length > 0 ? names : 'the comparison with the specification alone'}</td>`;
  };
  const speed = (row: MutantTable[number] | undefined) =>
    row
      ? html`<td>${row.caught} of ${row.seeds} seeds</td><td>median ${row.runs.median}, at most ${row.runs.max}</td>`
      : html`<td>not in the data</td><td></td>`;
  const rows = mutants.map(({ id, name, why }) => {
    places.enter(name, `mutant-${id}`, 'mutant');
    return html`<tr id="mutant-${id}"><th scope="row">${id}</th><td><b>${name}</b>: ${why}</td>${matrix ? catchers(id) : null}${measured ? speed(rowOf.get(id)) : null}</tr>`;
  });
  const heads = [...(matrix ? ['caught by'] : []), ...(measured ? ['found', 'runs until then'] : [])];
  return html`<section id="mutants"><h2>Mistakes that were planted</h2>
<p>${mutants.length} mistakes that controllers of this kind really had, each planted in the optimized controller.
${
  matrix
    ? 'Beside each: the claims that catch it, each judging alone, the comparison with the specification switched off.'
    : 'Which claims catch which was not measured when this page was made: docs/mutants.md has no matrix.'
} ${
    measured
      ? 'Then how often it was found, and after how many runs.'
      : 'How fast each is found was not generated when this page was made: it comes from firsttouch mutants --json, kept as docs/mutants.json.'
  }</p>
${table('mutants', ['id', 'mistake', ...heads], rows)}</section>`;
}
