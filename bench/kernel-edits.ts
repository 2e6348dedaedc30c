// Reads the mistakes for a kernel's memory controller, kernel-edits.txt, and plants one in the text of a file.

import { readFileSync } from 'node:fs';

export interface Edit {
  readonly id: string;
  readonly slug: string;
  /** From the root of the kernel's source. */
  readonly file: string;
  /** The function that is changed; the pattern is looked for in its body alone. */
  readonly within: string;
  /** None: it is not planted, since nothing here would show it. */
  readonly find?: RegExp;
  readonly put?: string;
  /** What it would take to see it. */
  readonly needs?: string;
}

/** @throws Error with the paragraph that cannot be read */
function editOf(paragraph: string): Edit {
  const [head, ...lines] = paragraph.split('\n');
  const [id, slug] = head.split(' ');
  const said = new Map(
    lines.map((line) => /^(in|find|line|put|needs) (.*)$/.exec(line)?.slice(1) as [string, string]),
  );
  const [file, within] = said.get('in')?.split(' ') ?? [];
  if (slug === undefined || within === undefined)
    throw new Error(`kernel-edits.txt: ${head}: an id, a name, and in what`);
  const line = said.get('line');
  const pattern = line === undefined ? said.get('find') : `^[ \\t]*${line}[^\\n]*\\n`;
  const put = said.get('put')?.replaceAll('\\n', '\n').replaceAll('\\t', '\t') ?? '';
  const needs = said.get('needs');
  const change = pattern === undefined ? {} : { find: new RegExp(pattern, 'm'), put };
  return { id, slug, file, within, ...change, ...(needs === undefined ? {} : { needs }) };
}

export const edits: readonly Edit[] = readFileSync(new URL('./kernel-edits.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n\n')
  .filter((paragraph) => !paragraph.startsWith('#'))
  .map(editOf);

/** The text with the edit made. @throws Error if it does not fit exactly once, or the function is not there exactly once */
export function planted(text: string, { id, within, find = /$^/, put = '' }: Edit): string {
  const head = new RegExp(`^[a-z][^\\n;{}]*\\b${within}\\([^;{}]*\\)\\s*\\{\\n`, 'gm');
  const heads = [...text.matchAll(head)];
  if (heads.length !== 1) throw new Error(`${id}: function ${within} is there ${heads.length} times`);
  const from = heads[0].index + heads[0][0].length;
  const to = text.indexOf('\n}\n', from);
  const body = text.slice(from, to + 1);
  const places = [...body.matchAll(new RegExp(find.source, `${find.flags.replace('g', '')}g`))];
  if (places.length !== 1) throw new Error(`${id}: the pattern fits ${places.length} times in ${within}`);
  return text.slice(0, from) + body.replace(find, put) + text.slice(to + 1);
}
