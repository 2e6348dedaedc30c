// Hunts in worker threads: a subject that hangs costs its thread and no more, and what a domain takes for a size arrives as it is.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hunt } from '../lockstep/index.ts';
import { domain } from './lockstep-threads.ts';

// The first two batches are judged in this thread, unless the subject hangs.
const plan = { domains: [domain], seed: 1, runs: 75, workers: 1, patience: 200 };

test('a hunt that keeps going goes on after a subject that hangs, in a new thread each time', async () => {
  const { verdict, founds, domains } = await hunt({ ...plan, impl: 'hanging', keepGoing: true });
  assert.is(verdict, 'violated');
  const told = founds.map(({ claim, witness, moves, batch }) => [claim, witness, moves.length, batch]);
  assert.equal(told, [['ImplementationAlive', 'no answer in 0.2 s', 5, 0]]);
  assert.is(domains[0].runs, 4, 'of each of three batches those up to the one that hangs');
});

test('a size that JSON cannot say reaches the thread', async () => {
  const size = new Map([['tasks', 2n]]) as unknown as null;
  const { domains } = await hunt({ ...plan, impl: 'counters', size });
  assert.is(domains[0].runs, 75);
});

test.run();
