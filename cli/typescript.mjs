// Lets node read TypeScript, for the CLI and its threads: esbuild takes the types out, once for each text of a file. tsx, which reads more than we
// write, takes 0.3 s longer for each start. Imports name their files as they are, so nothing has to be looked for.

import { createHash, randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setEnvironmentData } from 'node:worker_threads';

/** Under this name threads are told where this file is (`getEnvironmentData`); those of a process without it read by tsx. */
export const READER = 'firsttouch:typescript';

/** Where something went wrong is looked for: then lines are those of the sources. */
const sourcemap = process.env.FIRSTTOUCH_DEBUG ? 'inline' : false;

/** From here on this thread reads TypeScript, and those that it starts may do the same. */
export function readTypeScript() {
  register(import.meta.url, { data: import.meta.resolve('@effect/schema/Schema') });
  if (sourcemap) process.setSourceMapsEnabled(true);
  setEnvironmentData(READER, import.meta.url);
}

/** What is kept, and for how long after it was made, in days: then whoever misses something else deletes it. */
const DAYS = 30;
const kept = placeToKeep();

/** A folder that is ours alone, or null: then everything is translated anew. */
function placeToKeep() {
  const user = process.geteuid?.();
  const folder = join(tmpdir(), `firsttouch-${user ?? 'code'}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    return user === undefined || (uid === user && (mode & 0o022) === 0) ? folder : null;
  } catch {
    return null;
  }
}

/** Ends what was written whole: after a crash of the machine a file may be shorter than it was. */
const END = '\n// kept whole\n';
let esbuild;

async function translated(name, make) {
  const path = kept && join(kept, name);
  try {
    const code = path && readFileSync(path, 'utf8');
    if (code?.endsWith(END)) return code;
  } catch {}
  if (!esbuild) {
    esbuild = await import('esbuild');
    if (kept) sweep();
  }
  const code = translate(make) + END;
  try {
    if (path) keep(path, code);
  } catch {}
  return code;
}

/** A signal to the whole process group ends esbuild's own process, too. What is needed to tell what was found is translated by a new one. */
function translate(make) {
  try {
    return make();
  } catch (error) {
    if (!/^The service (is no longer running|was stopped)/.test(error.message)) throw error;
    esbuild.stop();
    return make();
  }
}

/** Written aside: others read it while it is made. */
function keep(path, code) {
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, code);
  renameSync(aside, path);
}

function sweep() {
  const long = Date.now() - DAYS * 86_400_000;
  for (const name of readdirSync(kept)) {
    try {
      if (statSync(join(kept, name)).mtimeMs < long) rmSync(join(kept, name));
    } catch {}
  }
}

const digest = (text) => createHash('sha1').update(text).digest('hex');

/** The Schema is 140 files of JavaScript: as one file it is there in a third of the time. */
let schema;

/** Node begins its thread of hooks with what was registered. */
export function initialize(data) {
  schema = data;
}

/** A hook of node's loader. */
export async function load(url, context, next) {
  if (url === schema) {
    const options = { bundle: true, format: 'esm', platform: 'node', write: false };
    const path = fileURLToPath(url);
    const name = digest(`${path} ${statSync(path).mtimeMs}`);
    const bundle = () => esbuild.buildSync({ ...options, entryPoints: [path] }).outputFiles[0].text;
    return { format: 'module', source: await translated(name, bundle), shortCircuit: true };
  }
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const text = readFileSync(fileURLToPath(url), 'utf8');
  const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap, sourcefile: url };
  const take = () => esbuild.transformSync(text, options).code;
  return {
    format: 'module',
    source: await translated(digest(`${sourcemap && url} ${text}`), take),
    shortCircuit: true,
  };
}
