// A kernel in a guest: somebody's own build, started as an ordinary user, with the broker as its only program. Nothing of this machine is touched.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { archive, type Entry } from './archive.ts';
import type { Launch } from './broker.ts';
import { cacheFolder, compile, findCompiler } from './compile.ts';
import { type Cgroup, startedAt } from './machine.ts';
import { modulesFor } from './modules.ts';

const run = promisify(execFile);

export interface Guest {
  /** A User Mode Linux binary, or a kernel image (bzImage) for QEMU. */
  readonly kernel: string;
  readonly cgroup: Cgroup;
  /** Little memory: what shall be filled to make pages move. */
  readonly isSmall?: boolean;
  /** Kernel memory is not counted: it would be charged to the parent of a group that is made. */
  readonly nested?: boolean;
}

/** It cannot be started here: what is missing, with the command that mends it. */
export class NoGuest extends Error {
  override readonly name = 'NoGuest';
}

const UML_MEMORY = '192M'; // the host gives as much as is used
const SMALL_MEMORY = '48M';
const QEMU_MEMORY = '256M';
const QEMU = 'qemu-system-x86_64';
const DISK_KIB = 4096;

/** Everything that a guest needs of this machine: its start, in a folder of its own. @throws NoGuest */
export async function launchGuest({
  kernel,
  cgroup,
  isSmall = false,
  nested = false,
}: Guest): Promise<Launch> {
  const kind = kindOf(kernel);
  if (!(await findCompiler())) throw new NoGuest('a C compiler (apt-get install gcc libc6-dev)');
  const qemu = kind === 'image' ? onPath(QEMU) : null;
  if (kind === 'image' && !qemu)
    throw new NoGuest(`${QEMU}, which runs ${kernel} (apt-get install qemu-system-x86)`);
  const disk = await makeDisk();
  const initrd = await makeInitrd(
    kind === 'uml' ? [] : await modulesFor(kernel),
    kind === 'uml' ? null : disk,
  );
  const asks = `FT_CGROUP=${cgroup}${nested ? ' cgroup.memory=nokmem' : ''}`;
  const folder = makeFolder();
  const keeper = await compile('keeper');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: existsSync('/dev/shm') ? '/dev/shm' : folder,
  };
  if (qemu)
    return {
      command: keeper,
      args: [folder, qemu, ...machineOf(folder, kernel, initrd, asks)],
      env,
      isGuest: true,
    };
  copyFileSync(disk, join(folder, 'disk'));
  // A static UML kernel hands the rseq registration of its libc down to the guest's processes, which then die in their first fault.
  const umlEnv = {
    ...env,
    GLIBC_TUNABLES: 'glibc.pthread.rseq=0',
    FT_ONE_PROCESSOR: '1',
    ...((await keepsFewRegisters(kernel)) && { FT_FEW_REGISTERS: '1' }),
  };
  return {
    command: keeper,
    args: [folder, kernel, ...umlLine(folder, initrd, asks, isSmall ? SMALL_MEMORY : UML_MEMORY)],
    env: umlEnv,
    isGuest: true,
  };
}

/**
 * The kernel puts back no more registers than it knows (keeper.c): a page fault in the midst of a copy of 64 bytes with wide ones leaves zeros. So the
 * guest's libc is told to use none. What the kernel does not know is the environment of its first program, and so of the broker.
 */
const NARROW = `GLIBC_TUNABLES=glibc.cpu.hwcaps=${[
  'AVX',
  'AVX2',
  'AVX_Fast_Unaligned_Load',
  'AVX512F',
  'AVX512VL',
  'AVX512BW',
]
  .flatMap((name) => [`-${name}`, `-${name}_Usable`])
  .join(',')}`;

const umlLine = (folder: string, initrd: string, asks: string, memory: string): string[] => [
  `mem=${memory}`,
  `initrd=${initrd}`,
  `ubd0=${join(folder, 'disk')}`,
  `uml_dir=${folder}`,
  'umid=guest',
  ...['con=null', 'con0=null,fd:2', 'ssl=null', 'ssl0=fd:0,fd:1'],
  ...['quiet', NARROW, ...asks.split(' '), 'FT_TTY=ttyS0', 'FT_DISK=/dev/ubda'],
];

/** The console on one serial line, which is stderr, what is said to the broker on another. Node gives a child sockets for its descriptors. */
const machineOf = (folder: string, kernel: string, initrd: string, asks: string): string[] => [
  ...['-machine', 'q35,accel=tcg', '-cpu', 'max', '-m', QEMU_MEMORY, '-smp', '1'],
  ...['-name', basename(folder), '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
  ...['-kernel', kernel, '-initrd', initrd],
  '-append',
  `console=ttyS0 quiet panic=-1 mitigations=off ${asks} FT_TTY=ttyS1 FT_DISK=/dev/ram0`,
  ...[
    '-chardev',
    'socket,id=console,fd=2',
    '-serial',
    'chardev:console',
    '-chardev',
    'stdio,id=line,signal=off',
    '-serial',
    'chardev:line',
  ],
];

/** What a file is that shall be run. @throws NoGuest */
export function kindOf(kernel: string): 'uml' | 'image' {
  const head = Buffer.alloc(0x206);
  try {
    if (!statSync(kernel).isFile()) throw new NoGuest(`a kernel: ${kernel} is no file`);
    const fd = openSync(kernel, 'r');
    readSync(fd, head, 0, head.length, 0);
    closeSync(fd);
  } catch (error) {
    if (error instanceof NoGuest) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new NoGuest(
      code === 'ENOENT'
        ? `a kernel: there is no ${kernel}`
        : `a kernel that can be read: ${kernel} (${code})`,
    );
  }
  if (head.toString('latin1', 0x202, 0x206) === 'HdrS') return 'image';
  if (head.toString('latin1', 1, 4) !== 'ELF')
    throw new NoGuest(`a kernel: ${kernel} is neither a User Mode Linux binary nor a bzImage`);
  try {
    accessSync(kernel, constants.X_OK);
  } catch {
    throw new NoGuest(`a User Mode Linux binary that can be run: chmod +x ${kernel}`);
  }
  return 'uml';
}

/** Before 6.13 UML knows only so many registers of a processor (keeper.c). */
async function keepsFewRegisters(kernel: string): Promise<boolean> {
  const hasMore = /^flags.* amx_tile/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  if (!hasMore) return false;
  const { stdout } = await run(kernel, ['--version'], { timeout: 10_000 }).catch(() => ({ stdout: '' }));
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 100 + Number(minor) < 613;
}

/** Where a command is: on the PATH, or where administrators have theirs. */
export function onPath(command: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file)) ?? null;
}

/** A file in the cache that is made once, under a name that says what it is of. */
async function once(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const file = join(cacheFolder(), name);
  if (existsSync(file)) return file;
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = `${file}.unfinished-${process.pid}`;
  try {
    await make(unfinished);
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return file;
}

/** An empty ext2 file system: pages are unnamed files of a real one. Each guest gets a copy, for it locks its disk. @throws NoGuest */
async function makeDisk(): Promise<string> {
  return once(`disk-${DISK_KIB}-16384.ext2`, async (file) => {
    const mke2fs = onPath('mke2fs');
    if (!mke2fs) throw new NoGuest('mke2fs (apt-get install e2fsprogs)');
    await run(mke2fs, [
      '-q',
      '-t',
      'ext2',
      '-O',
      'none',
      '-b',
      '4096',
      '-I',
      '128',
      '-N',
      '16384',
      file,
      `${DISK_KIB}k`,
    ]);
  });
}

async function makeInitrd(modules: readonly Uint8Array[], disk: string | null): Promise<string> {
  const programs = [await compile('init'), await compile('broker', true)];
  const [init, broker] = programs.map((file) => readFileSync(file));
  const files: Entry[] = [
    { path: 'init', body: init },
    { path: 'broker', body: broker },
    ...modules.map((body, i) => ({ path: `modules/${String(i).padStart(2, '0')}.ko`, body })),
    ...(disk ? [{ path: 'disk', body: readFileSync(disk) }] : []),
  ];
  const hash = createHash('sha256');
  for (const { path, body } of files) hash.update(path).update(body);
  return once(`initrd-${hash.digest('hex').slice(0, 16)}`, async (file) =>
    writeFileSync(file, archive(['dev', 'modules'], files)),
  );
}

const PREFIX = 'firsttouch-guest-';

/** A folder for one guest, named with our pid and start; those that killed runs left behind go. */
function makeFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const [, pid, ticks] = /^firsttouch-guest-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid && startedAt(pid) !== ticks) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${startedAt()}-`));
}
