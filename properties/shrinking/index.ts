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

export const shrinking: Shrinking<Rss> = {
  moves: (size) => movesInOrder(scopeFrom(size)),
  room: roomFor,
  sizeText: (size) => scopeText(scopeFrom(size)),
  simpler,
  renamings,
  /** The controller, if its private names were made plain; of other subjects nothing is known. */
  memory(subject) {
    if (!(subject instanceof ControllerSubject)) return null;
    return seeThrough.has(subject.controller.constructor) ? subject.controller : null;
  },
  /** Containers and pages, not tasks: the controller looks at members in the order of their numbers. */
  names: ([name, ...args]) =>
    ['container', 'page'].map((kind) =>
      args.map(Number).filter((arg, i) => argKind(name, i) === kind && arg >= 0),
    ),
  isRenamed: (moves) => keyOf(renamed(moves, ['container', 'page'])) === keyOf(moves),
  alike(fresh, { tasks }) {
    const likeness = new Likeness(fresh as ControllerSubject['controller'], tasks);
    return (memory) => likeness.key(memory as ControllerSubject['controller']);
  },
  stages: stagesOf,
  homes: homesOf,
  beyond: (size, moves) => (isUsual(scopeFrom(size)) ? [] : exoticOf(moves, scopeFrom(size))),
  foreign: (moves, size) => exoticOf(moves, scopeFrom(size)).length,
};

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
