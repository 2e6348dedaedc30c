// Random traces for tests of links and exports: any action, profile and start, with choices by hand if that is wanted; the same for a seed.

import { actions, moveOf, profileNames, type Scope, step } from '../model/index.ts';
import { choosing, type Decision } from '../properties/trace/decide.ts';
import { begin, type Linked, type Start, type Turn } from '../properties/trace/link.ts';

/** A small generator of its own, so that a failure can be repeated. */
export function dice(seed: number): (sides: number) => number {
  let x = seed * 2654435761 + 1;
  return (sides) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * sides);
  };
}

export interface Wanted {
  readonly scope: Scope;
  readonly length: number;
  /** Every free choice is made by hand: first how many pages, then which; or no page, where that is legal. */
  readonly byHand?: boolean;
  /** Moves that the model refuses are taken too. */
  readonly refused?: boolean;
}

export function randomTrace(
  seed: number,
  { scope, length, byHand = false, refused = false }: Wanted,
): Linked {
  const roll = dice(seed);
  const profile = profileNames[seed % 4];
  const start: Start = (['nothing', 'root', 'shell'] as const)[seed % 3];
  const counts = {
    container: scope.containers,
    task: scope.tasks,
    page: scope.pages,
    limit: scope.limit + 1,
  };
  let state = begin({ profile, start, scope });
  const turns: Turn[] = [];
  while (turns.length < length) {
    const { name, args } = actions[roll(actions.length)];
    const move = moveOf(
      name,
      args.map((kind) => roll(counts[kind])),
    );
    const decisions: Decision[] = [];
    const ask = choosing(({ kind, candidates }) => {
      const decision = byHand ? anyOf(candidates, kind === 'reclaim') : null;
      decisions.push(decision);
      return decision;
    });
    const next = step(state, move, ask);
    if (!refused && next.outcome !== 'ok' && next.outcome !== 'KILLED') continue;
    while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
    const given = name === 'mkdir' && roll(4) === 0 ? { name: `box-${roll(3)}` } : {};
    turns.push({ move, decisions, ...given });
    state = next.state;
  }
  return { profile, start, scope, turns };

  function anyOf(candidates: readonly number[], isPages: boolean): number[] {
    if (profile === 'v3.1' && isPages && roll(4) === 0) return [];
    const left = [...candidates];
    const count = isPages ? roll(candidates.length) + 1 : 1;
    return Array.from({ length: count }, () => left.splice(roll(left.length), 1)[0]);
  }
}
