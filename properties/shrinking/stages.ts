// Where shorter traces are looked for: scopes, and how long the traces are.

import type { Stage } from '../../lockstep/index.ts';
import type { Move, Scope } from '../../model/index.ts';
import { isInside, scopeOf } from '../trace/move.ts';
import { keyOf, movesInOrder } from './moves.ts';

/** Always searched, so that one bug found in different scopes ends as one text. */
const USUAL: Scope = { containers: 2, tasks: 2, pages: 3, limit: 3 };
/** For bugs that need three tasks. */
const FAMILY: Scope = { containers: 1, tasks: 3, pages: 2, limit: 2 };
/** So long traces are looked at in both before any other scope is: that takes no time. In trees there are more of them. */
const AT_ONCE = { flat: 7, nested: 6 };
/** Traces that are longer are looked for in the narrow scopes first. */
const USUAL_LENGTH = 8;
/** For bugs that need more moves: few names, so that long traces are soon looked at. */
const NARROW: readonly Scope[] = [
  { containers: 1, tasks: 1, pages: 7, limit: 2 },
  { containers: 2, tasks: 1, pages: 3, limit: 2 },
  { containers: 2, tasks: 2, pages: 2, limit: 1 },
];
/** For trees: two in one, and one in one in one. */
const TREES: readonly Scope[] = [
  { containers: 3, tasks: 1, pages: 2, limit: 1 },
  { containers: 3, tasks: 2, pages: 2, limit: 1 },
];
const MOST_LIMIT = 8;

export function stagesOf(moves: readonly Move[], nested: boolean): Stage<Scope>[] {
  const most = moves.length;
  // Move by move longer, in all of them: one of them alone would use up the work for a trace that another one has soon.
  const deeper = most > USUAL_LENGTH ? most - USUAL_LENGTH + 1 : 0;
  const lengths = Array.from({ length: deeper }, (_, i) => USUAL_LENGTH + i);
  const narrow = lengths.flatMap((longest) => NARROW.map((scope) => stage(scope, longest)));
  const trees = nested ? TREES.map((scope) => stage(scope, Math.min(most, USUAL_LENGTH))) : [];
  const last = isWithin(moves, USUAL, nested) ? [] : [stage(ownScope(moves), most)];
  const soon = nested ? AT_ONCE.nested : AT_ONCE.flat;
  const again = nested ? soon : USUAL_LENGTH;
  const usual = (longest: number) => stage(USUAL, Math.min(most, longest), again);
  const family = stage(FAMILY, Math.min(most, soon));
  return [
    usual(soon),
    family,
    ...trees,
    ...narrow,
    usual(last.length > 0 ? USUAL_LENGTH + 1 : most),
    ...last,
  ];
}

/** `short`: up to this length a trace is looked for although one as long is known: it is the one that others end as. */
const stage = (size: Scope, most: number, short = 0): Stage<Scope> => ({
  size,
  upTo(length, isMet) {
    // What is as short was found before, in a scope that comes first; but of the short ones those of the usual scope count.
    const again = length <= short;
    const upTo = Math.min(most, isMet && !again ? length - 1 : length);
    // Within the usual scope nothing so short is left.
    return isMet && upTo <= AT_ONCE.nested && isInside(size, USUAL) ? 0 : upTo;
  },
  isEnough: (length) => (size === USUAL || size === FAMILY) && length <= USUAL_LENGTH,
});

/** The scopes in which a trace can be proved to be the shortest, the one that says most first. */
export const homesOf = (moves: readonly Move[], nested: boolean): Scope[] => [
  ...[USUAL, FAMILY].filter((scope) => isWithin(moves, scope, nested)).slice(0, 1),
  ownScope(moves),
];

/** The smallest scope of the trace; a huge limit is not one of its limits. */
function ownScope(moves: readonly Move[]): Scope {
  const { containers, tasks, pages, limit } = scopeOf(moves);
  return {
    containers: Math.max(containers, 1),
    tasks: Math.max(tasks, 1),
    pages: Math.max(pages, 1),
    limit: limit <= MOST_LIMIT ? limit : 0,
  };
}

export const isUsual = (scope: Scope): boolean =>
  scope === USUAL || scope === FAMILY || NARROW.includes(scope) || TREES.includes(scope);

/** What only this trace has: the root, huge limits, in a flat profile parents. */
export function exoticOf(moves: readonly Move[], scope: Scope, nested: boolean): Move[] {
  const known = new Set(movesInOrder(scope, nested).map((move) => keyOf([move])));
  return moves.filter((move) => !known.has(keyOf([move])));
}

/** Is it a trace of the scope's moves? */
const isWithin = (moves: readonly Move[], scope: Scope, nested: boolean): boolean =>
  isInside(scopeOf(moves), scope) && exoticOf(moves, scope, nested).length === 0;
