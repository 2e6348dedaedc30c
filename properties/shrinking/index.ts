// What shrinking knows of the RSS controller: its moves and names, where traces are looked for, and what the controller remembers.

import type { Shrinking } from '../../lockstep/index.ts';
import type { Move, Scope } from '../../model/index.ts';
import type { Rss } from '../domain/kinds.ts';
import { ControllerSubject } from '../subjects/controller.ts';
import { seeThrough } from '../subjects/load.ts';
import { argKind } from '../trace/args.ts';
import { scopeOf, scopeText } from '../trace/move.ts';
import type { Size } from '../view/view.ts';
import { Likeness } from './likeness.ts';
import { keyOf, movesInOrder, renamed, renamings, simpler } from './moves.ts';
import { exoticOf, homesOf, isUsual, stagesOf } from './stages.ts';

/** The sizes of searches come from here: they have a limit, too, the largest that setLimit is given. */
const scopeFrom = (size: Size): Scope => size as Scope;

/** The kinds of things that are all alike: the controller looks at members, and in a tree at containers, in the order of their numbers. */
const alikeIn = (nested: boolean): ('container' | 'page')[] => (nested ? ['page'] : ['container', 'page']);

/** What shrinking knows of a flat profile, or of a nested one: there containers are made within others, too. */
const shrinkingOf = (nested: boolean): Shrinking<Rss> => ({
  moves: (size) => movesInOrder(scopeFrom(size), nested),
  room: roomFor,
  sizeText: (size) => `${scopeText(scopeFrom(size))}${nested ? ' and the root' : ''}`,
  simpler: (moves) => simpler(moves, nested),
  renamings,
  /** The controller, if its private names were made plain; of other subjects nothing is known. */
  memory(subject) {
    if (!(subject instanceof ControllerSubject)) return null;
    return seeThrough.has(subject.controller.constructor) ? subject.controller : null;
  },
  stateIsSeen: true,
  names: ([name, ...args]) =>
    alikeIn(nested).map((kind) => args.map(Number).filter((arg, i) => argKind(name, i) === kind && arg >= 0)),
  isRenamed: (moves) => keyOf(renamed(moves, alikeIn(nested))) === keyOf(moves),
  alike(fresh, { tasks }) {
    const likeness = new Likeness(fresh as ControllerSubject['controller'], tasks);
    return (memory) => likeness.key(memory as ControllerSubject['controller']);
  },
  stages: (moves) => stagesOf(moves, nested),
  homes: (moves) => homesOf(moves, nested),
  beyond: (size, moves) => (isUsual(scopeFrom(size)) ? [] : exoticOf(moves, scopeFrom(size), nested)),
  foreign: (moves, size) => exoticOf(moves, scopeFrom(size), nested).length,
});

export const shrinking = { flat: shrinkingOf(false), nested: shrinkingOf(true) };

/** The smallest scope with at least one of each that holds the moves. */
export function roomFor(moves: readonly Move[]): Scope {
  const { containers, tasks, pages, limit } = scopeOf(moves);
  return {
    containers: Math.max(containers, 1),
    tasks: Math.max(tasks, 1),
    pages: Math.max(pages, 1),
    limit,
  };
}
