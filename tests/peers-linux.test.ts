// The peer tests on the running kernel: what it prints is what the transcript says, or a difference that the transcript names.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxMachine } from '../properties/linux/index.ts';
import { runScript, Shell } from '../properties/shell/index.ts';
import { linuxExpects, meets, type Peer, readPeers } from './peers.ts';

const peers = readPeers();
const runnable = peers.filter(({ head }) => !head.linux.startsWith('not run'));
const opened = await LinuxMachine.open();

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
  for (const peer of runnable) {
    test(`${peer.file} on Linux`, async () => {
      await opened.reset();
      assert.equal(await differences(peer, opened), []);
    });
  }
  test.after(() => opened.close());
}

test('most of them can be shown by a kernel, and the others say why not', () => {
  assert.ok(runnable.length >= peers.length / 2, `${runnable.length} of ${peers.length}`);
});

test.run();
