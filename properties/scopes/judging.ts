// The claims of properties/, which judge what an observer sees, put to the checker as claims about states and steps of the specification.

import type * as checker from '../../checker/model.ts';
import {
  type ContainerId,
  children,
  lru,
  type Move,
  type Profile,
  type Scope,
  type State,
  step,
} from '../../model/index.ts';
import { type Claim, type Judged, MET, NOT_MET, type Observation } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/index.ts';
import { type Reachable, reachablesOf } from '../claims/reachable.ts';
import { everything, type Observable, type Observed, View, viewOfState } from '../view/view.ts';
import { type BoundMove, bound } from './moves.ts';

export type ModelKind = 'contract' | 'lru';

/** What a step was, for claims; the views are filled when the first claim asks. */
export interface StepDetail {
  readonly killed: readonly number[];
  readonly reclaimed: readonly number[];
}

/** A second claim of the same name, about refused moves; a report adds the two up. */
export const REFUSED = '@refused';
/** Reachable exactly if the profile breaks the claim by design: its witness is the shortest known violation. */
export const KNOWN = '@known';

export const plainName = (name: string): string => name.replace(/@.*/, '');

const noOrder: Observed = new Set<Observable>(
  [...everything].filter((what) => what !== 'order' && what !== 'referenced'),
);

/** A contract state has no order and no bits: claims about those are not judged there. */
export const observedOf = (kind: ModelKind): Observed => (kind === 'lru' ? everything : noOrder);

const met = { met: true, violation: null };
const notMet = { met: false, violation: null };

function judgement(judged: Judged): checker.Judgement {
  if (judged === MET) return met;
  return judged === NOT_MET ? notMet : { met: true, violation: judged };
}

/** The state moved by every task's exit, then every container's removal, children before their parents (I14). */
function wound(state: State): State {
  let now = state;
  for (const t of state.tasks.keys()) now = step(now, ['exit', t], lru).state;
  const remove = (c: ContainerId): void => {
    for (const child of children(state, c)) remove(child);
    now = step(now, ['rmdir', c], lru).state;
  };
  for (const [c, { parent }] of state.containers) if (parent === null) remove(c);
  return now;
}

/** Fills views once a state and step, however many claims look at them. */
class Observer {
  readonly #profile: Profile;
  readonly #observed: Observed;
  readonly #scope: Scope;
  readonly #before: View;
  readonly #after: View;
  #state: State | null = null;
  #effect: unknown = null;
  #step: Observation | null = null;
  readonly #moves: readonly BoundMove[];
  #refusedIn: State | null = null;
  #refusals: readonly Observation[] = [];

  constructor(profile: Profile, observed: Observed, scope: Scope, moves: readonly BoundMove[]) {
    this.#profile = profile;
    this.#moves = moves;
    this.#observed = observed;
    this.#scope = scope;
    this.#before = new View(scope);
    this.#after = new View(scope);
  }

  before(state: State): View {
    if (this.#state !== state) viewOfState(state, this.#before);
    this.#state = state;
    return this.#before;
  }

  step(state: State, move: checker.Move, effect: checker.Effect<State>): Observation {
    if (this.#effect === effect && this.#step) return this.#step;
    const before = this.before(state);
    const after = viewOfState(effect.state, this.#after);
    const { killed, reclaimed } = effect.detail as StepDetail;
    const outcome = effect.outcome ?? 'ok';
    this.#effect = effect;
    this.#step = this.#seen(before, after, bound(move).move, outcome, killed, reclaimed);
    return this.#step;
  }

  /** The end of a run that stops in this state. */
  end(state: State): Observation {
    const before = this.before(state);
    return this.#seen(before, viewOfState(wound(state), new View(this.#scope)), ['evict', 0], 'ok', [], []);
  }

  /** What the moves do that their guards refuse, looked at once a state. */
  refusals(state: State): readonly Observation[] {
    if (this.#refusedIn !== state) {
      this.#refusals = this.#moves.flatMap((move) => this.#refusal(state, move) ?? []);
      this.#refusedIn = state;
    }
    return this.#refusals;
  }

  #refusal(state: State, { move, action, args }: BoundMove): Observation | null {
    if (!action.guard(state, ...args)) return null;
    const next = step(state, move, lru);
    const before = this.before(state);
    const after = next.state === state ? before : viewOfState(next.state, new View(this.#scope));
    // Here even the order of a contract state, which is no part of its identity, must be as it was.
    return {
      ...this.#seen(before, after, move, next.outcome, next.killed, next.reclaimed),
      observed: everything,
    };
  }

  #seen(
    before: View,
    after: View,
    move: Move,
    outcome: string,
    killed: readonly number[],
    reclaimed: readonly number[],
  ): Observation {
    return {
      profile: this.#profile,
      observed: this.#observed,
      before,
      after,
      move,
      outcome,
      killed,
      reclaimed,
    };
  }
}

/** Claims that look at refused moves too. */
const ofRefusals = new Set(['BusyWhileHolding', 'RefusalChangesNothing']);

/** A claim of the checker, as an observer judges it. */
export interface ObserverClaim {
  readonly name: string;
  readonly claim: string;
  /** What it looks at: steps; the states that they lead to; moves that are refused; the end of a run that stops here. */
  readonly of: 'step' | 'state' | 'refusal' | 'end';
  /** A situation to be reached: MET where it is. */
  readonly reachable: boolean;
  /** Bits of asked.ts, as the claim gives them. */
  readonly asked: number;
  readonly by: number;
  /** The same; of a claim about states, what it is asked for. 0: what it says of a step that changes nothing says nothing of others. */
  readonly lasting: number;
  judge(step: Observation): Judged;
}

const ANYTHING = -1;

/** All claims and reachability claims that this kind of model can show. */
export const observerClaims = (kind: ModelKind, profile: Profile): ObserverClaim[] => [
  ...allClaims
    .filter(({ needs }) => needs.every((need) => observedOf(kind).has(need)))
    .flatMap((claim) => partsOf(claim, profile)),
  ...reachablesOf(profile)
    .filter(({ inOrder }) => !inOrder)
    .map(toBeReached),
];

function partsOf(claim: Claim, profile: Profile): ObserverClaim[] {
  const { name, claim: sentence, kind, asked = ANYTHING, by = ANYTHING, judge } = claim;
  const lasting = kind === 'state' ? asked : (claim.lasting ?? 0);
  const one = { name, claim: sentence, reachable: false, asked, by, lasting };
  if (kind === 'run') return [{ ...one, of: 'end', judge }];
  const parts: ObserverClaim[] = [{ ...one, of: kind, judge }];
  const known = claim.known?.(profile) ?? null;
  if (known !== null) {
    const isKnown = (step: Observation, judged: Judged) => typeof judged === 'string' && known.covers(step);
    const but = (step: Observation): Judged => {
      const judged = judge(step);
      return isKnown(step, judged) ? MET : judged;
    };
    const only = (step: Observation): Judged => (isKnown(step, judge(step)) ? MET : NOT_MET);
    parts[0] = { ...one, of: kind, judge: but };
    const inverse = { name: name + KNOWN, claim: `not so: ${sentence}`, reachable: true };
    parts.push({ ...one, ...inverse, of: kind, judge: only });
  }
  if (ofRefusals.has(name)) parts.push({ ...one, name: name + REFUSED, of: 'refusal', judge });
  return parts;
}

/** Seen only in refused moves, which are no steps of the checker: a state in which there is such a move. */
const reachedByRefusal = new Set(['Busy', 'BusyByPagesAlone']);

function toBeReached({ name, claim, asked = ANYTHING, by = ANYTHING, holds }: Reachable): ObserverClaim {
  const judge = (step: Observation) => (holds(step) ? MET : NOT_MET);
  const one = { name, claim, reachable: true, asked, by, lasting: 0, judge };
  return reachedByRefusal.has(name)
    ? { ...one, name: name + REFUSED, of: 'refusal' }
    : { ...one, of: 'step' };
}

/** The same as claims of the readable model. */
export function checkerClaims(
  kind: ModelKind,
  profile: Profile,
  scope: Scope,
  moves: readonly BoundMove[],
): checker.Claim<State>[] {
  const observer = new Observer(profile, observedOf(kind), scope, moves);
  return observerClaims(kind, profile).map((claim) => {
    if (claim.of === 'refusal') return ofRefused(claim, observer);
    return claim.of === 'end' ? ofEnd(claim, observer) : ofSteps(claim, observer);
  });
}

const ofEnd = ({ name, claim, judge }: ObserverClaim, observer: Observer): checker.Claim<State> => ({
  kind: 'run',
  name,
  claim,
  judge: (state) => judgement(judge(observer.end(state))),
});

/**
 * Asked where each step arrives, before the state is packed, also by claims about states: a packed state could not show a page that is listed
 * twice.
 */
function ofSteps({ name, claim, reachable, judge }: ObserverClaim, observer: Observer): checker.Claim<State> {
  const judged = (before: State, move: checker.Move, effect: checker.Effect<State>) =>
    judge(observer.step(before, move, effect));
  return reachable
    ? { kind: 'reachable', name, claim, holds: (...step) => judged(...step) === MET }
    : { kind: 'step', name, claim, judge: (...step) => judgement(judged(...step)) };
}

/** Asks about every move that is refused in a state. */
function ofRefused(
  { name, claim, reachable, judge }: ObserverClaim,
  observer: Observer,
): checker.Claim<State> {
  const judged = (state: State): Judged => {
    let answer: Judged = NOT_MET;
    for (const refusal of observer.refusals(state)) {
      const one = judge(refusal);
      if (typeof one === 'string') return one;
      if (one === MET) answer = MET;
    }
    return answer;
  };
  return reachable
    ? { kind: 'reachable', name, claim, holdsIn: (state) => judged(state) === MET }
    : { kind: 'state', name, claim, judge: (state) => judgement(judged(state)) };
}
