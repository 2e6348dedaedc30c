// The conversation with programs, on file: a line a line, with the number of the process and which way it went.

import { openSync, writeSync } from 'node:fs';

/** -> sent, <- answered, !! its stderr, == what became of it. */
export type Mark = '->' | '<-' | '!!' | '==';

let file: number | null = null;
let processes = 0;

/** From now on every line is kept, as it goes or comes. @throws Error if the file cannot be written */
export function keepConversation(path: string): void {
  file = openSync(path, 'w');
}

/** A process's name in the file: 1, 2, ... */
export const numberOfNext = (): number => ++processes;

export function keep(process: number, mark: Mark, line: string): void {
  if (file !== null) writeSync(file, `${process} ${mark} ${line}\n`);
}
