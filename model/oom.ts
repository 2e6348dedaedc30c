// The OOM killer "starts thinning out the container" (L11): one member a round, never anybody else (I8, I9).

import { type Chooser, IllegalChoice, type Progress } from './action.ts';
import { type ContainerId, members, type State, type Task, type TaskId } from './state.ts';
import { unmapPage } from './unmap.ts';

/** Kills one live member of container c. */
export function killOne(progress: Progress, c: ContainerId, choose: Chooser): Progress {
  const candidates = members(progress.state, c);
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
  const unmapped = maps.reduce((sofar, p) => unmapPage(sofar, t, p), state);
  const tasks = new Map(unmapped.tasks);
  tasks.delete(t);
  return { ...unmapped, tasks };
}
