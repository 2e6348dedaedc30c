// The shortest way to a violation, breadth first over states as text: for mutated rules, whose states no packing was made for.

import { Chooser } from '../../../checker/choose.ts';
import type { Model, TraceStep } from '../../../checker/index.ts';
import type { State } from '../../../model/protocol/index.ts';
import type { Watched } from './watched.ts';

export interface Found {
  readonly claim: string;
  readonly witness: string;
  readonly trace: readonly TraceStep[];
  /** States seen until then. */
  readonly states: number;
  /** How often a thread was left in the middle of an operation although it could have gone on. */
  readonly preemptions: number;
}

export interface SearchOptions {
  /** Only this claim counts. */
  readonly claim?: string | undefined;
  /** No run with more preemptions than this. */
  readonly preemptions?: number;
  /** Gives up after so many states. Default 200,000. */
  readonly states?: number;
}

interface Node {
  readonly state: Watched;
  readonly parent: Node | null;
  readonly step: TraceStep | null;
  readonly thread: number;
  readonly preemptions: number;
}

/** Null: no violation within the bounds. State and step claims and deadlocks are judged; whole-run and temporal claims are not. */
export function shortest(model: Model<Watched>, options: SearchOptions = {}): Found | null {
  const { claim: only, preemptions: bound = Number.POSITIVE_INFINITY, states = 200_000 } = options;
  const bounded = Number.isFinite(bound);
  const seen = new Set<string>();
  const judged = (name: string) => only === undefined || only === name;
  let frontier: Node[] = [];

  const enter = (node: Node, into: Node[]): Found | null => {
    const key = keyOf(node.state) + (bounded ? ` ${node.thread} ${node.preemptions}` : '');
    if (seen.has(key)) return null;
    seen.add(key);
    into.push(node);
    for (const claim of model.claims) {
      if (claim.kind !== 'state' || !judged(claim.name)) continue;
      const { violation } = claim.judge(node.state);
      if (violation !== null) return found(node, claim.name, violation);
    }
    return null;
  };
  const found = (node: Node, claim: string, witness: string): Found => ({
    claim,
    witness,
    trace: traceOf(node),
    states: seen.size,
    preemptions: node.preemptions,
  });

  for (const state of model.initial()) {
    const bad = enter({ state, parent: null, step: null, thread: -1, preemptions: 0 }, frontier);
    if (bad) return bad;
  }
  while (frontier.length > 0 && seen.size < states) {
    const next: Node[] = [];
    for (const node of frontier) {
      const bad = expand(model, node, bound, judged, (child) => enter(child, next), found);
      if (bad) return bad;
    }
    frontier = next;
  }
  return null;
}

function expand(
  model: Model<Watched>,
  node: Node,
  bound: number,
  judged: (name: string) => boolean,
  enter: (child: Node) => Found | null,
  found: (node: Node, claim: string, witness: string) => Found,
): Found | null {
  const enabled = [...model.moves.keys()].filter((m) => model.guard(node.state, model.moves[m]) === null);
  if (enabled.length === 0 && judged('NoDeadlock') && !model.mayEnd?.(node.state)) {
    return found(node, 'NoDeadlock', 'nobody can go on');
  }
  const threadOf = (m: number) => Number(String(model.moves[m].args[0]).slice(1));
  const place = node.state.machine.threads[node.thread]?.place;
  const midway =
    place !== undefined &&
    place !== 'idle' &&
    place !== 'ended' &&
    enabled.some((m) => threadOf(m) === node.thread);

  const chooser = new Chooser();
  for (const m of enabled) {
    const preemptions = node.preemptions + (midway && threadOf(m) !== node.thread ? 1 : 0);
    if (preemptions > bound) continue;
    chooser.begin();
    do {
      const labels: string[] = [];
      chooser.labels = labels;
      const effect = model.effect(node.state, model.moves[m], chooser.choose);
      const { outcome = 'ok', state } = effect;
      const choices = [...chooser.digits];
      const show = model.show?.(state) ?? null;
      const step = { move: model.moves[m], moveIndex: m, choices, labels, outcome, show };
      const child = { state, parent: node, step, thread: threadOf(m), preemptions };
      for (const claim of model.claims) {
        if (claim.kind !== 'step' || !judged(claim.name)) continue;
        const { violation } = claim.judge(node.state, model.moves[m], effect);
        if (violation !== null) return found(child, claim.name, violation);
      }
      const bad = enter(child);
      if (bad) return bad;
    } while (chooser.next());
  }
  return null;
}

/** Everything but the scope, and the counters that only count history. */
function keyOf({ machine, history }: Watched): string {
  const { scope: _scope, containers, ...rest } = machine;
  const counted: State['containers'] = containers.map((c) => c && { ...c, failcnt: 0, reclaimed: 0 });
  return JSON.stringify([rest, counted, history]);
}

function traceOf(node: Node): TraceStep[] {
  const steps: TraceStep[] = [];
  for (let at: Node | null = node; at; at = at.parent) if (at.step) steps.unshift(at.step);
  return steps;
}
