// Names for containers: a tree of directories over the flat numbers that the controllers know. Numbers of removed containers are used again.
// And what every machine does that knows its containers by number: whatever a path or a text refuses by itself is refused here.

import { type Move, moveOf, parseLimit, parsePid, ROOT } from '../model/index.ts';
import {
  type Deed,
  isFileName,
  type Maybe,
  type Path,
  type Pid,
  type Reply,
  refused,
  SHELL,
} from './machine.ts';

/** Which container a path names. */
export interface Naming {
  idOf(path: Path): number | undefined;
  childrenOf(path: Path): readonly string[] | undefined;
  /** A number for a container to be; `add` takes it. */
  nextId(): number;
  add(path: Path): void;
  remove(path: Path): void;
}

interface Node {
  readonly id: number;
  readonly children: Map<string, Node>;
}

export class Tree implements Naming {
  readonly #root: Node = { id: ROOT, children: new Map() };
  readonly #free: number[] = [];
  #next = 0;

  #find(path: Path): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of path) node = node?.children.get(name);
    return node;
  }

  idOf(path: Path): number | undefined {
    return this.#find(path)?.id;
  }

  childrenOf(path: Path): readonly string[] | undefined {
    const node = this.#find(path);
    return node && [...node.children.keys()];
  }

  nextId(): number {
    return this.#free.at(-1) ?? this.#next;
  }

  add(path: Path): void {
    const id = this.#free.pop() ?? this.#next++;
    this.#find(path.slice(0, -1))?.children.set(path.at(-1) as string, { id, children: new Map() });
  }

  remove(path: Path): void {
    const id = this.idOf(path);
    if (id !== undefined) this.#free.push(id);
    this.#find(path.slice(0, -1))?.children.delete(path.at(-1) as string);
  }
}

/** A machine whose containers are numbers; ROOT is the root's. */
export abstract class NumberedMachine {
  tree: Naming;

  constructor(tree: Naming = new Tree()) {
    this.tree = tree;
  }

  /** Makes a move, its containers by number; `name` is that of a container to be made. */
  protected abstract tell(move: Move, name?: string): Maybe<Reply>;

  mkdir(path: Path): Maybe<Reply> {
    if (this.tree.idOf(path) !== undefined) return refused('EEXIST');
    const parent = this.tree.idOf(path.slice(0, -1));
    if (parent === undefined) return refused('ENOENT');
    const reply = this.tell(['mkdir', this.tree.nextId(), parent], path.at(-1));
    return afterwards(reply, () => this.tree.add(path));
  }

  rmdir(path: Path): Maybe<Reply> {
    const id = this.tree.idOf(path);
    return id === undefined
      ? refused('ENOENT')
      : afterwards(this.tell(['rmdir', id]), () => this.tree.remove(path));
  }

  children(path: Path): readonly string[] | undefined {
    return this.tree.childrenOf(path);
  }

  write(path: Path, file: string, text: string): Maybe<Reply> {
    const id = this.tree.idOf(path);
    if (id === undefined || !isFileName(file)) return refused('ENOENT');
    if (file === 'tasks') {
      const pid = parsePid(text);
      return pid === undefined ? refused('EINVAL') : this.tell(['move', pid || SHELL, id]);
    }
    const limit = file === 'rss_limit' ? parseLimit(text) : undefined;
    return limit === undefined ? refused('EINVAL') : this.tell(['setLimit', id, limit]);
  }

  act(deed: Deed, pid: Pid, ...args: readonly number[]): Maybe<Reply> {
    return this.tell(moveOf(deed, [pid, ...args]));
  }
}

/** Does it if the reply is ok, at once or when it has come. */
function afterwards(reply: Maybe<Reply>, act: () => void): Maybe<Reply> {
  if (reply instanceof Promise) return reply.then((come) => afterwards(come, act));
  if (reply.outcome === 'ok') act();
  return reply;
}
