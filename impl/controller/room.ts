// Where a controller's words lie: in arrays of their own while they are few, then in a memory on which a touch works as WebAssembly, compiled from
// these very sources (impl/compile) and used only while they are those.

import type { Policy } from './reclaim.ts';
import { type Container, type Page, SHIFT, type TaskId, wordsFor } from './tables.ts';

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

/** The code, if it is made of the sources as they were when this was loaded; null also in a browser, which cannot look. */
const code = tried(() => {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const read = (file: string) => readFileSync(new URL(file, import.meta.url));
  const module = new WebAssembly.Module(read('touch.wasm'));
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const file of SOURCES) hash.update(read(file));
  const [sources] = WebAssembly.Module.customSections(module, 'sources');
  return hash.digest('hex') === new TextDecoder().decode(sources) ? module : null;
});

/** Code and a memory for it; null if there can be none: other sources, no WebAssembly, no range of addresses left, more than it can address. */
function shared(bytes: number, at: Places): Shared | null {
  if (!code || bytes > MOST_BYTES) return null;
  const memory = tried(() => new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) }));
  return memory && { module: code, memory, at };
}

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

/** To make a compiled controller takes half a millisecond and a range of addresses: a smaller table does not earn that back. */
const COMPILED_FROM = 1024;

export class Room {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly tasks: Int32Array;
  /** For journals. Compiled code's have room for every task and page: an operation kills and reclaims each at most once. */
  readonly killed: Int32Array;
  readonly reclaimed: Int32Array;
  /** What compiled code works with; null: there is none. */
  readonly shared: Shared | null;

  /** `compiled`: whether code is wanted; by size, if nobody says. */
  constructor(pages: number, slots: number, tasks: number, compiled = pages >= COMPILED_FROM) {
    const words = wordsFor(pages, slots);
    const taskWords = tasks << SHIFT.RECORD;
    const killed = words + taskWords;
    const reclaimed = killed + tasks + 1;
    const end = reclaimed + pages + 1;
    this.shared = compiled ? shared(end * 4, { words, taskWords, killed, reclaimed, pages }) : null;
    if (this.shared) {
      const { buffer } = this.shared.memory;
      const part = (from: number, to: number) => new Int32Array(buffer, from * 4, to - from);
      this.words = part(0, words);
      this.tasks = part(words, killed);
      this.killed = part(killed, reclaimed);
      this.reclaimed = part(reclaimed, end);
    } else {
      this.words = new Int32Array(words);
      this.tasks = new Int32Array(taskWords);
      this.killed = new Int32Array(16);
      this.reclaimed = new Int32Array(16);
    }
    this.doubles = new Float64Array(this.words.buffer, 0, words >> 1);
  }
}
