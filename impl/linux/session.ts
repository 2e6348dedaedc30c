// A session with the kernel: reset to an empty world, then moves, each answered with what the kernel shows afterwards.

import { setTimeout as wait } from 'node:timers/promises';
import {
  decodeAgain,
  decodeDone,
  decodeFile,
  decodeGroups,
  decodeShown,
  decodeTold,
  type Seen,
  type Told,
} from './answer.ts';
import { groupsOf, listsAgree, Owners } from './books.ts';
import { Broker, type Launch } from './broker.ts';
import { compile } from './compile.ts';
import { launchGuest } from './guest.ts';
import { type Cgroup, type Facts, factFiles, factsOf, filesFolder, memoryMount } from './machine.ts';
import { removeStale } from './stale.ts';

/** A small group cannot have more: a batch of 64 pages would fit, and charging would no longer be exact. */
export const MOST_PAGES = 60;
/** What a group that nobody limited has as its limit, in pages. */
export const NO_LIMIT = 63;
export const MOST_TASKS = 64;
export const MOST_GROUPS = 32;
/** So often is looked at lists that the pages contradict. */
const MOST_LOOKS = 4;

/** A name and its arguments; ids from 0, -1 is the root group, limits in pages. */
export type Command = readonly [name: string, ...args: (number | bigint)[]];

export interface SessionOptions {
  /** A kernel to be run in a guest; the running one, if left out. */
  readonly kernel?: string;
  /** v1 if left out. */
  readonly cgroup?: Cgroup;
  /**
   * `quiet` (default): the group's OOM killer is off, and the broker kills the member that maps most. `random`: any member.
   * `kernel`: the kernel's own killer, which writes about 80 lines into the kernel log each time.
   */
  readonly oom?: 'quiet' | 'random' | 'kernel';
  readonly seed?: number;
  /** Groups have no limit at first: usage is exact only after a limit is written. */
  readonly stock?: boolean;
  /** Pages become active before they are locked. */
  readonly active?: boolean;
  /** In a guest: groups lie in groups, and the kernel does not count what it needs for itself, which it would charge to the parent. */
  readonly nested?: boolean;
  /** In a guest: pages move to other frames. */
  readonly migrate?: boolean;
  /** Thousands of pages and limits above 63: then the kernel charges in batches, and usage is exact no longer. */
  readonly large?: boolean;
}

export class Session {
  readonly #broker: Broker;
  readonly #options: SessionOptions;
  readonly #owners = new Owners();

  /** @throws NoGuest if the kernel that is asked for cannot be run here */
  static async open(options: SessionOptions = {}): Promise<Session> {
    const { kernel, cgroup = 'v1', migrate = false, nested = false } = options;
    const launch = kernel
      ? await launchGuest({ kernel, cgroup, isSmall: migrate, nested })
      : await launchHere(cgroup);
    return new Session(await Broker.start(launch), options);
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
    const { kernel, stock = false, active = false, migrate = false } = this.#options;
    if (migrate && !kernel) throw new RangeError('pages are made to move in a guest only');
    if (size.pages > MOST_PAGES && !large) throw new RangeError(`at most ${MOST_PAGES} pages`);
    if (size.tasks > MOST_TASKS) throw new RangeError(`at most ${MOST_TASKS} tasks`);
    if (size.containers > MOST_GROUPS) throw new RangeError(`at most ${MOST_GROUPS} containers`);
    const luck = oom === 'random' ? Math.max(seed, 1) : 0;
    const switches = [oom !== 'kernel', luck, !large && !stock, active, migrate, large].map(Number);
    const lines = [`drive ${switches.join(' ')}`, `reset ${size.tasks} ${size.pages}`];
    this.#owners.clear();
    for (const answer of await Promise.all(lines.map((line) => this.#broker.ask(line)))) decodeDone(answer);
  }

  /** Makes one move and looks at everything. */
  async apply(command: Command): Promise<Seen> {
    const shown = decodeShown(await this.#broker.ask(lineOf(command)));
    this.#owners.learn(shown, command[0] === 'rmdir' && shown.outcome === 'ok' ? Number(command[1]) : null);
    let seen = this.#owners.seenOf(shown);
    for (let looks = 1; looks < MOST_LOOKS && !listsAgree(seen); looks++)
      seen = {
        ...this.#owners.seenOf({ ...shown, ...decodeAgain(await this.#broker.ask('look')) }),
        ...(seen.books && { books: seen.books }),
      };
    return seen;
  }

  /** Makes one move and looks at nothing but its outcome; for sessions that are `large`. */
  async tell(command: Command): Promise<Told> {
    return decodeTold(await this.#broker.ask(lineOf(command)));
  }

  /** In a session that is `large`: looks at the groups. A group's lists are those of all below it, too. */
  async look(): Promise<Seen['groups']> {
    return groupsOf(decodeGroups(await this.#broker.ask('look')).groups);
  }

  /**
   * How many groups were removed and live on, once no more than `above` do, or after so many ms: after a while, none. In v1 the kernel counts the groups
   * of the whole machine.
   */
  async dying(above: number, patience: number): Promise<number> {
    const [file, row] =
      this.#options.cgroup === 'v2'
        ? ['cgroup.stat', /nr_dying_descendants (\d+)/]
        : ['/proc/cgroups', /\smemory\s+\d+\s+(\d+)/];
    const until = performance.now() + patience;
    for (;;) {
      const count = Number(row.exec(await this.#read(file))?.[1] ?? 0);
      if (count <= above || performance.now() >= until) return count;
      await wait(2);
    }
  }

  /** Which kernel answers: a guest's facts are its own. */
  async facts(): Promise<Facts> {
    return factsOf(await Promise.all(factFiles.map((file) => this.#read(file))));
  }

  /** A file of the kernel's, or of the run's directory: its lines as one, nothing if it is not there. */
  async #read(file: string): Promise<string> {
    return decodeFile(await this.#broker.ask(`read ${file}`)).text;
  }

  /** Ends all tasks and removes all groups. */
  close(): Promise<void> {
    return this.#broker.close();
  }
}

async function launchHere(cgroup: Cgroup): Promise<Launch> {
  const mount = memoryMount(cgroup);
  if (!mount) throw new Error(`no cgroup ${cgroup} memory hierarchy is mounted`);
  await removeStale(mount);
  return { command: await compile(), args: [mount, filesFolder()], isGuest: false };
}

const rootOf = (id: number | bigint) => (id === -1 ? MOST_GROUPS : id);

function lineOf([name, ...args]: Command): string {
  if (name === 'mkdir' && args.length === 1) args.push(-1);
  return `${name === 'setLimit' ? 'limit' : name} ${args.map(rootOf).join(' ')}`;
}
