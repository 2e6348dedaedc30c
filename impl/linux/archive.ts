// The first file system of a guest, as the kernel unpacks it at its start: a cpio archive of form newc, written here so that it needs no root.

export interface Entry {
  readonly path: string;
  readonly body: Uint8Array;
}

const FILE = 0o100755;
const FOLDER = 0o040755;
const CONSOLE = 0o020600;

/** An archive of a console device, the folders, and the files; each file can be run. */
export function archive(folders: readonly string[], files: readonly Entry[]): Buffer {
  const nothing = new Uint8Array();
  const rows = [
    ...folders.map((path) => record(path, FOLDER, nothing)),
    record('dev/console', CONSOLE, nothing, [5, 1]),
    ...files.map(({ path, body }) => record(path, FILE, body)),
    record('TRAILER!!!', 0, nothing),
  ];
  return Buffer.concat(rows);
}

let inode = 0;

/** A header of 110 bytes, thirteen numbers of eight hexadecimal digits; the name; the body: name and body end at a multiple of 4. */
function record(path: string, mode: number, body: Uint8Array, [major, minor] = [0, 0]): Buffer {
  const numbers = [++inode, mode, 0, 0, 1, 0, body.length, 0, 0, major, minor, path.length + 1, 0];
  const header = `070701${numbers.map((n) => n.toString(16).padStart(8, '0')).join('')}`;
  const name = Buffer.from(`${header}${path}\0`);
  return Buffer.concat([name, padding(name.length), body, padding(body.length)]);
}

const padding = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);
