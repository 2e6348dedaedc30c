// General mutants: every operator of the controller turned round and every statement left out, one at a time, that nobody chose for the suite.

import { readFileSync } from 'node:fs';
import type { Mutant } from './mutant.ts';

const FILES = ['index.ts', 'machine.ts', 'reclaim.ts', 'tables.ts'];

/** What is turned into what. A line may give several mutants, one for each place. */
const turns: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ > /g, ' >= '],
  [/ < /g, ' <= '],
  [/ >= /g, ' > '],
  [/ <= /g, ' < '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/\+\+/g, '--'],
  [/--/g, '++'],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \^= /g, ' |= '],
  [/ \|= /g, ' &= '],
  [/ &= ~/g, ' |= '],
  [/\breturn true\b/g, 'return false'],
  [/\breturn false\b/g, 'return true'],
];

const isCode = (line: string): boolean =>
  !/^\s*(\/\/|\/?\*|import |export (type|interface)|readonly |})/.test(line) &&
  !/=> string|: string/.test(line);
/** A call or an assignment that stands alone. */
const isStatement = (line: string): boolean =>
  /^\s+(this\.|m\.|k\.|[a-z]\w*(\[|\.|\())[^{]*;$/.test(line) &&
  !/^\s+(return|const|let)\b| [!=]== /.test(line);

/** In the order of the source; the same source gives the same mutants. */
export function generalMutants(): Mutant[] {
  const mutants: Mutant[] = [];
  for (const name of FILES) {
    const file = `impl/controller/${name}`;
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const lines = source.split('\n');
    lines.forEach((line, i) => {
      if (!isCode(line)) return;
      for (const changed of changesOf(line, lines[i - 1] ?? '')) {
        const { text, before, after } = unique(lines, i, source);
        const by = [...before, changed, ...after].join('\n');
        const why = changed === '' ? `without: ${line.trim()}` : `${line.trim()} -> ${changed.trim()}`;
        const id = `G${mutants.length + 1}`;
        mutants.push({ id, name: `${name}:${i + 1}`, why, edits: [{ file, text, by }] });
      }
    });
  }
  return mutants;
}

function changesOf(line: string, before: string): string[] {
  const changes = turns.flatMap(([from, to]) =>
    [...line.matchAll(from)].map(
      ({ 0: match, index }) => line.slice(0, index) + to + line.slice(index + match.length),
    ),
  );
  // A line that goes on with the one before is no statement.
  return isStatement(line) && /([{};]|\*\/)$/.test(before.trim()) && !before.trim().startsWith('for (')
    ? [...changes, '']
    : changes;
}

/** The line with as many around it as it takes to be there once. */
function unique(lines: readonly string[], i: number, source: string) {
  for (let around = 1; ; around++) {
    const before = lines.slice(Math.max(i - around, 0), i);
    const after = lines.slice(i + 1, i + 1 + around);
    const text = [...before, lines[i], ...after].join('\n');
    if (source.split(text).length === 2) return { text, before, after };
  }
}
