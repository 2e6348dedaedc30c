// The test files as programs that start fast, made of the sources at the start of a run and the command line that they start.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

export interface Programs {
  readonly folder: string;
  /** Where the program of a test file is. */
  of(file: string): string;
  /** A text in which places in programs are places in the sources. */
  placed(text: string): string;
  remove(): void;
}

/** The rooms whose sources may be in a program. */
const ROOMS = [
  'model',
  'impl',
  'properties',
  'proof',
  'checker',
  'lockstep',
  'campaign',
  'mutants',
  'shell',
  'cli',
];
const LEAVES = ['explorer', 'examples', 'bench', 'tests'];

const DAY_MS = 24 * 60 * 60 * 1000;

const sources = (): string[] =>
  [...ROOMS, ...LEAVES]
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true }).map((name) => join(room, String(name))),
    )
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.d\.ts$|node_modules/.test(path));

/** null, and a word on stderr: the files are no programs, and each is to say so itself. */
export async function programsOf(files: readonly string[]): Promise<Programs | null> {
  const kept = join(root, 'node_modules/.cache');
  mkdirSync(kept, { recursive: true });
  // Of a run that was killed.
  for (const path of readdirSync(kept).map((name) => join(kept, name)))
    if (/\/tests-[^/]*$/.test(path) && Date.now() - statSync(path).mtimeMs > DAY_MS)
      rmSync(path, { recursive: true, force: true });
  const folder = mkdtempSync(join(kept, 'tests-'));
  const tests = files.map((file) => relative(root, file));
  const alias = { uvu: join(here, 'watch.mjs'), 'uvu/assert': join(here, 'watch-assert.mjs') };
  const wish = { root, folder, entries: ['cli/main.ts', ...tests], sources: [...sources(), ...tests], alias };
  try {
    await bundle(wish);
  } catch (error) {
    console.error(`no programs could be made: ${(error as Error).message}`);
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    of: (file) => join(folder, relative(root, file).replace(/ts$/, 'mjs')),
    placed: (text) => text.replace(PLACE, inSources),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const PLACE = /(?:file:\/\/)?(\/\S+?\.mjs):(\d+):(\d+)/g;

function inSources(whole: string, file: string, line: string, column: string): string {
  if (!existsSync(`${file}.map`)) return whole;
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const at = map.findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in at)) return whole;
  return `${join(dirname(file), at.originalSource)}:${at.originalLine + 1}:${at.originalColumn + 1}`;
}
