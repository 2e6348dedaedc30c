// Names for containers: a tree of directories over the flat numbers that the controllers know. Numbers of removed containers are used again.

import type { Path } from './machine.ts';

interface Node {
  readonly id: number;
  readonly children: Map<string, Node>;
}

export class Tree {
  readonly #root: Node;
  readonly #free: number[] = [];
  #next = 0;

  constructor(root: number) {
    this.#root = { id: root, children: new Map() };
  }

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

  /** A number for a container to be; `add` takes it. */
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
