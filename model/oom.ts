// The OOM killer "starts thinning out the container" (L11): one task a round, a member (where the profile is nested: of its subtree), never
// anybody else (I8, I9).

import { type Chooser, IllegalChoice, type Progress } from './action.ts';
import type { ContainerId, State, Task, TaskId } from './state.ts';
import { tasksBelow } from './tree.ts';
import { unmapPage } from './unmap.ts';

/** Kills one live task of the subtree of c. */
export function killOne(progress: Progress, c: ContainerId, choose: Chooser): Progress {
  const candidates = tasksBelow(progress.state, c);
  const victim = choose.victim(progress.state, c, candidates);
  if (!candidates.includes(victim)) {
    throw new IllegalChoice(
      `task ${victim} is no member of container ${c}, legal are: ${candidates.join(' ')}`,
    );
  }
  return { ...progress, state: endTask(progress.state, victim), killed: [...progress.killed, victim] };
}

/** The end of a task, by exit or by the killer: it unmaps its pages one by one, then is gone. */
export function endTask(state: State, t: TaskId): State {
  const { maps } = state.tasks.get(t) as Task;
  let unmapped = state;
  for (const p of maps) unmapped = unmapPage(unmapped, t, p);
  const tasks = new Map(unmapped.tasks);
  tasks.delete(t);
  return { ...unmapped, tasks };
}
