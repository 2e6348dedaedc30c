// Forms of the concurrent controller made from its own source text: with a planted mistake, in steps, or behind one global lock.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { edited, type Mistake, sourcesOf as shipped } from '../../subjects/plant.ts';
import { intoSteps, stepsOf } from './steps.ts';

const gates = fileURLToPath(new URL('./gates.ts', import.meta.url));

export interface Form {
  readonly mistake?: Mistake | undefined;
  /** `plain` is what ships; `steps` stops before every atomic operation; `global-lock` is the peer of the benchmark: no atomics, one lock around all. */
  readonly form: 'plain' | 'steps' | 'global-lock';
}

/** Files that hold no step: they are the same in every form. */
const stepless = new Set(['atomics.ts', 'layout.ts', 'outcome.ts', 'verify.ts', 'index.ts']);

/** The sources of a form, by file name. @throws StaleMutant */
export function sourcesOf({ mistake, form }: Form): Map<string, string> {
  const planted = shipped('impl/concurrent', mistake);
  const sources = new Map(Array.from(planted, ([file, source]) => [basename(file), source]));
  if (form === 'plain') return sources;
  if (form === 'global-lock') return behindOneLock(sources);

  const steps = new Set(stepsOf(sources.get('atomics.ts') as string));
  for (const [file, source] of sources)
    if (!stepless.has(file)) for (const name of stepsOf(source)) steps.add(name);
  for (const [file, source] of sources) if (!stepless.has(file)) sources.set(file, intoSteps(source, steps));
  sources.set('atomics.ts', readFileSync(gates, 'utf8'));
  return sources;
}

/** The same operations as plain code on the same memory, with a mutex around each that spins and sleeps as the shipped ones do. */
function behindOneLock(sources: Map<string, string>): Map<string, string> {
  sources.set(
    'atomics.ts',
    `export const load = (m, at) => m[at];
export const store = (m, at, value) => { m[at] = value; };
export const add = (m, at, n) => { const before = m[at]; m[at] = before + n; return before; };
export const or = (m, at, bits) => { const before = m[at]; m[at] = before | bits; return before; };
export const and = (m, at, bits) => { const before = m[at]; m[at] = before & bits; return before; };
export const swap = (m, at, value) => { const before = m[at]; m[at] = value; return before; };
export const cas = (m, at, expected, value) => { const before = m[at]; if (before === expected) m[at] = value; return before; };
export const wait = () => { throw new Error('nobody waits behind the one lock'); };
export const notify = () => {};
export const peek = load;
export const poke = store;
const ONE = 24;
export function acquire(m) {
  if (Atomics.compareExchange(m, ONE, 0, 1) === 0) return;
  for (let i = 0; i < 100; i++) if (Atomics.load(m, ONE) === 0 && Atomics.compareExchange(m, ONE, 0, 1) === 0) return;
  while (Atomics.exchange(m, ONE, 2) !== 0) Atomics.wait(m, ONE, 2, 10000);
}
export function giveBack(m) {
  if (Atomics.exchange(m, ONE, 0) === 2) Atomics.notify(m, ONE, 1);
}
`,
  );
  sources.set('operations.ts', edited(locking, 'operations.ts', sources.get('operations.ts') as string));
  return sources;
}

const locking: Mistake = {
  id: 'global-lock',
  edits: [
    {
      file: 'operations.ts',
      from: 'export function perform(h: Handle, operation: Operation): number {',
      to: `export function perform(h, operation) {
  acquire(h.m);
  const code = performInside(h, operation);
  giveBack(h.m);
  return code;
}

function performInside(h, operation) {`,
    },
    {
      file: 'operations.ts',
      from: 'import { mkdir,',
      to: "import { acquire, giveBack } from './atomics.ts';\nimport { mkdir,",
    },
  ],
};

let folder: string | undefined;
let made = 0;

/** Writes a form to a folder of its own, which is removed when the process ends; returns the URL to import its files from. */
export function writeForm(form: Form): URL {
  if (!folder) {
    const created = mkdtempSync(join(tmpdir(), 'firsttouch-'));
    folder = created;
    process.once('exit', () => rmSync(created, { recursive: true, force: true }));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  }
  const where = join(folder, `${form.form}-${made++}`);
  mkdirSync(where);
  for (const [file, source] of sourcesOf(form)) writeFileSync(join(where, file), source);
  return pathToFileURL(`${where}/`);
}
