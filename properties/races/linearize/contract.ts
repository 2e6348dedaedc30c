// The contract as the sequential object that histories are judged against: its free choices are what the answer shows.

import {
  type Chooser,
  type Container,
  IllegalChoice,
  type Move,
  type PageId,
  profiles,
  type State,
  step,
  type Task,
  type TaskId,
} from '../../../model/index.ts';
import { type Answer, answersDiffer } from '../../view/answer.ts';
import { NONE, PINNED, type View } from '../../view/view.ts';
import type { Sequential } from './history.ts';

/** Feeds an answer back: each reclaim took the next page that it names (profile letter frees one at a time), each kill the next victim. */
function chooserFrom(answer: Answer): Chooser {
  let pages = 0;
  let victims = 0;
  return {
    reclaim: (state, _c, candidates) => ({
      pages: candidates.length === 0 ? [] : [answer.reclaimed[pages++] ?? NONE],
      state,
    }),
    victim: () => answer.killed[victims++] ?? NONE,
  };
}

/** The contract; with `end`, histories must also end in that state. */
export function contract(end?: State): Sequential<State, Move, Answer> {
  const last = end && keyOf(end);
  return {
    step: stepAs,
    key: keyOf,
    ...(last === undefined ? {} : { mayEnd: (state: State) => keyOf(state) === last }),
  };
}

/** The state after a move that gave this answer; null if the contract does not allow it. */
function stepAs(state: State, move: Move, answer: Answer): State | null {
  try {
    const after = step(state, move, chooserFrom(answer));
    return answersDiffer(answer, after) === null ? after.state : null;
  } catch (error) {
    if (error instanceof IllegalChoice) return null;
    throw error;
  }
}

/** Identity of a contract state, with the counters that a control file shows: lists have no order here. */
export function keyOf(state: State): string {
  let key = '';
  for (const c of [...state.containers.keys()].sort(ascending)) {
    const { limit, failcnt, reclaimed, active, inactive } = state.containers.get(c) as Container;
    key += `c${c} ${limit} ${failcnt} ${reclaimed} ${[...active, ...inactive].sort(ascending)};`;
  }
  for (const t of [...state.tasks.keys()].sort(ascending)) {
    const { container, maps, pins } = state.tasks.get(t) as Task;
    key += `t${t} ${container} ${[...maps].sort(ascending)} ${[...pins].sort(ascending)};`;
  }
  return key;
}

const ascending = (a: number, b: number): number => a - b;

/** What a view shows, as a state of profile letter. */
export function stateOf(view: View): State {
  const { containers, tasks, pages } = view.size;
  const state = {
    profile: profiles.letter,
    containers: new Map(),
    tasks: new Map<TaskId, Task>(),
    referenced: [] as PageId[],
  };
  for (let c = 0; c < containers; c++) {
    if (!view.exists[c]) continue;
    const from = c * pages;
    state.containers.set(c, {
      parent: null,
      limit: view.exactLimit(c),
      failcnt: view.failcnt[c],
      reclaimed: view.reclaims[c],
      active: [...view.active.subarray(from, from + view.activeLength[c])],
      inactive: [...view.inactive.subarray(from, from + view.inactiveLength[c])],
    });
  }
  for (let t = 0; t < tasks; t++) {
    if (view.container[t] === NONE) continue;
    const maps: PageId[] = [];
    const pins: PageId[] = [];
    for (let p = 0; p < pages; p++) {
      if (view.mapsPage(t, p)) maps.push(p);
      if (view.maps[t * pages + p] & PINNED) pins.push(p);
    }
    state.tasks.set(t, { container: view.container[t], maps, pins });
  }
  for (let p = 0; p < pages; p++) if (view.referenced[p]) state.referenced.push(p);
  return state;
}
