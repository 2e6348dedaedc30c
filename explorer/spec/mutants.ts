// Which claims catch which planted mistakes: read from what `firsttouch mutants --json` wrote, if it did.

import { readFileSync } from 'node:fs';
import * as Schema from '@effect/schema/Schema';
import { mutants } from '../../properties/mutants/index.ts';
import { type Html, html } from './html.ts';
import type { Places } from './places.ts';

const TableSchema = Schema.Struct({
  mutants: Schema.Array(Schema.Struct({ id: Schema.String, claims: Schema.Array(Schema.String) })),
});

export type MutantTable = readonly { readonly id: string; readonly claims: readonly string[] }[];

/** Null: there is no such file. @throws Error that says what is wrong with one that is there. */
export function readMutants(file: string): MutantTable | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const decoded = Schema.decodeUnknownExit(TableSchema)(JSON.parse(text));
  if (decoded._tag === 'Failure') throw new Error(`${file} is not what firsttouch mutants --json writes`);
  return decoded.value.mutants;
}

export function mutantsSection(table: MutantTable | null, places: Places): Html {
  const caughtBy = new Map(table?.map(({ id, claims }) => [id, claims]));
  return html`<section id="mutants"><h2>Mistakes that were planted</h2>
<p>${mutants.length} mistakes that controllers of this kind really had, each planted in the optimized controller.
${
  table
    ? 'Beside each: the claims that catch it.'
    : 'Which claims catch which was not generated when this page was made: it comes from firsttouch mutants --json, kept as docs/mutants.json.'
}</p>
<div class="wide" tabindex="0" role="region" aria-label="mutants"><table>
<thead><tr><th scope="col">id</th><th scope="col">mistake</th>${table ? html`<th scope="col">caught by</th>` : null}</tr></thead>
<tbody>${mutants.map(({ id, name, why }) => {
    places.enter(name, `mutant-${id}`, 'mutant');
    const by = caughtBy.get(id) ?? [];
    return html`<tr id="mutant-${id}"><th scope="row">${id}</th><td><b>${name}</b>: ${why}</td>${
      table
        ? html`<td>${by.length > 0 ? by.map((claim) => html`<a href="#claim-${claim}">${claim}</a> `) : 'not in the data'}</td>`
        : null
    }</tr>`;
  })}</tbody></table></div></section>`;
}
