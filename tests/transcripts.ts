// Runs a transcript on the specification and on the controller, and compares both with what it says.

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

/** Asserts that both machines print exactly what the transcript expects. */
export async function bothPrint(text: string, profile?: ProfileName): Promise<void> {
  await bothEnd(text, profile);
}

/** The same; returns how the two shells ended. */
export async function bothEnd(text: string, profile?: ProfileName): Promise<readonly Shell['end'][]> {
  const script = parseScript(text);
  assert.ok(script.isTranscript && script.entries.length > 0, 'a transcript with commands');
  const name = profile ?? (script.profile?.name as ProfileName) ?? 'letter';
  const ends: Shell['end'][] = [];
  for (const machine of [new SpecificationMachine(name), new ControllerMachine(name)]) {
    const shell = new Shell(machine);
    const differences = await runScript(shell, script);
    assert.is(transcriptDiff(script, differences, 'expected', `${machine.name}, profile ${name}`), '');
    ends.push(shell.end);
  }
  return ends;
}
