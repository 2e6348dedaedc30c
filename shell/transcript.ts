// How a transcript differs from what happened: a unified diff whose line numbers are those of the file.

import { structuredPatch } from 'diff';
import type { Difference, Script } from './script.ts';

/** Empty if nothing differs. `from` names the file, `to` what ran it. */
export function transcriptDiff(
  script: Script,
  differences: readonly Difference[],
  from: string,
  to: string,
): string {
  if (differences.length === 0) return '';
  const actual = new Map(differences.map(({ entry, actual }) => [entry, actual]));
  const text = (happened: boolean) =>
    `${[
      ...script.head,
      ...script.entries.flatMap((entry) => {
        const output = happened ? actual.get(entry) : undefined;
        const below = output === undefined ? entry.below : replaced(entry.below, output);
        return [`$ ${entry.command}`, ...below];
      }),
    ].join('\n')}\n`;
  const { hunks } = structuredPatch(from, to, text(false), text(true), '', '', { context: 2 });
  const lines = [`--- ${from}`, `+++ ${to}`];
  for (const { oldStart, oldLines, newStart, newLines, lines: hunk } of hunks) {
    lines.push(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...hunk);
  }
  return `${lines.join('\n')}\n`;
}

/** The lines below a command with its output in place of what was expected; comments and blank lines stay. */
function replaced(below: readonly string[], output: string): string[] {
  const isKept = (line: string) => line.trim() === '' || line.trimStart().startsWith('//');
  return [...output.split('\n').slice(0, -1), ...below.filter(isKept)];
}
