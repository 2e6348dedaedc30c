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
import { type Claim, MET, NOT_MET, type Observation } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/index.ts';
import { reachablesOf } from '../claims/reachable.ts';
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

function judgement(judged: string | typeof MET | typeof NOT_MET): checker.Judgement {
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

  constructor(profile: Profile, observed: Observed, scope: Scope) {
    this.#profile = profile;
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

  /** What a move does that its guard refuses; null for any other. */
  refusal(state: State, { move, action, args }: BoundMove): Observation | null {
    const errno = action.guard(state, ...args);
    if (!errno) return null;
    const next = step(state, move, lru);
    const before = this.before(state);
    const after = next.state === state ? before : viewOfState(next.state, this.#after);
    this.#effect = null;
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

/** All claims and reachability claims that this kind of model can show, as the checker's. */
export function checkerClaims(
  kind: ModelKind,
  profile: Profile,
  scope: Scope,
  moves: readonly BoundMove[],
): checker.Claim<State>[] {
  const observed = observedOf(kind);
  const observer = new Observer(profile, observed, scope);
  const judged = allClaims
    .filter(({ needs }) => needs.every((need) => observed.has(need)))
    .flatMap((claim) => adapted(claim, profile, observer, moves));
  return [
    ...judged,
    ...reachablesOf(profile)
      .filter(({ inOrder }) => !inOrder)
      .map((reachable) => reached(reachable, observer, moves)),
  ];
}

function adapted(
  claim: Claim,
  profile: Profile,
  observer: Observer,
  moves: readonly BoundMove[],
): checker.Claim<State>[] {
  const { name, claim: sentence } = claim;
  if (claim.kind === 'state') {
    // Judged where each step arrives, before the state is packed: a packed state could not show a page that is listed twice.
    const judge = (before: State, move: checker.Move, effect: checker.Effect<State>) =>
      judgement(claim.judge(observer.step(before, move, effect)));
    return [{ kind: 'step', name, claim: sentence, judge }];
  }
  if (claim.kind === 'run') {
    return [{ kind: 'run', name, claim: sentence, judge: (s) => judgement(claim.judge(observer.end(s))) }];
  }
  const known = claim.known?.(profile) ?? null;
  const ofStep: checker.Claim<State> = {
    kind: 'step',
    name,
    claim: sentence,
    judge: (before, move, effect) => {
      const observation = observer.step(before, move, effect);
      const judged = claim.judge(observation);
      return typeof judged === 'string' && known?.covers(observation) ? met : judgement(judged);
    },
  };
  const found: checker.Claim<State>[] = [ofStep];
  if (known) found.push(knownViolation(claim, known, observer));
  if (ofRefusals.has(name))
    found.push(ofRefusedMoves(claim, (refusal) => claim.judge(refusal), observer, moves));
  return found;
}

function knownViolation(
  claim: Claim,
  known: NonNullable<ReturnType<NonNullable<Claim['known']>>>,
  observer: Observer,
): checker.Claim<State> {
  return {
    kind: 'reachable',
    name: claim.name + KNOWN,
    claim: `not so: ${claim.claim}`,
    holds: (before, move, effect) => {
      const observation = observer.step(before, move, effect);
      return typeof claim.judge(observation) === 'string' && known.covers(observation);
    },
  };
}

/** Asks about every move that is refused in a state. */
function ofRefusedMoves(
  { name, claim }: { name: string; claim: string },
  judge: (refusal: Observation) => string | typeof MET | typeof NOT_MET,
  observer: Observer,
  moves: readonly BoundMove[],
): checker.Claim<State> {
  return {
    kind: 'state',
    name: name + REFUSED,
    claim,
    judge: (state) => {
      let answer: checker.Judgement = notMet;
      for (const move of moves) {
        const observation = observer.refusal(state, move);
        const judged = observation ? judge(observation) : NOT_MET;
        if (typeof judged === 'string') return judgement(judged);
        if (judged === MET) answer = met;
      }
      return answer;
    },
  };
}

/** Seen only in refused moves, which are no steps of the checker: a state in which there is such a move. */
const reachedByRefusal = new Set(['Busy', 'BusyByPagesAlone']);

function reached(
  reachable: ReturnType<typeof reachablesOf>[number],
  observer: Observer,
  moves: readonly BoundMove[],
): checker.Claim<State> {
  const { name, claim, holds } = reachable;
  if (reachedByRefusal.has(name)) {
    const refused = (state: State, move: BoundMove) => {
      const refusal = observer.refusal(state, move);
      return refusal !== null && holds(refusal);
    };
    const holdsIn = (state: State) => moves.some((move) => refused(state, move));
    return { kind: 'reachable', name: name + REFUSED, claim, holdsIn };
  }
  return {
    kind: 'reachable',
    name,
    claim,
    holds: (before, move, effect) => holds(observer.step(before, move, effect)),
  };
}
