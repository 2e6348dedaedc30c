// The optimized controller against the LRU spec, on every move of a state: answers, victims, reclaimed pages and the whole view must agree.

import type * as checker from '../../checker/model.ts';
import { lru, type ProfileName, type Scope, type State, type Step, step } from '../../model/index.ts';
import { ControllerSubject } from '../controller.ts';
import { EQUALS_SPEC } from '../judge.ts';
import type { Answer } from '../subject.ts';
import { difference, View, viewOfState } from '../view.ts';
import { load, type MapperOrder, unload } from './loader.ts';
import type { BoundMove } from './moves.ts';

/** The first move of a state at which the two part, and how. Move -1: the state itself, after loading. */
export interface Parting {
  readonly move: number;
  readonly witness: string;
}

export class ControllerLockstep {
  readonly #subject: ControllerSubject;
  readonly #scope: Scope;
  readonly #moves: readonly BoundMove[];
  readonly #before: View;
  readonly #spec: View;
  readonly #seen: View;

  constructor(profile: ProfileName, scope: Scope, moves: readonly BoundMove[]) {
    this.#subject = new ControllerSubject(profile);
    this.#scope = scope;
    this.#moves = moves;
    this.#before = new View(scope);
    this.#spec = new View(scope);
    this.#seen = new View(scope);
  }

  /** Tries every move from this state; a state with a page that two tasks map is tried in both orders of its mappers. */
  part(state: State): Parting | null {
    viewOfState(state, this.#before);
    const shared = this.#before.mapcount.some((n) => n > 1);
    return this.#partFrom(state, 'ascending') ?? (shared ? this.#partFrom(state, 'descending') : null);
  }

  #partFrom(state: State, order: MapperOrder): Parting | null {
    const { controller } = this.#subject;
    let fresh = false;
    for (let m = 0; m < this.#moves.length; m++) {
      if (!fresh) {
        load(controller, state, order);
        const wrong = m === 0 ? this.#differs(this.#before, true) : null;
        if (wrong) return { move: -1, witness: `after loading, ${wrong}` };
      }
      const { move, action, args } = this.#moves[m];
      const refused = action.guard(state, ...args) !== null;
      const next = step(state, move, lru);
      const answer = this.#subject.apply(move);
      const witness =
        answersDiffer(answer, next) ??
        this.#differs(next.state === state ? this.#before : viewOfState(next.state, this.#spec), !refused);
      if (witness) return { move: m, witness: `after ${move.join(' ')}: ${witness}` };
      fresh = refused;
      if (!fresh) unload(controller, this.#scope);
    }
    if (fresh) unload(controller, this.#scope);
    return null;
  }

  /** `walk`: also walk the controller's structure; a refused move that shows no difference is followed by the next move anyway. */
  #differs(spec: View, walk: boolean): string | null {
    this.#subject.look(this.#seen);
    return difference(this.#seen, spec) ?? (walk ? this.#subject.verify() : null);
  }
}

function answersDiffer(actual: Answer, spec: Step): string | null {
  if (actual.outcome !== spec.outcome) {
    return `the answer is ${actual.outcome}, the specification says ${spec.outcome}`;
  }
  return (
    listsDiffer('victims', actual.killed, spec.killed) ??
    listsDiffer('reclaimed pages', actual.reclaimed, spec.reclaimed)
  );
}

function listsDiffer(what: string, actual: readonly number[], spec: readonly number[]): string | null {
  if (actual.length === 0 && spec.length === 0) return null;
  if (actual.join() === spec.join()) return null;
  return `the ${what} are [${actual}], the specification says [${spec}]`;
}

/** As a claim about states: it takes every move of each, and so is judged on every reachable step. */
export function equalsSpec(
  profile: ProfileName,
  scope: Scope,
  moves: readonly BoundMove[],
): checker.StateClaim<State> {
  const lockstep = new ControllerLockstep(profile, scope, moves);
  return {
    kind: 'state',
    name: EQUALS_SPEC,
    claim: 'The optimized controller answers every move as the LRU spec does, and looks the same after it.',
    judge: (state) => ({ met: true, violation: lockstep.part(state)?.witness ?? null }),
  };
}
