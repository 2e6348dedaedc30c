// A mutated protocol: a copy of model/protocol in a temporary folder, with the edits in its text, loaded as a module of its own.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Rules } from './model.ts';
import type { Edit } from './mutants.ts';

const source = fileURLToPath(new URL('../../../model/protocol', import.meta.url));

/** An edit that does not say where it goes: its text is not in the file, or more than once. */
export class EditDoesNotApply extends Error {
  override name = 'EditDoesNotApply';
}

export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((sofar, { file, text: old, replacement }) => {
    const parts = sofar.split(old);
    if (parts.length !== 2) {
      throw new EditDoesNotApply(`${file}: ${parts.length - 1} places read: ${old}`);
    }
    return parts.join(replacement);
  }, text);
}

/** The folder is gone when the rules are loaded. */
export async function mutated(edits: readonly Edit[]): Promise<Rules> {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-protocol-'));
  try {
    // Written, not copied: a copy of a checkout that is read-only could not be edited.
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const files = readdirSync(source);
    for (const { file, text } of edits)
      if (!files.includes(file)) throw new EditDoesNotApply(`${file}: there is no such file: ${text}`);
    for (const file of files) {
      const text = readFileSync(join(source, file), 'utf8');
      writeFileSync(
        join(folder, file),
        edited(
          text,
          edits.filter((edit) => edit.file === file),
        ),
      );
    }
    return (await import(pathToFileURL(join(folder, 'index.ts')).href)) as Rules;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
