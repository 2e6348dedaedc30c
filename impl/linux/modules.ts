// The modules that a distribution's kernel needs before the broker can run: a disk in memory, and a file system.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const WANTED = ['brd', 'ext4'];

/** The modules and what they need, each after what it needs; none for a kernel that has them built in, or whose modules are not beside it. */
export function modulesFor(kernel: string): Uint8Array[] {
  const release = basename(kernel).replace(/^(vmlinuz|bzImage|linux)-?/, '');
  const folder = [join(dirname(kernel), '..'), '/', '/usr']
    .map((root) => join(root, 'lib/modules', release))
    .find((candidate) => release && existsSync(join(candidate, 'kernel')));
  if (!folder) return [];
  const needs = needsIn(folder);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const order = new Set<string>();
  for (const wanted of WANTED) {
    const path = files.find(
      (file) => basename(file).replace(/\.ko(\.\w+)?$/, '') === wanted && /\.ko/.test(file),
    );
    // modules.dep names the farthest need last.
    if (path) for (const file of [...(needs.get(path) ?? []).reverse(), path]) order.add(file);
  }
  return [...order].map((file) => unpacked(join(folder, file)));
}

/** By module, what it needs; a package that was only unpacked has no such list, and its modules are taken to need nothing. */
function needsIn(folder: string): Map<string, string[]> {
  const list = join(folder, 'modules.dep');
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
  return new Map(
    lines
      .map((line) => line.split(':'))
      .map(([path, needed = '']) => [path, needed.trim().split(' ').filter(Boolean)]),
  );
}

function unpacked(file: string): Uint8Array {
  const command = { '.xz': 'xz', '.gz': 'gzip', '.zst': 'zstd' }[/\.\w+$/.exec(file)?.[0] ?? ''];
  return command ? execFileSync(command, ['-dc', file], { maxBuffer: 2 ** 28 }) : readFileSync(file);
}
