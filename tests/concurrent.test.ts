// The concurrent controller driven by one thread: it answers and looks exactly as the LRU spec does, and its structure is sound.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, EBUSY, ENOENT, KILLED, OK } from '../impl/concurrent/index.ts';
import { USAGE } from '../impl/concurrent/layout.ts';
import { Judge, Lockstep } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { moveFor, tableOf, usualWeights } from '../properties/draw/draw.ts';
import { concurrentSubject } from '../properties/races/stress/subject.ts';

const capacity = { containers: 2, tasks: 3, pages: 5, workers: 1 };

test('follows the LRU spec in every answer and every look, alone', () => {
  for (const size of [capacity, { containers: 3, tasks: 4, pages: 40 }]) {
    const subject = concurrentSubject('letter', size);
    const lockstep = new Lockstep(subject, new Judge(domainOf(profiles.letter), subject.observed));
    const style = { table: tableOf(usualWeights), exotic: true, nested: false, leavesOnly: false };
    let seed = 1;
    for (let run = 0; run < 150; run++) {
      const violation = lockstep.run(size, (seen, made) => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        return made < 120 ? moveFor(seed ^ (seed >>> 13), seen, style) : null;
      });
      assert.is(violation, null);
    }
  }
});

test('two handles on one buffer see one controller', () => {
  const a = Controller.create({ ...capacity, workers: 2 });
  const b = Controller.attach(a.buffer, 1);
  a.perform(['mkdir', 0]);
  assert.is(b.perform(['spawn', 2, 0]), OK);
  assert.is(a.perform(['touch', 2, 4]), OK);
  assert.equal(b.listOf(0, true), [4]);
  assert.is(b.perform(['rmdir', 0]), EBUSY);
});

test('a killed toucher answers KILLED and leaves nothing', () => {
  const k = Controller.create(capacity);
  k.perform(['mkdir', 0]);
  k.perform(['spawn', 0, 0]);
  k.perform(['setLimit', 0, 0]);
  assert.is(k.perform(['touch', 0, 0]), KILLED);
  assert.equal(k.killed, [0]);
  assert.is(k.perform(['rmdir', 0]), OK);
  assert.is(k.perform(['rmdir', 0]), ENOENT);
  assert.is(k.verify(), null);
});

test('what has no room is refused with the room there is', () => {
  const k = Controller.create(capacity);
  assert.throws(() => k.perform(['mkdir', 2]), /room for 2/);
  assert.throws(() => k.perform(['touch', 0, 5]), /room for 5/);
  assert.throws(() => Controller.create({ ...capacity, pages: 0 }), /above 0/);
  assert.throws(() => Controller.attach(k.buffer, 1), /room for 1/);
  assert.throws(() => concurrentSubject('v3.1', capacity), /profile letter only/);
});

test('verify names a counter that lies', () => {
  const k = Controller.create(capacity);
  k.perform(['mkdir', 0]);
  k.perform(['spawn', 0, 0]);
  k.perform(['touch', 0, 0]);
  const usage = k.handle.containersAt + USAGE;
  Atomics.add(k.handle.m, usage, 1);
  assert.is(k.verify(), 'c0 says 2, its lists hold 1');
});

test.run();
