// Traces: from an index in the table back to an initial state, and forward again through the readable model.

import { Chooser, eachStep } from './choose.ts';
import { ModelDefect } from './error.ts';
import type { Effect, Model } from './model.ts';
import type { Counterexample, Trace, TraceStep } from './report.ts';
import { compareWords, type Orbits, wordsOf } from './symmetry.ts';
import type { Table } from './table.ts';
import { moveText, stateText } from './text.ts';

/** One step by the numbers: the effect and the step to print. Throws a ModelDefect if the model refuses it. */
export function take<State>(
  model: Model<State>,
  state: State,
  moveIndex: number,
  choices: readonly number[],
): { effect: Effect<State>; step: TraceStep } {
  const move = model.moves[moveIndex]!;
  const refusal = model.guard(state, move);
  if (refusal !== null)
    throw new ModelDefect(
      `refused on replay (${refusal})`,
      moveText(move),
      stateText(model, wordsOf(model, state)),
    );
  const chooser = new Chooser();
  chooser.labels = [];
  chooser.begin(choices);
  const effect = model.effect(state, move, chooser.choose);
  const step: TraceStep = {
    move,
    moveIndex,
    choices: [...chooser.digits],
    labels: chooser.labels,
    outcome: effect.outcome ?? 'ok',
    show: model.show === undefined ? null : model.show(effect.state),
  };
  return { effect, step };
}

/** A run so far: where it stands and how it got there. */
export interface Walk<State> {
  readonly initial: number;
  readonly start: string | null;
  readonly state: State;
  readonly steps: TraceStep[];
}

/** Rebuilds runs. Under symmetry the table holds least images; the run goes through real states whose least images they are. */
export class Tracer<State> {
  readonly #model: Model<State>;
  readonly #table: Pick<Table, 'read' | 'parent'>;
  readonly #orbits: Orbits<State> | null;

  constructor(model: Model<State>, table: Pick<Table, 'read' | 'parent'>, orbits: Orbits<State> | null) {
    this.#model = model;
    this.#table = table;
    this.#orbits = orbits;
  }

  /** The words under which the table knows a state. */
  identity(state: State): Uint32Array {
    const words = wordsOf(this.#model, state);
    this.#orbits?.least(words);
    return words;
  }

  /** A shortest run to the state stored at `index`. */
  walkTo(index: number): Walk<State> {
    const path: number[] = [];
    for (let at = index; at >= 0; at = this.#table.parent(at)) path.push(at);
    path.reverse();
    const words = new Uint32Array(this.#model.width);
    this.#table.read(path[0]!, words);
    const initials = this.#model.initial();
    const initial = initials.findIndex((state) => compareWords(this.identity(state), words) === 0);
    if (initial < 0)
      throw new ModelDefect(
        'initial() does not give the same states again',
        null,
        stateText(this.#model, words),
      );
    const start = initials[initial]!;
    let walk: Walk<State> = {
      initial,
      start: this.#model.show === undefined ? null : this.#model.show(start),
      state: start,
      steps: [],
    };
    for (const at of path.slice(1)) {
      this.#table.read(at, words);
      walk = this.stepTo(walk, words);
    }
    return walk;
  }

  /** Goes on to a successor known as `words`, by the move given or else the first that leads there. */
  stepTo(walk: Walk<State>, words: Uint32Array, by?: number): Walk<State> {
    return this.stepWhere(
      walk,
      (m, effect) => (by === undefined || m === by) && compareWords(this.identity(effect.state), words) === 0,
    );
  }

  /** Goes on by the first step for which `wanted` says so. */
  stepWhere(walk: Walk<State>, wanted: (moveIndex: number, effect: Effect<State>) => boolean): Walk<State> {
    let found: [number, number[]] | null = null;
    eachStep(this.#model, walk.state, (m, effect, choices) => {
      if (found === null && wanted(m, effect)) found = [m, [...choices]];
    });
    if (found === null) {
      throw new ModelDefect(
        'a step of the search cannot be replayed',
        null,
        stateText(this.#model, wordsOf(this.#model, walk.state)),
      );
    }
    return this.step(walk, found[0], found[1]);
  }

  step(walk: Walk<State>, moveIndex: number, choices: readonly number[]): Walk<State> {
    const { effect, step } = take(this.#model, walk.state, moveIndex, choices);
    return { ...walk, state: effect.state, steps: [...walk.steps, step] };
  }
}

/** The states of a trace, the initial one first: `steps.length + 1` of them. Throws a ModelDefect if a step is refused. */
export function replay<State>(model: Model<State>, initial: number, steps: readonly TraceStep[]): State[] {
  const states: State[] = [model.initial()[initial] as State];
  for (const step of steps)
    states.push(take(model, states[states.length - 1]!, step.moveIndex, step.choices).effect.state);
  return states;
}

export const asTrace = <State>(walk: Walk<State>): Trace => ({
  initial: walk.initial,
  start: walk.start,
  steps: walk.steps,
});

/** A counterexample as lines: numbered steps with choices and outcomes, the loop marked. */
export function traceLines(example: Counterexample): string[] {
  const lines = example.start === null ? [] : [`   0  ${example.start}`];
  example.trace.forEach((step, k) => {
    const mark = k === example.loop ? '(loop) ' : '';
    const labels = step.labels.filter((label) => label !== '');
    const choices =
      labels.length > 0
        ? ` [${labels.join('; ')}]`
        : step.choices.length > 0
          ? ` [${step.choices.join(', ')}]`
          : '';
    lines.push(
      `${String(k + 1).padStart(4)}  ${mark}${moveText(step.move)}${choices} -> ${step.outcome}${step.show === null ? '' : `   ${step.show}`}`,
    );
  });
  if (example.loop === example.trace.length) lines.push('      (and nothing more, for ever)');
  return lines;
}
