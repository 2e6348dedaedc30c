// The transcripts of ../shared/cases (after tests of other projects), on the specification and on the controller.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

const folder = new URL('../../shared/cases/', import.meta.url);

if (!existsSync(folder)) {
  console.log('SKIP ../shared/cases is not here');
} else {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  test('the transcripts are there', () => assert.ok(files.length >= 27, `${files.length}`));
  for (const Machine of [SpecificationMachine, ControllerMachine]) {
    for (const file of files) {
      test(`${file} on ${Machine.name}`, async () => {
        const script = parseScript(readFileSync(new URL(file, folder), 'utf8'));
        assert.ok(script.isTranscript);
        const machine = new Machine((script.profile?.name ?? 'letter') as ProfileName);
        const differences = await runScript(new Shell(machine), script);
        assert.is(transcriptDiff(script, differences, file, machine.name), '');
      });
    }
  }
}

test.run();
