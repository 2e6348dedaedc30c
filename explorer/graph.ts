// The state graph of a small scope: every reachable state, the moves between them, and the shortest way to each.

import {
  type Move,
  movesOf,
  type Profile,
  type ProfileName,
  type Scope,
  type State,
  step,
} from '../model/index.ts';
import {
  type Decision,
  type Decisions,
  following,
  type Question,
  Undecided,
} from '../properties/trace/decide.ts';
import { begin, type Turn } from '../properties/trace/link.ts';
import { scopeFromText } from '../properties/trace/move.ts';

/** contract: every legal choice is a way of its own. lru: the two lists decide. */
export type Kind = 'contract' | 'lru';

/** Which graph. */
export interface Asked {
  readonly kind: Kind;
  readonly profile: ProfileName;
  readonly scope: Scope;
}

export interface Node {
  readonly id: number;
  readonly state: State;
  /** Moves from the initial state, at least. */
  readonly depth: number;
  readonly parent: number;
  readonly turn: Turn | null;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly moves: Move[];
}

export interface Graph {
  readonly kind: Kind;
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly nodes: readonly Node[];
  /** One for each pair of different states; moves that change nothing are left out. */
  readonly edges: readonly Edge[];
  /** Moves (with their choices) that were not refused. */
  readonly transitions: number;
  readonly refused: number;
  /** False: there are more states than were asked for. */
  readonly complete: boolean;
  readonly indexOf: (state: State) => number | undefined;
}

/** One step and all its choices: calls `visit` for each way it can go. Returns false if the move is refused. */
export function everyWay(
  state: State,
  move: Move,
  kind: Kind,
  visit: (next: ReturnType<typeof step>, decisions: Decisions) => void,
): boolean {
  const tryWith = (decisions: readonly Decision[]): boolean => {
    try {
      const next = step(state, move, following(decisions, kind === 'contract' ? 'ask' : 'policy'));
      const legal = next.outcome === 'ok' || next.outcome === 'KILLED';
      if (legal) visit(next, decisions);
      return legal;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      return optionsOf(error.question, state.profile)
        .map((option) => tryWith([...decisions, option]))
        .some(Boolean);
    }
  };
  return tryWith([]);
}

/** A reclaim may take any set of the candidates, the empty one only where the profile's scan may give up; the OOM killer any one of them. */
export function optionsOf({ kind, candidates }: Question, { scan }: Profile): number[][] {
  if (kind === 'victim') return candidates.map((t) => [t]);
  const first = mayGiveUp(scan) ? 0 : 1;
  return Array.from({ length: 2 ** candidates.length - first }, (_, i) =>
    candidates.filter((_, bit) => (i + first) & (1 << bit)),
  );
}

export const mayGiveUp = (scan: Profile['scan']): boolean => scan === '13 passes';

/** Breadth first, so that `parent` leads back the shortest way; stops when it has found more than `most` states. */
export function stateGraph(kind: Kind, profile: ProfileName, scope: Scope, most = 200): Graph {
  const first = begin({ profile, start: 'nothing', scope });
  const nodes: Node[] = [{ id: 0, state: first, depth: 0, parent: 0, turn: null }];
  const ids = new Map([[stateKey(first, kind), 0]]);
  const edges = new Map<string, Edge>();
  const moves = movesOf(scope, first.profile.hierarchy === 'nested');
  let transitions = 0;
  let refused = 0;
  let complete = true;

  for (let from = 0; from < nodes.length; from++) {
    const { state, depth } = nodes[from];
    for (const move of moves) {
      const legal = everyWay(state, move, kind, (next, decisions) => {
        transitions++;
        const key = stateKey(next.state, kind);
        let to = ids.get(key);
        if (to === undefined) {
          if (nodes.length >= most) {
            complete = false;
            return;
          }
          to = nodes.length;
          ids.set(key, to);
          nodes.push({
            id: to,
            state: next.state,
            depth: depth + 1,
            parent: from,
            turn: { move, decisions },
          });
        }
        if (to === from) return;
        const edge = edges.get(`${from} ${to}`);
        if (edge) edge.moves.push(move);
        else edges.set(`${from} ${to}`, { from, to, moves: [move] });
      });
      if (!legal) refused++;
    }
  }
  const indexOf = (state: State) => ids.get(stateKey(state, kind));
  return { kind, profile, scope, nodes, edges: [...edges.values()], transitions, refused, complete, indexOf };
}

/** The turns that lead to a state, the shortest way. */
export function wayTo(graph: Graph, id: number): Turn[] {
  const turns: Turn[] = [];
  for (let node = graph.nodes[id]; node.turn; node = graph.nodes[node.parent]) turns.unshift(node.turn);
  return turns;
}

/** State identity: counters are history and no part of it; the contract does not see lists and bits. */
export function stateKey(state: State, kind: Kind): string {
  const containers = [...state.containers]
    .map(([c, { parent, limit, active, inactive }]) => {
      const pages = kind === 'lru' ? `${active}|${inactive}` : sorted([...active, ...inactive]);
      return `${c}^${parent}<${limit}:${pages}`;
    })
    .sort();
  const tasks = [...state.tasks]
    .map(([t, { container, maps, pins }]) => `${t}@${container}:${sorted(maps)}/${sorted(pins)}`)
    .sort();
  const bits = kind === 'lru' ? sorted(state.referenced) : '';
  return `${containers.join(';')} ${tasks.join(';')} ${bits}`;
}

const sorted = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join(',');

/** Scopes whose graphs have at most 200 states in profile letter, small ones first. */
export const smallScopes: Record<Kind, readonly Scope[]> = {
  contract: ['1/1/1/1', '1/1/2/1', '1/1/2/2', '1/2/1/1', '1/1/3/1', '2/1/1/1'].map(scopeFromText),
  lru: ['1/1/1/1', '1/1/1/2', '1/2/1/1', '2/1/1/0', '1/1/2/1', '1/1/2/2'].map(scopeFromText),
};
