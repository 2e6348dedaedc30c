// What this machine has of what the broker needs: read, never changed.

import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCompiler } from './compile.ts';

/** Which of the kernel's two interfaces. */
export type Cgroup = 'v1' | 'v2';

const CAP_SYS_PTRACE = 19n;
const CAP_SYS_ADMIN = 21n;
const O_TMPFILE = 0o20200000;

/** What a report says of the kernel it judged. */
export interface Facts {
  readonly release: string;
  readonly transparentHugePages: string;
  /** Multi-generational LRU: `none` if the kernel was built without. */
  readonly generations: string;
  readonly swap: string;
}

export interface Probe {
  readonly ok: boolean;
  /** By name: what has to be there for the kernel to be driven. */
  readonly missing: readonly string[];
  readonly facts: Facts;
  /** Where the memory hierarchy is; null without one. */
  readonly hierarchy: string | null;
  readonly compiler: string | null;
}

/** What says which kernel it is. */
export const factFiles = [
  '/proc/sys/kernel/osrelease',
  '/sys/kernel/mm/transparent_hugepage/enabled',
  '/sys/kernel/mm/lru_gen/enabled',
  '/proc/swaps',
] as const;

/** From what these files say. Line breaks may be blanks. */
export const factsOf = ([release, hugePages, generations, swaps]: readonly string[]): Facts => ({
  release: release.trim(),
  transparentHugePages: /\[(\w+)\]/.exec(hugePages)?.[1] ?? 'none',
  generations: generations.trim() || 'none',
  swap: /\d/.test(swaps) ? 'on' : 'none',
});

/** Looks for everything that the broker needs of the running kernel, and names what is missing. */
export async function probe(cgroup: Cgroup = 'v1'): Promise<Probe> {
  const compiler = await findCompiler();
  const hierarchy = process.platform === 'linux' ? memoryMount(cgroup) : null;
  const facts = factsOf(factFiles.map(read));
  const missing =
    process.platform === 'linux' ? missingHere(hierarchy, cgroup) : [`Linux (this is ${process.platform})`];
  if (process.arch !== 'x64') missing.push(`an x86_64 processor (this is ${process.arch})`);
  if (!compiler) missing.push('a C compiler (cc, gcc or clang)');
  return { ok: missing.length === 0, missing, facts, hierarchy, compiler };
}

function missingHere(hierarchy: string | null, cgroup: Cgroup): string[] {
  const missing: string[] = [];
  const need = (there: boolean, what: string) => there || missing.push(what);
  need(process.getuid?.() === 0, 'root');
  need(hasCapability(CAP_SYS_ADMIN), 'CAP_SYS_ADMIN');
  need(hasCapability(CAP_SYS_PTRACE), 'CAP_SYS_PTRACE');
  for (const file of ['kpagecgroup', 'kpageflags', 'kpagecount']) {
    need(opens(`/proc/${file}`, constants.O_RDONLY), `/proc/${file}`);
  }
  need(hierarchy !== null, `a mounted cgroup ${cgroup} memory hierarchy`);
  if (hierarchy) need(isWritable(hierarchy), `a writable ${hierarchy}`);
  need(showsFrames(), 'frame numbers in /proc/PID/pagemap');
  need(opens(filesFolder(), constants.O_RDWR | O_TMPFILE), `O_TMPFILE in ${filesFolder()}`);
  return missing;
}

/** Where the memory controller is mounted, or null. */
export function memoryMount(cgroup: Cgroup = 'v1'): string | null {
  for (const line of read('/proc/self/mountinfo').split('\n')) {
    const [fields = '', tail = ''] = line.split(' - ');
    const [type, , options = ''] = tail.split(' ');
    const at = fields.split(' ')[4] ?? '';
    if (cgroup === 'v1' && type === 'cgroup' && options.split(',').includes('memory')) return at;
    if (cgroup === 'v2' && type === 'cgroup2' && / ?memory ?/.test(read(join(at, 'cgroup.controllers'))))
      return at;
  }
  return null;
}

/** Where pages are made: files without a name, on a file system that is not kept in memory itself. */
export function filesFolder(): string {
  const TMPFS = 0x01021994;
  return (
    [process.env.FIRSTTOUCH_FILES, tmpdir(), '/var/tmp'].find((f) => f && fsType(f) !== TMPFS) ?? tmpdir()
  );
}

function fsType(folder: string): number {
  for (const line of read('/proc/self/mounts').split('\n')) {
    const [, at, type] = line.split(' ');
    if (at === folder && type === 'tmpfs') return 0x01021994;
  }
  return 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function opens(path: string, flags: number): boolean {
  try {
    closeSync(openSync(path, flags));
    return true;
  } catch {
    return false;
  }
}

const hasCapability = (bit: bigint) =>
  ((BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`) >> bit) & 1n) === 1n;

/** Without the right capability pagemap can be read, but every frame number in it is 0. */
function showsFrames(): boolean {
  try {
    const start = Number.parseInt(/^(\w+)-\w+ .*\n/m.exec(read('/proc/self/maps'))?.[1] ?? '0', 16);
    const entry = Buffer.alloc(8);
    const fd = openSync('/proc/self/pagemap', 'r');
    readSync(fd, entry, 0, 8, (start / 4096) * 8);
    closeSync(fd);
    return (entry.readBigUInt64LE() & ((1n << 55n) - 1n)) !== 0n;
  } catch {
    return false;
  }
}

/**
 * Makes and removes a group of our own: the one test that tells. It is named as a broker names its own: the next start
 * removes it if we are killed in between.
 */
function isWritable(hierarchy: string): boolean {
  try {
    const made = mkdtempSync(join(hierarchy, `firsttouch-${process.pid}-${startedAt()}-probe-`));
    const works = ['memory.oom_control', 'cgroup.events'].some((file) => existsSync(join(made, file)));
    rmdirSync(made);
    return works;
  } catch {
    return false;
  }
}

/** When a process began, in ticks since boot; nothing if it is not there, or dead and not yet buried. */
export function startedAt(pid = 'self'): string {
  const [state, ...fields] = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return state === 'Z' ? '' : (fields[18] ?? '');
}
