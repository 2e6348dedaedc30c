// Cuts the functions of a touch out of the controller's TypeScript and writes them down as AssemblyScript: the same text, other types.

import { readFileSync } from 'node:fs';

const folder = new URL('../controller/', import.meta.url);

export const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

/** A method by its name (with # if it is private), up to the brace that closes it at its own indentation. @throws Error if it is not there once. */
export function method(text: string, name: string): string {
  return cut(text, new RegExp(`^  ${name}\\([\\s\\S]*?^  }$`, 'gm'), name);
}

export function topFunction(text: string, name: string): string {
  return cut(text, new RegExp(`^(?:export )?function ${name}\\([\\s\\S]*?^}$`, 'gm'), name);
}

function cut(text: string, pattern: RegExp, name: string): string {
  const found = text.match(pattern) ?? [];
  if (found.length !== 1) throw new Error(`${name} is there ${found.length} times, it must be there once`);
  return found[0];
}

/** The constants that a module takes out of the tables or works out of those, by name. */
export function constantsOf(text: string, known: Record<string, unknown>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [, names, from] of text.matchAll(/^const \{ ([^}]+) \} = (\w+);$/gm)) {
    const table = (known[from] ?? {}) as Record<string, number>;
    for (const name of names.split(', ')) {
      const [field, alias = field] = name.split(': ');
      if (!Object.hasOwn(table, field)) throw new Error(`${from} has no ${field}`);
      found[alias] = table[field];
    }
  }
  for (const [, name, number, shift] of text.matchAll(
    /^const ([A-Z]+) = (-?\d+)(?: << SHIFT\.([A-Z]+))?;$/gm,
  )) {
    const { SHIFT } = known as { SHIFT: Record<string, number> };
    found[name] = shift === undefined ? Number(number) : Number(number) << SHIFT[shift];
  }
  return found;
}

/**
 * What AssemblyScript says otherwise: whole numbers of 32 bits, `Math.min` of those, no private names; and `words[record | FIELD]` is a
 * field of a record, for then its place is part of the instruction that loads it.
 */
export const asAssemblyScript = (text: string, constants: Record<string, number>): string =>
  text
    .replaceAll(/: number\b/g, ': i32')
    .replaceAll(/: boolean\b/g, ': bool')
    .replaceAll('Math.min(', 'min<i32>(')
    .replaceAll(/^ {2}#/gm, '  ')
    .replaceAll('this.#', 'this.')
    .replaceAll(FIELD, (_, record, name) => `.at(${record}).field${constants[name]}`);

const FIELD = /\[((?:\w+|\([^()]*\))(?: \| ACTIVE)?) \| ([A-Z_]+)\]/g;
