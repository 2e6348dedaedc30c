// Reads mistakes from a text, a paragraph each: `ID NAME (PROFILE)`, what is wrong in a sentence, then edits as a patch shows them.

import { readFileSync } from 'node:fs';
import { type ProfileName, profileNames } from '../model/index.ts';
import type { Mutant } from '../properties/subjects/mutant.ts';
import type { Edit } from '../properties/subjects/plant.ts';

const HEAD = /^(\w+) ([\w-]+)(?: \((\S+)\))?$/;

/** The mistakes of a file in this folder, in its order. @throws Error */
export const mistakesIn = (file: string): Mutant[] =>
  mistakesFrom(readFileSync(new URL(`${file}.txt`, import.meta.url), 'utf8'), `mutants/${file}.txt`);

/** Lines that begin with # are for people. `place` names the text. @throws Error with the line that cannot be read, and what would be legal */
export function mistakesFrom(text: string, place: string): Mutant[] {
  const paragraphs = text
    .split('\n\n')
    .map((part) => part.split('\n').filter((line) => !/^(#|$)/.test(line)));
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map(([head, why, ...lines]) => {
      const [, id, name, profile] = HEAD.exec(head) ?? [];
      if (id === undefined || why === undefined || !isProfile(profile))
        throw new Error(`${place}: "${head}": a mistake begins with ID NAME, or ID NAME (PROFILE), and why`);
      const edits = editsIn(lines, `${place}: ${id}`);
      return { id, name, why, ...(profile === undefined ? {} : { profile }), edits };
    });
}

const isProfile = (name: string | undefined): name is ProfileName | undefined =>
  name === undefined || (profileNames as readonly string[]).includes(name);

/** `in FILE` begins an edit: of the lines below it those with - go, those with + come, and those with a space stay. */
function editsIn(lines: readonly string[], place: string): Edit[] {
  const edits: Edit[] = [];
  for (const line of lines) {
    const [mark, rest] = [line[0], `${line.slice(1)}\n`];
    const last = edits.at(-1);
    if (line.startsWith('in ')) edits.push({ file: line.slice(3), from: '', to: '' });
    else if (!last || !'-+ '.includes(mark))
      throw new Error(
        `${place}: "${line}": legal are "in FILE", and below it lines that begin with -, + or a space`,
      );
    else {
      const [from, to] = [mark === '+' ? '' : rest, mark === '-' ? '' : rest];
      edits[edits.length - 1] = { ...last, from: last.from + from, to: last.to + to };
    }
  }
  return edits;
}
