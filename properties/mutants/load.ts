// Loads a mutant of the controller: a copy of its folder with the edits, imported like any module. The code that ships carries no hook.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Controller } from '../../impl/controller/index.ts';
import { type Mutant, plant, StaleMutant } from './mutant.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'impl/controller';

/** Classes without private names. */
export const seeThrough = new WeakSet<object>();

export type ControllerClass = typeof Controller;

/** The controller's sources with a mutant planted, by path from the root. @throws StaleMutant */
export function sourcesOf(mutant: Mutant | null): Map<string, string> {
  const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.ts'));
  const sources = new Map<string, string>();
  for (const name of files) {
    const file = `${FOLDER}/${name}`;
    const source = readFileSync(join(root, file), 'utf8');
    sources.set(file, mutant ? plant(mutant, file, source) : source);
  }
  for (const { file } of mutant?.edits ?? []) {
    if (!sources.has(file)) throw new StaleMutant(`mutant ${mutant?.id}: there is no file ${file}`);
  }
  return sources;
}

/** Private names made plain, so that a search can see all that a controller remembers (properties/shrink/memory.ts). */
export const opened = (source: string): string => source.replaceAll(/#(?=[a-z])/g, 'private_');

/** The class of the controller with a mutant planted; without one, the controller as it is on disk. Needs a process in which tsx reads TypeScript. */
export async function loadController(mutant: Mutant | null): Promise<ControllerClass> {
  const sources = sourcesOf(mutant);
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-mutant-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const [file, source] of sources)
      writeFileSync(join(folder, file.slice(FOLDER.length + 1)), opened(source));
    const module = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as {
      Controller: ControllerClass;
    };
    seeThrough.add(module.Controller);
    return module.Controller;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
