// Compiles the broker, and what a guest needs, when it is first needed, into a cache folder, under a name made of the source.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Each program, and what it is made of. */
const sources = {
  broker: [
    'broker.c',
    'answer.h',
    'run.h',
    'processor.h',
    'move.h',
    'page.h',
    'oom.h',
    'order.h',
    'flush.h',
    'see.h',
    'task.h',
    'group.h',
    'file.h',
    'out.h',
  ],
  init: ['init.c', 'file.h', 'out.h'],
  keeper: ['keeper.c', 'processor.h'],
} as const;
export type Program = keyof typeof sources;
const flags = ['-O2', '-pipe', '-fno-stack-protector'];
/** Two seconds, and much longer beside forty busy processes. */
const COMPILE_MS = 300_000;

/** Where the compiled broker is kept: the user's cache folder, or the temporary one. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, FIRSTTOUCH_CACHE } = process.env;
  if (FIRSTTOUCH_CACHE) return FIRSTTOUCH_CACHE;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'firsttouch');
  return existsSync(join(homedir(), '.cache'))
    ? join(homedir(), '.cache', 'firsttouch')
    : join(tmpdir(), 'firsttouch-cache');
}

/** The compiler's command, or null: `CC` if it is set, else the first of cc, gcc and clang that answers. */
export async function findCompiler(): Promise<string | null> {
  const candidates = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'];
  for (const cc of candidates) {
    try {
      await run(cc, ['--version'], { timeout: 10_000 });
      return cc;
    } catch {
      // the next one
    }
  }
  return null;
}

/**
 * The path of a program's executable, compiled now if need be. With `alone` it needs no library beside it, as in a guest.
 * @throws Error with the compiler's first complaint
 */
export async function compile(program: Program = 'broker', alone = program === 'init'): Promise<string> {
  const here = import.meta.dirname;
  const hash = createHash('sha256').update(process.arch).update(flags.join(' ')).update(`${alone}`);
  for (const file of sources[program]) hash.update(readFileSync(join(here, file)));
  const folder = cacheFolder();
  const made = join(folder, `${program}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(made)) return made;

  const cc = await findCompiler();
  if (!cc) throw new Error('no C compiler (apt-get install gcc libc6-dev; or set CC)');
  mkdirSync(folder, { recursive: true });
  removeUnfinished(folder);
  const unfinished = `${made}.unfinished-${process.pid}`;
  const source = join(here, `${program}.c`);
  const compileWith = (...more: string[]) =>
    run(cc, [...flags, ...more, '-o', unfinished, source], { timeout: COMPILE_MS });
  try {
    // A static broker has few mappings, and so forks fast; not every machine has a libc to link that way.
    const statically = compileWith('-static');
    await (alone ? statically : statically.catch(() => compileWith()));
    renameSync(unfinished, made);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Error(`${program}.c does not compile: ${complaint(error)}`);
  }
  return made;
}

/** What a compilation that was killed has left, if its process is gone. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/\.unfinished-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
  }
}

function complaint(error: unknown): string {
  if ((error as { killed?: boolean }).killed) return `${COMPILE_MS / 1000} s were not enough`;
  const text = (error as { stderr?: string }).stderr || (error as Error).message;
  return (text.split('\n').find((line) => line.includes('error')) ?? text).trim().slice(0, 200);
}
