// The formulas against the model: from every reachable state of a scope, each move of the model is a run of micro-steps with the same end, and each
// run of micro-steps that comes to rest is a move of the model. The first difference comes with its shortest trace.

import type { Chooser, Move, ProfileName, Scope, State, Step } from '../model/index.ts';
import { counted, type Runner, runner, type Values, type World, zero } from '../proof/evaluate.ts';
import type { System } from '../proof/system.ts';

/** The model, or a copy with a mistake. */
export type Model = typeof import('../model/index.ts');

export interface Compared {
  readonly states: number;
  /** A state, a move that is not refused, and its choices. */
  readonly transitions: number;
  /** Micro-steps taken, counted anew in every run; and the names of those that never were. */
  readonly steps: number;
  readonly untaken: readonly string[];
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
  const containers = scope.containers + (nested ? 1 : 0);
  const world = {
    Task: scope.tasks,
    Page: scope.pages,
    Container: containers,
    Int: scope.limit + 1,
    Bool: 2,
  };
  const view = viewer(model, system, world, nested);
  const formulas = new Runs(system, world, view.keyIn);
  const moves = model.movesOf(scope, nested);
  const queue: Node[] = [{ state: model.initial(model.profiles[profile]), from: null, move: null }];
  const seen = new Set([view.keyOf(queue[0].state)]);
  const choices = new Choices();
  let transitions = 0;
  for (const node of queue) {
    const values = view.values(node.state);
    for (const move of moves) {
      const ends = new Set<string>();
      for (const step of choices.outcomes(model, node.state, move)) {
        ends.add(`${told(step.outcome, step.killed, step.reclaimed)}${view.keyOf(step.state)}`);
        if (!isRefused(step, move)) transitions++;
        const state = forgetful(step.state);
        const key = view.keyOf(state);
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ state, from: node, move });
      }
      const [name, ...args] = move;
      // A directory without a parent is under the root.
      const named = nested && name === 'mkdir' && args.length === 1 ? [...args, model.ROOT] : args;
      const numbers = named.map((arg) => (arg === model.ROOT ? containers - 1 : Number(arg)));
      const difference = different(ends, formulas.ends(values, name, numbers));
      if (difference === null) continue;
      const why = `${trace(node, move)}\n${difference}`;
      return { states: queue.length, transitions, ...formulas.told(), difference: why };
    }
  }
  return { states: queue.length, transitions, ...formulas.told(), difference: null };
}

const told = (outcome: string, killed: readonly number[], reclaimed: readonly number[]): string =>
  `${outcome}${listed(' killed', killed)}${listed(' reclaimed', reclaimed)}: `;

const listed = (what: string, ids: readonly number[]): string =>
  ids.length === 0 ? '' : `${what} ${what === ' killed' ? ids.join(' ') : [...ids].sort().join(' ')}`;

/** failcnt and reclaimed count history only: each move is looked at from 0. */
function forgetful(state: State): State {
  if ([...state.containers.values()].every(({ failcnt, reclaimed }) => failcnt + reclaimed === 0))
    return state;
  const containers = [...state.containers].map(
    ([c, container]) => [c, { ...container, failcnt: 0, reclaimed: 0 }] as const,
  );
  return { ...state, containers: new Map(containers) };
}

function different(model: Ends, formulas: Ends): string | null {
  const [missing, more] = [without(model, formulas), without(formulas, model)];
  if (missing === null && more === null) return null;
  return `the model alone: ${missing ?? 'nothing'}\nthe formulas alone: ${more ?? 'nothing'}`;
}

function without(one: Ends, other: Ends): string | null {
  for (const end of one) if (!other.has(end)) return end;
  return null;
}

function trace(node: Node, move: Move): string {
  const moves = [move];
  for (let at: Node | null = node; at?.move; at = at.from) moves.unshift(at.move);
  return moves.map((each) => each.join(' ')).join(', ');
}

/** Every outcome of a move: with each free choice in turn. (No closures in here: this runs a million times.) */
class Choices implements Chooser {
  private plan: number[] = [];
  private sizes: number[] = [];

  outcomes(model: Model, state: State, move: Move): Step[] {
    const all: Step[] = [];
    this.plan = [];
    do {
      this.sizes = [];
      all.push(model.step(state, move, this));
    } while (this.another());
    return all;
  }

  private another(): boolean {
    const { plan, sizes } = this;
    while (plan.length < sizes.length) plan.push(0);
    while (plan.length > 0 && plan[plan.length - 1] + 1 === sizes[plan.length - 1]) plan.pop();
    if (plan.length === 0) return false;
    plan[plan.length - 1]++;
    return true;
  }

  private pick(size: number): number {
    this.sizes.push(size);
    return this.plan[this.sizes.length - 1] ?? 0;
  }

  reclaim(state: State, _c: number, candidates: readonly number[]) {
    const giveUp = candidates.length === 0 || state.profile.scan === '13 passes';
    const subset = giveUp ? this.pick(2 ** candidates.length) : this.pick(2 ** candidates.length - 1) + 1;
    return { pages: candidates.filter((_, i) => subset & (1 << i)), state };
  }

  victim(_state: State, _c: number, candidates: readonly number[]): number {
    return candidates[this.pick(candidates.length)];
  }
}

/** A state of the model in the symbols of the formulas, and the text by which two states are told apart. */
function viewer(model: Model, system: System, world: World, nested: boolean) {
  const none = zero(system, world);
  const { Container: C, Page: P, Task: T } = world;
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

  /** A container's numbers, a task's mappings and pins, a page's owner; in the model the true numbers are what is there. */
  function keyOf(state: State): string {
    let text = `${state.tasks.size} `;
    for (let c = 0; c < C; c++) {
      const id = nested && c === C - 1 ? model.ROOT : c;
      const container = state.containers.get(id);
      if (!container) continue;
      const usage = model.usage(state, id);
      text += `c${c} ${Number(container.limit)} ${usage} ${usage} ${container.failcnt} ${container.reclaimed}`;
      if (nested) text += ` in ${model.path(state, id).map(slot).sort().join(' ')}`;
      text += '; ';
    }
    for (let t = 0; t < T; t++) {
      const task = state.tasks.get(t);
      if (!task) continue;
      text += `t${t} ${slot(task.container)} ${task.maps.length}`;
      for (let p = 0; p < P; p++)
        text += task.pins.includes(p) ? ' pin' : task.maps.includes(p) ? ' map' : ' -';
      text += '; ';
    }
    for (let p = 0; p < P; p++) {
      const owner = model.ownerOf(state, p);
      if (owner !== null) text += `p${p} ${slot(owner)} ${slot(owner)}; `;
    }
    return text;
  }

  /** The same of the formulas' state: the counters, the counted numbers, the ghosts. */
  function keyIn(s: Values): string {
    let text = `${s.tasks[0]} `;
    for (let c = 0; c < C; c++) {
      if (!s.exists[c]) continue;
      text += `c${c} ${s.limit[c]} ${s.usage[c]} ${s.pages[c]} ${s.failcnt[c]} ${s.reclaimed[c]}`;
      if (nested)
        text += ` in ${Array.from({ length: C }, (_, a) => a)
          .filter((a) => s.below[c * C + a])
          .join(' ')}`;
      text += '; ';
    }
    for (let t = 0; t < T; t++) {
      if (!s.live[t]) continue;
      text += `t${t} ${s.home[t]} ${s.held[t]}`;
      for (let p = 0; p < P; p++) text += s.pins[t * P + p] ? ' pin' : s.maps[t * P + p] ? ' map' : ' -';
      text += '; ';
    }
    for (let p = 0; p < P; p++) if (s.owned[p]) text += `p${p} ${s.owner[p]} ${s.charger[p]}; `;
    return text;
  }
  return { values, keyOf, keyIn };
}

/** Runs of micro-steps, from a move to rest. */
class Runs {
  private steps = 0;
  private readonly untaken: Set<string>;
  private readonly begins = new Map<string, Runner[]>();
  private readonly inside: Runner[] = [];
  private found = new Set<string>();
  private action = '';
  private readonly key: (values: Values) => string;

  constructor(system: System, world: World, key: (values: Values) => string) {
    this.key = key;
    this.untaken = new Set(system.steps.map(({ name }) => name));
    for (const step of system.steps) {
      const one = runner(step, world);
      if (step.action === null) this.inside.push(one);
      else this.begins.set(step.action, [...(this.begins.get(step.action) ?? []), one]);
    }
  }

  told = () => ({ steps: this.steps, untaken: [...this.untaken] });

  /** Where a move can come to rest. */
  ends(from: Values, action: string, args: readonly number[]): Ends {
    this.found = new Set();
    this.action = action;
    for (const one of this.begins.get(action) ?? []) {
      for (const chosen of one.enabled(from, args)) this.visit(one, from, chosen, [], []);
    }
    return this.found;
  }

  private visit(
    one: Runner,
    from: Values,
    chosen: readonly number[],
    killed: readonly number[],
    gone: readonly number[],
  ) {
    const state = one.apply(from, chosen);
    this.steps++;
    const { name, ends } = one.step;
    this.untaken.delete(name);
    const dead = name === 'kill' ? [...killed, state.victim[0]] : killed;
    const lost = name === 'reclaim a page' || name === 'evict' ? [...gone, chosen[0]] : gone;
    if (state.phase[0] !== 0) {
      for (const next of this.inside) {
        for (const picked of next.enabled(state)) this.visit(next, state, picked, dead, lost);
      }
      return;
    }
    const fell = this.action !== 'setLimit' && dead.includes(state.faulter[0]);
    this.found.add(`${told(ends ?? (fell ? 'KILLED' : 'ok'), dead, lost)}${this.key(state)}`);
  }
}

/** A lowering that ends with EBUSY is a transition, no refused move: it may have reclaimed. */
const isRefused = ({ outcome }: Step, [name]: Move): boolean =>
  outcome !== 'ok' && outcome !== 'KILLED' && !(name === 'setLimit' && outcome === 'EBUSY');
