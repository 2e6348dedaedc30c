// A session with the kernel: reset to an empty world, then moves, each answered with what the kernel shows afterwards.

import {
  type Census,
  decodeCensus,
  decodeDone,
  decodeSeen,
  decodeTold,
  type Seen,
  type Told,
} from './answer.ts';
import { Broker } from './broker.ts';
import { compile } from './compile.ts';
import { filesFolder, memoryMount } from './machine.ts';

/** A small group cannot have more: a batch of 64 pages would fit, and charging would no longer be exact. */
export const MOST_PAGES = 60;
/** What a group that nobody limited has as its limit, in pages. */
export const NO_LIMIT = 63;
export const MOST_TASKS = 64;
export const MOST_GROUPS = 32;

/** A name and its arguments; ids from 0, -1 is the root group, limits in pages. */
export type Command = readonly [name: string, ...args: (number | bigint)[]];

export interface SessionOptions {
  /**
   * `quiet` (default): the group's OOM killer is off, and the broker kills the member that maps most. `random`: any member.
   * `kernel`: the kernel's own killer, which writes about 80 lines into the kernel log each time.
   */
  readonly oom?: 'quiet' | 'random' | 'kernel';
  readonly seed?: number;
  /** Thousands of pages and limits above 63: then the kernel charges in batches, and usage is exact no longer. */
  readonly large?: boolean;
}

export class Session {
  readonly #broker: Broker;
  readonly #options: SessionOptions;

  static async open(options: SessionOptions = {}): Promise<Session> {
    const mount = memoryMount();
    if (!mount) throw new Error('no cgroup v1 memory hierarchy is mounted');
    return new Session(await Broker.start(await compile(), mount, filesFolder()), options);
  }

  private constructor(broker: Broker, options: SessionOptions) {
    this.#broker = broker;
    this.#options = options;
  }

  /** The broker's process. */
  get pid(): number {
    return this.#broker.pid;
  }

  /** Ends all tasks, removes all groups, and makes room for so many. */
  async reset(size: { containers: number; tasks: number; pages: number }): Promise<void> {
    const { oom = 'quiet', seed = 1, large = false } = this.#options;
    if (size.pages > MOST_PAGES && !large) throw new RangeError(`at most ${MOST_PAGES} pages`);
    if (size.tasks > MOST_TASKS) throw new RangeError(`at most ${MOST_TASKS} tasks`);
    if (size.containers > MOST_GROUPS) throw new RangeError(`at most ${MOST_GROUPS} containers`);
    const lines = [
      `oom ${oom === 'kernel' ? 0 : 1} ${oom === 'random' ? Math.max(seed, 1) : 0}`,
      `exact ${large ? 0 : 1}`,
      `brief ${large ? 1 : 0}`,
      `reset ${size.containers} ${size.tasks} ${size.pages}`,
    ];
    for (const answer of await Promise.all(lines.map((line) => this.#broker.ask(line)))) decodeDone(answer);
  }

  /** Makes one move and looks at everything. */
  async apply(command: Command): Promise<Seen> {
    return decodeSeen(await this.#broker.ask(lineOf(command)));
  }

  /** Makes one move and looks at nothing but its outcome; for sessions that are `large`. */
  async tell(command: Command): Promise<Told> {
    return decodeTold(await this.#broker.ask(lineOf(command)));
  }

  /** In a session that is `large`: looks at the groups, or at everything. */
  async look(what: 'groups' | 'everything'): Promise<Seen> {
    return decodeSeen(await this.#broker.ask(`look ${what === 'groups' ? 0 : 1}`));
  }

  /** Asks every frame of the machine for its owner, and every mapping for its lock: the independent proof, about half a second. */
  async census(): Promise<Census> {
    return decodeCensus(await this.#broker.ask('census'));
  }

  /** Ends all tasks and removes all groups. */
  close(): Promise<void> {
    return this.#broker.close();
  }
}

const rootOf = (id: number | bigint) => (id === -1 ? MOST_GROUPS : id);

function lineOf([name, ...args]: Command): string {
  return `${name === 'setLimit' ? 'limit' : name} ${args.map(rootOf).join(' ')}`;
}
