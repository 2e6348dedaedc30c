// What random runs look at: containers that grow, ids far apart, ids used again, and every profile before more of any.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromRun, hunt, Judge, Lockstep } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { mutantNamed } from '../mutants/index.ts';
import { trial } from '../mutants/trial.ts';
import { domainOf } from '../properties/domain/index.ts';
import { portfolio } from '../properties/draw/portfolio.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { loadController } from '../properties/subjects/load.ts';
import { Naming } from '../properties/subjects/names.ts';
import { findingOf } from '../properties/trace/finding.ts';
import { moveText } from '../properties/trace/move.ts';
import type { View } from '../properties/view/view.ts';

const drawn = fc.sample(portfolio(), { seed: 1, numRuns: 400 });

test('some runs fill a container with more pages than a batch frees, before they lower its limit', () => {
  const growing = drawn.filter(({ style }) => (style.growth ?? 0) > 0);
  assert.ok(growing.length > 20, `${growing.length} of 400`);
  for (const { size, style, draws } of growing) {
    assert.ok(size.pages >= 34);
    assert.ok(draws.length > (style.growth ?? 0));
  }
});

test('some runs give the subject ids that are few, ascending and far apart', () => {
  const named = drawn.flatMap(({ names }) => (names ? [names] : []));
  assert.ok(named.length > 20, `${named.length} of 400`);
  for (const ids of named.flatMap((names) => [names.container, names.task, names.page])) {
    assert.equal(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
  }
  assert.ok(named.some(({ page }) => Math.max(0, ...page) > 10_000));
});

test('some runs let containers and tasks come and go, so that ids are used again', () => {
  const comeAndGo = ['mkdir', 'rmdir', 'spawn', 'exit'];
  const share = ({ table }: (typeof drawn)[number]['style']) =>
    table.filter((kind) => comeAndGo.includes(kind)).length / table.length;
  const churning = drawn.filter(({ style }) => share(style) > 0.4);
  assert.ok(churning.length > 20, `${churning.length} of 400`);
});

test('a naming goes out and back, and leaves the root alone', () => {
  const naming = new Naming([3, 70, 512]);
  assert.equal(
    [-1, 0, 2, 3].map((id) => naming.out(id)),
    [-1, 3, 512, 513],
  );
  assert.equal(
    [-1, 3, 512, 4].map((id) => naming.back(id)),
    [-1, 0, 2, -1],
  );
});

for (const id of ['A1', 'A2', 'N21', 'N22', 'N23', 'N24', 'N25']) {
  const mutant = mutantNamed(id);
  test(`${id} is found within 300 runs: ${mutant?.why}`, async () => {
    const profile = mutant?.profile ?? 'letter';
    const Class = await loadController(mutant ?? null);
    const make = () => new ControllerSubject(profile, undefined, Class, `mutant:${id}`);
    assert.ok(trial(make, { profile, seed: 7, runs: 300 }).found);
  });
}

/** What a tree is drawn for: claims/reachable.ts. */
const ofTrees = [
  'RefusedByAnAncestor',
  'ReclaimFromACousin',
  'KillOfACousin',
  'LoweringAnInnerLimit',
  'PagesPassUpTwice',
];

for (const profile of ['linux-v1', 'linux-v2'] as const) {
  test(`${profile}: trees up to four deep are the usual case, and what they are drawn for happens in a few hundred runs`, async () => {
    const domain = domainOf(profiles[profile]);
    const { domains } = await hunt({ impl: 'controller', seed: 5, domains: [domain], runs: 400 });
    for (const name of ofTrees) {
      const reached = domains[0].reached.find((row) => row.name === name);
      assert.ok((reached?.count ?? 0) >= 5, `${name} ${reached?.count}`);
    }
    const judge = new Judge(domain);
    const lockstep = new Lockstep(new ControllerSubject(profile), judge);
    let [deepest, nested] = [0, 0];
    const runs = fc.sample(domain.runs({}), { seed: 2, numRuns: 60 });
    for (const run of runs) {
      let deep = 0;
      const next = fromRun(domain, run);
      const watched = (view: View, made: number) => {
        for (let slot = 0; slot < run.size.containers; slot++) deep = Math.max(deep, depthOf(view, slot));
        return next(view, made);
      };
      lockstep.run(run.size, watched, false, run);
      deepest = Math.max(deepest, deep);
      if (deep > 1) nested++;
    }
    assert.is(deepest, 4);
    assert.ok(nested > 30, `${nested} of 60 runs are nested`);
  });
}

/** How many containers are above, itself counted, the root not. */
function depthOf({ parent, exists, size }: View, slot: number): number {
  let depth = 0;
  for (let at = slot; exists[at] === 1 && at !== size.containers; at = parent[at]) depth++;
  return depth;
}

test('a mistake that only large ids show is told in the smallest that do', async () => {
  const impl = 'mutant:N23';
  const { found } = await hunt({ impl, seed: 3, domains: [domainOf(profiles.letter)], runs: 300 });
  assert.ok(found);
  const { example } = await findingOf(found, { impl, seed: 3 });
  assert.match(example.moves.map(moveText).join('; '), /p512$/);
});

test('a mistake of one profile does not wait for the end of those before it', async () => {
  const domains = Object.values(profiles).map((profile) => domainOf(profile));
  const report = await hunt({ impl: 'mutant:N21', seed: 1, domains, runs: 2000 });
  assert.is(report.found?.domain, 'linux-v1');
  const { runs } = report.domains[0];
  assert.ok(runs <= 800, `${runs} runs of the letter came first`);
});

test.run();
