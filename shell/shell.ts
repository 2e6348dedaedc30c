// The shell: one line in, its output and whether the script goes on. Everything it knows of the controller goes through a machine.

import {
  fileNames,
  isFileName,
  type Maybe,
  type Path,
  type Pid,
  type Reply,
  SHELL,
  type ShellMachine,
} from './machine.ts';
import { nearest } from './nearest.ts';
import {
  byBytes,
  type Command,
  expand,
  isName,
  parseCommand,
  parsePage,
  parsePages,
  parsePath,
  shellOnly,
  verbs,
} from './words.ts';

/** Why a script is at its end: `exit` without a prefix, or the OOM killer took the shell. */
export type End = 'exit' | 'killed';

const LISTED = { touch: 'touch', unmap: 'unmap', mlock: 'pin', munlock: 'unpin' } as const;
const isListed = (verb: string): verb is keyof typeof LISTED => Object.hasOwn(LISTED, verb);

/** How many pages are done before the shell looks whether it is to stop. */
const STRIDE = 512;
const BREATH_MS = 25;

export class Interrupted extends Error {
  override name = 'Interrupted';
}

export class Shell {
  readonly machine: ShellMachine;
  end: End | null = null;
  /** The last pid that each name had, and which pids live. */
  readonly #pids = new Map<string, Pid>([['sh', SHELL]]);
  readonly #names = new Map<Pid, string>([[SHELL, 'sh']]);
  readonly #isStopped: () => boolean;
  #nextPid = SHELL + 1;
  #output: string[] = [];
  #breathed = 0;

  /** `isStopped` is asked between the pages of a long list. */
  constructor(machine: ShellMachine, isStopped: () => boolean = () => false) {
    this.machine = machine;
    this.#isStopped = isStopped;
  }

  /** Names of the tasks that live, for completion. */
  get taskNames(): string[] {
    return [...this.#names.values()];
  }

  /** Runs one line and returns what it prints, each line ended by a newline. After the shell's end nothing runs. */
  async run(line: string): Promise<string> {
    const command = parseCommand(line);
    if (!command || this.end) return '';
    this.#output = [];
    const outcome = await this.#do(command);
    if (outcome !== 'ok' && outcome !== 'KILLED' && !this.end)
      this.#print(`sh: ${command.verb}: ${outcome}\n`);
    return this.#output.join('');
  }

  /** For people: what a line that is not of the language may have meant; null for any other. */
  hintFor(line: string): string | null {
    const command = parseCommand(line);
    if (!command || (verbs as readonly string[]).includes(command.verb)) return null;
    const near = nearest(command.verb, verbs);
    return `no command is called ${command.verb}; ${near ? `the nearest is ${near}` : `there are: ${verbs.join(', ')}`}`;
  }

  #print(text: string): void {
    this.#output.push(text);
  }

  /** The outcome of a command, its output and kills printed. */
  async #do({ prefix, verb, words }: Command): Promise<string> {
    if (shellOnly.has(verb)) {
      if (prefix !== null) return 'EINVAL';
      const given = words
        .map((word) => expand(word, (name) => this.#pids.get(name)))
        .filter((word) => word !== '');
      return verb === 'echo' ? this.#echo(given) : this.#onContainer(verb, given);
    }
    const pid = prefix === null ? SHELL : this.#livePid(prefix);
    if (pid === undefined) return 'ESRCH';
    const given = words
      .map((word) => expand(word, (name) => this.#pids.get(name)))
      .filter((word) => word !== '');
    if (isListed(verb)) return given.length === 1 ? this.#eachPage(verb, pid, given[0]) : 'EINVAL';
    if (verb === 'copy') return this.#copy(pid, given);
    if (verb === 'fork') return this.#fork(pid, given);
    if (verb === 'exit') return given.length === 0 ? this.#exit(pid) : 'EINVAL';
    return 'EINVAL';
  }

  #livePid(name: string): Pid | undefined {
    const pid = this.#pids.get(name);
    return pid !== undefined && this.#names.has(pid) ? pid : undefined;
  }

  // Containers and their files.

  async #onContainer(verb: string, words: readonly string[]): Promise<string> {
    if (words.length !== 1) return 'EINVAL';
    const path = parsePath(words[0]);
    if (!path) return 'ENOENT';
    if (verb === 'mkdir') return this.#mkdir(path);
    if (verb === 'rmdir') return (await this.#reply(this.machine.rmdir(path))).outcome;
    return verb === 'ls' ? this.#list(path) : this.#cat(path);
  }

  async #mkdir(path: Path): Promise<string> {
    const isFile = path.length > 0 && isFileName(path.at(-1) as string);
    const parentIsThere = isFile && (await this.machine.children(path.slice(0, -1))) !== undefined;
    return parentIsThere ? 'EEXIST' : (await this.#reply(this.machine.mkdir(path))).outcome;
  }

  async #list(path: Path): Promise<string> {
    const children = await this.machine.children(path);
    if (!children) return 'ENOENT';
    for (const name of [...fileNames, ...children].sort(byBytes)) this.#print(`${name}\n`);
    return 'ok';
  }

  async #cat(path: Path): Promise<string> {
    const text =
      path.length === 0 ? undefined : await this.machine.read(path.slice(0, -1), path.at(-1) as string);
    if (text === undefined) return 'ENOENT';
    this.#print(text);
    return 'ok';
  }

  /** `echo [-n] TEXT > F`; without a file the text is printed, as by any shell. */
  async #echo(words: readonly string[]): Promise<string> {
    const at = words.findIndex((word) => word.startsWith('>'));
    const redirected =
      at < 0 ? [] : [words[at].slice(1), ...words.slice(at + 1)].filter((word) => word !== '');
    const spoken = at < 0 ? words : words.slice(0, at);
    const text = spoken[0] === '-n' ? spoken.slice(1).join(' ') : `${spoken.join(' ')}\n`;
    if (at < 0) {
      this.#print(text);
      return 'ok';
    }
    if (redirected.length !== 1 || redirected[0].startsWith('>')) return 'EINVAL';
    const path = parsePath(redirected[0]);
    if (!path || path.length === 0) return 'ENOENT';
    return (await this.#reply(this.machine.write(path.slice(0, -1), path.at(-1) as string, text))).outcome;
  }

  // Tasks and pages.

  async #fork(pid: Pid, words: readonly string[]): Promise<string> {
    const [name] = words;
    if (words.length !== 1 || !isName(name)) return 'EINVAL';
    if (this.#livePid(name) !== undefined) return 'EEXIST';
    const reply = await this.#reply(this.machine.act('fork', pid, this.#nextPid));
    if (reply.outcome !== 'ok') return reply.outcome;
    this.#pids.set(name, this.#nextPid);
    this.#names.set(this.#nextPid++, name);
    return 'ok';
  }

  async #exit(pid: Pid): Promise<string> {
    const { outcome } = await this.#reply(this.machine.act('exit', pid));
    if (outcome === 'ok') this.#names.delete(pid);
    if (pid === SHELL) this.end = 'exit';
    return outcome;
  }

  async #copy(pid: Pid, words: readonly string[]): Promise<string> {
    const [page, target] = words.map(parsePage);
    if (words.length !== 2 || page === undefined || target === undefined) return 'EINVAL';
    return (await this.#reply(this.machine.act('copy', pid, page, target))).outcome;
  }

  /** One action a page, in the order of the list, up to the first that fails or kills the task. */
  async #eachPage(verb: keyof typeof LISTED, pid: Pid, list: string): Promise<string> {
    const ranges = parsePages(list);
    if (!ranges) return 'EINVAL';
    for (const { first, last } of ranges) {
      for (let page = first; page <= last; page++) {
        if (page % STRIDE === 0) await this.#breathe();
        const { outcome } = await this.#reply(this.machine.act(LISTED[verb], pid, page));
        if (outcome !== 'ok' || this.end) return outcome;
      }
    }
    return 'ok';
  }

  /** Books the kills of a reply. With the shell its voice is gone: whoever dies after it in the same command is not told. */
  async #reply(answer: Maybe<Reply>): Promise<Reply> {
    const reply = answer instanceof Promise ? await answer : answer;
    for (const pid of reply.killed) {
      if (this.end) break;
      this.#print(`Killed ${this.#names.get(pid) ?? pid}\n`);
      this.#names.delete(pid);
      if (pid === SHELL) this.end = 'killed';
    }
    return reply;
  }

  /** Lets the rest of the program have its turn now and then, so that a long list can be interrupted. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathed < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#breathed = performance.now();
    if (this.#isStopped()) throw new Interrupted('interrupted');
  }
}
