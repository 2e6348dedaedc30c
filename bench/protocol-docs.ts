// Writes the measured parts of docs/protocol.md, or those that are named. Run: npx tsx bench/protocol-docs.ts [mutants|scopes]...

import { readFileSync, writeFileSync } from 'node:fs';
import { check } from '../checker/index.ts';
import {
  columns,
  hunt,
  mutants,
  operationsOf,
  scopeOf,
  scopes,
  watchedModel,
} from '../properties/races/protocol/index.ts';

const file = new URL('../docs/protocol.md', import.meta.url);
const thousands = (n: number) => n.toLocaleString('en-US');
const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;

async function scopeTable(): Promise<string[]> {
  const lines = [
    row(
      'scope',
      'threads',
      'states',
      'transitions',
      'depth',
      's',
      'with C5: states',
      'transitions',
      'depth',
      's',
      'vacuous there',
      'C5 atomic',
    ),
    row(...Array.from({ length: 12 }, () => '---')),
  ];
  for (const scope of [scopeOf(2, 2, 1, 1), ...scopes]) {
    const bare = await check(watchedModel(scope, { history: false }));
    const full = await check(watchedModel(scope));
    const atomic = await check(watchedModel(scope, { history: 'atomic' }));
    const vacuous = full.claims.filter(({ verdict }) => verdict === 'vacuous').map(({ name }) => name);
    const counts = [bare, full].flatMap(({ states, transitions, depth, seconds }) => [
      ...[states, transitions, depth].map(thousands),
      seconds.toFixed(1),
    ]);
    const steps = atomic.counterexample?.trace.length;
    lines.push(
      row(
        scope.name,
        scope.threads.length,
        ...counts,
        vacuous.join(' ') || 'none',
        steps === undefined ? 'holds' : `violated in ${steps} steps`,
      ),
    );
    if (bare.verdict !== 'holds' || full.verdict !== 'holds') throw new Error(`${scope.name} does not hold`);
  }
  return lines;
}

async function mutantTable(): Promise<string[]> {
  const lines = [
    row('id', 'mistake', 'caught by', 'steps', 'operations/preemptions', 'the list says', 'states'),
    row(...Array.from({ length: 7 }, () => '---')),
  ];
  const stories: string[] = [];
  const differences: string[] = [];
  for (const mutant of mutants) {
    const caught = await hunt(mutant);
    if (!caught) throw new Error(`${mutant.id} is missed`);
    const { found, calm, first } = caught;
    const by = first === found.claim ? found.claim : `${found.claim} (first: ${first})`;
    const mine = `${operationsOf(calm)}/${calm.preemptions}`;
    lines.push(
      row(
        `${mutant.id} ${mutant.name}`,
        mutant.why,
        by,
        found.trace.length,
        mine,
        mutant.min?.join('/') ?? '',
        found.states,
      ),
    );
    if (mutant.difference) differences.push(`- ${mutant.id}: ${mutant.difference}.`);
    stories.push(
      `**${mutant.id} ${mutant.name}**: ${found.witness}`,
      '',
      '```',
      ...columns(mutant.scope, found.trace),
      '```',
      '',
    );
  }
  return [
    ...lines,
    '',
    'Where the figures differ from those of the list:',
    '',
    ...differences,
    '',
    '### The interleavings',
    '',
    ...stories,
  ];
}

function write(text: string, part: string, lines: readonly string[]): string {
  const [from, to] = [`<!-- measured: ${part} -->`, `<!-- end: ${part} -->`];
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start < 0 || end < start) throw new Error(`docs/protocol.md has no part ${part}`);
  return `${text.slice(0, start + from.length)}\n${lines.join('\n').trimEnd()}\n${text.slice(end)}`;
}

let text = readFileSync(file, 'utf8');
const parts = { mutants: mutantTable, scopes: scopeTable };
const wanted = process.argv.slice(2);
for (const [part, table] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(part)) text = write(text, part, await table());
writeFileSync(file, text);
