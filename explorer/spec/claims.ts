// The part of the page about claims: each with its sentence, its verdict under every profile, its mutants, its counterexamples, its code.

import { fileURLToPath } from 'node:url';
import { fromList, Judge, Lockstep } from '../../lockstep/index.ts';
import { type ProfileName, profileNames, profiles } from '../../model/index.ts';
import type { Claim } from '../../properties/claims/claim.ts';
import { falseClaims } from '../../properties/claims/false.ts';
import { claims } from '../../properties/claims/index.ts';
import { letter } from '../../properties/claims/letter.ts';
import { domainOf } from '../../properties/domain/index.ts';
import { Specification } from '../../properties/subjects/subject.ts';
import { type Counterexample, filesOf, readCounterexample } from '../../properties/trace/counterexample.ts';
import { drawing } from './drawing.ts';
import { code, type Html, html, many, table } from './html.ts';
import type { MutantData } from './mutants.ts';
import type { Places } from './places.ts';
import { provedWhere } from './proved.ts';
import type { Declaration, SourceFile } from './source.ts';
import { type Cell, SIGNS, type Verdicts } from './verdicts.ts';

/** Claims of the model checker alone, which look at more than one observer sees. */
const ofTheChecker: Readonly<Record<string, { id: string; claim: string; letter: string[] }>> = {
  ChargeTerminates: {
    id: 'T1',
    claim: 'Under weak fairness every charge ends: the page is charged, or the task is dead.',
    letter: ['L11'],
  },
};

export interface ClaimsInput {
  readonly verdicts: Verdicts;
  readonly mutants: MutantData;
  readonly sources: readonly SourceFile[];
  readonly places: Places;
}

export function claimsSection(input: ClaimsInput): Html {
  const { verdicts, places } = input;
  const extra = Object.entries(ofTheChecker).filter(([name]) => verdicts.cells.has(name));
  return html`<section id="claims"><h2>What holds: the claims</h2>
<p>Judged by the model checker when this page was made, in every reachable state and step of the LRU spec, in these
scopes (containers/tasks/pages/limit), each searched completely. <i>Met</i> counts how often a claim had something to
say; one that was never met is <b>vacuous</b>, not passed. <i>Proved for any number</i>: in which profiles
<code>firsttouch prove</code> shows it whatever the number of tasks, pages and containers (docs/proof.md).</p>
${searchedTable(verdicts)}
${overview(verdicts)}
${claims.map((claim) => oneClaim(claim, input))}
${extra.map(([name, { id, claim, letter: from }]) => {
  places.enter(name, `claim-${name}`, 'claim');
  return html`<article class="claim" id="claim-${name}"><h3>${id} ${name}</h3><p class="sentence">${claim}</p>
${letterLinks(from)}${verdictTable(verdicts.cells.get(name))}</article>`;
})}
</section>`;
}

function searchedTable({ searched }: Verdicts): Html {
  const scopes = [...new Set(searched.map(({ scope }) => scope))];
  const cell = (profile: ProfileName, scope: string) => {
    const found = searched.find((one) => one.profile === profile && one.scope === scope);
    return found
      ? html`<td>${many(found.states)} states, ${many(found.transitions)} transitions, depth ${found.depth}</td>`
      : html`<td>not searched</td>`;
  };
  const rowOf = (scope: string) =>
    html`<tr><th scope="row">${scope}</th>${profileNames.map((profile) => cell(profile, scope))}</tr>`;
  return table('scopes searched', ['scope', ...profileNames], scopes.map(rowOf));
}

function overview({ cells }: Verdicts): Html {
  const rows = [...cells].map(
    ([name, row]) =>
      html`<tr><th scope="row"><a href="#claim-${name}">${name}</a></th>${profileNames.map((profile) => {
        const cell = row.get(profile);
        const verdict = cell?.verdict ?? 'not asked';
        return html`<td class="v-${verdict.replaceAll(' ', '-')}">${SIGNS[verdict] ?? ''} ${verdict}</td>`;
      })}<td>${provedWhere(name)}</td></tr>`,
  );
  return table('claims by profile', ['claim', ...profileNames, 'proved for any number'], rows);
}

function oneClaim(claim: Claim, input: ClaimsInput): Html {
  const { verdicts, mutants, places } = input;
  const { id, name, claim: sentence, kind } = claim;
  places.enter(name, `claim-${name}`, 'claim');
  places.enter(id, `claim-${name}`, 'claim');
  const found = declarationOf(claim, input.sources);
  const row = verdicts.cells.get(name);
  return html`<article class="claim" id="claim-${name}"><h3>${id} ${name}</h3>
<p class="sentence">${sentence}</p>
<p class="meta">judged at ${{ state: 'every state', step: 'every step', run: 'the end of every run' }[kind]} ·
${letterLinks(claim.letter)}</p>
${verdictTable(row)}
${counterexamples(row)}
${mutantsOf(name, mutants)}
${
  found
    ? html`<details><summary>its code: ${found.file}:${found.line}</summary>${code(found.code, places.of)}</details>`
    : null
}</article>`;
}

const letterLinks = (ids: readonly string[]): Html =>
  html`<span class="from">from the letter: ${ids.map((id) => html`<a href="#${id}">${id}</a> `)}</span>`;

function verdictTable(row: ReadonlyMap<ProfileName, Cell> | undefined): Html {
  if (!row) return html`<p>Not asked when this page was made.</p>`;
  return html`<ul class="verdicts">${profileNames.map((profile) => {
    const cell = row.get(profile);
    if (!cell) return html`<li><b>${profile}</b> not asked</li>`;
    const { verdict, met, checked, reason, states, scopes } = cell;
    return html`<li class="v-${verdict.replaceAll(' ', '-')}"><b>${profile}</b> ${SIGNS[verdict]} ${verdict}
<small>met ${many(met)} of ${many(checked)} looks; ${many(states)} states, scope ${scopes.join(', ')}${reason ? html`; ${reason}` : null}</small></li>`;
  })}</ul>`;
}

function counterexamples(row: ReadonlyMap<ProfileName, Cell> | undefined): Html | null {
  const broken = [...(row ?? [])].filter(([, { moves }]) => moves !== null);
  if (broken.length === 0) return null;
  return html`${broken.map(
    ([profile, { moves, reason }]) =>
      html`<details><summary>does not hold under ${profile}: ${reason ?? 'violated'}</summary>${drawing(moves ?? [], profile)}</details>`,
  )}`;
}

function mutantsOf(name: string, { matrix }: MutantData): Html {
  const row = matrix?.get(name);
  if (!row) return html`<p class="meta">which mutants it catches alone was not measured</p>`;
  const names = (ids: readonly string[]) => ids.map((id) => html`<a href="#mutant-${id}">${id}</a> `);
  return html`<p class="meta">${
    row.alone.length > 0
      ? html`mutants that only this claim catches: ${names(row.alone)}`
      : 'no mutant is caught by this claim alone'
  }${row.among.length > 0 ? html`; it is among those that catch ${names(row.among)}` : null}</p>`;
}

/** The declaration whose `name:` is the claim's. */
function declarationOf({ name }: Claim, sources: readonly SourceFile[]): Declaration | undefined {
  return sources
    .flatMap(({ declarations }) => declarations)
    .find(({ code: text }) => text.includes(`name: '${name}'`));
}

/** Claims that do not hold, each with the trace on file that every run of the tests plays again. */
export function refutedSection(places: Places): Html {
  const examples = filesOf(fileURLToPath(new URL('../../counterexamples', import.meta.url))).map(
    readCounterexample,
  );
  const all = falseClaims.flatMap(({ name, claim }) => {
    places.enter(name, `not-${name}`, 'does not hold');
    return examples.filter(({ breaks }) => breaks === name).map((example) => ({ name, claim, example }));
  });
  return html`<section id="not"><h2>What does not hold</h2>
<p>Claims that one would like to believe. Each is refuted in profile letter, by a trace of a few moves (counterexamples/).</p>
${all.map(
  ({ name, claim, example }) => html`<article class="claim" id="not-${name}"><h3>✗ ${name}</h3>
<p class="sentence"><s>${claim}</s></p><p>Instead: ${example.why}.</p>
${drawing(example.moves, example.profile, witnessOf(name, example))}</article>`,
)}</section>`;
}

/** What the claim says of the last step, as the specification takes it. */
function witnessOf(name: string, { profile, scope, moves }: Counterexample): string {
  const judge = new Judge(domainOf(profiles[profile]), undefined, { only: [name] });
  const violation = new Lockstep(new Specification(profiles[profile]), judge).run(
    scope,
    fromList(moves),
    false,
  );
  if (violation?.claim !== name)
    throw new Error(`${name} is told as not holding, but its trace does not break it`);
  return violation.witness;
}

export function letterSection(places: Places): Html {
  for (const { id } of letter) places.enter(id, id, 'the letter');
  const rows = letter.map(
    ({ id, text, checkedBy, rule }) => html`<tr id="${id}"><th scope="row">${id}</th><td>${text}</td>
<td><a href="#${places.of(rule) ?? 'rules'}">${rule}</a></td>
<td>${checkedBy.length === 0 ? 'the scenario tests' : checkedBy.map((name) => html`<a href="#claim-${name}">${name}</a> `)}</td></tr>`,
  );
  return html`<section id="letter"><h2>What the letter says</h2>
${table('claims of the letter', ['id', 'in our words', 'made so by', 'checked by'], rows)}</section>`;
}
