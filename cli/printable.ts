// What may be printed, and how numbers are: a text from a file, a program or a shell could move the cursor, or hide what it says. It is shown, not obeyed.

/** Control characters but newline and tab, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** The colors that `styleText` writes for us. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const COLOR = /(\x1b\[[0-9;]{1,11}m)/;
const LONGEST_WORD = 300;

const escaped = (char: string): string => {
  if (char === '\n' || char === '\t') return char;
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** The text with what a terminal would obey written out, `\x1b` say; our own colors stay where there are any. */
export const printable = (text: string, colored = false): string =>
  colored
    ? text
        .split(COLOR)
        .map((part, i) => (i % 2 === 1 ? part : part.replace(UNPRINTABLE, escaped)))
        .join('')
    : text.replace(UNPRINTABLE, escaped);

/** One line for an error: whatever was quoted in it is told, but not at any length. */
export const oneLine = (text: string): string =>
  printable(text.replace(/\s*\n\s*/g, ' ')).replace(/\S{301,}/g, shortened);

const shortened = (word: string): string =>
  `${word.slice(0, LONGEST_WORD / 3)}... (${word.length.toLocaleString('en')} characters)`;

/** 1,234,567: whole, and by thousands. */
export const many = (n: number): string => Math.round(n).toLocaleString('en');
