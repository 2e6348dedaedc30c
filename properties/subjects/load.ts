// Loads a mutant of the controller: a copy of its folder with the edits, imported like any module. The code that ships carries no hook.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Controller } from '../../impl/controller/index.ts';
import { type Mutant, plant, StaleMutant } from './mutant.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'impl/controller';

/** Classes without private names. */
export const seeThrough = new WeakSet<object>();

export type ControllerClass = typeof Controller;

/** A folder's sources, the controller's if none is named, with a mutant planted, by path from the root. @throws StaleMutant */
export function sourcesOf(mutant: Mutant | null, folder = FOLDER): Map<string, string> {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts'));
  const sources = new Map<string, string>();
  for (const name of files) {
    const file = `${folder}/${name}`;
    const source = readFileSync(join(root, file), 'utf8');
    sources.set(file, mutant ? plant(mutant, file, source) : source);
  }
  for (const { file } of mutant?.edits ?? []) {
    if (!sources.has(file)) throw new StaleMutant(`mutant ${mutant?.id}: there is no file ${file}`);
  }
  return sources;
}

/** Private names made plain, so that a search can see all that a controller remembers (properties/lockstep/shrink/memory.ts). */
export const opened = (source: string): string => source.replaceAll(/#(?=[a-z])/g, 'private_');

/** The class of the controller with a mutant planted; without one, the controller as it is on disk. Needs a process in which tsx reads TypeScript. */
export async function loadController(mutant: Mutant | null): Promise<ControllerClass> {
  const { Controller } = await loaded<{ Controller: ControllerClass }>(sourcesOf(mutant), opened);
  seeThrough.add(Controller);
  return Controller;
}

/** The specification with a mutant planted, but for the protocol at step grain. */
export const loadModel = (mutant: Mutant): Promise<typeof import('../../model/index.ts')> =>
  loaded(sourcesOf(mutant, 'model'), (source) => source);

/** Imports the index of sources that lie in one folder, from a copy. */
async function loaded<T>(sources: Map<string, string>, change: (source: string) => string): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-mutant-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const [file, source] of sources) writeFileSync(join(folder, basename(file)), change(source));
    return (await import(pathToFileURL(join(folder, 'index.ts')).href)) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
