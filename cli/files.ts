// The files that commands write: whether they can be is known before the search, and what was found is told even if they cannot.

import { constants } from 'node:fs';
import { access, open, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeAside } from '../properties/trace/counterexample.ts';
import { type Context, UsageError } from './command.ts';

const unwritable = (file: string) => (error: Error) => {
  throw new UsageError(`--graph ${file} cannot be written: ${error.message}`);
};

const missing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

/** Refuses a file that cannot be written. Leaves nothing behind. */
export async function tryGraph(file: string): Promise<void> {
  const isNew = await stat(file).then(() => false, missing);
  const handle = await open(file, 'a').catch(unwritable(file));
  await handle.close();
  if (isNew) await rm(file);
}

/** Refuses a folder in which no file can be made, or that cannot be made itself. Makes nothing. */
export async function trySave(folder: string): Promise<void> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      await access(place, constants.W_OK);
      if (!(await stat(place)).isDirectory()) throw new UsageError(`--save ${folder}: ${place} is no folder`);
      return;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (!missing(error))
        throw new UsageError(`--save ${folder} cannot be written: ${(error as Error).message}`);
    }
  }
}

/** Saves what was found; a save that fails is remarked on and costs no more than the file. */
export function saved<T>(context: Pick<Context, 'err'>, save: () => T): T | null {
  try {
    return save();
  } catch (error) {
    context.err(`firsttouch: it could not be saved: ${(error as Error).message}\n`);
    return null;
  }
}

/** Writes the graph whole or leaves what was there; false, with a remark, if it cannot: the verdict is told all the same. */
export function wroteGraph(context: Pick<Context, 'err'>, file: string, text: string): boolean {
  try {
    writeAside(file, text);
    return true;
  } catch (error) {
    context.err(`firsttouch: --graph ${file} could not be written: ${(error as Error).message}\n`);
    return false;
  }
}
