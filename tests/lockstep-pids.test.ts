// The second domain of lockstep/: examples/pids.ts. Random runs find its mistake, which shrinks with proof, and checker/ closes its scope.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check } from '../checker/index.ts';
import { Counters, domain, Leaky, model } from '../examples/pids.ts';
import { failureText, hunt, shrink } from '../lockstep/index.ts';

const plan = { domains: [domain], seed: 1, runs: 500, workers: 1 };

test('it takes at most 200 lines', () => {
  const lines = readFileSync(new URL('../examples/pids.ts', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  assert.ok(lines.length <= 200, `${lines.length}`);
});

test('the controller holds in random runs, in a thread of its own, and every situation was met', async () => {
  const { verdict, domains } = await hunt({ ...plan, impl: 'counters' });
  assert.is(verdict, 'holds');
  const [{ runs, claims, reached }] = domains;
  assert.is(runs, 500);
  assert.equal(
    claims.map(({ name, verdict }) => `${name} ${verdict}`),
    ['EqualsSpec holds', 'ForkKeepsLimits holds'],
  );
  assert.ok(reached.every(({ count, floor }) => floor > 0 && count >= floor));
});

test('the mistake is found, and shrinks to the shortest trace, which is proved', async () => {
  const { verdict, found } = await hunt({ ...plan, impl: 'leaky' });
  assert.is(verdict, 'violated');
  const { violation, proof } = await shrink(domain, () => new Leaky(), found!);
  assert.is(
    failureText(domain, violation),
    `EqualsSpec is violated in pids
  the view is {"parent":[-1,0,-2],"limit":[0,2,2],"home":[-2,-2],"usage":[0,1,0]}, the specification says {"parent":[-1,0,-2],"limit":[0,2,2],"home":[-2,-2],"usage":[0,0,0]}

   1  make 0     ok
   2  make 1 0   ok
   3  limit 0 0  ok
>  4  fork 0 1   EAGAIN`,
  );
  assert.ok(proof.complete, proof.text);
});

test('a hunt that keeps going plays all its runs, tells each mistake once, and tells the same with any number of threads', async () => {
  const one = await hunt({ ...plan, impl: 'leaky', keepGoing: true });
  assert.is(one.verdict, 'violated');
  assert.is(one.domains[0].runs, 500);
  assert.equal(
    one.founds.map(({ claim }) => claim),
    ['EqualsSpec'],
  );
  assert.equal(one.founds[0], one.found);
  const two = await hunt({ ...plan, impl: 'leaky', keepGoing: true, workers: 2 });
  assert.equal([two.founds, two.domains[0].commands], [one.founds, one.domains[0].commands]);
  const { domains, founds } = await hunt({ ...plan, impl: 'leaky' });
  assert.is(founds.length, 1);
  assert.ok(domains[0].runs < 500, 'otherwise it ends with the first');
});

test('every reachable state of the model was visited, and the claim holds', async () => {
  const { verdict, states, counterexample } = await check(model);
  assert.is(counterexample, null);
  assert.is(verdict, 'holds');
  assert.is(states, 7678);
});

test('a subject that is right is not shrunk: there is nothing that fails again', async () => {
  const { found } = await hunt({ ...plan, impl: 'leaky' });
  let message = '';
  await shrink(domain, () => new Counters(), found!).catch((error: Error) => (message = error.message));
  assert.match(message, /does not fail again/);
});

test('a subject that answers later is not taken for one that answers wrongly', async () => {
  class Later extends Counters {
    override apply(...args: Parameters<Counters['apply']>) {
      return Promise.resolve(super.apply(...args)) as unknown as string;
    }
  }
  const { source: _, ...here } = domain;
  let message = '';
  await hunt({
    domains: [{ ...here, subjects: { open: () => new Later() } }],
    impl: 'later',
    seed: 1,
    runs: 5,
  }).catch((error: Error) => (message = error.message));
  assert.match(
    message,
    'apply returned a promise: a subject that is waited for is opened by subjects.openOutside',
  );
});

test.run();
