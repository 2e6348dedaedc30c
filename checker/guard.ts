// A watchdog for code of this thread that may loop for ever: the engine ends it after a time, wherever it is.

import vm from 'node:vm';
import { StoodStill } from './error.ts';

const slot = Symbol.for('firsttouch.guarded');
const shared = globalThis as { [slot]?: (() => void) | undefined };
const script = new vm.Script("globalThis[Symbol.for('firsttouch.guarded')]()");

/** The code did not come to an end in time. What it was working on is in any state whatever and must be thrown away. */
export class Hangs extends Error {
  override readonly name = 'Hangs';
}

/** Code that loops uses a processor. Who used less than this share of the time did not loop: the process was stopped (SIGSTOP, ^Z, a machine asleep). */
const LOOPS = 0.05;

/** Runs `work`; after `milliseconds` it is ended and Hangs is thrown. Costs a thread: guard whole runs, not moves. Does not nest. @throws StoodStill */
export function within<T>(milliseconds: number, work: () => T): T {
  let value: { readonly of: T } | undefined;
  shared[slot] = () => {
    value = { of: work() };
  };
  const [began, used] = [performance.now(), process.cpuUsage()];
  try {
    script.runInThisContext({ timeout: milliseconds });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    const [wall, { user, system }] = [performance.now() - began, process.cpuUsage(used)];
    if (user + system < 1000 * LOOPS * wall) throw new StoodStill(wall);
    throw new Hangs(`no end after ${milliseconds} ms`);
  } finally {
    shared[slot] = undefined;
  }
  return (value as { readonly of: T }).of;
}

/** The same; what hangs comes to `otherwise`. Any other error goes on. */
export function guarded<T>(milliseconds: number, work: () => T, otherwise: () => T): T {
  try {
    return within(milliseconds, work);
  } catch (error) {
    if (!(error instanceof Hangs)) throw error;
    return otherwise();
  }
}

/** The witness of what was found when a call of the model, or of the implementation behind it, came to no end. */
export const NO_ANSWER = 'the implementation does not come back from the move';
