// The transcripts of ../shared/cases (after tests of other projects) and ../shared/cases-trees, on the specification and on the controller.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProfileName } from '../model/index.ts';
import {
  ControllerMachine,
  parseScript,
  runScript,
  Shell,
  SpecificationMachine,
  transcriptDiff,
} from '../shell/index.ts';

const shared = new URL('../../shared/', import.meta.url);
const folders = ['cases', 'cases-trees'].map((name) => new URL(`${name}/`, shared));

if (!folders.every((folder) => existsSync(folder))) {
  test('the transcripts', () => console.log('SKIP ../shared/cases and ../shared/cases-trees are not here'));
} else {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => new URL(name, folder)),
  );
  test('the transcripts are there', () => assert.ok(files.length >= 29, `${files.length}`));
  for (const Machine of [SpecificationMachine, ControllerMachine]) {
    for (const url of files) {
      const file = basename(url.pathname);
      test(`${file} on ${Machine.name}`, async () => {
        const script = parseScript(readFileSync(url, 'utf8'));
        assert.ok(script.isTranscript);
        const machine = new Machine((script.profile?.name ?? 'letter') as ProfileName);
        const differences = await runScript(new Shell(machine), script);
        assert.is(transcriptDiff(script, differences, file, machine.name), '');
      });
    }
  }
}

test.run();
