// Reads mistakes from a text, a paragraph each: `ID NAME (PROFILE)`, what is wrong in a sentence, then edits as a patch shows them.

import { readFileSync } from 'node:fs';
import { type ProfileName, profileNames } from '../model/index.ts';
import type { Mutant } from '../properties/subjects/mutant.ts';
import { writtenIn } from '../properties/subjects/written.ts';

const HEAD = /^(\w+) ([\w-]+)(?: \((\S+)\))?$/;

/** The mistakes of a file in this folder, in its order. @throws Error */
export const mistakesIn = (file: string): Mutant[] =>
  mistakesFrom(readFileSync(new URL(`${file}.txt`, import.meta.url), 'utf8'), `mutants/${file}.txt`);

/** @throws Error with the line that cannot be read, and what would be legal */
export function mistakesFrom(text: string, place: string): Mutant[] {
  return writtenIn(text, place).map(({ head, why, said, edits }) => {
    const [, id, name, profile] = HEAD.exec(head) ?? [];
    if (id === undefined || why === '' || said.length > 0 || !isProfile(profile))
      throw new Error(`${place}: "${head}": a mistake begins with ID NAME, or ID NAME (PROFILE), and why`);
    return { id, name, why, ...(profile === undefined ? {} : { profile }), edits };
  });
}

const isProfile = (name: string | undefined): name is ProfileName | undefined =>
  name === undefined || (profileNames as readonly string[]).includes(name);
