// The peer tests: transcripts after the suites of other memory controllers (tests/transcripts), read with what their heads say.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Move, moveOf, type ProfileName, parseLimit, parsePid, ROOT } from '../model/index.ts';
import type { Size } from '../properties/view/view.ts';
import {
  type Deed,
  type Entry,
  type Maybe,
  type Path,
  type Pid,
  parseScript,
  type Reply,
  runScript,
  type Script,
  SHELL,
  Shell,
  type ShellMachine,
  SpecificationMachine,
} from '../shell/index.ts';

/** The lines that every head has, in this order. */
export const headFields = ['shows', 'source', 'profile', 'translated', 'lost', 'linux'] as const;
type Field = (typeof headFields)[number];

export interface Peer {
  readonly file: string;
  readonly text: string;
  readonly script: Script;
  readonly head: Readonly<Record<Field, string>>;
  readonly profile: ProfileName;
}

const folder = fileURLToPath(new URL('./transcripts/', import.meta.url));

export function readPeers(): Peer[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const script = parseScript(text);
    const head = Object.fromEntries(
      headFields.map((field, i) => {
        const value = new RegExp(`^// ${field}: (.+)$`).exec(script.head[i] ?? '')?.[1];
        if (value === undefined) throw new Error(`${file}:${i + 1}: "// ${field}: ..." is to stand here`);
        return [field, value];
      }),
    ) as Record<Field, string>;
    return { file, text, script, head, profile: head.profile as ProfileName };
  });
}

/** The suite that a source line names first: the project, and the folder or program in it. */
export function suiteOf({ head }: Peer): string {
  const [project, path = ''] = head.source.split(' ');
  return path.includes('selftests') ? `${project} selftests` : project;
}

/** The commands alone: two transcripts that differ only in what they call things are the same test. */
export function commandsOf({ script }: Peer): string {
  const names = new Map<string, string>();
  const rename = (name: string) => {
    if (!names.has(name)) names.set(name, `n${names.size}`);
    return names.get(name) as string;
  };
  return script.entries
    .map(({ command }) =>
      command
        .replace(/\$([A-Za-z0-9_]+)/g, (_, name: string) => `$${rename(name)}`)
        .replace(/^([A-Za-z0-9_]+):/, (_, name: string) => `${rename(name)}:`)
        .replace(/fork ([A-Za-z0-9_]+)/, (_, name: string) => `fork ${rename(name)}`)
        .replace(/\/containers\/rss\/(\S+)/g, (_, path: string) => {
          const parts = path
            .split('/')
            .map((part) => (part.startsWith('rss_') || part === 'tasks' ? part : rename(`/${part}`)));
          return parts.join('/');
        }),
    )
    .join('\n');
}

/** What the kernel is to print under a command: the text itself, any number from `least` to `most`. */
export interface Expected {
  readonly text?: string;
  readonly least?: number;
  readonly most?: number;
}

const PRINTS = /^\s*\/\/ linux prints: (.+)$/;

/**
 * What Linux is to print. Two differences are the same everywhere and have one rule: it has no `rss_reclaimed`, and its failcnt also counts
 * batches that do not fit, so that only "not fewer than the letter counted a refusal" can be said. Any other stands under its command.
 */
export function linuxExpects(entry: Entry): Expected {
  const own = entry.below.map((line) => PRINTS.exec(line)?.[1]).filter((said) => said !== undefined);
  if (own.length > 0) {
    const [, least, most] = /^(\d+)\.\.(\d+)$/.exec(own[0]) ?? [];
    if (least !== undefined) return { least: Number(least), most: Number(most) };
    return { text: own[0] === 'nothing' ? '' : own.map((line) => `${line}\n`).join('') };
  }
  const file = /^cat \S+\/(rss_\w+)$/.exec(entry.command)?.[1];
  const isNumber = /^\d+\n$/.test(entry.expected);
  if (file === 'rss_reclaimed' && isNumber) return { text: 'sh: cat: ENOENT\n' };
  if (file === 'rss_failcnt' && isNumber) {
    return { least: Math.min(Number(entry.expected), 1), most: Number.MAX_SAFE_INTEGER };
  }
  return { text: entry.expected };
}

export function meets(actual: string, { text, least = 0, most = 0 }: Expected): boolean {
  if (text !== undefined) return actual === text;
  return /^\d+\n$/.test(actual) && Number(actual) >= least && Number(actual) <= most;
}

/** The specification behind the shell, with every move that its commands become. */
export class Tracing implements ShellMachine {
  readonly name = 'lru';
  readonly profile: ProfileName;
  readonly moves: Move[] = [['spawn', SHELL, ROOT]];
  readonly #machine: SpecificationMachine;
  readonly #pages = new Map<number, number>();
  #containers = 0;
  #tasks = SHELL + 1;

  constructor(profile: ProfileName) {
    this.profile = profile;
    this.#machine = new SpecificationMachine(profile);
  }

  get size(): Size {
    return { containers: this.#containers, tasks: this.#tasks, pages: this.#pages.size };
  }

  #page(page: number): number {
    if (!this.#pages.has(page)) this.#pages.set(page, this.#pages.size);
    return this.#pages.get(page) as number;
  }

  mkdir(path: Path): Maybe<Reply> {
    const { tree } = this.#machine;
    const id = tree.idOf(path) ?? tree.nextId();
    const parent = tree.idOf(path.slice(0, -1));
    if (parent !== undefined) {
      this.#containers = Math.max(this.#containers, id + 1);
      if (id !== ROOT) this.moves.push(parent === ROOT ? ['mkdir', id] : ['mkdir', id, parent]);
    }
    return this.#machine.mkdir(path);
  }
  rmdir(path: Path): Maybe<Reply> {
    const id = this.#machine.tree.idOf(path);
    if (id !== undefined) this.moves.push(['rmdir', id]);
    return this.#machine.rmdir(path);
  }
  children(path: Path): readonly string[] | undefined {
    return this.#machine.children(path);
  }
  read(path: Path, file: string): string | undefined {
    return this.#machine.read(path, file);
  }
  write(path: Path, file: string, text: string): Maybe<Reply> {
    const id = this.#machine.tree.idOf(path);
    const pid = file === 'tasks' ? parsePid(text) : undefined;
    const limit = file === 'rss_limit' ? parseLimit(text) : undefined;
    if (id !== undefined && pid !== undefined && pid < this.#tasks)
      this.moves.push(['move', pid || SHELL, id]);
    if (id !== undefined && limit !== undefined) this.moves.push(['setLimit', id, limit]);
    return this.#machine.write(path, file, text);
  }
  act(deed: Deed, pid: Pid, ...args: readonly number[]): Maybe<Reply> {
    if (deed === 'fork') this.#tasks = Math.max(this.#tasks, args[0] + 1);
    this.moves.push(moveOf(deed, [pid, ...(deed === 'fork' ? args : args.map((page) => this.#page(page)))]));
    return this.#machine.act(deed, pid, ...args);
  }
}

/** A transcript as a sequence of moves, with room for what they name. */
export interface Sequence {
  readonly peer: Peer;
  readonly size: Size;
  readonly moves: readonly Move[];
}

export async function sequenceOf(peer: Peer): Promise<Sequence> {
  const tracing = new Tracing(peer.profile);
  await runScript(new Shell(tracing), peer.script);
  return { peer, size: tracing.size, moves: tracing.moves };
}
