// A violation of a run in which the subject was given other ids than the run's: is it the ids that matter, and how small may they be?

import { guarded } from '../../checker/guard.ts';
import { fromList, Judge, Lockstep } from '../../lockstep/index.ts';
import { profiles } from '../../model/index.ts';
import { domainOf, type Found } from '../domain/index.ts';
import { openSubject } from '../subjects/implementation.ts';
import { type Names, namedMove } from '../subjects/names.ts';
import { scopeOf } from './move.ts';

/** A subject that does not come back within that time fails, too. */
const PATIENCE_MS = 5000;
const KINDS = ['container', 'task', 'page'] as const;

/** The same violation by a subject that is given the ids of the moves: the run's own if it fails with them, else the smallest that fail. */
export async function inOwnIds(impl: string, found: Found): Promise<Found> {
  const drawn = found.drawn;
  if (!drawn?.names) return found;
  const subject = await openSubject(impl, found.domain, found.size);
  const lockstep = new Lockstep(subject, new Judge(domainOf(profiles[found.domain]), subject.observed));
  const run = (names: Names, close: boolean) =>
    lockstep.run(found.size, fromList(found.moves), close, { ...drawn, names }) !== null;
  const fails = (names: Names): boolean =>
    guarded(
      PATIENCE_MS,
      () => run(names, false) || run(names, true),
      () => true,
    );
  let { names } = drawn;
  for (const kind of KINDS) {
    if (fails({ ...names, [kind]: [] })) names = { ...names, [kind]: [] };
  }
  for (const kind of KINDS) {
    for (let i = 0; i < names[kind].length; i++) names = { ...names, [kind]: lowered(names, kind, i, fails) };
  }
  const moves = found.moves.map((move) => namedMove(move, names));
  const { containers, tasks, pages } = scopeOf(moves);
  const { drawn: _, ...rest } = found;
  return { ...rest, moves, size: { containers, tasks, pages } };
}

/** The ids of a kind with the i-th as small as it still fails, taking for granted that larger ones fail where a smaller one does. */
function lowered(
  names: Names,
  kind: (typeof KINDS)[number],
  i: number,
  fails: (names: Names) => boolean,
): number[] {
  const at = (id: number) => names[kind].map((name, k) => (k === i ? id : name));
  let [low, high] = [i === 0 ? 0 : names[kind][i - 1] + 1, names[kind][i]];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fails({ ...names, [kind]: at(middle) })) high = middle;
    else low = middle + 1;
  }
  return at(high);
}
