// Runs recorded from a real kernel, judged again wherever the tests run: the kernel against the contract, and the contract against the kernel.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimReports, fromList, Judge, OutsideLockstep } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { Contract } from '../properties/subjects/contract.ts';
import { RecordedSubject, readRecording } from '../properties/subjects/linux/index.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { moveCarriesCharges, secondToucherOwns } from './linux-wrong.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'counterexamples', 'recorded');
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => readRecording(join(folder, name)));
/** Of the running kernel; of a kernel in a guest. */
const recordings = all.filter(({ cgroup }) => cgroup === undefined);
const guests = all.filter(({ cgroup }) => cgroup !== undefined);

const domain = domainOf(profiles['linux-v1'], 'contract');

/** Judges every recording by a contract; how many were judged until the first violation, and that one. */
async function judgeAll(Class: typeof Specification) {
  const [first] = recordings;
  const judge = new Judge(domain, new RecordedSubject(first).observed);
  const spec = new Contract(domain.profile, Class);
  for (const [at, recording] of recordings.entries()) {
    const subject = new RecordedSubject(recording);
    const violation = await new OutsideLockstep(subject, judge, { spec }).run(
      recording.size,
      fromList(subject.moves),
      subject.closing,
    );
    if (violation) return { runs: at + 1, violation, judge };
  }
  return { runs: recordings.length, violation: null, judge };
}

test('at least forty runs are on file, each with the release of the kernel that answered', () => {
  assert.ok(recordings.length >= 40, `${recordings.length} recordings`);
  for (const { release, steps } of recordings) {
    assert.match(release, /^\d+\.\d+/);
    assert.ok(steps.length > 0);
  }
  assert.equal([...new Set(recordings.map(({ oom }) => oom))].sort(), ['kernel', 'quiet', 'random']);
});

/** A guest's run, judged by the contract of its cgroup. */
async function judgeGuest(recording: (typeof all)[number]) {
  const subject = new RecordedSubject(recording);
  const judge = new Judge(
    domainOf(profiles[`linux-${recording.cgroup ?? 'v1'}`], 'contract'),
    subject.observed,
  );
  return new OutsideLockstep(subject, judge).run(recording.size, fromList(subject.moves), subject.closing);
}

test('runs of a kernel in a guest, of both cgroups, are judged without a guest', async () => {
  assert.equal([...new Set(guests.map(({ cgroup }) => cgroup))].sort(), ['v1', 'v2']);
  for (const recording of guests) assert.is(await judgeGuest(recording), null);
  const inner = guests
    .flatMap(({ steps }) => steps)
    .filter(({ move }) => move[0] === 'mkdir' && move.length > 2);
  assert.ok(inner.length > 8, `${inner.length} groups were made in groups`);
});

test('kernels with a mistake that were recorded are convicted without a guest, too', async () => {
  const judged = ['K20-v1', 'K34-v2'].map((name) =>
    judgeGuest(readRecording(join(folder, 'mutants', `${name}.json`))),
  );
  const [childStaysCharged, killsInsteadOfReclaiming] = await Promise.all(judged);
  assert.is(childStaysCharged?.claim, 'BooksAgree');
  assert.match(childStaysCharged?.witness ?? '', /c1 uses 18 pages of memory, and 0 of memory and swap/);
  assert.is(killsInsteadOfReclaiming?.claim, 'OomOnlyWhenNothingReclaimable');
});

test('what the kernel did was legal, and it looked as the contract says, after every move', async () => {
  const { violation, judge } = await judgeAll(Specification);
  assert.is(violation, null);
  const reports = claimReports(domain, judge.observed, judge.tally(recordings.length));
  const met = new Map(reports.map(({ name, met }) => [name, met]));
  for (const name of [
    'LegalChoice',
    'OwnedIffMapped',
    'FirstToucherOwns',
    'UsageIsLruSize',
    'LastUnmapReleases',
  ])
    assert.ok((met.get(name) ?? 0) > 300, `${name} ${met.get(name)}`);
  for (const name of [
    'ReclaimOnlyFromCharged',
    'PinnedNeverReclaimed',
    'OomOnlyWhenNothingReclaimable',
    'MoveKeepsCharges',
    'NothingLeaks',
  ])
    assert.ok((met.get(name) ?? 0) > 0, name);
});

test('what the kernel cannot show is not observed, and so not passed', async () => {
  const { judge } = await judgeAll(Specification);
  const reports = claimReports(domain, judge.observed, judge.tally(recordings.length));
  const unseen = reports.filter(({ verdict }) => verdict === 'not observed').map(({ name }) => name);
  assert.equal(unseen, ['FailcntCountsRefusals', 'LruOrder', 'InnerContainersHoldNoTasks']);
});

test('the recorded kernel convicts a contract in which the second toucher owns', async () => {
  const { runs, violation } = await judgeAll(secondToucherOwns);
  assert.is(violation?.claim, 'EqualsSpec');
  assert.ok(runs <= 20, `${runs} runs`);
});

test('the recorded kernel convicts a contract in which a move carries charges', async () => {
  const { runs, violation } = await judgeAll(moveCarriesCharges);
  assert.is(violation?.claim, 'EqualsSpec');
  assert.ok(runs <= 20, `${runs} runs`);
});

test('a recording answers only what was asked when it was made', async () => {
  const subject = new RecordedSubject(recordings[0]);
  const judge = new Judge(domain, subject.observed);
  const violation = await new OutsideLockstep(subject, judge).run(
    recordings[0].size,
    fromList([['evict', 0]]),
  );
  assert.is(violation?.claim, 'ImplementationAlive');
  assert.match(violation?.witness ?? '', /was not recorded/);
});

test.run();
