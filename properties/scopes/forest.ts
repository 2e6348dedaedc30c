// The tree of containers in a packed state: who is above and who below whom, which no move but mkdir and rmdir changes.

import type { Errno, Profile } from '../../model/index.ts';
import type { Fields, Layout } from './layout.ts';

/** No container: what is above it is the root, or nothing. */
export const NOBODY = -1;

export class Forest {
  /** By container: its parent's id, or NOBODY. In a flat search that is so for all, for ever. */
  readonly above: Int32Array;
  /** By container: how many containers it has directly below it. */
  readonly children: Int32Array;
  readonly #layout: Layout;
  readonly #leavesOnly: boolean;
  readonly #containers: number;
  /** At `c * containers + id`: 1 if id is in the subtree of c. */
  readonly #below: Uint8Array;

  constructor(layout: Layout, { innerTasks }: Profile) {
    const { containers } = layout.scope;
    this.#leavesOnly = innerTasks === 'EBUSY';
    this.#layout = layout;
    this.#containers = containers;
    this.above = new Int32Array(containers).fill(NOBODY);
    this.children = new Int32Array(containers);
    this.#below = new Uint8Array(containers * containers);
    for (let c = 0; c < containers; c++) this.#below[c * containers + c] = 1;
  }

  /** Container id is in the subtree of container c. */
  isBelow(c: number, id: number): boolean {
    return this.#below[c * this.#containers + id] === 1;
  }

  /** Task t is in a container of c's subtree. */
  livesBelow(fields: Fields, t: number, c: number): boolean {
    const home = fields[this.#layout.at.container + t] - 1;
    return home !== NOBODY && this.isBelow(c, home);
  }

  /** Whether a task can be put into container c. */
  takesTasks(fields: Fields, c: number): boolean {
    return fields[this.#layout.at.limit + c] !== 0 && !(this.#leavesOnly && this.children[c] > 0);
  }

  /** Why no container can be made within q, or null. */
  refusesChildren(fields: Fields, q: number): Errno | null {
    if (fields[this.#layout.at.limit + q] === 0) return 'ENOENT';
    return this.#leavesOnly && this.#hasMembers(fields, q) ? 'EBUSY' : null;
  }

  /** A task or a container is in c. */
  isBusy(fields: Fields, c: number): boolean {
    if (this.#hasMembers(fields, c)) return true;
    const { limit, parent } = this.#layout.at;
    for (let id = 0; this.#layout.nested && id < this.#containers; id++)
      if (fields[parent + id] === c + 1 && fields[limit + id] !== 0) return true;
    return false;
  }

  /** The slot that the pages of c pass to. */
  heir(fields: Fields, c: number): number {
    const parent = this.#layout.nested ? fields[this.#layout.at.parent + c] : 0;
    return parent === 0 ? this.#containers : parent - 1;
  }

  #hasMembers(fields: Fields, c: number): boolean {
    const { container } = this.#layout.at;
    for (let t = 0; t < this.#layout.scope.tasks; t++) if (fields[container + t] === c + 1) return true;
    return false;
  }

  read(fields: Fields): void {
    if (!this.#layout.nested) return;
    const { limit, parent } = this.#layout.at;
    const { above, children } = this;
    const n = this.#containers;
    this.#below.fill(0);
    children.fill(0);
    for (let c = 0; c < n; c++) above[c] = fields[parent + c] - 1;
    for (let c = 0; c < n; c++) {
      if (fields[limit + c] === 0) continue;
      if (above[c] !== NOBODY) children[above[c]]++;
      for (let up = c; up !== NOBODY; up = above[up]) this.#below[up * n + c] = 1;
    }
  }
}
