// Compiles the broker when it is first needed, into a cache folder, under a name made of its source.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sources = ['task.h', 'group.h', 'see.h', 'broker.c'];
const flags = ['-O2', '-pipe', '-fno-stack-protector'];
const COMPILE_MS = 60_000;

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

/** The path of the broker's executable, compiled now if need be. Rejects with the compiler's first complaint. */
export async function compile(folder: string = cacheFolder()): Promise<string> {
  const here = import.meta.dirname;
  const hash = createHash('sha256').update(process.arch).update(flags.join(' '));
  for (const file of sources) hash.update(readFileSync(join(here, file)));
  const broker = join(folder, `broker-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(broker)) return broker;

  const cc = await findCompiler();
  if (!cc) throw new Error('no C compiler (cc, gcc or clang; or set CC)');
  mkdirSync(folder, { recursive: true });
  removeUnfinished(folder);
  const unfinished = `${broker}.unfinished-${process.pid}`;
  const source = join(here, 'broker.c');
  try {
    // A static broker has few mappings, and so forks fast; not every machine has a libc to link that way.
    await run(cc, [...flags, '-static', '-o', unfinished, source], { timeout: COMPILE_MS }).catch(() =>
      run(cc, [...flags, '-o', unfinished, source], { timeout: COMPILE_MS }),
    );
    renameSync(unfinished, broker);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Error(`the broker does not compile: ${complaint(error)}`);
  }
  return broker;
}

/** What a compilation that was killed has left, if its process is gone. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/\.unfinished-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
  }
}

function complaint(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || (error as Error).message;
  return (text.split('\n').find((line) => line.includes('error')) ?? text).trim().slice(0, 200);
}
