// A touch, charge and reclaim and all, as WebAssembly, for large tables: compiled from these very sources (impl/compile), and used only while they are those.

import { CODE, SOURCE } from './code.ts';
import type { Policy } from './reclaim.ts';
import type { Container, Page, TaskId } from './tables.ts';

/** What the code is made of. A word changed in one of them, by hand or by a mutant, and the controller runs as TypeScript. */
export const SOURCES = [
  'index.ts',
  'journal.ts',
  'machine.ts',
  'outcome.ts',
  'reclaim.ts',
  'tables.ts',
] as const;

/** Code, the memory that it works on, and where in that, in words, the tables and journals begin. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly at: Places;
}

export type Places = Readonly<Record<'words' | 'taskWords' | 'killed' | 'reclaimed' | 'pages', number>>;

/** The rare turns of a touch, which stay in TypeScript. */
export interface Rare {
  killOne(c: Container): void;
  map(t: TaskId, p: Page): void;
  unmap(t: TaskId, p: Page): void;
  find(t: TaskId, p: Page): number;
}

export type Touch = (t: TaskId, id: number) => number;

const PAGE_BYTES = 65_536;
/** All that a WebAssembly memory can be. */
const MOST_BYTES = 65_536 * PAGE_BYTES;

/** As they were when this was loaded; false also in a browser, which cannot look. */
const isOfTheseSources = tried(() => hashed() === SOURCE) ?? false;

function hashed(): string {
  const fs = process.getBuiltinModule('node:fs');
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const file of SOURCES) hash.update(fs.readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex');
}

let module: WebAssembly.Module | null | undefined;

/** Code and a memory for it; null if there can be none: other sources, no WebAssembly, no range of addresses left, more than it can address. */
export function shared(bytes: number, at: Places): Shared | null {
  if (!isOfTheseSources || bytes > MOST_BYTES) return null;
  if (module === undefined) module = tried(() => new WebAssembly.Module(decoded()));
  const memory = module && tried(() => new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) }));
  return memory && module && { module, memory, at };
}

const decoded = () => Uint8Array.from(atob(CODE), (letter) => letter.charCodeAt(0));

/** `touch` for a controller whose tables are in that memory; null if there is no room for it. */
export function linked(
  { module, memory, at }: Shared,
  { batch, bounded, transient }: Policy & { readonly transient: boolean },
  rare: Rare,
): Touch | null {
  const policy = { batch, bounded: Number(bounded), transient: Number(transient) };
  const imports = { env: { memory }, at, policy, controller: { ...rare } };
  return tried(() => new WebAssembly.Instance(module, imports).exports.touch as Touch);
}

/** Whatever fails here, TypeScript does the same work. */
function tried<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
