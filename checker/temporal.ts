// Leads-to under weak fairness: looks for a fair cycle, or a fair end, among the states where the claim is pending.
//
// A run that stays pending for ever stays in the end within one strongly connected part of the pending states. It is weakly fair to a group
// of moves if the group has no move that would change the state in some state of the part (visited again and again), or if a step of the
// group stays within the part (taken again and again). So a part carries a fair run if and only if that holds for every group of the claim.

import { components } from './components.ts';
import type { Model, TemporalClaim } from './model.ts';
import { type Bounds, type Pending, pendingGraph } from './pending.ts';
import { watched } from './shape.ts';
import type { Steps } from './steps.ts';
import type { Table } from './table.ts';

/** A lasso in the table: a run to `start`, then the cycle for ever; an empty cycle means that `start` stays for ever. */
export interface Lasso {
  /** Table index of the state where the loop begins. */
  readonly start: number;
  /** The move and the table index of the state after each step of the loop; the last is `start` again. */
  readonly cycle: readonly { readonly move: number; readonly to: number }[];
}

export interface TemporalResult {
  /** States in which the claim is pending. */
  readonly met: number;
  readonly lasso: Lasso | null;
}

/** Judges one claim over all states of a table. A lasso found is real even if the search was cut off; none found then means nothing. */
export async function judgeTemporal<State>(
  model: Model<State>,
  asked: TemporalClaim<State>,
  table: Table,
  steps: Steps<State>,
  bounds: Bounds,
): Promise<TemporalResult> {
  const claim = watched(model, asked);
  const fair = model.moves.map((move) => claim.fair(move));
  const groups = [...new Set(fair.filter((group) => group !== null))];
  const groupOf = fair.map((group) => (group === null ? -1 : groups.indexOf(group)));
  const pending = await pendingGraph(claim, table, steps, groupOf, groups.length, bounds);
  const part = components(pending.rows, pending.to);
  const unfair = unfairParts(pending, part, groupOf);
  const met = pending.index.length;
  // Nodes are in the order of depth: the first in a fair part has a shortest stem.
  const start = part.findIndex((p) => unfair[p] === 0);
  return { met, lasso: start < 0 ? null : lassoFrom(pending, part, start, groups.length, groupOf) };
}

const isEnabled = ({ enabled, groupWords }: Pending, node: number, group: number) =>
  (enabled[node * groupWords + (group >>> 5)]! & (1 << (group & 31))) !== 0;

/** 1 for each part in which some group is enabled in every state, and none of its steps stays in the part. */
function unfairParts(pending: Pending, part: Uint32Array, groupOf: readonly number[]): Uint8Array {
  const { rows, to, by, enabled, groupWords } = pending;
  const parts = part.reduce((most, p) => Math.max(most, p + 1), 0);
  const neglected = new Uint32Array(parts * groupWords).fill(0xffffffff);
  for (let node = 0; node < part.length; node++) {
    for (let w = 0; w < groupWords; w++)
      neglected[part[node]! * groupWords + w]! &= enabled[node * groupWords + w]!;
  }
  for (let node = 0; node < part.length; node++) {
    const p = part[node]!;
    for (let e = rows[node]!; e < rows[node + 1]!; e++) {
      const group = groupOf[by[e]!]!;
      if (group >= 0 && part[to[e]!] === p)
        neglected[p * groupWords + (group >>> 5)]! &= ~(1 << (group & 31));
    }
  }
  const unfair = new Uint8Array(parts);
  neglected.forEach((word, k) => {
    if (word !== 0) unfair[Math.floor(k / groupWords)] = 1;
  });
  return unfair;
}

/** A closed walk from `start` within its part: through a step of each group, or through a state where the group is not enabled. */
function lassoFrom(
  pending: Pending,
  part: Uint32Array,
  start: number,
  groups: number,
  groupOf: readonly number[],
): Lasso {
  const { index, rows, to, by } = pending;
  const nodes: number[] = [];
  const edges: number[] = [];
  part.forEach((p, node) => {
    if (p !== part[start]) return;
    nodes.push(node);
    for (let e = rows[node]!; e < rows[node + 1]!; e++) if (part[to[e]!] === p) edges.push(e);
  });
  const walk: number[] = [];
  let at = start;
  const go = (target: number) => {
    walk.push(...path(pending, part, at, target));
    at = target;
  };
  const visited = () => [start, ...walk.map((e) => to[e]!)];
  for (let group = 0; group < groups; group++) {
    if (visited().some((node) => !isEnabled(pending, node, group))) continue;
    if (walk.some((e) => groupOf[by[e]!] === group)) continue;
    const idle = nodes.find((node) => !isEnabled(pending, node, group));
    if (idle !== undefined) {
      go(idle);
      continue;
    }
    const edge = edges.find((e) => groupOf[by[e]!] === group)!;
    go(sourceOf(pending, edge));
    walk.push(edge);
    at = to[edge]!;
  }
  go(start);
  return { start: index[start]!, cycle: walk.map((e) => ({ move: by[e]!, to: index[to[e]!]! })) };
}

/** The node that an edge leaves: the last whose row begins at or before it. */
function sourceOf({ rows }: Pending, edge: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! <= edge) low = middle;
    else high = middle;
  }
  return low;
}

/** Edges of a shortest path within the part. */
function path(pending: Pending, part: Uint32Array, from: number, target: number): number[] {
  const by = new Map<number, number>([[from, -1]]);
  const queue = [from];
  for (let head = 0; head < queue.length && !by.has(target); head++) {
    const node = queue[head]!;
    for (let e = pending.rows[node]!; e < pending.rows[node + 1]!; e++) {
      const next = pending.to[e]!;
      if (part[next] !== part[from] || by.has(next)) continue;
      by.set(next, e);
      queue.push(next);
    }
  }
  const edges: number[] = [];
  for (let node = target; node !== from; node = sourceOf(pending, edges[edges.length - 1]!))
    edges.push(by.get(node)!);
  return edges.reverse();
}
