// The model checker as a library: `check(model, options)` visits every reachable state and says which claims hold.

import { setImmediate } from 'node:timers/promises';
import { tryCheckpoint } from './checkpoint.ts';
import { OptionError } from './error.ts';
import { walkImages } from './image.ts';
import { isSmall, packed, refuseForSmall, type SmallModel } from './intern.ts';
import type { Model, PackedTwin } from './model.ts';
import { inspect, inspectInitial, makePlan, type Plan } from './plan.ts';
import { SAMPLE } from './prove.ts';
import type { CheckOptions, Report } from './report.ts';
import { Search } from './search.ts';
import { inspectShape } from './shape.ts';
import { messageOf } from './text.ts';
import { isOfTwin, proveInitial } from './twin.ts';
import { makeReport } from './verdict.ts';

export { CheckpointError, DiskError, ModelDefect, OptionError, StoodStill, WorkerDied } from './error.ts';
export { graphAsDot, graphAsItf, traceAsItf } from './graph.ts';
export type { SmallModel } from './intern.ts';
export type * from './model.ts';
export { NO_DEADLOCK } from './plan.ts';
export type * from './report.ts';
export { moveText } from './text.ts';
export { replay, traceLines } from './trace.ts';

/**
 * Every reachable state of `model`, breadth first, so that each counterexample is a shortest one (of a lasso: its stem).
 * The verdict is `holds` only after a complete search; a search cut off by memory, depth, time or a signal says `unknown`, with what it covered.
 * Rejects with a ModelDefect (the model breaks its own rules), a CheckpointError, an OptionError, a WorkerDied or StoodStill; each has the `exit` status to end with.
 */
export async function check<State>(
  given: Model<State> | SmallModel<State>,
  options: CheckOptions = {},
): Promise<Report> {
  checkOptions(options);
  if (isSmall(given)) refuseForSmall(options);
  const model = packed(given);
  const twin = options.twin ?? null;
  inspectShape(model);
  const plan = makePlan(model, options);
  inspect(model, twin);
  inspectInitial(model);
  if (twin !== null && plan.proveTwin) proveInitial(model, twin);
  if (options.checkpoint !== undefined) tryCheckpoint(options.checkpoint);
  try {
    return await searched(model, twin, plan, options);
  } catch (error) {
    // It is the model that is asked about, and a twin only saves time.
    if (plan.proveTwin || !isOfTwin(error)) throw error;
    const report = await searched(model, null, { ...plan, twin: false }, options);
    return { ...report, twinDiffers: messageOf(error) };
  }
}

async function searched<State>(
  model: Model<State>,
  twin: PackedTwin | null,
  plan: Plan,
  options: CheckOptions,
): Promise<Report> {
  const search = new Search(model, twin, plan, options);
  let proved = false;
  const provePacking = () => {
    if (!proved && !search.violated && (!plan.twin || plan.proveTwin)) walkImages(model, plan.patience);
    proved = true;
  };
  try {
    if (options.awaitWorkers === true) await search.ready();
    for (const pause of search.run()) {
      await (pause ?? setImmediate());
      // Not before the first states: whatever else is wrong with the model is told better there.
      if (search.visited >= SAMPLE) provePacking();
    }
    provePacking();
    await search.endThreads();
    return await makeReport(search, twin, options);
  } finally {
    await search.close();
  }
}

function checkOptions(options: CheckOptions): void {
  const atLeast = (name: string, value: number | undefined, least: number, whole: boolean) => {
    if (value === undefined) return;
    if (!(value >= least) || (whole && !Number.isInteger(value))) {
      throw new OptionError(
        `${name}: ${value} is not ${whole ? 'a whole number' : 'a number'} of ${least} or more`,
      );
    }
  };
  atLeast('workers', options.workers, 1, true);
  atLeast('depth', options.depth, 0, true);
  atLeast('memoryMiB', options.memoryMiB, 0, false);
  atLeast('minutes', options.minutes, 0, false);
  if (options.proveTwin === true && options.twin === undefined)
    throw new OptionError('proveTwin: there is no twin');
}
