// Leads-to under weak fairness: looks for a fair cycle, or a fair end, among the states where the claim is pending.
//
// A run that stays pending for ever stays in the end within one strongly connected part of the pending states. It is weakly fair to a group
// of moves if the group has no move that would change the state in some state of the part (visited again and again), or if a step of the
// group stays within the part (taken again and again). So a part carries a fair run if and only if that holds for every group of the claim.

import { components } from './components.ts';
import type { Model, TemporalClaim } from './model.ts';
import type { Steps } from './steps.ts';
import type { Table } from './table.ts';

/** The pending states and the steps between them that change the state, as compressed rows. */
interface Pending {
  /** Table index of each node. */
  readonly index: readonly number[];
  readonly rows: Uint32Array;
  readonly to: Uint32Array;
  /** Move of each edge. */
  readonly by: Uint32Array;
  /** For each node the groups with a move that would change it. */
  readonly enabled: readonly ReadonlySet<number>[];
}

/** A lasso in the table: a run to `start`, then the cycle for ever; an empty cycle means that `start` stays for ever. */
export interface Lasso {
  /** Table index of the state where the loop begins. */
  readonly start: number;
  /** The move and the table index of the state after each step of the loop; the last is `start` again. */
  readonly cycle: readonly { readonly move: number; readonly to: number }[];
}

export interface TemporalResult {
  readonly met: number;
  readonly lasso: Lasso | null;
}

/** Judges one claim over all states of a table. A lasso found is real even if the search was cut off; none found then means nothing. */
export function judgeTemporal<State>(
  model: Model<State>,
  claim: TemporalClaim<State>,
  table: Table,
  steps: Steps<State>,
): TemporalResult {
  const groups = model.moves.map((move) => claim.fair(move));
  const names = [...new Set(groups.filter((group) => group !== null))];
  const groupOf = groups.map((group) => (group === null ? -1 : names.indexOf(group)));
  const pending = pendingGraph(claim, table, steps, groupOf);
  const part = components(pending.rows, pending.to);
  const members = new Map<number, number[]>();
  part.forEach((p, node) => {
    const list = members.get(p);
    if (list === undefined) members.set(p, [node]);
    else list.push(node);
  });
  const inside = new Map<number, number[]>();
  for (let node = 0; node < pending.index.length; node++) {
    for (let e = pending.rows[node]!; e < pending.rows[node + 1]!; e++) {
      if (part[node] !== part[pending.to[e]!]) continue;
      const list = inside.get(part[node]!);
      if (list === undefined) inside.set(part[node]!, [e]);
      else list.push(e);
    }
  }
  // Parts in the order of their first state, which is the order of depth: the first fair one has a shortest stem.
  const order = [...members].sort((a, b) => a[1][0]! - b[1][0]!);
  for (const [p, nodes] of order) {
    const still = nodes.find((node) => pending.enabled[node]!.size === 0);
    if (still !== undefined)
      return { met: pending.index.length, lasso: { start: pending.index[still]!, cycle: [] } };
    const goals = fairGoals(pending, nodes, inside.get(p) ?? [], names.length, groupOf);
    if (goals !== null)
      return { met: pending.index.length, lasso: lassoThrough(pending, part, p, nodes[0]!, goals) };
  }
  return { met: pending.index.length, lasso: null };
}

function pendingGraph<State>(
  claim: TemporalClaim<State>,
  table: Table,
  steps: Steps<State>,
  groupOf: readonly number[],
): Pending {
  const index: number[] = [];
  const nodeOf = new Int32Array(table.reserved).fill(-1);
  for (const at of table.indices()) {
    if (!claim.pending(steps.state(at))) continue;
    nodeOf[at] = index.length;
    index.push(at);
  }
  const rows = new Uint32Array(index.length + 1);
  const to: number[] = [];
  const by: number[] = [];
  const enabled: Set<number>[] = [];
  index.forEach((at, node) => {
    const groups = new Set<number>();
    steps.each(at, (next, move, changed) => {
      if (!changed) return;
      if (groupOf[move]! >= 0) groups.add(groupOf[move]!);
      if (next < 0 || nodeOf[next]! < 0) return;
      to.push(nodeOf[next]!);
      by.push(move);
    });
    enabled.push(groups);
    rows[node + 1] = to.length;
  });
  return { index, rows, to: Uint32Array.from(to), by: Uint32Array.from(by), enabled };
}

/** What a fair run through the part must visit for each group: a state without it, or a step of it. */
type Goal = { readonly node: number } | { readonly edge: number };

/** The goals of a part, or null if no run within it is fair. */
function fairGoals(
  pending: Pending,
  nodes: readonly number[],
  edges: readonly number[],
  groups: number,
  groupOf: readonly number[],
): Goal[] | null {
  const goals: Goal[] = [];
  for (let g = 0; g < groups; g++) {
    const node = nodes.find((one) => !pending.enabled[one]!.has(g));
    const edge = node === undefined ? edges.find((e) => groupOf[pending.by[e]!] === g) : undefined;
    if (node !== undefined) goals.push({ node });
    else if (edge !== undefined) goals.push({ edge });
    else return null;
  }
  return goals;
}

/** A closed walk from `start` within part `p` that meets every goal. */
function lassoThrough(
  pending: Pending,
  part: Uint32Array,
  p: number,
  start: number,
  goals: readonly Goal[],
): Lasso {
  const walk: number[] = [];
  let at = start;
  const go = (target: number) => {
    walk.push(...path(pending, part, p, at, target));
    at = target;
  };
  for (const goal of goals) {
    if ('node' in goal) {
      go(goal.node);
      continue;
    }
    go(sourceOf(pending, goal.edge));
    walk.push(goal.edge);
    at = pending.to[goal.edge]!;
  }
  go(start);
  const cycle = walk.map((edge) => ({ move: pending.by[edge]!, to: pending.index[pending.to[edge]!]! }));
  return { start: pending.index[start]!, cycle };
}

function sourceOf(pending: Pending, edge: number): number {
  let node = 0;
  while (pending.rows[node + 1]! <= edge) node++;
  return node;
}

/** Edges of a shortest path within the part. */
function path(pending: Pending, part: Uint32Array, p: number, from: number, target: number): number[] {
  const by = new Map<number, number>([[from, -1]]);
  const queue = [from];
  for (let head = 0; head < queue.length && !by.has(target); head++) {
    const node = queue[head]!;
    for (let e = pending.rows[node]!; e < pending.rows[node + 1]!; e++) {
      const next = pending.to[e]!;
      if (part[next] !== p || by.has(next)) continue;
      by.set(next, e);
      queue.push(next);
    }
  }
  const edges: number[] = [];
  for (let node = target; node !== from; node = sourceOf(pending, edges[edges.length - 1]!))
    edges.push(by.get(node)!);
  return edges.reverse();
}
