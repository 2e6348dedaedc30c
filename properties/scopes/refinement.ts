// The LRU spec refines the contract: every step it takes is one that the contract allows, from the same state without its lists.

import type * as checker from '../../checker/model.ts';
import {
  type Container,
  type ContainerId,
  IllegalChoice,
  isPinned,
  lru,
  type PageId,
  type Profile,
  type Scope,
  type State,
  type Step,
  step,
  subtree,
  usage,
} from '../../model/index.ts';
import { type Picks, ReplayRanOut, replayed } from './choices.ts';
import { Layout } from './layout.ts';
import { type BoundMove, bound } from './moves.ts';
import { fieldsOf, stateOf } from './pack.ts';

export const REFINES = 'RefinesContract';
export const RECLAIM_FAILS = 'ReclaimFailsOnlyIfAllPinned';

/** The step of the LRU spec, with the choices it made. */
export interface PickedStep extends Step {
  readonly picks: Picks;
}

const met = { met: true, violation: null };
const notMet = { met: false, violation: null };
const violated = (violation: string): checker.Judgement => ({ met: true, violation });

/** The state as the contract sees it: who owns a page, but no list, no order, no bit; and it counts from 0. */
export class Abstraction {
  readonly #profile: Profile;
  readonly #layout: Layout;
  readonly #fields: Int32Array;
  readonly #words: Uint32Array;

  constructor(profile: Profile, scope: Scope, nested: boolean) {
    this.#profile = profile;
    this.#layout = new Layout(scope, { root: profile.root, nested, lists: false });
    this.#fields = new Int32Array(this.#layout.size);
    this.#words = new Uint32Array(this.#layout.width);
  }

  of(state: State): State {
    fieldsOf(this.#layout, state, this.#fields);
    return stateOf(this.#layout, this.#profile, this.#fields);
  }

  identity(state: State): string {
    fieldsOf(this.#layout, state, this.#fields);
    this.#layout.pack(this.#fields, this.#words, 0);
    return this.#words.join();
  }
}

/** Replays the choices in the contract, which refuses illegal ones itself; null if it then is where the LRU spec is. */
function refutation(
  abstraction: Abstraction,
  from: State,
  { move }: BoundMove,
  taken: PickedStep,
): string | null {
  const { reclaims, victims } = taken.picks;
  let allowed: Step;
  try {
    const chooser = replayed(taken.picks);
    allowed = step(from, move, chooser);
    if (chooser.left() > 0) return `the contract left ${chooser.left()} of its choices unasked`;
  } catch (error) {
    if (error instanceof IllegalChoice || error instanceof ReplayRanOut) return error.message;
    throw error;
  }
  const chosen = `reclaims [${reclaims.join('] [')}], victims [${victims}]`;
  if (allowed.outcome !== taken.outcome) {
    return `with ${chosen} the contract answers ${allowed.outcome}, the LRU spec ${taken.outcome}`;
  }
  if (allowed.killed.join() !== taken.killed.join() || allowed.reclaimed.join() !== taken.reclaimed.join()) {
    return `with ${chosen} the contract reclaims [${allowed.reclaimed}] and kills [${allowed.killed}]`;
  }
  if (abstraction.identity(allowed.state) !== abstraction.identity(taken.state)) {
    return `with ${chosen} the contract is in another state`;
  }
  for (const [id, c] of taken.state.containers) {
    const { failcnt, reclaimed } = allowed.state.containers.get(id) as Container;
    if (failcnt !== c.failcnt || reclaimed !== c.reclaimed) {
      return `the contract counts ${failcnt} refusals and ${reclaimed} reclaims, the LRU spec ${c.failcnt} and ${c.reclaimed}`;
    }
  }
  return null;
}

/** As claims of the LRU spec's model, whose steps carry their picks. */
export function refinementClaims(
  profile: Profile,
  scope: Scope,
  moves: readonly BoundMove[],
  nested: boolean,
): checker.Claim<State>[] {
  const abstraction = new Abstraction(profile, scope, nested);
  let last: State | null = null;
  let from: State | null = null;
  const abstract = (state: State): State => {
    if (last !== state || from === null) from = abstraction.of(state);
    last = state;
    return from;
  };
  const claim = 'Every step of the LRU spec is a legal step of the contract.';
  return [
    {
      kind: 'step',
      name: REFINES,
      claim,
      judge: (before, move, effect) => {
        const refuted = refutation(abstraction, abstract(before), bound(move), effect.detail as PickedStep);
        return refuted ? violated(refuted) : met;
      },
    },
    {
      kind: 'state',
      name: `${REFINES}@refused`,
      claim,
      judge: (state) => {
        for (const { action, args, move } of moves) {
          const ours = action.guard(state, ...args);
          const theirs = action.guard(abstract(state), ...args);
          if (ours !== theirs) {
            return violated(
              `${move.join(' ')} is answered ${ours ?? 'ok'}, by the contract ${theirs ?? 'ok'}`,
            );
          }
        }
        return met;
      },
    },
    ...reclaimClaims(profile),
  ];
}

/** Reclaim fails only if every page is pinned; where the scan is bounded, a state that shows otherwise is looked for. */
function reclaimClaims({ scan }: Profile): checker.Claim<State>[] {
  const claim = 'Reclaim from a container frees nothing exactly when all its pages are pinned.';
  const bounded = scan === '13 passes';
  const ofStates: checker.Claim<State> = {
    kind: 'state',
    name: RECLAIM_FAILS,
    claim,
    judge: (state) => {
      const witness = gaveUp(state);
      if (witness === undefined) return notMet;
      return witness === null || bounded ? met : violated(witness);
    },
  };
  if (!bounded) return [ofStates];
  const ofSteps: checker.Claim<State> = {
    kind: 'reachable',
    name: `${RECLAIM_FAILS}@known`,
    claim: 'a reclaim gives up, although a page of the container could be taken',
    holds: (before) => typeof gaveUp(before) === 'string',
  };
  return [ofStates, ofSteps];
}

/** Undefined: no container has a page. Null: in each, reclaim takes a page exactly if one is not pinned. Otherwise the witness. */
function gaveUp(state: State): string | null | undefined {
  let asked = false;
  for (const id of state.containers.keys()) {
    if (usage(state, id) === 0) continue;
    asked = true;
    const free = pagesBelow(state, id).filter((p) => !isPinned(state, p));
    const { pages } = lru.reclaim(state, id, free);
    if (pages.length > 0 !== free.length > 0) {
      return `reclaim from c${id} takes ${pages.length} pages, although ${free.length} are not pinned`;
    }
  }
  return asked ? null : undefined;
}

/** The pages that containers of the subtree own. */
const pagesBelow = (state: State, id: ContainerId): PageId[] =>
  subtree(state, id).flatMap((c) => {
    const { active, inactive } = state.containers.get(c) as Container;
    return [...active, ...inactive];
  });
