// The peer tests on the specification and on the controller: every transcript, character by character; and what each of them must say of itself.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { profileNames } from '../model/profile.ts';
import { ControllerMachine, runScript, Shell, SpecificationMachine } from '../shell/index.ts';
import { commandsOf, linuxExpects, meets, readPeers, suiteOf } from './peers.ts';
import { bothPrint } from './transcripts.ts';

const LEAST = 100;
const peers = readPeers();

test(`at least ${LEAST}, each with its source, its translation, what is lost, and what Linux is to do`, () => {
  assert.ok(peers.length >= LEAST, `${peers.length} transcripts`);
  for (const { file, head, script } of peers) {
    assert.match(
      head.source,
      /^[\w.-]+\/[\w.-]+ \S+\.\w+ \(.+\)/,
      `${file}: a project, a file in it, and (the case)`,
    );
    assert.match(head.linux, /^(same|differs: .+|not run: .+)$/, file);
    assert.ok(
      (profileNames as readonly string[]).includes(head.profile),
      `${file}: no profile ${head.profile}`,
    );
    assert.ok(
      script.isTranscript && script.entries.length >= 5,
      `${file}: ${script.entries.length} commands`,
    );
    assert.ok(
      script.entries.some(({ expected }) => expected !== ''),
      `${file} expects something`,
    );
    const own = script.entries.filter(({ below }) => below.some((line) => line.includes('// linux prints:')));
    assert.is(
      own.length > 0,
      head.linux.startsWith('differs'),
      `${file}: a difference is named where it differs`,
    );
    for (const entry of script.entries) assert.ok(linuxExpects(entry), file);
  }
});

test('no two are the same test under other names, and no two show the same in the same words', () => {
  const seen = new Map<string, string>();
  for (const peer of peers) {
    for (const key of [commandsOf(peer), peer.head.shows, peer.head.source]) {
      assert.is(seen.get(key), undefined, `${peer.file} repeats ${seen.get(key)}: ${key.slice(0, 80)}`);
      seen.set(key, peer.file);
    }
  }
});

test('they come from several suites', () => {
  const suites = new Set(peers.map(suiteOf));
  assert.ok(suites.size >= 12, [...suites].join(', '));
});

test('the table of suites says what is here', () => {
  const rows = new Map<string, number[]>();
  for (const peer of peers) {
    const column = ['same', 'differs', 'not run'].findIndex((word) => peer.head.linux.startsWith(word));
    for (const name of [suiteOf(peer), 'all']) {
      const row = rows.get(name) ?? [0, 0, 0, 0];
      row[0]++;
      row[column + 1]++;
      rows.set(name, row);
    }
  }
  const readme = readFileSync(new URL('./transcripts/README.md', import.meta.url), 'utf8');
  const table = readme.split('\n').filter((line) => /^\| .+( \| \d+){4} \|$/.test(line));
  assert.equal(table.sort(), [...rows].map(([name, row]) => `| ${[name, ...row].join(' | ')} |`).sort());
});

for (const { file, text } of peers) test(file, () => bothPrint(text));

/** What Linux prints is compared with the profile. */
const foretold = peers.filter(({ head }) => !head.linux.startsWith('not run'));

test('profile linux-v1 foretells what the kernel prints, each named difference included', async () => {
  assert.ok(foretold.length >= LEAST, `${foretold.length}`);
  for (const Machine of [SpecificationMachine, ControllerMachine]) {
    for (const { file, script } of foretold) {
      await runScript(new Shell(new Machine('linux-v1')), script, (output, entry) => {
        if (/\/rss_(reclaimed|failcnt)$/.test(entry.command)) return;
        assert.ok(
          meets(output, linuxExpects(entry)),
          `${file}:${entry.line} ${Machine.name} prints ${output}`,
        );
      });
    }
  }
});

test.run();
