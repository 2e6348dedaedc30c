// The moves of a scope as the checker names them, each bound to the rule of the specification that it stands for.

import type * as checker from '../../checker/model.ts';
import { type Action, type Arg, actionNamed, type Move, movesOf, type Scope } from '../../model/index.ts';

/** A checker's move that knows its rule. */
export interface BoundMove extends checker.Move {
  readonly args: readonly number[];
  readonly move: Move;
  readonly action: Action;
}

export function boundMoves(scope: Scope): BoundMove[] {
  return movesOf(scope).map((move) => {
    const [name, ...args] = move;
    return { name, args: args.map(Number), move, action: actionNamed(name) };
  });
}

/** The checker hands back the moves it was given, so the rule is at hand; one that was made elsewhere is looked up. */
export function bound(move: checker.Move): BoundMove {
  if ('action' in move) return move as BoundMove;
  const args = move.args.map(Number);
  return { name: move.name, args, move: [move.name, ...(args as Arg[])], action: actionNamed(move.name) };
}
