// The specification as models of the checker: the contract, with every choice enumerated, and the LRU spec, which chooses.

import type { Claim, Model } from '../../checker/model.ts';
import {
  initial,
  lru,
  type Profile,
  type ProfileName,
  profiles,
  type Scope,
  type State,
} from '../../model/index.ts';
import { scopeText } from '../trace/move.ts';
import { everyChoice, recorded } from './choices.ts';
import { checkerClaims, type ModelKind } from './judging.ts';
import { Layout } from './layout.ts';
import { equalsSpec } from './lockstep.ts';
import { type BoundMove, bound, boundMoves } from './moves.ts';
import { fieldsOf, stateOf } from './pack.ts';
import { type PickedStep, refinementClaims } from './refinement.ts';
import { showState, variablesOf } from './show.ts';
import { symmetriesOf } from './symmetries.ts';

/** Which model, with which claims beyond those of properties/. Plain data: it is handed to worker threads. */
export interface Asked {
  readonly kind: ModelKind;
  readonly profile: ProfileName;
  readonly scope: Scope;
  /** Containers are made under the root only; without it they are nested where the profile is. */
  readonly flat?: boolean | undefined;
  /** Also judge that the LRU spec refines the contract. */
  readonly refine?: boolean | undefined;
  /** Judge the optimized controller against the LRU spec, and nothing else. */
  readonly impl?: 'controller' | undefined;
}

/** Whether containers are made within containers. */
export const isNested = ({ profile, flat }: Pick<Asked, 'profile' | 'flat'>): boolean =>
  profiles[profile].hierarchy === 'nested' && !flat;

export function controllerModel(asked: Asked): Model<State> {
  const { kind, profile: name, scope } = asked;
  const profile = profiles[name];
  const nested = isNested(asked);
  const layout = new Layout(scope, { root: profile.root, nested, lists: kind === 'lru' });
  const moves = boundMoves(scope, nested);
  const fields = new Int32Array(layout.size);
  return {
    name: `${kind} ${name} ${scopeText(scope)}${nested ? ' nested' : ''}`,
    initial: () => [initial(profile)],
    moves,
    guard: (state, move) => {
      const { action, args } = bound(move);
      return action.guard(state, ...args);
    },
    effect: (state, move, choose) => {
      const { action, args } = bound(move);
      const chooser = recorded(kind === 'lru' ? lru : everyChoice(choose));
      const next = action.effect(state, chooser, ...args);
      const detail: PickedStep = { ...next, picks: chooser.picks };
      return { state: next.state, outcome: next.outcome, detail };
    },
    width: layout.width,
    pack: (state, words, at) => {
      fieldsOf(layout, state, fields);
      layout.pack(fields, words, at);
    },
    unpack: (words, at) => {
      layout.unpack(words, at, fields);
      return stateOf(layout, profile, fields);
    },
    claims: claimsOf(asked, profile, moves),
    get symmetries() {
      return symmetriesOf(kind, scope, nested);
    },
    show: showState,
    variables: (state) => variablesOf(kind, state),
  };
}

function claimsOf(asked: Asked, profile: Profile, moves: readonly BoundMove[]): Claim<State>[] {
  const { kind, profile: name, scope, refine, impl } = asked;
  if (impl) return [equalsSpec(name, scope, moves)];
  const refinement = refine && kind === 'lru' ? refinementClaims(profile, scope, moves, isNested(asked)) : [];
  return [...checkerClaims(kind, profile, scope, moves), ...refinement];
}
