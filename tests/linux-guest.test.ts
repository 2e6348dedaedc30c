// A kernel in a guest, as an ordinary user: Debian's User Mode Linux, where its package is installed; nothing of this machine is touched.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const uml = '/usr/bin/linux.uml';
const missing = [uml, '/sbin/mke2fs'].filter((file) => !existsSync(file));
const inGuest = (name: string, body: () => void) =>
  missing.length === 0
    ? test(name, body)
    : console.log(`SKIP ${name}: missing ${missing.join(', ')} (apt-get install user-mode-linux e2fsprogs)`);

const firsttouch = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'cli/firsttouch.mjs'), ...args], { encoding: 'utf8', cwd: root });

for (const cgroup of ['v1', 'v2'] as const) {
  inGuest(`20 runs on Debian's User Mode Linux in cgroup ${cgroup}: no disagreement`, () => {
    const { stdout, stderr, status } = firsttouch(
      ...`verify --impl linux --kernel ${uml} --cgroup ${cgroup} --runs 20 --length 60 --seed 4 --json`.split(
        ' ',
      ),
    );
    assert.is(status, 0, stdout.slice(0, 2000));
    assert.match(stderr, /^linux:\/usr\/bin\/linux.uml: Linux \d+\.\d+/);
    const { verdict, profiles } = JSON.parse(stdout);
    assert.is(verdict, 'holds');
    assert.is(profiles[0].profile, `linux-${cgroup}`);
    assert.ok(profiles[0].commands > 600, `${profiles[0].commands} commands`);
    const claims = new Map(profiles[0].claims.map((claim: { name: string }) => [claim.name, claim]));
    for (const name of ['KernelIsQuiet', 'BooksAgree', 'PeakIsWithinLimit', 'RemovedGroupsDie'])
      assert.is((claims.get(name) as { verdict: string }).verdict, 'holds', name);
  });
}

test('a kernel that is not there, or no kernel, is skipped with the reason', () => {
  const absent = firsttouch('verify', '--impl', 'linux', '--kernel', '/nowhere/linux', '--cgroup', 'v1');
  assert.is(absent.status, 4);
  assert.match(absent.stdout, /^skipped: .*there is no \/nowhere\/linux/);
  const other = firsttouch('verify', '--impl', 'linux', '--kernel', 'package.json', '--cgroup', 'v1');
  assert.is(other.status, 4);
  assert.match(other.stdout, /neither a User Mode Linux binary nor a bzImage/);
});

test('--kernel and --cgroup go with --impl linux, and with a profile of that cgroup', () => {
  const other = firsttouch('verify', '--impl', 'lru', '--kernel', uml);
  assert.is(other.status, 2);
  assert.match(other.stderr, /--kernel goes with --impl linux, not lru/);
  const mixed = firsttouch('verify', '--impl', 'linux', '--profile', 'linux-v1', '--cgroup', 'v2');
  assert.is(mixed.status, 2);
  assert.match(mixed.stderr, /--cgroup v2 is profile linux-v2, not linux-v1/);
});

test.run();
