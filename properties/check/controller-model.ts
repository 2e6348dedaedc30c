// The specification as models of the checker: the contract, with every choice enumerated, and the LRU spec, which chooses.

import type { Model } from '../../checker/model.ts';
import {
  type Chooser,
  initial,
  lru,
  type Profile,
  type ProfileName,
  profiles,
  type Scope,
  type State,
  UNLIMITED,
} from '../../model/index.ts';
import { everyChoice } from './choices.ts';
import { checkerClaims, type ModelKind } from './judging.ts';
import { Layout } from './layout.ts';
import { bound, boundMoves } from './moves.ts';
import { fieldsOf, stateOf } from './pack.ts';
import { symmetriesOf } from './symmetries.ts';

export interface Asked {
  readonly kind: ModelKind;
  readonly profile: ProfileName;
  readonly scope: Scope;
}

export const scopeText = ({ containers, tasks, pages, limit }: Scope): string =>
  `${containers}/${tasks}/${pages}/${limit}`;

export const layoutOf = (kind: ModelKind, profile: Profile, scope: Scope): Layout =>
  new Layout(scope, profile.root, kind === 'lru');

export function controllerModel({ kind, profile: name, scope }: Asked): Model<State> {
  const profile = profiles[name];
  const layout = layoutOf(kind, profile, scope);
  const moves = boundMoves(scope);
  const fields = new Int32Array(layout.size);
  return {
    name: `${kind} ${name} ${scopeText(scope)}`,
    initial: () => [initial(profile)],
    moves,
    guard: (state, move) => {
      const { action, args } = bound(move);
      return action.guard(state, ...args);
    },
    effect: (state, move, choose) => {
      const { action, args } = bound(move);
      const chooser: Chooser = kind === 'lru' ? lru : everyChoice(choose);
      const next = action.effect(state, chooser, ...args);
      return { state: next.state, outcome: next.outcome, detail: next };
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
    claims: checkerClaims(kind, profile, scope, moves),
    symmetries: symmetriesOf(kind, scope),
    show: showState,
  };
}

/** `c0 limit 1 [p0] [p1']  t0@c0 maps p0 p1 pins p1`: active, inactive, a quote for the referenced bit. */
export function showState(state: State): string {
  const page = (p: number) => `p${p}${state.referenced.includes(p) ? "'" : ''}`;
  const list = (pages: readonly number[]) => `[${pages.map(page).join(' ')}]`;
  const containers = [...state.containers].sort(byId).map(([id, c]) => {
    const limit = c.limit === UNLIMITED ? 'unlimited' : `limit ${c.limit}`;
    return `${id < 0 ? 'root' : `c${id}`} ${limit} ${list(c.active)} ${list(c.inactive)}`;
  });
  const tasks = [...state.tasks].sort(byId).map(([t, task]) => {
    const maps =
      task.maps.length > 0
        ? ` maps ${[...task.maps]
            .sort()
            .map((p) => `p${p}`)
            .join(' ')}`
        : '';
    const pins =
      task.pins.length > 0
        ? ` pins ${[...task.pins]
            .sort()
            .map((p) => `p${p}`)
            .join(' ')}`
        : '';
    return `t${t}@c${task.container}${maps}${pins}`;
  });
  return [...containers, ...tasks].join('  ') || 'nothing';
}

const byId = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;
