// The source of model/ and properties/ as text: what each file declares, the comment over it, and the code under it.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Declaration {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  readonly isExported: boolean;
  /** The comment over it, without its marks; empty if there is none. */
  readonly doc: string;
  readonly code: string;
}

export interface SourceFile {
  readonly file: string;
  /** What the file says of itself in its first line. */
  readonly purpose: string;
  readonly declarations: readonly Declaration[];
}

const DECLARATION = /^(export )?(?:async )?(?:const|let|function|class|interface|type) (\w+)/;

export function readSource(file: string): SourceFile {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const declarations: Declaration[] = [];
  for (let i = 0; i < lines.length; i++) {
    const match = DECLARATION.exec(lines[i]);
    if (!match) continue;
    const end = endOf(lines, i);
    const code = lines.slice(i, end + 1).join('\n');
    declarations.push({
      file,
      line: i + 1,
      name: match[2],
      isExported: !!match[1],
      doc: docOver(lines, i),
      code,
    });
    i = end;
  }
  return { file, purpose: lines[0].replace(/^\/\/ /, ''), declarations };
}

/** The line on which every bracket that the declaration opened is closed. */
function endOf(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    const bare = lines[i].replace(/\/\/.*$|'(?:[^'\\]|\\.)*'|\/\^.*?\/\w*/g, '');
    for (const letter of bare) {
      if ('([{'.includes(letter)) depth++;
      else if (')]}'.includes(letter)) depth--;
    }
    const goesOn = /(=|=>|[|&?:,(])$/.test(bare.trimEnd()) || /^\s+([|&?:.]|=>)/.test(lines[i + 1] ?? '');
    if (depth === 0 && !goesOn) return i;
  }
  return lines.length - 1;
}

function docOver(lines: readonly string[], at: number): string {
  if (lines[at - 1]?.trim().endsWith('*/') !== true) return '';
  let from = at - 1;
  while (from > 0 && !lines[from].trimStart().startsWith('/**')) from--;
  return lines
    .slice(from, at)
    .map((line) => line.replace(/^\s*\/?\*+\/?\s?/, '').replace(/\s*\*\/$/, ''))
    .join('\n')
    .trim();
}

/** The comments over the fields of an interface, by field: how profiles and states explain their words. */
export function fieldsOf({ code }: Declaration): { name: string; doc: string; type: string }[] {
  const fields = code.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?readonly (\w+)\??: ([^;]+);/g);
  return [...fields].map(([, doc = '', name, type]) => ({
    name,
    type,
    doc: doc.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim(),
  }));
}
