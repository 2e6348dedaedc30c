// The letter's shell over the trace: every command plays its moves on the timeline, and the shell stands where the timeline stands.

import { type Move, ROOT, readFile } from '../model/index.ts';
import {
  fileNames,
  type Maybe,
  type Path,
  type Reply,
  refused,
  SHELL,
  type ShellMachine,
} from '../shell/machine.ts';
import { Shell } from '../shell/shell.ts';
import { type Naming, NumberedMachine } from '../shell/tree.ts';
import { parsePath, verbs } from '../shell/words.ts';
import type { Timeline } from './timeline.ts';

/** Takes a step: at once, or when the choice that it leaves open has been made. */
export type Play = (move: Move, name?: string) => Maybe<Reply>;

/** The names that containers have where a timeline stands. */
class TimelineNames implements Naming {
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  #below(id: number): Map<string, number> {
    const found = new Map<string, number>();
    for (const [c, { parent }] of this.#timeline.state.containers) {
      if (c !== ROOT && (parent ?? ROOT) === id) found.set(this.#timeline.now.book.directory(c), c);
    }
    return found;
  }

  idOf(path: Path): number | undefined {
    let id: number | undefined = ROOT;
    for (const name of path) {
      id = this.#below(id).get(name);
      if (id === undefined) return undefined;
    }
    return id;
  }

  childrenOf(path: Path): readonly string[] | undefined {
    const id = this.idOf(path);
    return id === undefined ? undefined : [...this.#below(id).keys()];
  }

  nextId(): number {
    let id = 0;
    while (this.#timeline.state.containers.has(id)) id++;
    return id;
  }

  /** The book of the trace does both. */
  add(): void {}
  remove(): void {}
}

/** The controller that a timeline stands for, as the shell drives it. */
export class TimelineMachine extends NumberedMachine implements ShellMachine {
  readonly name = 'lru';
  readonly profile: string;
  /** The name of the task that the command at hand forks: the machine is told its number only. */
  childName: string | undefined;
  readonly #timeline: Timeline;
  readonly #play: Play;

  constructor(timeline: Timeline, play: Play) {
    super(new TimelineNames(timeline));
    this.profile = timeline.world.profile;
    this.#timeline = timeline;
    this.#play = play;
  }

  protected tell(move: Move, container?: string): Maybe<Reply> {
    if (move[0] === 'fork') return this.#play(move, this.childName);
    if (move[0] === 'mkdir' && move[2] === ROOT) return this.#play(['mkdir', move[1]], container);
    if (move[0] === 'setLimit' && Number.isSafeInteger(Number(move[2])))
      return this.#play(['setLimit', move[1], Number(move[2])]);
    return this.#play(move, container);
  }

  read(path: Path, file: string): string | undefined {
    const id = this.tree.idOf(path);
    return id === undefined ? undefined : readFile(this.#timeline.state, id, file);
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
