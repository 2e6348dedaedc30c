// Names made of content: the same text has the same name on every machine.

import { createHash } from 'node:crypto';

/** The first hexadecimal digits of a text's SHA-256. */
export const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
