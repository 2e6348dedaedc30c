// The optimized controller against the LRU spec, on every move of a state: answers, victims, reclaimed pages and the whole view must agree.

import { guarded, NO_ANSWER } from '../../checker/guard.ts';
import type * as checker from '../../checker/model.ts';
import { EQUALS_SPEC, messageOf } from '../../lockstep/index.ts';
import { lru, type ProfileName, profiles, type Scope, type State, type Step } from '../../model/index.ts';
import { ControllerSubject } from '../subjects/controller.ts';
import type { Answer } from '../view/answer.ts';
import { difference, View, viewOfState } from '../view/view.ts';
import { type Fields, Layout } from './layout.ts';
import type { BoundMove } from './moves.ts';
import { fieldsOf } from './pack.ts';
import { type MapperOrder, PackedController } from './packed-controller.ts';
import { Snapshot } from './snapshot.ts';

/** The first move of a state at which the two part, and how. Move -1: the state itself, after loading. */
export interface Parting {
  readonly move: number;
  readonly witness: string;
}

export class ControllerLockstep {
  readonly #subject: ControllerSubject;
  readonly #layout: Layout;
  readonly #fields: Fields;
  readonly #moves: readonly BoundMove[];
  readonly #before: View;
  readonly #spec: View;
  readonly #seen: View;
  #snapshot: Snapshot;
  #trying = -1;

  /** `Class`: the controller that ships, or a mutant of it. */
  constructor(
    profile: ProfileName,
    scope: Scope,
    moves: readonly BoundMove[],
    Class?: ConstructorParameters<typeof ControllerSubject>[2],
  ) {
    const { root, hierarchy } = profiles[profile];
    this.#subject = new ControllerSubject(profile, undefined, Class);
    this.#layout = new Layout(scope, { root, nested: hierarchy === 'nested', lists: true });
    this.#fields = new Int32Array(this.#layout.size);
    this.#moves = moves;
    this.#before = new View(scope);
    this.#spec = new View(scope);
    this.#seen = new View(scope);
    this.#snapshot = new Snapshot(this.#subject.controller);
  }

  /** Tries every move from this state; a state with a page that two tasks map is tried in both orders of its mappers. */
  part(state: State): Parting | null {
    viewOfState(state, this.#before);
    const shared = this.#before.mapcount.some((n) => n > 1);
    const parting = this.#partIn(state, 'ascending') ?? (shared ? this.#partIn(state, 'descending') : null);
    if (parting) this.#startAnew();
    return parting;
  }

  #partIn(state: State, order: MapperOrder): Parting | null {
    this.#trying = -1;
    try {
      return this.#partFrom(state, order);
    } catch (error) {
      const move = this.#moves[this.#trying]?.move.join(' ');
      const when = move === undefined ? 'while it is loaded' : `at ${move}`;
      return { move: this.#trying, witness: `${when} the controller throws ${messageOf(error)}` };
    }
  }

  /** The same, for a state of which one knows that the controller does not come back: says from which move. Then this one is of no more use. */
  hangsAt(state: State, milliseconds: number): Parting {
    const parting = guarded(
      milliseconds,
      () => this.part(state),
      () => null,
    );
    return parting ?? { move: this.#trying, witness: NO_ANSWER };
  }

  /** What a fault has left behind must not be held against the next state. */
  #startAnew(): void {
    this.#subject.reset();
    this.#snapshot = new Snapshot(this.#subject.controller);
  }

  /** Loads the state once, and after each move puts the controller back; where that cannot be done, for a table has grown, empties and loads it anew. */
  #partFrom(state: State, order: MapperOrder): Parting | null {
    const { controller } = this.#subject;
    const packed = new PackedController(this.#layout, order);
    fieldsOf(this.#layout, state, this.#fields);
    packed.load(controller, this.#fields);
    const wrong = this.#differs(this.#before);
    if (wrong) return { move: -1, witness: `after loading, ${wrong}` };
    this.#snapshot.take();
    for (let m = 0; m < this.#moves.length; m++) {
      const { move, action, args } = this.#moves[m];
      this.#trying = m;
      const errno = action.guard(state, ...args);
      const witness = errno === null ? this.#parts(state, m) : this.#breaksRefusal(m, errno);
      if (witness) return { move: m, witness: `after ${move.join(' ')}: ${witness}` };
      if (errno !== null || this.#snapshot.restore()) continue;
      packed.unload(controller);
      packed.load(controller, this.#fields);
      this.#snapshot.take();
    }
    packed.unload(controller);
    return null;
  }

  #parts(state: State, m: number): string | null {
    const { move, action, args } = this.#moves[m];
    const next = action.effect(state, lru, ...args);
    const answer = this.#subject.apply(move);
    const spec = next.state === state ? this.#before : viewOfState(next.state, this.#spec);
    return answersDiffer(answer, next) ?? this.#differs(spec);
  }

  /** A refused move is followed by the next one as things are. Usually not one word has changed, and there is nothing to look at. */
  #breaksRefusal(m: number, errno: Step['outcome']): string | null {
    const answer = this.#subject.apply(this.#moves[m].move);
    const refused = { outcome: errno, killed: [], reclaimed: [] };
    const differs = answersDiffer(answer, refused);
    return differs ?? (this.#snapshot.isAsTaken ? null : this.#differs(this.#before));
  }

  /** Compares what is seen, and walks the controller's structure. */
  #differs(spec: View): string | null {
    this.#subject.look(this.#seen);
    return difference(this.#seen, spec) ?? this.#subject.verify();
  }
}

function answersDiffer(actual: Answer, spec: Pick<Step, 'outcome' | 'killed' | 'reclaimed'>): string | null {
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
