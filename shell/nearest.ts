// The word that may have been meant: said only where one is near.

import { closest, distance } from 'fastest-levenshtein';

/** One that a slip or two turn into what was written, or that begins as it does; undefined where none is near. */
export function nearest(wrong: string, legal: readonly string[]): string | undefined {
  const [word, likely] = [wrong.toLowerCase(), closest(wrong, legal)];
  const slips = distance(word, likely.toLowerCase());
  if (slips <= Math.max(1, Math.floor(Math.max(word.length, likely.length) / 3))) return likely;
  return word.length < 3 ? undefined : legal.find((one) => one.toLowerCase().startsWith(word));
}
