// Whether to color, and how.

import { styleText } from 'node:util';
import type { Style } from './command.ts';

/** NO_COLOR counts if it is there and not empty; --color always or never is stronger than either. */
export function styleFor(wish: string, isTTY: boolean, env = process.env): Style {
  const wanted = wish === 'always' || (wish === 'auto' && isTTY && !env.NO_COLOR && env.TERM !== 'dumb');
  return wanted
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_format, text) => text;
}
