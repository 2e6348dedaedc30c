// A trace of the shell's machine as a trace of a plain world, where nothing exists at first: that is what a counterexample file holds.

import { type Move, profiles, ROOT } from '../model/index.ts';
import { type Linked, SHELL, type Turn } from '../properties/trace/link.ts';

/**
 * Where the profile has no root container, one with the next free number stands in for it: unlimited, never removed. Moves that only a root
 * refuses are left out, for a refused move changes nothing.
 */
export function plainTrace(linked: Linked): Linked {
  if (linked.start === 'nothing') return linked;
  const hasRoot = profiles[linked.profile].root;
  const standIn = hasRoot ? ROOT : linked.scope.containers;
  const opening: Move[] = [];
  if (!hasRoot) opening.push(['mkdir', standIn]);
  if (linked.start === 'shell') opening.push(['spawn', SHELL, standIn]);
  const turns = linked.turns.flatMap((turn): Turn[] => {
    const move = translated(turn.move, standIn);
    return move ? [{ move, decisions: turn.decisions }] : [];
  });
  const { scope } = linked;
  return {
    profile: linked.profile,
    start: 'nothing',
    scope: {
      ...scope,
      containers: scope.containers + (hasRoot ? 0 : 1),
      tasks: linked.start === 'shell' ? Math.max(scope.tasks, SHELL + 1) : scope.tasks,
    },
    turns: [...opening.map((move): Turn => ({ move, decisions: [] })), ...turns],
  };
}

/** Null: the move is refused because it asks something of the root. */
function translated(move: Move, standIn: number): Move | null {
  const [name, first, second] = move;
  const onRoot = Number(first) === ROOT;
  if (onRoot && ['rmdir', 'setLimit', 'mkdir'].includes(name)) return null;
  if ((name === 'move' || name === 'spawn') && Number(second) === ROOT) return [name, first, standIn];
  return move;
}
