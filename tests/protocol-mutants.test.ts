// Every concurrent mistake of the catalogue, planted in the protocol's text, is found by a shortest interleaving of a pinned length.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columns, hunt, mutants, operationsOf, watchedModel } from '../properties/races/protocol/index.ts';
import { shortest } from '../properties/races/protocol/shortest.ts';

/** id: claim, steps of the shortest run, its operations, fewest preemptions. */
const expected: {
  readonly [id: string]: readonly [claim: string, steps: number, operations: number, preemptions: number];
} = {
  canary: ['UsageIsLruSizePlusInFlight', 3, 1, 0],
  A24: ['Linearizable', 6, 4, 1],
  A25: ['ContainerOutlivesReferences', 5, 3, 1],
  A26: ['ContainerOutlivesReferences', 5, 3, 1],
  A27: ['ContainerOutlivesReferences', 5, 3, 1],
  A28: ['OomKillsOnlyMembers', 7, 2, 1],
  A30: ['Linearizable', 9, 2, 1],
  A31: ['Linearizable', 5, 2, 1],
  A33: ['OomOnlyWhenNothingReclaimable', 10, 2, 0],
  A34: ['OomOnlyWhenNothingReclaimable', 9, 2, 1],
  A35: ['FirstToucherOwns', 7, 2, 1],
  B26: ['UsageIsLruSize', 11, 2, 1],
  B27: ['UsageIsLruSizePlusInFlight', 6, 2, 1],
  B31: ['NoDeadlock', 12, 2, 2],
  B32: ['WithinLimit', 8, 2, 1],
  B33: ['ContainerOutlivesReferences', 3, 2, 1],
  B37: ['NoDeadlock', 7, 1, 0],
  R1: ['UsageIsLruSizePlusInFlight', 10, 3, 3],
  R2: ['ReleasedExactlyOnce', 5, 2, 1],
  R3: ['ContainerOutlivesReferences', 4, 2, 1],
  X1: ['NoStaleOwner', 13, 4, 2],
  X2: ['NoDeadlock', 10, 2, 1],
};

test('the catalogue is complete: A24 to B37, the three repairs, a canary', () => {
  const ids = mutants.map(({ id }) => id);
  assert.equal(ids.filter((id) => /^[AB]/.test(id)).length, 16);
  for (const id of ['canary', 'R1', 'R2', 'R3']) assert.ok(ids.includes(id), id);
  assert.equal([...ids].sort(), Object.keys(expected).sort());
});

for (const mutant of mutants) {
  test(`${mutant.id} ${mutant.name}`, async () => {
    const caught = await hunt(mutant);
    assert.ok(caught, 'missed');
    const { found, calm } = caught;
    assert.equal(
      [found.claim, found.trace.length, operationsOf(calm), calm.preemptions],
      expected[mutant.id],
    );
    const [operations, preemptions] = mutant.min ?? [operationsOf(calm), calm.preemptions];
    const asSaid = operations === operationsOf(calm) && preemptions === calm.preemptions;
    assert.is(asSaid, mutant.difference === undefined, 'differs from BUGS.md, or does not');
  });
}

test('without the mistake the same scopes are clean', () => {
  for (const { id, scope } of mutants) assert.is(shortest(watchedModel(scope)), null, id);
});

test('an interleaving prints as columns, one a thread', async () => {
  const mutant = mutants.find(({ id }) => id === 'A31')!;
  const caught = await hunt(mutant);
  assert.equal(columns(mutant.scope, caught!.found.trace), [
    'k0 of t0         | k1 of t1        | after it',
    '                 | touch p0: joins | c0 1/1 [p0|]  c1 0/1 [|]  t0:c0 p0  t1:c1  p0 x1 r0',
    'unmap p0: 1 -> 0 |                 | c0 1/1 [p0|]  c1 0/1 [|]  t0:c0  t1:c1  p0 x0',
    '  del            |                 | c0 0/1 [|]  c1 0/1 [|]  t0:c0  t1:c1  p0 x0',
    '  put            |                 | c0 0/1 [|]  c1 0/1 [|]  t0:c0  t1:c1  p0 x0',
    '                 |   look          | c0 0/1 [|]  c1 0/1 [|]  t0:c0  t1:c1 p0  p0 x1',
  ]);
});

test.run();
