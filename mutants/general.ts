// General mutants: every operator, condition and error of controller and specification turned round and every statement left out, one at a
// time, that nobody chose for the suite.

import { readFileSync } from 'node:fs';
import type { Mutant } from '../properties/subjects/mutant.ts';

/** What is mutated, and the letters that its ids begin with. */
const rooms = {
  G: { folder: 'impl/controller', files: ['index', 'machine', 'reclaim', 'tables'] },
  S: {
    folder: 'model',
    files: [
      ...['charge', 'container', 'file', 'lru', 'next', 'oom', 'page', 'profile', 'reclaim', 'state'],
      ...['task', 'tree', 'unmap'],
    ],
  },
} as const;
export type GeneralKind = keyof typeof rooms;

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
  [/\bMath\.max\(/g, 'Math.min('],
  [/\bMath\.min\(/g, 'Math.max('],
  [/\b1(?=[);])/g, '2'],
  [/\b0(?=[);])/g, '1'],
  [/\breturn (?!EINVAL)E[A-Z]{4,5};/g, 'return EINVAL;'],
  [/\breturn EINVAL;/g, 'return ENOENT;'],
  [/'(?!EINVAL)E[A-Z]{4,5}'/g, "'EINVAL'"],
  [/'EINVAL'/g, "'ENOENT'"],
  [/\.push\(/g, '.unshift('],
  [/\.unshift\(/g, '.push('],
  [/\.pop\(/g, '.shift('],
  [/\bprepend\((\w+), ([\w.]+)\)/g, 'append($2, $1)'],
  [/\bappend\(([\w.]+), (\w+)\)/g, 'prepend($2, $1)'],
  [/\bwithout\(([\w.]+), (\w+)\)/g, '$1'],
  [/\[\.\.\.([\w.]+), (\.\.\.)?([\w.]+)\]/g, '[$2$3, ...$1]'],
  [/!(\w[\w.]*\.(?:has|includes)\()/g, '$1'],
  [/(?<![!\w.])(\w[\w.]*\.(?:has|includes)\()/g, '!$1'],
];

const isCode = (line: string): boolean =>
  !/^\s*(\/\/|\/?\*|import |export (type|interface)|readonly |throw |})/.test(line) &&
  !/=> string|: string/.test(line);
/** A call or an assignment that stands alone. */
const isStatement = (line: string): boolean =>
  /^\s+(this\.|m\.|k\.|[a-z]\w*(\[|\.|\())[^{]*;$/.test(line) &&
  !/^\s+(return|const|let)\b| [!=]== /.test(line);

/** In the order of the source; the same source gives the same mutants. */
export function generalMutants(kind: GeneralKind): Mutant[] {
  const { folder, files } = rooms[kind];
  const mutants: Mutant[] = [];
  for (const name of files) {
    const file = `${folder}/${name}.ts`;
    const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    const lines = source.split('\n');
    lines.forEach((line, i) => {
      if (!isCode(line)) return;
      for (const changed of changesOf(line, lines[i - 1] ?? '')) {
        const { text, before, after } = unique(lines, i, source);
        const by = [...before, changed, ...after].join('\n');
        const [is, was] = [short(changed), short(line)];
        const why = changed === '' ? `without: ${was}` : `${was} -> ${is}`;
        const id = `${kind}${mutants.length + 1}`;
        mutants.push({ id, name: `${name}.ts:${i + 1}`, why, edits: [{ file, from: text, to: by }] });
      }
    });
  }
  return mutants;
}

/** What an error says is of no matter here. */
const short = (line: string): string => line.trim().replace(/throw new \w+\(.*\);$/, 'throw');

function changesOf(line: string, before: string): Set<string> {
  const changes = turns.flatMap(([from, to]) =>
    [...line.matchAll(from)].map((match) => {
      const by = to.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? '');
      return line.slice(0, match.index) + by + line.slice(match.index + match[0].length);
    }),
  );
  changes.push(...decided(line));
  // A line that goes on with the one before is no statement.
  const stands = /([{};]|\*\/)$/.test(before.trim()) && !before.trim().startsWith('for (');
  if (isStatement(line) && stands) changes.push('');
  return new Set(changes);
}

/** The condition of an `if` taken for true and for false. */
function decided(line: string): string[] {
  const from = line.indexOf('if (') + 4;
  if (from < 4) return [];
  let depth = 1;
  for (let at = from; at < line.length; at++) {
    if (line[at] === '(') depth++;
    else if (line[at] === ')' && --depth === 0)
      return ['true', 'false'].map((value) => line.slice(0, from) + value + line.slice(at));
  }
  return [];
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
