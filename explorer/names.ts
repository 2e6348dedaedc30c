// The names of containers and tasks: what a shell called them, else c0 and t0. Kept beside the trace, for the model knows numbers only.

import { type Move, ROOT, type Step } from '../model/index.ts';
import { SHELL, type Start, type Turn } from '../properties/trace/link.ts';

export interface Names {
  container(c: number): string;
  task(t: number): string;
}

export const plainNames: Names = {
  container: (c) => (c === ROOT ? 'root' : `c${c}`),
  task: (t) => `t${t}`,
};

/** The names at one moment. A task that is gone keeps its name: `$NAME` stays the last pid that had it. */
export class NameBook implements Names {
  readonly containers: ReadonlyMap<number, string>;
  readonly tasks: ReadonlyMap<number, string>;
  /** The number of the next task that the shell forks. */
  readonly nextPid: number;

  constructor(
    containers: ReadonlyMap<number, string>,
    tasks: ReadonlyMap<number, string>,
    nextPid = SHELL + 1,
  ) {
    this.containers = containers;
    this.tasks = tasks;
    this.nextPid = nextPid;
  }

  container(c: number): string {
    const name = this.containers.get(c);
    return name === undefined ? plainNames.container(c) : `/${name}`;
  }

  /** The directory's name, without the slash that tells it from a number. */
  directory(c: number): string {
    return this.containers.get(c) ?? plainNames.container(c);
  }

  task(t: number): string {
    return this.tasks.get(t) ?? plainNames.task(t);
  }

  /** The book after a move: mkdir names a container, fork and spawn a task. */
  after({ move, name }: Turn, { outcome }: Step): NameBook {
    const id = newId(move);
    if (outcome !== 'ok' || id === null) return this;
    const { containers, tasks, nextPid } = this;
    if (move[0] !== 'mkdir') {
      const given = name ?? plainNames.task(id);
      return new NameBook(containers, new Map(tasks).set(id, given), Math.max(nextPid, id + 1));
    }
    const named = new Map(containers);
    if (name === undefined) named.delete(id);
    else named.set(id, name);
    return new NameBook(named, tasks, nextPid);
  }
}

export const firstBook = (start: Start): NameBook =>
  new NameBook(new Map(), new Map(start === 'shell' ? [[SHELL, 'sh']] : []));

/** The number that a move gives to something new, or null. */
export function newId([name, ...args]: Move): number | null {
  if (name === 'mkdir' || name === 'spawn') return Number(args[0]);
  return name === 'fork' ? Number(args[1]) : null;
}
