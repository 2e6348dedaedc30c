// A text in lines, broken between words.

import { stripVTControlCharacters } from 'node:util';

/** What stands at the start of a line that goes on in the next. */
const MORE = 2;
/** JSON: a program reads it. */
const AS_IT_IS = /^\s*["{}[\]]/;
/** A command to be copied: it goes on behind a backslash, as a shell reads it. */
const COMMAND = /\bnpx firsttouch /;

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Lines of at most `width` columns; a longer word stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** A text for a terminal of so many columns: a line that is too long goes on below itself, a little to the right. */
export const fitted = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => (widthOf(line) <= columns || AS_IT_IS.test(line) ? line : broken(line, columns)))
    .join('\n');

/** Breaks before a cell, what stands behind two spaces or more, if the cell does not fit; within a cell between words. */
function broken(line: string, columns: number): string {
  const [, margin, rest] = /^(\s*)(.*)$/s.exec(line) as unknown as string[];
  const more = ' '.repeat(Math.min(margin.length + MORE, columns >> 1));
  const lines = [margin];
  let start = margin;
  for (const [, space, cell] of rest.matchAll(/(\s*)(\S+(?:\s\S+)*)/g)) {
    const last = lines[lines.length - 1];
    if (last === start || widthOf(last + space + cell) <= columns)
      lines[lines.length - 1] = last + (last === start ? '' : space);
    else lines.push((start = more));
    const end = COMMAND.test(cell) ? ' \\' : '';
    for (const [i, word] of cell.split(/\s/).entries()) {
      const begun = lines[lines.length - 1];
      const gap = i === 0 ? '' : ' ';
      if (begun === start || widthOf(begun + gap + word + end) <= columns)
        lines[lines.length - 1] = begun + gap + word;
      else {
        lines[lines.length - 1] = begun + end;
        lines.push((start = more) + word);
      }
    }
  }
  return lines.join('\n');
}

/** Paragraphs at so many columns: lines that begin at the margin are one, an indented line stands for itself. */
export const paragraphs = (text: string, columns: number): string =>
  text
    .replace(/(?<=^\S.*)\n(?=\S)/gm, ' ')
    .split('\n')
    .flatMap((line) => (/^\s/.test(line) ? fitted(line, columns) : wrapped(line, columns)))
    .join('\n');
