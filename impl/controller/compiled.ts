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

/** A memory, where in it the tables and journals begin, in words, and code that works on it. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly at: Readonly<Record<'words' | 'taskWords' | 'killed' | 'reclaimed' | 'pages', number>>;
}

/** The rare turns of a touch, which stay in TypeScript. */
export interface Turns {
  killOne(c: Container): void;
  map(t: TaskId, p: Page): void;
  unmap(t: TaskId, p: Page): void;
  find(t: TaskId, p: Page): number;
}

export type Touch = (t: TaskId, id: number) => number;

const PAGE_BYTES = 65_536;
/** All that a WebAssembly memory can be. */
export const MOST_BYTES = 65_535 * PAGE_BYTES;

export const memoryFor = (bytes: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });

let known: WebAssembly.Module | null | undefined;

/** The code; null where it cannot be shown to be made of the sources at hand: an edited copy, a browser. */
export function code(): WebAssembly.Module | null {
  if (known === undefined) known = isOfTheseSources() ? new WebAssembly.Module(bytes()) : null;
  return known;
}

const bytes = () => Uint8Array.from(atob(CODE), (letter) => letter.charCodeAt(0));

function isOfTheseSources(): boolean {
  try {
    const fs = process.getBuiltinModule('node:fs');
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
    for (const file of SOURCES) hash.update(fs.readFileSync(new URL(file, import.meta.url)));
    return hash.digest('hex') === SOURCE;
  } catch {
    return false;
  }
}

/** `touch` for a controller whose tables are in that memory. */
export function linked(
  { module, memory, at }: Shared,
  policy: Policy & { readonly transient: boolean },
  controller: Turns,
): Touch {
  const { batch, bounded, transient } = policy;
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory },
    at,
    policy: { batch, bounded: Number(bounded), transient: Number(transient) },
    controller: { ...controller },
  });
  return exports.touch as Touch;
}
