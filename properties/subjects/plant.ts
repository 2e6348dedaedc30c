// Plants mistakes, for everybody who does: rooms are copied, their text is edited, the copy is loaded or judged. What ships carries no hook.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One replacement: `from` must occur exactly once in `file`, a path from the root of the package. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Edits of one file: what is read there, and what stands there instead. */
export const inFile =
  (file: string) =>
  (from: string, to: string): Edit => ({ file, from, to });

/** A mistake as data: where it is, what is read there and what stands there instead. */
export interface Mistake {
  readonly id: string;
  readonly edits: Edit | readonly Edit[];
}

export const editsOf = (mistake: Mistake | null): readonly Edit[] => (mistake ? [mistake.edits].flat() : []);

/** The source has moved on and the mistake no longer says what to plant: it is mended or removed, never skipped. */
export class StaleMutant extends Error {
  override readonly name = 'StaleMutant';
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file's source with the edits that are for it. @throws StaleMutant */
export function edited(mistake: Mistake, file: string, source: string): string {
  const { id } = mistake;
  return editsOf(mistake)
    .filter((edit) => edit.file === file)
    .reduce((sofar, { from, to }) => {
      const parts = sofar.split(from);
      const short = JSON.stringify(from.trim().slice(0, 90));
      if (from === to) throw new StaleMutant(`mutant ${id}: an edit of ${file} changes nothing: ${short}`);
      if (parts.length === 2) return parts.join(to);
      throw new StaleMutant(
        `mutant ${id}: ${file} has the text ${parts.length - 1} times, it must be there once: ${short}`,
      );
    }, source);
}

/** The sources that lie in a room's own folder, by path from the root, with the mistake in them. @throws StaleMutant */
export function sourcesOf(room: string, mistake: Mistake | null = null): Map<string, string> {
  const names = readdirSync(join(root, room)).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => `${room}/${name}`);
  mustHave(mistake, (file) => files.includes(file));
  return new Map(
    files.map((file) => {
      const source = readFileSync(join(root, file), 'utf8');
      return [file, mistake ? edited(mistake, file, source) : source];
    }),
  );
}

function mustHave(mistake: Mistake | null, has: (file: string) => boolean): void {
  const strange = editsOf(mistake).find(({ file }) => !has(file));
  if (strange) throw new StaleMutant(`mutant ${mistake?.id}: there is no file ${strange.file}`);
}

/** Copies rooms (folders or files) as new files, which can be written even where the originals cannot. */
function copyRooms(rooms: readonly string[], to: string): void {
  for (const room of rooms) {
    const path = join(root, room);
    if (statSync(path).isDirectory()) {
      mkdirSync(join(to, room), { recursive: true });
      copyRooms(
        readdirSync(path).map((name) => join(room, name)),
        to,
      );
    } else {
      mkdirSync(dirname(join(to, room)), { recursive: true });
      writeFileSync(join(to, room), readFileSync(path));
    }
  }
}

/** Hands a folder with copies of the rooms, the mistake in them, to `use`; it is gone afterwards. @throws StaleMutant */
export async function inCopy<T>(
  rooms: readonly string[],
  mistake: Mistake | null,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-planted-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    copyRooms(rooms, folder);
    mustHave(mistake, (file) => existsSync(join(folder, file)));
    for (const file of new Set(editsOf(mistake).map((edit) => edit.file))) {
      const path = join(folder, file);
      writeFileSync(path, edited(mistake as Mistake, file, readFileSync(path, 'utf8')));
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A module of a copied folder. Needs a process in which tsx reads TypeScript. */
export const load = <T>(folder: string, file: string): Promise<T> =>
  import(pathToFileURL(join(folder, file)).href);

/** The index of a room with a mistake in it. `change` may rewrite every source once the edits are made. @throws StaleMutant */
export const plant = <T>(
  room: string,
  mistake: Mistake | null,
  change?: (source: string) => string,
): Promise<T> =>
  inCopy([room], mistake, (folder) => {
    for (const file of change ? sourcesOf(room).keys() : []) {
      const path = join(folder, file);
      writeFileSync(path, (change as (source: string) => string)(readFileSync(path, 'utf8')));
    }
    return load<T>(folder, `${room}/index.ts`);
  });
