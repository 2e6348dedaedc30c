// Searches cut off: the verdict is unknown with what was covered, never a crash, and never more than was covered.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, OptionError, type Progress } from '../checker/index.ts';
import { counters, never, toy } from './checker-toys.ts';

test('a depth bound: what lies within it is counted, and judged', async () => {
  const claims = [never('Three', (s) => s[0] === 3 && s[1] === 0)];
  const report = await check(counters(2, 9, true), { depth: 4 });
  assert.is(report.verdict, 'unknown');
  assert.is(report.unknown!.by, 'depth');
  assert.equal(report.levels, [1, 2, 3, 4, 5]);
  assert.is(report.transitions, 2 * (1 + 2 + 3 + 4));
  assert.is(report.unknown!.frontier, 5);
  assert.match(report.unknown!.covered, 'every run of up to 4 moves');
  assert.is((await check(counters(2, 9, true, claims), { depth: 2 })).claims[0]!.verdict, 'unknown');
  assert.is((await check(counters(2, 9, true, claims), { depth: 3 })).verdict, 'violated');
});

test('a memory bound ends in unknown where the disk may not be used', async () => {
  const report = await check(counters(6, 9, true), { memoryMiB: 1, disk: false });
  assert.is(report.verdict, 'unknown');
  assert.is(report.unknown!.by, 'memory');
  assert.match(report.unknown!.why, 'the bound is 1 MiB');
  assert.ok(report.states > 10_000 && report.states < 1_000_000);
  assert.ok(report.bytesPerState.total * report.states <= 2 ** 20);
  assert.match(report.unknown!.covered, `${report.states} states`);
});

test('a time bound and a signal end in unknown', async () => {
  const timed = await check(counters(6, 9, true), { minutes: 0.002 });
  assert.is(timed.unknown!.by, 'time');
  const controller = new AbortController();
  const progress = () => controller.abort();
  const report = await check(counters(6, 9, true), {
    signal: controller.signal,
    progress,
    progressSeconds: 0,
  });
  assert.is(report.verdict, 'unknown');
  assert.is(report.unknown!.by, 'interrupt');
  assert.ok(report.states > 1);
});

test('a signal also ends the judging of a temporal claim', async () => {
  const controller = new AbortController();
  let looked = 0;
  const model = toy({
    initial: [[0]],
    moves: [{ name: 'step', args: [] }],
    guard: (state) => (state[0] === 5000 ? 'end' : null),
    effect: (state) => ({ state: [state[0]! + 1] }),
    claims: [
      {
        kind: 'temporal',
        name: 'Ends',
        claim: 'ends',
        pending: () => {
          if (looked++ === 2000) controller.abort();
          return true;
        },
        fair: () => 'step',
      },
    ],
  });
  const report = await check(model, { signal: controller.signal });
  assert.is(report.verdict, 'unknown');
  assert.equal([report.claims[0]!.verdict, report.claims[0]!.note], ['unknown', 'interrupted']);
  assert.ok(looked < 5000);
});

test('progress: states grow, and the rate is counted', async () => {
  const seen: Progress[] = [];
  await check(counters(5, 7, false), { progress: (p) => seen.push(p), progressSeconds: 0.02 });
  assert.ok(seen.length >= 2);
  for (let k = 1; k < seen.length; k++) assert.ok(seen[k]!.states >= seen[k - 1]!.states);
  assert.ok(seen.some(({ frontier }) => frontier > 0));
});

test('options that mean nothing are refused with what would be legal', async () => {
  const refused = async (options: object, what: string) => {
    const error = await check(counters(1, 1, true), options).catch((e) => e);
    assert.instance(error, OptionError);
    assert.match(error.message, what);
    assert.is(error.exit, 2);
  };
  await refused({ workers: 0 }, 'workers: 0 is not a whole number of 1 or more');
  await refused({ depth: 1.5 }, 'depth: 1.5');
  await refused({ memoryMiB: Number.NaN }, 'memoryMiB');
  await refused({ proveTwin: true }, 'there is no twin');
});

test.run();
