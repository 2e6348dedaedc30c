// The kernel behind the shell: directories are groups, files are the group's own, and a page toucher touches pages of the running kernel.

import { MOST_GROUPS, MOST_TASKS, probe, type Seen, Session } from '../impl/linux/index.ts';
import { type Move, type ProfileName, ROOT, UNLIMITED } from '../model/index.ts';
import { factsOfGuest } from '../properties/subjects/linux/index.ts';
import { optionsOf } from '../properties/subjects/linux/regime.ts';
import { answerOf } from '../properties/subjects/linux/subject.ts';
import {
  type Deed,
  type FileName,
  isFileName,
  type Maybe,
  type Path,
  type Pid,
  type Reply,
  refused,
  SHELL,
  type ShellMachine,
} from './machine.ts';
import { NumberedMachine, Tree } from './tree.ts';

/** How many pages a script may name: each is a mapping of its own. */
export const SHELL_PAGES = 12_288;
/** What a group shows. */
type GroupFile = Exclude<FileName, 'rss_reclaimed'>;
/** The kernel's "no limit", in pages; the largest that it takes. */
const MOST = UNLIMITED / 4096n;

const onLists = ([, , , , active, inactive, unevictable]: Seen['groups'][number]): number =>
  active + inactive + unevictable;

/**
 * What the letter has and this kernel has not: `rss_reclaimed` (ENOENT). What it has otherwise: limits in bytes, which are pages here; and in a
 * guest a group answers for those in it. The running kernel counts what it needs for a group with the parent's pages: nested groups are siblings there.
 */
export class LinuxMachine extends NumberedMachine implements ShellMachine {
  readonly name = 'linux';
  readonly profile: ProfileName;
  readonly #session: Session;
  readonly #nested: boolean;
  /** Where each live pid's task is among the broker's. */
  readonly #slots = new Map<Pid, number>();

  /** Starts the shell in the root container; or says what is missing. */
  static async open(
    impl = 'linux',
    profile: ProfileName = 'linux-v1',
  ): Promise<LinuxMachine | { readonly skip: string }> {
    const options = optionsOf(impl, profile);
    if (options.kernel) await factsOfGuest(options);
    else {
      const { ok, missing } = await probe(options.cgroup);
      if (!ok) return { skip: `the kernel cannot be driven here, missing: ${missing.join(', ')}` };
    }
    const kept = options.cgroup === 'v2' ? 'linux-v2' : 'linux-v1';
    const machine = new LinuxMachine(
      await Session.open({ ...options, large: true }),
      kept,
      options.nested === true,
    );
    await machine.#start();
    return machine;
  }

  private constructor(session: Session, profile: ProfileName, nested: boolean) {
    super();
    this.#nested = nested;
    this.#session = session;
    this.profile = profile;
  }

  /** Back to the start, the shell alone in the root container: much cheaper than another machine. */
  async reset(): Promise<void> {
    this.tree = new Tree();
    this.#slots.clear();
    await this.#start();
  }

  async #start(): Promise<void> {
    await this.#session.reset({ containers: MOST_GROUPS, tasks: MOST_TASKS, pages: SHELL_PAGES });
    this.#slots.set(SHELL, 0);
    await this.#tell('spawn', 0, ROOT);
  }

  async #tell(name: string, ...args: (number | bigint)[]): Promise<Reply> {
    const { outcome, killed } = answerOf(await this.#session.tell([name, ...args]));
    const pids = killed.map((slot) => this.#pidOf(slot));
    for (const pid of pids) this.#slots.delete(pid);
    return { outcome, killed: pids };
  }

  #pidOf(slot: number): Pid {
    for (const [pid, at] of this.#slots) if (at === slot) return pid;
    return 0;
  }

  #by(pid: Pid, name: string, ...args: number[]): Reply | Promise<Reply> {
    const slot = this.#slots.get(pid);
    if (slot === undefined) return refused('ESRCH');
    return this.#tell(name, slot, ...args);
  }

  protected tell(move: Move): Maybe<Reply> {
    if (move[0] === 'mkdir') {
      if (move[1] >= MOST_GROUPS) return refused('ENOSPC');
      return this.#tell('mkdir', move[1], this.#nested ? Number(move[2]) : ROOT);
    }
    if (move[1] === ROOT) return refused(move[0] === 'rmdir' ? 'EBUSY' : 'EINVAL');
    if (move[0] === 'setLimit') {
      const limit = BigInt(move[2]);
      if (limit > UNLIMITED) return refused('EINVAL');
      return this.#tell('setLimit', move[1], limit < MOST ? limit : MOST);
    }
    return move[0] === 'move' ? this.#by(move[1], 'move', move[2]) : this.#tell('rmdir', move[1]);
  }

  /** Where groups are siblings the kernel does not know who is below whom. */
  override rmdir(path: Path): Maybe<Reply> {
    return this.children(path)?.length ? refused('EBUSY') : super.rmdir(path);
  }

  async read(path: Path, file: string): Promise<string | undefined> {
    const id = this.tree.idOf(path);
    if (id === undefined || !isFileName(file) || file === 'rss_reclaimed') return undefined;
    const group = (await this.#session.look()).find(([c]) => c === id);
    return group && this.#text(group, file);
  }

  #text(row: Seen['groups'][number], file: GroupFile): string {
    const [, , limit, failcnt, , , , tasks] = row;
    // The lists, not usage_in_bytes: above 63 pages the kernel charges in batches, and the counter runs ahead of the pages.
    if (file === 'rss_usage') return `${onLists(row)}\n`;
    if (file === 'tasks') {
      const pids = tasks.map((slot) => this.#pidOf(slot)).sort((a, b) => a - b);
      return pids.map((pid) => `${pid}\n`).join('');
    }
    return `${{ rss_limit: BigInt(limit) >= MOST ? UNLIMITED : limit, rss_failcnt: failcnt }[file]}\n`;
  }

  async #fork(parent: Pid, child: Pid): Promise<Reply> {
    const from = this.#slots.get(parent);
    if (from === undefined) return refused('ESRCH');
    const used = new Set(this.#slots.values());
    const slot = Array.from({ length: MOST_TASKS }, (_, i) => i).find((i) => !used.has(i));
    if (slot === undefined) return refused('EAGAIN');
    const reply = await this.#tell('fork', from, slot);
    if (reply.outcome === 'ok') this.#slots.set(child, slot);
    return reply;
  }

  async #exit(pid: Pid): Promise<Reply> {
    const reply = await this.#by(pid, 'exit');
    if (reply.outcome === 'ok') this.#slots.delete(pid);
    return reply;
  }

  override act(deed: Deed, pid: Pid, ...args: readonly number[]): Reply | Promise<Reply> {
    if (deed === 'fork') return this.#fork(pid, args[0]);
    if (deed === 'exit') return this.#exit(pid);
    return args.some((page) => page >= SHELL_PAGES) ? refused('EINVAL') : this.#by(pid, deed, ...args);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
