// The words of the shell's language: task names, page lists, paths, and a line cut into a command.

import { type Path, SHELL } from './machine.ts';

/** The root container's path. */
export const ROOT_PATH = ['containers', 'rss'] as const;
export const verbs = [
  'mkdir',
  'rmdir',
  'ls',
  'cat',
  'echo',
  'fork',
  'touch',
  'unmap',
  'mlock',
  'munlock',
  'copy',
  'exit',
] as const;
export type Verb = (typeof verbs)[number];

/** Verbs that only the shell itself can do: with a prefix they are EINVAL. */
export const shellOnly: ReadonlySet<string> = new Set<Verb>(['mkdir', 'rmdir', 'ls', 'cat', 'echo']);

/** A line of the language: `NAME: VERB WORDS`, `$`-names not yet replaced. */
export interface Command {
  readonly prefix: string | null;
  readonly verb: string;
  readonly words: readonly string[];
}

const NAME = /^[A-Za-z0-9_]+$/;
export const isName = (text: string): boolean => NAME.test(text);

/** Null: nothing but blanks, or a comment. */
export function parseCommand(line: string): Command | null {
  const text = line.trim();
  if (text === '' || text.startsWith('//')) return null;
  const [, prefix = null, rest] = /^(?:([A-Za-z0-9_]+):)?(.*)$/.exec(text) as unknown as [
    string,
    string?,
    string?,
  ];
  const [verb = '', ...words] = (rest ?? '').split(/[ \t]+/).filter((word) => word !== '');
  return { prefix, verb, words };
}

/** `$$` is the shell's pid, `$NAME` the last pid that NAME had; a name that nobody had stands for nothing, as in every shell. */
export function expand(text: string, pidOf: (name: string) => number | undefined): string {
  return text.replace(/\$(?:\$|([A-Za-z0-9_]+))/g, (_, name?: string) =>
    name === undefined ? String(SHELL) : String(pidOf(name) ?? ''),
  );
}

/** A page number as it is written; undefined: not one, or too large to be told from its neighbour. */
export function parsePage(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const page = Number(text);
  return Number.isSafeInteger(page) ? page : undefined;
}

export interface Range {
  readonly first: number;
  readonly last: number;
}

/** More pages than one word may name: a table of them ends at 2^24. */
const MOST_AT_ONCE = 10_000_000;

/** `3`, `0-99` or a comma list of those; undefined: anything else, a range that falls or is out of all proportion among it. */
export function parsePages(text: string): readonly Range[] | undefined {
  const ranges: Range[] = [];
  for (const part of text.split(',')) {
    const [, from, to = from] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part) ?? [];
    const first = parsePage(from ?? '');
    const last = parsePage(to ?? '');
    if (first === undefined || last === undefined || first > last) return undefined;
    if (last - first >= MOST_AT_ONCE) return undefined;
    ranges.push({ first, last });
  }
  return ranges;
}

/** The names below the root container; undefined: the path leads elsewhere, so nothing is there. */
export function parsePath(text: string): Path | undefined {
  if (!text.startsWith('/')) return undefined;
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  const isBelow = ROOT_PATH.every((name, i) => names[i] === name) && !names.includes('..');
  return isBelow ? names.slice(ROOT_PATH.length) : undefined;
}

/** By bytes: UTF-8 sorts as code points do, UTF-16 does not. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i].codePointAt(0) as number) - (right[i].codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
