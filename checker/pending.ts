// The states in which a temporal claim is pending, and the steps between them, as compressed rows.

import { setImmediate } from 'node:timers/promises';
import type { TemporalClaim } from './model.ts';
import type { Steps } from './steps.ts';
import type { Table } from './table.ts';

/** States between two looks at the event loop. */
const BREATH = 512;

/** Nodes are numbered by depth. Steps that change nothing are left out: standing still is possible everywhere. */
export interface Pending {
  /** Table index of each node. */
  readonly index: Uint32Array;
  /** Edges of node n: `rows[n]` up to, not including, `rows[n + 1]`. */
  readonly rows: Uint32Array;
  readonly to: Uint32Array;
  /** Move of each edge. */
  readonly by: Uint32Array;
  /** Bits of the fairness groups with a move that would change the state, `groupWords` words a node. */
  readonly enabled: Uint32Array;
  readonly groupWords: number;
}

/** Thrown when the graph does not fit, or the caller has had enough. */
export class PendingCut extends Error {
  override readonly name = 'PendingCut';
}

/** A growing Uint32Array. */
class Words {
  #words = new Uint32Array(1 << 12);
  length = 0;
  push(word: number): void {
    if (this.length === this.#words.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[this.length++] = word;
  }
  get bytes(): number {
    return this.#words.byteLength;
  }
  done(): Uint32Array {
    return this.#words.subarray(0, this.length);
  }
}

export interface Bounds {
  /** Bytes the graph may take. */
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
}

/** `groupOf[m]` is the fairness group of move m, -1 for none; `groups` is how many there are. */
export async function pendingGraph<State>(
  claim: TemporalClaim<State>,
  table: Table,
  steps: Steps<State>,
  groupOf: readonly number[],
  groups: number,
  bounds: Bounds,
): Promise<Pending> {
  const index = await pendingStates(claim, table, steps, bounds);
  const nodeOf = new Int32Array(table.reserved).fill(-1);
  index.forEach((at, node) => {
    nodeOf[at] = node;
  });
  const groupWords = Math.ceil(groups / 32);
  const enabled = new Uint32Array(groupWords * index.length);
  const rows = new Uint32Array(index.length + 1);
  const to = new Words();
  const by = new Words();
  for (let node = 0; node < index.length; node++) {
    if (node % BREATH === 0) await breathe(bounds, to.bytes + by.bytes);
    steps.each(index[node]!, (next, move, changed) => {
      if (!changed) return;
      const group = groupOf[move]!;
      if (group >= 0) enabled[node * groupWords + (group >>> 5)]! |= 1 << (group & 31);
      if (next < 0 || nodeOf[next]! < 0) return;
      to.push(nodeOf[next]!);
      by.push(move);
    });
    rows[node + 1] = to.length;
  }
  return { index, rows, to: to.done(), by: by.done(), enabled, groupWords };
}

async function pendingStates<State>(
  claim: TemporalClaim<State>,
  table: Table,
  steps: Steps<State>,
  bounds: Bounds,
): Promise<Uint32Array> {
  const found = new Words();
  let looked = 0;
  for (const at of table.indices()) {
    if (looked++ % BREATH === 0) await breathe(bounds, found.bytes);
    if (claim.pending(steps.state(at))) found.push(at);
  }
  const depths = depthsOf(table);
  return found.done().sort((a, b) => depths[a]! - depths[b]! || a - b);
}

/** Depth of every index; threads may number a parent after its child. */
function depthsOf(table: Table): Uint32Array {
  const depths = new Uint32Array(table.reserved);
  const path: number[] = [];
  for (const index of table.indices()) {
    let at = index;
    for (; depths[at] === 0 && table.parent(at) >= 0; at = table.parent(at)) path.push(at);
    for (let depth = depths[at]!; path.length > 0; ) depths[path.pop()!] = ++depth;
  }
  return depths;
}

async function breathe({ bytes, signal }: Bounds, used: number): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new PendingCut('interrupted');
  if (used > bytes)
    throw new PendingCut(`its graph would take more than the ${Math.floor(bytes / 2 ** 20)} MiB left`);
}
