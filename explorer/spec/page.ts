// The specification as one page: what is on it, in which order. All of it is read from model/ and properties/, or found by search.

import { type Move, type ProfileName, profileNames, profiles } from '../../model/index.ts';
import { questions } from '../../properties/claims/letter.ts';
import { claimsSection, letterSection, refutedSection } from './claims.ts';
import { type Bill, billOf, drawing } from './drawing.ts';
import { code, type Html, html, table, words } from './html.ts';
import { type MutantData, mutantsSection } from './mutants.ts';
import { Places } from './places.ts';
import { type ProtocolFindings, protocolSection } from './protocol.ts';
import { type Declaration, fieldsOf, readSource, type SourceFile } from './source.ts';
import type { Verdicts } from './verdicts.ts';

/** model/, as one reads it: the state, the actions, then what they share. */
const chapters: readonly [title: string, files: readonly string[]][] = [
  ['State', ['state', 'action', 'profile']],
  ['Actions', ['container', 'task', 'page', 'next']],
  ['What the actions share', ['tree', 'charge', 'reclaim', 'oom', 'unmap']],
  ['The two-list policy', ['lru']],
  ['Control files', ['file']],
];

export interface SpecInput {
  readonly verdicts: Verdicts;
  readonly mutants: MutantData;
  readonly protocol: ProtocolFindings | null;
}

export function specBody({ verdicts, mutants, protocol }: SpecInput): string {
  const model = chapters.flatMap(([, files]) => files.map((file) => readSource(`model/${file}.ts`)));
  const ofClaims = ['ownership', 'charges', 'reclaims', 'step'].map((file) =>
    readSource(`properties/claims/${file}.ts`),
  );
  const ofProtocol = ['memory', 'rest', 'charge'].map((part) =>
    readSource(`properties/races/protocol/claims-${part}.ts`),
  );
  const places = new Places(model);
  const sections = [
    letterSection(places),
    rulesSection(model, places),
    profilesSection(model, places),
    claimsSection({ verdicts, mutants, sources: ofClaims, places }),
    refutedSection(places),
    protocolSection(protocol, ofProtocol, places),
    mutantsSection(mutants, places),
  ];
  return html`<header class="top"><h1>firsttouch: the specification</h1>
<p>What the RSS controller of June 2007 does, as a model that runs, and what was checked about it. Made from the
source of the model and of its claims; the letter in our words and the answers to the questions are data beside the
claims (properties/claims/letter.ts), and every trace is played by the model.</p></header>
<nav class="contents" aria-label="contents"><a href="#questions">Questions</a> <a href="#letter">The letter</a> <a href="#rules">Rules</a>
<a href="#profiles">Profiles</a> <a href="#claims">What holds</a> <a href="#not">What does not</a> <a href="#protocol">Protocol</a>
<a href="#mutants">Mistakes</a> <a href="#index">Index</a></nav>
<main class="spec">${questionsSection(places)}${sections}${indexSection(places)}</main>`.text;
}

function questionsSection(places: Places): Html {
  return html`<section id="questions"><h2>Questions</h2>
<ul class="questions">${questions.map(({ id, question }) => html`<li><a href="#${id}">${question}</a></li>`)}</ul>
${questions.map(({ id, question, answer, moves, profiles: shown = ['letter'], letter, claims, rules }) => {
  places.enter(question, id, 'question');
  return html`<article class="answer" id="${id}"><h3>${question}</h3><p>${answer}</p>
<p class="meta">letter: ${letter.map((one) => html`<a href="#${one}">${one}</a> `)}·
claims: ${claims.map((name) => html`<a href="#claim-${name}">${name}</a> `)}·
rules: ${rules.map((name) => html`<a href="#${places.of(name) ?? 'rules'}">${name}</a> `)}</p>
${shown.length > 1 ? whoPays(moves, shown) : null}${shown.map((profile) => drawing(moves, profile))}</article>`;
})}</section>`;
}

/** The same moves in several profiles: whose failcnt rose, whose pages went, who was killed. */
function whoPays(moves: readonly Move[], shown: readonly ProfileName[]): Html {
  const bills = shown.map((profile) => billOf(moves, profile));
  const row = (title: string, part: keyof Bill) =>
    html`<tr><th scope="row">${title}</th>${bills.map((bill) => html`<td>${bill[part].join('; ') || 'nobody'}</td>`)}</tr>`;
  const heads = shown.map((profile) => `${profile} (${profiles[profile].hierarchy})`);
  return table(
    'who pays',
    [`the same ${moves.length} moves`, ...heads],
    [
      row('who refuses, and pays', 'refused'),
      row('who is reclaimed', 'reclaimed'),
      row('who dies', 'killed'),
    ],
  );
}

function rulesSection(model: readonly SourceFile[], places: Places): Html {
  const fileOf = (name: string) => model.find(({ file }) => file === `model/${name}.ts`) as SourceFile;
  return html`<section id="rules"><h2>The rules</h2>
<p>Each rule in words beside its code. A name in the code leads to its own rule.</p>
${chapters.map(
  ([title, files]) =>
    html`<h3 class="chapter">${title}</h3>${files.map((name) => {
      const { file, purpose, declarations } = fileOf(name);
      return html`<p class="meta"><b>${file}</b> ${purpose}</p>${declarations.map((one) => rule(one, places))}`;
    })}`,
)}</section>`;
}

const rule = (declaration: Declaration, places: Places): Html =>
  html`<article class="rule" id="${places.ofDeclaration(declaration)}">
<div class="words"><h4>${declaration.name}</h4>${declaration.doc && html`<p>${words(declaration.doc)}</p>`}
<small>${declaration.file}:${declaration.line}</small></div>
${code(declaration.code, (name) => (name === declaration.name ? undefined : places.of(name)))}</article>`;

function profilesSection(model: readonly SourceFile[], places: Places): Html {
  const declared = model.flatMap(({ declarations }) => declarations).find(({ name }) => name === 'Profile');
  const fields = declared ? fieldsOf(declared).filter(({ name }) => name !== 'name') : [];
  for (const name of profileNames) places.enter(name, 'profiles', 'profile');
  const value = (profile: (typeof profileNames)[number], field: string): string =>
    String((profiles[profile] as unknown as Record<string, unknown>)[field]);
  const rows = fields.map(({ name, doc }) => {
    places.enter(name, `switch-${name}`, 'profile switch');
    const cells = profileNames.map((profile) => {
      const differs = value(profile, name) !== value('letter', name);
      return html`<td>${differs ? html`<b>≠ ${value(profile, name)}</b>` : value(profile, name)}</td>`;
    });
    return html`<tr id="switch-${name}"><th scope="row">${name}<br><small>${words(doc)}</small></th>${cells}</tr>`;
  });
  return html`<section id="profiles"><h2>Profiles side by side</h2>
<p>One specification, the controllers of twenty years. What differs from the letter is marked.</p>
${table('profiles', ['switch', ...profileNames], rows)}</section>`;
}

function indexSection(places: Places): Html {
  return html`<section id="index"><h2>Index</h2>
<p><label>find a word <input type="search" id="find" autocomplete="off"></label></p>
<ul class="index">${places
    .index()
    .map(
      ({ word, place, what }) => html`<li><a href="#${place}">${word}</a> <small>${what}</small></li>`,
    )}</ul></section>`;
}
