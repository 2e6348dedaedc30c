// The part of the page about the protocol under the atomic actions: C1-C5 and what else holds between any two steps, and the races that break it.

import type { Scope as Machine } from '../../model/protocol/index.ts';
import { hunt, mutants, scopeNamed, scopeOf, watchedModel } from '../../properties/races/protocol/index.ts';
import { type Found, shortest } from '../../properties/races/protocol/shortest.ts';
import { askProtocol } from '../../properties/scopes/protocol.ts';
import type { ClaimResult } from '../../properties/scopes/result.ts';
import { type Html, html, many, table } from './html.ts';
import type { Places } from './places.ts';
import type { SourceFile } from './source.ts';
import { SIGNS } from './verdicts.ts';

export interface ProtocolScope {
  readonly machine: Machine;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly claims: readonly ClaimResult[];
}

/** A race that was planted in the text of the protocol, and the shortest interleaving that shows it. */
interface Race {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly machine: Machine;
  readonly found: Found;
}

export interface ProtocolFindings {
  readonly searched: readonly ProtocolScope[];
  readonly sentences: ReadonlyMap<string, string>;
  /** C5 with every operation at one point: it does not hold. */
  readonly atomic: { readonly machine: Machine; readonly found: Found } | null;
  readonly races: readonly Race[];
}

/** Two tasks and one page, a reclaim of a shared page, a kill: together they meet every claim. */
export const usualMachines: readonly Machine[] = [
  scopeOf(2, 2, 1, 1),
  scopeNamed('reclaim'),
  scopeNamed('oom'),
];

const C_IDS: Readonly<Record<string, string>> = {
  UsageIsLruSizePlusInFlight: 'C1',
  ReleasedExactlyOnce: 'C2',
  NoStaleOwner: 'C3',
  ContainerOutlivesReferences: 'C4',
  Linearizable: 'C5',
};

export async function judgeProtocol(
  machines: readonly Machine[],
  progress: (what: string) => void = () => {},
  races: readonly string[] = mutants.map(({ id }) => id),
): Promise<ProtocolFindings> {
  const searched: ProtocolScope[] = [];
  const nowhere = { containers: 1, tasks: 1, pages: 1, limit: 1 };
  for (const machine of machines) {
    progress(`protocol ${machine.name}`);
    const { result } = await askProtocol({ profile: 'letter', scope: nowhere, workers: 1 }, machine);
    searched.push({ ...result, machine });
  }
  progress('races of the protocol');
  const caught: Race[] = [];
  for (const mutant of mutants.filter(({ id }) => races.includes(id))) {
    const found = (await hunt(mutant))?.found;
    if (found) caught.push({ ...mutant, machine: mutant.scope, found });
  }
  const machine = scopeNamed('first touch');
  const found = shortest(watchedModel(machine, { history: 'atomic' }), { claim: 'Linearizable' });
  return {
    searched,
    sentences: new Map(watchedModel(machine).claims.map(({ name, claim }) => [name, claim])),
    atomic: found && { machine, found },
    races: caught,
  };
}

/** The names of C1-C5 are theirs alone; the other claims are also judged on the atomic actions, under the same names. */
const placeOf = (name: string): string => `protocol-${name}`;

export function protocolSection(
  findings: ProtocolFindings | null,
  sources: readonly SourceFile[],
  places: Places,
): Html {
  if (!findings)
    return html`<section id="protocol"><h2>The protocol</h2><p>Not asked when this page was made.</p></section>`;
  const { searched, atomic, races } = findings;
  for (const { id, name } of races) places.enter(name, `race-${id}`, 'race');
  const scopes = searched.map(
    ({ machine, states, transitions, depth }) =>
      html`<tr><th scope="row">${machine.name}</th><td>${machine.threads.length}</td><td>${many(states)}</td><td>${many(transitions)}</td><td>${depth}</td></tr>`,
  );
  return html`<section id="protocol"><h2>The protocol: a fault is not atomic</h2>
<p>The same controller at the grain of its steps (model/protocol): threads, page-table locks, references, records. Every claim is judged
between any two steps, in every reachable state of these scopes, each searched completely. The protocol has the rules of one profile, letter.</p>
${table('scopes of the protocol', ['scope', 'threads', 'states', 'transitions', 'depth'], scopes)}
${(searched[0]?.claims ?? []).map(({ name }) => oneClaim(name, findings, sources, places))}
<h3 id="atomic">✗ What does not hold: every operation takes effect at one point</h3>
<p>C5 is judged with a touch that takes its container, is charged and maps at three points. At one point it does not hold, and cannot for a
controller that charges before it commits.</p>
${atomic ? interleaving(atomic.machine, atomic.found) : 'No violation was found.'}
<h3 id="races">Races that were planted</h3>
<p>Each is an edit of the text of model/protocol. Shown is the shortest interleaving that gives it away.</p>
${races.map(
  ({ id, name, why, machine, found }) =>
    html`<details class="race" id="race-${id}"><summary><b>${id} ${name}</b>: ${why}. Caught by
<b>${found.claim}</b> in ${found.trace.length} steps</summary>${interleaving(machine, found)}</details>`,
)}
</section>`;
}

function oneClaim(
  name: string,
  { searched, sentences, races }: ProtocolFindings,
  sources: readonly SourceFile[],
  places: Places,
): Html {
  const id = C_IDS[name];
  places.enter(name, placeOf(name), 'claim of the protocol');
  if (id) places.enter(id, placeOf(name), 'claim of the protocol');
  const code = sources
    .flatMap(({ declarations }) => declarations)
    .find(({ code: text }) => text.includes(`'${name}'`));
  const mine = races.filter(({ found }) => found.claim === name);
  return html`<article class="claim" id="${placeOf(name)}"><h3>${id ?? ''} ${name}</h3>
<p class="sentence">${sentences.get(name) ?? 'Whoever can go on does; nobody waits for ever.'}</p>
<ul class="verdicts">${searched.map(({ machine, states, claims }) => {
    const row = claims.find((one) => one.name === name);
    if (!row) return null;
    return html`<li class="v-${row.verdict.replaceAll(' ', '-')}"><b>${machine.name}</b> ${SIGNS[row.verdict] ?? ''} ${row.verdict}
<small>met ${many(row.met)} of ${many(row.checked)} looks, ${many(states)} states${row.reason ? `; ${row.reason}` : ''}</small></li>`;
  })}</ul>
<p class="meta">${mine.length > 0 ? html`races that it gives away: ${mine.map((race) => html`<a href="#race-${race.id}">${race.id}</a> `)}` : 'no planted race is given away by it first'}
${code ? `· its code: ${code.file}:${code.line}` : null}</p></article>`;
}

/** Who did what in which order: a column a thread, the machine after each step. The script lets it be stepped. */
export function interleaving(machine: Machine, { trace, witness }: Found): Html {
  const threadOf = (args: readonly unknown[]) => Number(String(args[0]).slice(1));
  const threads = machine.threads
    .map((_, k) => k)
    .filter((k) => trace.some(({ move }) => threadOf(move.args) === k));
  const heading = (k: number) => {
    const { task } = machine.threads[k];
    return task === null ? `k${k}, a shell` : `k${k} of t${task}`;
  };
  const rows = trace.map(({ move, outcome, show }) => {
    const [, ...args] = move.args;
    const isInner = move.name.startsWith('.');
    const words = isInner ? move.name.slice(1) : [move.name, ...args].join(' ');
    const said = isInner && outcome === 'ok' ? words : `${words}: ${outcome}`;
    const cell = (k: number) =>
      k === threadOf(move.args)
        ? html`<td class="${isInner ? 'inner' : 'begins'}">${said}</td>`
        : html`<td></td>`;
    return html`<tr>${threads.map(cell)}<td class="after">${show ?? ''}</td></tr>`;
  });
  return html`<figure class="drawing interleaving"><div class="stage"></div>
${table('interleaving', [...threads.map(heading), 'the machine after it'], rows)}<p class="witness">✗ ${witness}</p></figure>`;
}
