// The moves of a scope as the checker names them, each bound to the rule of the specification that it stands for.

import type * as checker from '../../checker/model.ts';
import { type Action, actionNamed, type Move, moveOf, movesOf, ROOT, type Scope } from '../../model/index.ts';

/** A checker's move that knows its rule. */
export interface BoundMove extends checker.Move {
  readonly args: readonly number[];
  readonly move: Move;
  readonly action: Action;
}

/** `nested`: a container is also made within any other, and each mkdir names the parent. */
export function boundMoves(scope: Scope, nested: boolean): BoundMove[] {
  return movesOf(scope, nested).map((move) => {
    const [name, ...args] = nested && move[0] === 'mkdir' && move.length === 2 ? [...move, ROOT] : move;
    return { name, args: args.map(Number), move: moveOf(name, args), action: actionNamed(name) };
  });
}

/** The checker hands back the moves it was given, so the rule is at hand; one that was made elsewhere is looked up. */
export function bound(move: checker.Move): BoundMove {
  if ('action' in move) return move as BoundMove;
  const args = move.args.map(Number);
  return { name: move.name, args, move: moveOf(move.name, args), action: actionNamed(move.name) };
}
