// The modules that a distribution's kernel needs before the broker can run: a disk in memory, and a file system.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const WANTED = ['brd', 'ext4'];

/** The modules and what they need, each after what it needs; none for a kernel that has them built in, or whose modules are not beside it. */
export function modulesFor(kernel: string): Uint8Array[] {
  const release = basename(kernel).replace(/^(vmlinuz|bzImage|linux)-?/, '');
  const folder = [join(dirname(kernel), '..'), '/', '/usr']
    .map((root) => join(root, 'lib/modules', release))
    .find((candidate) => release && existsSync(join(candidate, 'modules.dep')));
  if (!folder) return [];
  const needs = new Map(
    readFileSync(join(folder, 'modules.dep'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(':'))
      .map(([path, needed = '']) => [path, needed.trim().split(' ').filter(Boolean)]),
  );
  const order = new Set<string>();
  for (const wanted of WANTED) {
    const path = [...needs.keys()].find((file) => basename(file).replace(/\.ko(\.\w+)?$/, '') === wanted);
    // modules.dep names the farthest need last.
    if (path) for (const file of [...(needs.get(path) ?? []).reverse(), path]) order.add(file);
  }
  return [...order].map((file) => unpacked(join(folder, file)));
}

function unpacked(file: string): Uint8Array {
  const command = { '.xz': 'xz', '.gz': 'gzip', '.zst': 'zstd' }[/\.\w+$/.exec(file)?.[0] ?? ''];
  return command ? execFileSync(command, ['-dc', file], { maxBuffer: 2 ** 28 }) : readFileSync(file);
}
