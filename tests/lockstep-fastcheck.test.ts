// lockstep/ for fast-check's own people: one domain's commands in fc.modelRun, fc.asyncModelRun and fc.scheduledModelRun.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Counters, domain, Leaky } from '../examples/pids.ts';
import { commands, Judge, Play } from '../lockstep/index.ts';

const RUNS = { numRuns: 60, seed: 7 };
const cmds = commands(domain, { maxCommands: 60 });
const begun = () => new Play(new Judge(domain), { size: null, draws: [] });

/** A subject that answers later. */
const later = (subject: Counters) => ({
  look: () => subject.look(),
  apply: async (...args: Parameters<Counters['apply']>) => {
    await Promise.resolve();
    return subject.apply(...args);
  },
});

const ways: Record<string, (Class: typeof Counters) => unknown> = {
  modelRun: (Class) =>
    fc.check(
      fc.property(cmds, (some) => fc.modelRun(() => ({ model: begun(), real: new Class() }), some)),
      RUNS,
    ),
  asyncModelRun: (Class) =>
    fc.check(
      fc.asyncProperty(cmds, (some) =>
        fc.asyncModelRun(() => ({ model: begun(), real: later(new Class()) }), some),
      ),
      RUNS,
    ),
  scheduledModelRun: (Class) =>
    fc.check(
      fc.asyncProperty(fc.scheduler(), cmds, async (s, some) => {
        await fc.scheduledModelRun(s, () => ({ model: begun(), real: later(new Class()) }), some);
      }),
      RUNS,
    ),
};

for (const [name, run] of Object.entries(ways)) {
  test(`fc.${name}: what is right passes, and the mistake is found, told as moves, and repeated by its seed and path`, async () => {
    const right = (await run(Counters)) as fc.RunDetails<unknown>;
    assert.not(right.failed, `${right.errorInstance}`);
    const wrong = (await run(Leaky)) as fc.RunDetails<unknown[]>;
    assert.ok(wrong.failed);
    assert.match(`${wrong.errorInstance}`, 'EqualsSpec is violated in pids');
    assert.match(`${wrong.counterexample!.at(-1)}`, /^make .*,fork /);
    assert.type(wrong.counterexamplePath, 'string');
  });
}

test.run();
