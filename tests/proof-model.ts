// The formulas against the model: from every reachable state of a scope, each move of the model is a run of micro-steps with the same end, and each
// run of micro-steps that comes to rest is a move of the model. The first difference comes with its shortest trace.

import type { Chooser, Move, ProfileName, Scope, State, Step } from '../model/index.ts';
import { counted, type Runner, runner, type Values, type World, zero } from '../proof/evaluate.ts';
import type { System } from '../proof/system.ts';

/** The model, or a copy with a mistake. */
export type Model = typeof import('../model/index.ts');

export interface Compared {
  readonly states: number;
  /** A state, a move that is not refused, and its choices (SEMANTICS section 10). */
  readonly transitions: number;
  /** Micro-steps taken, counted anew in every run. */
  readonly steps: number;
  /** Null: they agree. */
  readonly difference: string | null;
}

interface Node {
  readonly state: State;
  readonly from: Node | null;
  readonly move: Move | null;
}

/** What comes of a move, as text: the outcome, whom it killed in order, which pages it reclaimed, and the state. */
type Ends = ReadonlySet<string>;

export function compare(model: Model, system: System, profile: ProfileName, scope: Scope): Compared {
  const nested = model.profiles[profile].hierarchy === 'nested';
  const root = nested ? 1 : 0;
  const world = {
    Task: scope.tasks,
    Page: scope.pages,
    Container: scope.containers + root,
    Int: scope.limit + 1,
    Bool: 2,
  };
  const view = viewer(model, system, world, nested);
  const formulas = micro(system, world, view.key);
  const moves = model.movesOf(scope, nested);
  const seen = new Set<string>();
  const queue: Node[] = [{ state: model.initial(model.profiles[profile]), from: null, move: null }];
  let [transitions, at] = [0, 0];
  seen.add(view.key(view.values(queue[0].state)));
  for (; at < queue.length; at++) {
    const { state } = queue[at];
    const values = view.values(state);
    for (const move of moves) {
      const ends = new Set<string>();
      for (const step of everyChoice(model, state, move)) {
        const after = view.values(step.state);
        ends.add(`${told(step.outcome, step.killed, step.reclaimed)}${view.key(after, true)}`);
        if (step.outcome === 'ok' || step.outcome === 'KILLED' || lowered(step, move)) transitions++;
        const key = view.key(after);
        if (!seen.has(key)) {
          seen.add(key);
          queue.push({ state: forgetful(model, step.state), from: queue[at], move });
        }
      }
      const found = formulas.ends(
        values,
        move.map((arg, i) => (i > 0 && arg === model.ROOT ? scope.containers : Number(arg))),
        String(move[0]),
      );
      const difference = found.wrong ?? different(ends, found.ends);
      if (difference) {
        return {
          states: queue.length,
          transitions,
          steps: formulas.taken(),
          difference: `${trace(queue[at], move)}\n${difference}`,
        };
      }
    }
  }
  return { states: queue.length, transitions, steps: formulas.taken(), difference: null };
}

const told = (outcome: string, killed: readonly number[], reclaimed: readonly number[]): string =>
  `${outcome}, killed ${killed.join(' ')}, reclaimed ${[...reclaimed].sort().join(' ')}: `;

/** failcnt and reclaimed count history only: each move is looked at from 0. */
function forgetful({ initial: _ }: Model, state: State): State {
  const containers = [...state.containers].map(
    ([c, container]) => [c, { ...container, failcnt: 0, reclaimed: 0 }] as const,
  );
  return { ...state, containers: new Map(containers) };
}

function different(model: Ends, formulas: Ends): string | null {
  const only = (one: Ends, other: Ends) => [...one].filter((end) => !other.has(end));
  const [missing, more] = [only(model, formulas), only(formulas, model)];
  if (missing.length === 0 && more.length === 0) return null;
  const some = (ends: readonly string[]) => (ends.length === 0 ? 'nothing else' : ends[0]);
  return `the model alone: ${some(missing)}\nthe formulas alone: ${some(more)}`;
}

function trace(node: Node, move: Move): string {
  const moves = [move];
  for (let at: Node | null = node; at?.move; at = at.from) moves.unshift(at.move);
  return moves.map((each) => each.join(' ')).join(', ');
}

/** Every outcome of a move: with each free choice in turn. */
function* everyChoice(model: Model, state: State, move: Move): Generator<Step> {
  let plan: number[] = [];
  for (;;) {
    const sizes: number[] = [];
    const pick = (size: number): number => {
      sizes.push(size);
      return plan[sizes.length - 1] ?? 0;
    };
    const chooser: Chooser = {
      reclaim: (now, _c, candidates) => {
        const giveUp = candidates.length === 0 || now.profile.scan === '13 passes';
        const subset = giveUp ? pick(2 ** candidates.length) : pick(2 ** candidates.length - 1) + 1;
        return { pages: candidates.filter((_, i) => subset & (1 << i)), state: now };
      },
      victim: (_now, _c, candidates) => candidates[pick(candidates.length)],
    };
    yield model.step(state, move, chooser);
    const taken = sizes.map((_, i) => plan[i] ?? 0);
    while (taken.length > 0 && (taken.at(-1) as number) + 1 === sizes[taken.length - 1]) taken.pop();
    if (taken.length === 0) return;
    taken[taken.length - 1]++;
    plan = taken;
  }
}

/** A state of the model in the symbols of the formulas, and what tells two states apart. */
function viewer(model: Model, system: System, world: World, nested: boolean) {
  const none = zero(system, world);
  const { Container: C, Page: P } = world;
  const slot = (c: number) => (c === model.ROOT ? C - 1 : c);
  const count = counted(system, world);

  function values(state: State): Values {
    const all: Record<string, number[]> = Object.fromEntries(
      Object.entries(none).map(([name, row]) => [name, [...row]]),
    );
    for (const [c, container] of state.containers) {
      const at = slot(c);
      all.exists[at] = 1;
      all.limit[at] = Number(container.limit);
      all.usage[at] = model.usage(state, c);
      all.failcnt[at] = container.failcnt;
      all.reclaimed[at] = container.reclaimed;
      if (nested) for (const above of model.path(state, c)) all.below[at * C + slot(above)] = 1;
    }
    if (nested) all.root[0] = C - 1;
    for (const [t, task] of state.tasks) {
      all.live[t] = 1;
      all.home[t] = slot(task.container);
      for (const p of task.maps) all.maps[t * P + p] = 1;
      for (const p of task.pins) all.pins[t * P + p] = 1;
    }
    for (let p = 0; p < P; p++) {
      const owner = model.ownerOf(state, p);
      all.owned[p] = owner === null ? 0 : 1;
      all.owner[p] = all.charger[p] = owner === null ? 0 : slot(owner);
    }
    return { ...all, ...count(all) };
  }

  /** Without the counters: two states that only their history tells apart are one. */
  function key(all: Values, counters = false): string {
    const of = (symbol: string, holds: string) =>
      all[symbol].map((value, i) => (all[holds][i] ? value : '-'));
    const rows = [
      of('limit', 'exists'),
      of('usage', 'exists'),
      of('home', 'live'),
      all.maps,
      all.pins,
      of('owner', 'owned'),
    ];
    if (nested) rows.push(all.below);
    if (counters) rows.push(of('failcnt', 'exists'), of('reclaimed', 'exists'));
    return rows.map((row) => row.join(' ')).join('; ');
  }
  return { values, key };
}

/** Runs of micro-steps. */
function micro(system: System, world: World, key: (values: Values, counters?: boolean) => string) {
  const count = counted(system, world);
  const begins = new Map<string, Runner[]>();
  const inside: Runner[] = [];
  for (const step of system.steps) {
    const one = runner(step, world);
    if (step.action === null) inside.push(one);
    else begins.set(step.action, [...(begins.get(step.action) ?? []), one]);
  }
  let taken = 0;

  /** Where a move can come to rest; `wrong`: the counted numbers are not the true ones. */
  function ends(
    from: Values,
    [, ...given]: readonly (string | number)[],
    action: string,
  ): { ends: Ends; wrong: string | null } {
    const found = new Set<string>();
    let wrong: string | null = null;
    const args = given as number[];
    const visit = (
      state: Values,
      one: Runner,
      chosen: readonly number[],
      killed: readonly number[],
      reclaimed: readonly number[],
    ) => {
      const after = one.apply(state, chosen);
      taken++;
      const { name, ends: errno } = one.step;
      if (one.step.effect.size > 0) {
        for (const [number, row] of Object.entries(count(after))) {
          if (after[number].some((value, i) => value !== row[i] && alive(after, number, i))) {
            wrong ??= `after ${name}(${chosen.join(', ')}) ${number} is ${after[number].join(' ')}, counted ${row.join(' ')}`;
          }
        }
      }
      const dead = name === 'kill' ? [...killed, after.victim[0]] : killed;
      const gone = name === 'reclaim a page' || name === 'evict' ? [...reclaimed, chosen[0]] : reclaimed;
      if (after.phase[0] !== 0) {
        for (const next of inside)
          for (const picked of next.enabled(after)) visit(after, next, picked, dead, gone);
        return;
      }
      const outcome =
        errno ??
        (action !== 'setLimit' && dead.includes(after.faulter[0]) && dead.length > 0 ? 'KILLED' : 'ok');
      found.add(`${told(outcome, dead, gone)}${key(after, true)}`);
    };
    for (const one of begins.get(action) ?? []) {
      for (const chosen of one.enabled(from, args)) visit(from, one, chosen, [], []);
    }
    return { ends: found, wrong };
  }
  return { ends, taken: () => taken };
}

/** A number of a container that is gone, or of a task, says nothing. */
const alive = (state: Values, number: string, i: number): boolean =>
  number === 'pages' ? state.exists[i] === 1 : number === 'held' ? state.live[i] === 1 : true;

/** A lowering that ends with EBUSY is a transition, no refused move: it may have reclaimed (SEMANTICS section 10). */
const lowered = ({ outcome }: Step, [name]: Move): boolean => name === 'setLimit' && outcome === 'EBUSY';
