// The peer tests on a kernel: what it prints is what the transcript says, or a difference that the transcript names. Those with groups in groups run
// in a guest, the others on the running kernel.

import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MOST_PAGES, NO_LIMIT } from '../impl/linux/index.ts';
import { claimReports, fromList, Judge, OutsideLockstep } from '../lockstep/index.ts';
import { type Move, profiles, ROOT } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { LinuxSubject } from '../properties/subjects/linux/index.ts';
import { runScript, Shell } from '../shell/index.ts';
import { LinuxMachine } from '../shell/linux.ts';
import { linuxExpects, meets, type Peer, readPeers, sequenceOf } from './peers.ts';

const peers = readPeers();
const runnable = peers.filter(({ head }) => !head.linux.startsWith('not run'));
/** The running kernel counts what it needs for a group with the parent's pages: there nested groups are siblings. */
const isNested = ({ script }: Peer) =>
  script.entries.some(({ command }) => /^mkdir \/containers\/rss\/[^/]+\//.test(command));
const opened = await LinuxMachine.open();

const uml = '/usr/bin/linux.uml';
const missing = [uml, '/sbin/mke2fs'].filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.log(
    `SKIP nested peers in a guest: missing ${missing.join(', ')} (apt-get install user-mode-linux e2fsprogs)`,
  );
} else {
  test('with groups in groups, in a guest', async () => {
    const guest = await LinuxMachine.open(`linux:${uml}`);
    if ('skip' in guest) throw new Error(guest.skip);
    try {
      for (const peer of runnable.filter(isNested)) {
        await guest.reset();
        assert.equal(await differences(peer, guest), [], peer.file);
      }
    } finally {
      await guest.close();
    }
  });
}

/** What the kernel printed against what it was to print, a line for each command that differs. */
async function differences({ script }: Peer, machine: LinuxMachine): Promise<string[]> {
  const found: string[] = [];
  await runScript(new Shell(machine), script, (output, entry) => {
    const expected = linuxExpects(entry);
    if (!meets(output, expected)) {
      const said = expected.text ?? `${expected.least}..${expected.most}`;
      found.push(
        `line ${entry.line}: ${entry.command}: ${JSON.stringify(output)}, not ${JSON.stringify(said)}`,
      );
    }
  });
  return found;
}

if ('skip' in opened) {
  console.log(`SKIP peers on Linux: ${opened.skip}`);
} else {
  for (const peer of runnable.filter((peer) => !isNested(peer))) {
    test(`${peer.file} on Linux`, async () => {
      await opened.reset();
      assert.equal(await differences(peer, opened), []);
    });
  }
  test.after(() => opened.close());

  test('as sequences of moves, in lockstep with the contract: owners, mappers, lists and locks page by page', async () => {
    const subject = await LinuxSubject.open();
    const judge = new Judge(domainOf(profiles['linux-v1'], 'contract'), subject.observed);
    const lockstep = new OutsideLockstep(subject, judge);
    let driven = 0;
    try {
      for (const peer of runnable) {
        const { size, moves } = await sequenceOf(peer);
        if (size.pages > MOST_PAGES || moves.some(isBeyondTheAdapter)) continue;
        const violation = await lockstep.run(size, fromList(moves));
        assert.is(violation, null, `${peer.file}: ${violation?.claim}: ${violation?.witness}`);
        driven++;
      }
    } finally {
      await subject.close();
    }
    assert.ok(driven >= 75, `${driven} sequences`);
    const unmet = claimReports(judge.domain, judge.observed, judge.tally()).filter(
      ({ verdict }) => verdict === 'vacuous' || verdict === 'violated',
    );
    assert.equal(unmet, []);
  });
}

/** Nested groups are siblings, limits of 63 pages and more are no limit, and the root is a group that takes one. */
function isBeyondTheAdapter([name, container, second]: Move): boolean {
  if (name === 'mkdir') return second !== undefined;
  return name === 'setLimit' && (container === ROOT || Number(second) >= NO_LIMIT);
}

test('most of them can be shown by a kernel, and the others say why not', () => {
  assert.ok(runnable.length >= peers.length / 2, `${runnable.length} of ${peers.length}`);
});

test.run();
