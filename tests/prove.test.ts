// `firsttouch prove`: the claims hold for any number of tasks, pages and containers; a mistake planted in the formulas is refuted, as two states.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prove } from '../proof/prove.ts';
import { openSolver } from '../proof/solver.ts';

const solver = await openSolver();
test.after(() => solver.close());

test('profile letter: every claim is proved, but the two about the order of lists, which are not stated', async () => {
  const proof = await prove('letter', solver);
  const told = (verdict: string) =>
    proof.claims.filter((claim) => claim.verdict === verdict).map(({ id, name }) => (id === '-' ? name : id));
  assert.is(proof.verdict, 'proved');
  assert.equal(told('not stated'), ['I3', 'I17']);
  const proved =
    'I1 I2 I4 I5 I5b I6 I7 I8 I9 I10 I11 I12 I13 I14 I15 I16 T1 T2 H1 Soundness TrueNumbers'.split(' ');
  assert.equal(told('proved'), proved);
  for (const { name, verdict, conditions } of proof.claims)
    assert.is(conditions > 0, verdict === 'proved', name);
});

test.run();
