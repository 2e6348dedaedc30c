// Writes the measured parts of docs/protocol.md, or those that are named. Run: npx tsx bench/protocol-docs.ts [mutants|scopes]...

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
import { DocPart, many, row, runParts } from './tools.ts';

async function scopeTable(): Promise<string[]> {
  const measured = ['states', 'transitions', 'depth', 's'];
  const head = ['scope', 'threads', ...measured, 'with C5: states', ...measured.slice(1)];
  const lines = [row(...head, 'vacuous there', 'C5 atomic'), row(...Array.from({ length: 12 }, () => '---'))];
  for (const scope of [scopeOf(2, 2, 1, 1), ...scopes]) {
    const bare = await check(watchedModel(scope, { history: false }));
    const full = await check(watchedModel(scope));
    const atomic = await check(watchedModel(scope, { history: 'atomic' }));
    const vacuous = full.claims.filter(({ verdict }) => verdict === 'vacuous').map(({ name }) => name);
    const counts = [bare, full].flatMap(({ states, transitions, depth, seconds }) => [
      ...[states, transitions, depth].map(many),
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

const written = (name: string, table: () => Promise<string[]>) => async () =>
  new DocPart('protocol.md', name, 'protocol-docs.ts').write(await table());
await runParts(
  { mutants: written('mutants', mutantTable), scopes: written('scopes', scopeTable) },
  process.argv.slice(2),
);
