// Mistakes as texts, a paragraph each: a head, what is wrong in a sentence, what else is said of it as `NAME: VALUE`, then edits as a patch shows them.

import type { Edit } from './plant.ts';

export interface Written {
  readonly head: string;
  readonly why: string;
  readonly said: readonly (readonly [name: string, value: string])[];
  readonly edits: readonly Edit[];
}

/** Lines that begin with # are for people. `place` names the text. @throws Error with the line that cannot be read, and what would be legal */
export function writtenIn(text: string, place: string): Written[] {
  const paragraphs = text
    .split('\n\n')
    .map((part) => part.split('\n').filter((line) => !/^(#|$)/.test(line)));
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map(([head, why = '', ...lines]) => {
      const its = `${place}: ${head.split(' ')[0]}`;
      const first = lines.findIndex((line) => line.startsWith('in '));
      const said = lines.slice(0, first < 0 ? lines.length : first).map((line): [string, string] => {
        const [, name, value] = /^([\w ]+): (.+)$/.exec(line) ?? [];
        if (name === undefined) throw new Error(`${its}: "${line}": legal are NAME: VALUE and "in FILE"`);
        return [name, value];
      });
      return { head, why, said, edits: first < 0 ? [] : editsIn(lines.slice(first), its) };
    });
}

/** The value of a name; undefined: nothing is said of it. */
export const saidOf = ({ said }: Written, name: string): string | undefined =>
  said.find(([one]) => one === name)?.[1];

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
