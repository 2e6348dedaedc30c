// What the shell drives: directories, control files and tasks. The specification, an implementation and the kernel each offer it.

/** Names below the root container; [] is the root itself, `/containers/rss`. */
export type Path = readonly string[];
export type Pid = number;
/** The process id of the shell in every machine; the root container holds it from the start. */
export const SHELL: Pid = 1;

export { type FileName, fileNames, isFileName } from '../model/index.ts';

/** What came of a command: `ok`, `KILLED` (the acting task was a victim) or an errno; and the victims in the order of the kills. */
export interface Reply {
  readonly outcome: string;
  readonly killed: readonly Pid[];
}

export const ok: Reply = { outcome: 'ok', killed: [] };
export const refused = (outcome: string): Reply => ({ outcome, killed: [] });

/** What a task can do, by the names of the model's moves. */
export type Deed = 'fork' | 'exit' | 'touch' | 'unmap' | 'pin' | 'unpin' | 'copy';

export type Maybe<T> = T | Promise<T>;

/** A machine that has just started: the root container, unlimited, with the shell in it. Kernel-like ones may answer with promises. */
export interface ShellMachine {
  /** `lru`, `controller`, `linux`: for reports. */
  readonly name: string;
  readonly profile: string;

  mkdir(path: Path): Maybe<Reply>;
  rmdir(path: Path): Maybe<Reply>;
  /** The names of the child containers in any order; undefined: there is no such container. */
  children(path: Path): Maybe<readonly string[] | undefined>;
  /** A control file's text; undefined: there is no such container or file. `tasks` holds the pids that `fork` was given. */
  read(path: Path, file: string): Maybe<string | undefined>;
  /** Writes as the shell does. */
  write(path: Path, file: string, text: string): Maybe<Reply>;

  /** A task acts: forks a child whose pid was never used before, ends, or does something with a page (`copy`: with two). */
  act(deed: Deed, pid: Pid, ...args: readonly number[]): Maybe<Reply>;
  /** Gives back what the machine holds outside this process. */
  close?(): Maybe<void>;
}
