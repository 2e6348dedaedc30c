// The checker finds exactly the states, transitions, refusals, depth and orbits that SEMANTICS lists, flat (section 10) and nested (section 11), on the
// packed twins and on the readable model.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckOptions, check, type Model, type PackedTwin, type Report } from '../checker/index.ts';
import type { ProfileName, Scope, State } from '../model/index.ts';
import { type ModelKind, modelAndTwin } from '../properties/scopes/index.ts';
import { nested } from './nested-counts.ts';

const scopeOf = (text: string): Scope => {
  const [containers, tasks, pages, limit] = text.split('/').map(Number);
  return { containers, tasks, pages, limit };
};

const asked = (kind: ModelKind, scope: string, profile: ProfileName = 'letter') => ({
  kind,
  profile,
  scope: scopeOf(scope),
});

async function onWords(kind: ModelKind, scope: string, options: CheckOptions = {}): Promise<Report> {
  const { model, twin } = modelAndTwin(asked(kind, scope));
  assert.ok(twin);
  return await check(model, { twin: twin!, claims: [], ...options });
}

const countsOf = ({ states, transitions, refused, depth }: Report) => [states, transitions, refused, depth];

const table: [kind: ModelKind, scope: string, counts: number[], orbits?: number][] = [
  ['contract', '1/1/1/1', [13, 92, 90, 5]],
  ['contract', '1/2/2/2', [401, 8_623, 7_914, 10]],
  ['contract', '2/2/2/2', [20_913, 571_516, 475_542, 14], 3_021],
  ['contract', '2/2/3/2', [328_721, 11_821_969, 10_936_904, 17]],
  ['lru', '1/1/1/1', [19, 146, 120, 6]],
  ['lru', '1/2/2/2', [4_385, 96_863, 82_922, 16]],
  ['lru', '2/2/2/2', [226_769, 6_243_260, 5_095_190, 19], 56_739],
];

for (const [kind, scope, counts, orbits] of table) {
  test(`${kind} ${scope}: ${counts[0]} states`, async () => {
    assert.equal(countsOf(await onWords(kind, scope)), counts);
  });

  if (orbits === undefined) continue;
  test(`${kind} ${scope}: ${orbits} orbits, whose sizes add up to the same counts`, async () => {
    const report = await onWords(kind, scope, { symmetry: true });
    assert.is(report.orbits, orbits);
    assert.equal(countsOf(report), counts);
  });
}

test('the readable model finds the same, and all claims hold in it', async () => {
  for (const [kind, scope, counts] of table.filter(([, s]) => s === '1/2/2/2')) {
    const report = await check(modelAndTwin(asked(kind, scope)).model, {});
    assert.is(report.engine, 'readable');
    assert.equal(countsOf(report), counts);
    assert.is(report.counterexample, null);
    assert.is(report.verdict, 'holds');
  }
});

test('two threads find the same', async () => {
  const spec = {
    module: new URL('../properties/scopes/index.ts', import.meta.url).href,
    export: 'modelAndTwin',
    args: asked('contract', '2/2/2/2'),
  };
  const report = await onWords('contract', '2/2/2/2', { workers: 2, spec });
  assert.equal(countsOf(report), [20_913, 571_516, 475_542, 14]);
});

// Trees.

/** Of all transitions: those that end KILLED (the acting task is gone), and the mapped pages after each, added up. */
function killedAndMapped(model: Model<State>, twin: PackedTwin): { killed: number; mapped: number } {
  const counts = { killed: 0, mapped: 0 };
  const out = new Uint32Array(model.width);
  twin.initial(out, 0);
  const seen = new Set([out.join()]);
  const queue = [out.slice()];
  for (const words of queue) {
    twin.successors(words, 0, out, (m) => {
      const { tasks } = model.unpack(out, 0);
      const { name, args } = model.moves[m];
      counts.mapped += new Set([...tasks.values()].flatMap(({ maps }) => maps)).size;
      if ((name === 'touch' || name === 'copy') && !tasks.has(Number(args[0]))) counts.killed++;
      const key = out.join();
      if (seen.has(key)) return;
      seen.add(key);
      queue.push(out.slice());
    });
  }
  return counts;
}

/** The larger rows were counted by hand; the whole table was. */
const SMALL = 60_000;

for (const kind of ['contract', 'lru'] as const) {
  for (const profile of ['linux-v1', 'linux-v2'] as const) {
    const rows = Object.entries(nested[kind][profile] ?? {});
    test(`${kind} ${profile}, nested: states, KILLED and mapped as section 11 lists them`, async () => {
      for (const [scope, row] of rows.filter(([, [, transitions]]) => transitions <= SMALL)) {
        const { model, twin } = modelAndTwin(asked(kind, scope, profile));
        assert.ok(twin);
        const report = await check(model, { twin: twin!, claims: [], proveTwin: true });
        const { killed, mapped } = killedAndMapped(model, twin!);
        assert.equal([...countsOf(report), killed, mapped], row, scope);
      }
    });
  }
}

test('with containers under the root only, every count is the flat one', async () => {
  const flat = { ...asked('lru', '2/1/2/1', 'linux-v1'), flat: true };
  const { model, twin } = modelAndTwin(flat);
  assert.equal(countsOf(await check(model, { twin: twin!, claims: [] })).slice(0, 2), [9_128, 158_886]);
});

test('a tree keeps its symmetries: of the contract all, of the LRU spec those of pages', async () => {
  for (const [kind, scope, orbits] of [
    ['contract', '2/2/1/1', 781],
    ['lru', '2/1/2/1', 10_814],
  ] as const) {
    const { model, twin } = modelAndTwin(asked(kind, scope, 'linux-v1'));
    const report = await check(model, { twin: twin!, claims: [], symmetry: true });
    assert.equal(countsOf(report), nested[kind]['linux-v1']?.[scope].slice(0, 4));
    assert.is(report.orbits, orbits);
  }
});

test.run();
