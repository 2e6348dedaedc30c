// The letter's shell over the trace: every command plays its moves on the timeline, and the shell stands where the timeline stands.

import { type Move, moveOf, parseLimit, parsePid, ROOT, readFile } from '../model/index.ts';
import {
  type Deed,
  fileNames,
  isFileName,
  type Maybe,
  type Path,
  type Pid,
  type Reply,
  refused,
  SHELL,
  type ShellMachine,
} from '../shell/machine.ts';
import { Shell } from '../shell/shell.ts';
import { parsePath, verbs } from '../shell/words.ts';
import type { NameBook } from './names.ts';
import type { Timeline } from './timeline.ts';

/** Takes a step: at once, or when the choice that it leaves open has been made. */
export type Play = (move: Move, name?: string) => Maybe<Reply>;

/** The controller that a timeline stands for, as the shell drives it. */
export class TimelineMachine implements ShellMachine {
  readonly name = 'lru';
  readonly profile: string;
  /** The name of the task that the command at hand forks: the machine is told its number only. */
  childName: string | undefined;
  readonly #timeline: Timeline;
  readonly #play: Play;

  constructor(timeline: Timeline, play: Play) {
    this.profile = timeline.world.profile;
    this.#timeline = timeline;
    this.#play = play;
  }

  get #book(): NameBook {
    return this.#timeline.now.book;
  }

  #childrenOf(id: number): Map<string, number> {
    const found = new Map<string, number>();
    for (const [c, { parent }] of this.#timeline.state.containers) {
      if (c !== ROOT && (parent ?? ROOT) === id) found.set(this.#book.directory(c), c);
    }
    return found;
  }

  #idOf(path: Path): number | undefined {
    let id: number | undefined = ROOT;
    for (const name of path) {
      id = this.#childrenOf(id).get(name);
      if (id === undefined) return undefined;
    }
    return id;
  }

  #onContainer(path: Path, move: (id: number) => Move): Maybe<Reply> {
    const id = this.#idOf(path);
    return id === undefined ? refused('ENOENT') : this.#play(move(id));
  }

  mkdir(path: Path): Maybe<Reply> {
    if (this.#idOf(path) !== undefined) return refused('EEXIST');
    const { containers } = this.#timeline.state;
    let id = 0;
    while (containers.has(id)) id++;
    return this.#onContainerNamed(path, id);
  }

  #onContainerNamed(path: Path, id: number): Maybe<Reply> {
    const parent = this.#idOf(path.slice(0, -1));
    if (parent === undefined) return refused('ENOENT');
    return this.#play(parent === ROOT ? ['mkdir', id] : ['mkdir', id, parent], path.at(-1));
  }

  rmdir(path: Path): Maybe<Reply> {
    return this.#onContainer(path, (id) => ['rmdir', id]);
  }

  children(path: Path): readonly string[] | undefined {
    const id = this.#idOf(path);
    return id === undefined ? undefined : [...this.#childrenOf(id).keys()];
  }

  read(path: Path, file: string): string | undefined {
    const id = this.#idOf(path);
    return id === undefined ? undefined : readFile(this.#timeline.state, id, file);
  }

  write(path: Path, file: string, text: string): Maybe<Reply> {
    if (!isFileName(file)) return refused('ENOENT');
    return this.#idOf(path) === undefined ? refused('ENOENT') : this.#writeFile(path, file, text);
  }

  #writeFile(path: Path, file: string, text: string): Maybe<Reply> {
    if (file === 'tasks') {
      const pid = parsePid(text);
      return pid === undefined
        ? refused('EINVAL')
        : this.#onContainer(path, (c) => ['move', pid || SHELL, c]);
    }
    const limit = file === 'rss_limit' ? parseLimit(text) : undefined;
    if (limit === undefined) return refused('EINVAL');
    const exact = Number.isSafeInteger(Number(limit)) ? Number(limit) : limit;
    return this.#onContainer(path, (c) => ['setLimit', c, exact]);
  }

  act(deed: Deed, pid: Pid, ...args: readonly number[]): Maybe<Reply> {
    return this.#play(moveOf(deed, [pid, ...args]), deed === 'fork' ? this.childName : undefined);
  }
}

/** A shell that knows the tasks of the trace up to where the timeline stands, whoever made them; null if no shell could have made them. */
export async function shellAt(
  timeline: Timeline,
  play: Play,
): Promise<{ shell: Shell; machine: TimelineMachine } | null> {
  let isLive = false;
  const machine = new TimelineMachine(timeline, (move, name) =>
    isLive ? play(move, name) : { outcome: 'ok', killed: [] },
  );
  const shell = new Shell(machine);
  for (let at = 1; at <= timeline.at; at++) {
    const { turn, outcome, killed, book } = timeline.moment(at);
    const [name, first, second] = turn?.move ?? [];
    if (outcome !== 'ok' && killed.length === 0) continue;
    if (name === 'spawn') return null;
    if (name === 'fork') {
      const before = timeline.moment(at - 1).book;
      const said = await shell.run(`fork ${book.task(Number(second))}`);
      if (said !== '' || Number(second) !== before.nextPid) return null;
    }
    const gone = name === 'exit' ? [Number(first)] : killed;
    for (const pid of gone) await shell.run(pid === SHELL ? 'exit' : `${book.task(pid)}: exit`);
  }
  isLive = true;
  return { shell, machine };
}

/** What could stand in place of the last word of a line. */
export function completions(timeline: Timeline, line: string): string[] {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const { state, now } = timeline;
  const names = [...state.tasks.keys()].map((t) => now.book.task(t));
  const starting = (all: readonly string[]) => all.filter((one) => one.startsWith(word) && one !== word);
  if (word.startsWith('$')) return starting(['$$', ...names.map((name) => `$${name}`)]);
  if (word.startsWith('/') || word.startsWith('>')) return starting(paths(timeline, word));
  const isFirst =
    line
      .slice(0, line.length - word.length)
      .replace(/^\s*[A-Za-z0-9_]+:/, '')
      .trim() === '';
  return isFirst ? starting([...verbs, ...names.map((name) => `${name}:`)]) : [];
}

function paths(timeline: Timeline, word: string): string[] {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const path = parsePath(folder);
  const machine = new TimelineMachine(timeline, () => refused('EINVAL'));
  const children = path && machine.children(path);
  return children ? [...children, ...fileNames].map((name) => folder + name) : ['/containers/rss/'];
}
