// Two contracts that are wrong on purpose: a kernel that is any judge of the specification convicts them.

import {
  type ContainerId,
  isMapped,
  type Move,
  ownerOf,
  type PageId,
  type State,
  type Task,
  withContainer,
  without,
} from '../model/index.ts';
import { Specification } from '../properties/subjects/subject.ts';
import type { Answer } from '../properties/view/answer.ts';

/** Whoever touches a mapped page takes it over. */
export class secondToucherOwns extends Specification {
  override apply(move: Move): Answer {
    const joins = move[0] === 'touch' && isMapped(this.state, Number(move[2]));
    const answer = super.apply(move);
    const task = this.state.tasks.get(Number(move[1]));
    if (joins && task && answer.outcome === 'ok')
      this.state = give(this.state, Number(move[2]), task.container);
    return answer;
  }
}

/** A task that moves takes along what it maps. */
export class moveCarriesCharges extends Specification {
  override apply(move: Move): Answer {
    const from = this.state.tasks.get(Number(move[1]))?.container;
    const answer = super.apply(move);
    if (move[0] !== 'move' || answer.outcome !== 'ok') return answer;
    const { maps, container } = this.state.tasks.get(Number(move[1])) as Task;
    for (const p of maps) if (ownerOf(this.state, p) === from) this.state = give(this.state, p, container);
    return answer;
  }
}

function give(state: State, p: PageId, to: ContainerId): State {
  const owner = ownerOf(state, p);
  if (owner === null || owner === to) return state;
  const from = state.containers.get(owner);
  if (!from) return state;
  const taken = withContainer(state, owner, {
    active: without(from.active, p),
    inactive: without(from.inactive, p),
  });
  return withContainer(taken, to, { active: [p, ...(taken.containers.get(to)?.active ?? [])] });
}
