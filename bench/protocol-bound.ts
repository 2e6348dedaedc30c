// How small a persistent set of one thread could make a scope of the protocol, if it knew the whole graph: the bound that the reduction is held against.

import { Chooser } from '../checker/choose.ts';
import { isQuiescent, type Scope } from '../model/protocol/index.ts';
import { watchedModel } from '../properties/races/protocol/index.ts';

/** For each state and thread: its steps, by move and choices, and where they lead. */
type Graph = readonly (readonly ReadonlyMap<string, number>[])[];

/**
 * States that remain if, wherever the next steps of one thread commute with every step that the others could take before it, and no rest
 * comes up before it, only that thread goes on. No static footprint can know more; so this is the most that one thread at a time can save.
 */
export function leastStates(scope: Scope): number {
  const { graph, rests } = graphOf(scope);
  const threads = scope.threads.map((_, k) => k);
  const mustWait = threads.map((k) => meetsOthers(graph, rests, k));
  const seen = new Set([0]);
  // A set grows while it is walked.
  for (const s of seen) {
    const able = threads.filter((k) => graph[s][k].size > 0);
    const alone = able
      .filter((k) => mustWait[k][s] === 0)
      .reduce<number | null>((a, b) => (a !== null && graph[s][a].size <= graph[s][b].size ? a : b), null);
    for (const k of alone === null ? able : [alone]) for (const to of graph[s][k].values()) seen.add(to);
  }
  const lost = rests.findIndex((rest, s) => rest && !seen.has(s));
  if (lost >= 0) throw new Error(`${scope.name}: the rest ${lost} is lost`);
  return seen.size;
}

function graphOf(scope: Scope): { graph: Graph; rests: boolean[] } {
  const model = watchedModel(scope, { history: false });
  const threadOf = model.moves.map(({ args }) => Number(String(args[0]).slice(1)));
  const ids = new Map<string, number>();
  const states = [...model.initial()];
  const words = new Uint32Array(model.width);
  const keyOf = (state: (typeof states)[number]) => {
    model.pack(state, words, 0);
    return words.join();
  };
  const chooser = new Chooser();
  const graph: Map<string, number>[][] = [];
  ids.set(keyOf(states[0]), 0);
  // Breadth first: `states` grows while it is walked.
  for (const state of states) {
    const steps = scope.threads.map(() => new Map<string, number>());
    for (const [m, move] of model.moves.entries()) {
      if (model.guard(state, move) !== null) continue;
      chooser.begin();
      do {
        const { state: to } = model.effect(state, move, chooser.choose);
        const key = keyOf(to);
        const id = ids.get(key) ?? states.push(to) - 1;
        ids.set(key, id);
        steps[threadOf[m]].set(`${m}/${chooser.digits}`, id);
      } while (chooser.next());
    }
    graph.push(steps);
  }
  return { graph, rests: states.map(({ machine }) => isQuiescent(machine)) };
}

/** 1 where the others can, without thread k, come to a step that does not commute with its next ones, or to a rest. */
function meetsOthers(graph: Graph, rests: readonly boolean[], k: number): Uint8Array {
  const meets = new Uint8Array(graph.length);
  const before: number[][] = graph.map(() => []);
  const met: number[] = [];
  for (const [s, steps] of graph.entries()) {
    let here = steps[k].size === 0;
    for (const [j, others] of steps.entries()) {
      if (j === k) continue;
      for (const [label, to] of others) {
        before[to].push(s);
        here ||= rests[to] || !commutes(graph, steps[k], j, label, to, k);
      }
    }
    if (!here) continue;
    meets[s] = 1;
    met.push(s);
  }
  for (let s = met.pop(); s !== undefined; s = met.pop()) {
    for (const from of before[s]) {
      if (meets[from]) continue;
      meets[from] = 1;
      met.push(from);
    }
  }
  return meets;
}

/** The step `label` of thread j leads to `to`: thread k has the same steps there, and both orders end in one state. */
function commutes(
  graph: Graph,
  mine: ReadonlyMap<string, number>,
  j: number,
  label: string,
  to: number,
  k: number,
): boolean {
  const later = graph[to][k];
  if (later.size !== mine.size) return false;
  return [...mine].every(([step, at]) => later.has(step) && graph[at][j].get(label) === later.get(step));
}
