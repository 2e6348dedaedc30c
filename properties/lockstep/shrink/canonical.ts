// One text for one bug: names in the order of their first use, and an order of moves, so that of equally short traces one comes first.

import { actions, type Move, ROOT, type Scope, valuesOf } from '../../../model/index.ts';
import { kinds } from '../../draw/draw.ts';
import { argKind } from '../../trace/args.ts';
import { moveText } from '../../trace/move.ts';

/** The kinds of moves, simplest first; the order in which texts are compared. */
const rank = new Map<string, number>(kinds.map((kind, i) => [kind, i]));
const ordered = [...actions].sort((a, b) => (rank.get(a.name) ?? 99) - (rank.get(b.name) ?? 99));

/** Every move of a scope, simplest first, arguments ascending. */
export function movesInOrder(scope: Scope): Move[] {
  return ordered.flatMap(({ name, args }) =>
    args
      .reduce<number[][]>(
        (rows, kind) => rows.flatMap((row) => valuesOf(kind, scope).map((value) => [...row, value])),
        [[]],
      )
      .map((row): Move => [name, ...row]),
  );
}

/** Names renumbered in the order of their first use: the first container that is named is c0. */
export function renamed(moves: readonly Move[]): Move[] {
  const names = { container: new Map<number, number>(), task: new Map(), page: new Map() };
  return moves.map(
    ([name, ...args]): Move => [
      name,
      ...args.map((arg, i) => {
        const kind = argKind(name, i);
        if (kind === undefined || kind === 'limit' || arg === ROOT) return arg;
        const known = names[kind];
        if (!known.has(Number(arg))) known.set(Number(arg), known.size);
        return known.get(Number(arg)) as number;
      }),
    ],
  );
}

export const textOf = (moves: readonly Move[]): string => moves.map(moveText).join('\n');

/** Exact, where the text is for people: the key of a list of moves. */
export const keyOf = (moves: readonly Move[]): string => moves.map((move) => move.join(' ')).join(';');
