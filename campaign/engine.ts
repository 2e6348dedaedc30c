// What every engine of a campaign does, be it a folder that processes share or a server that machines share.

import type { CampaignPlan } from './plan.ts';
import type { Store } from './store.ts';
import { JobThread, type Runner, type WatchOptions } from './watch.ts';

export interface ServeOptions {
  readonly signal?: AbortSignal | undefined;
  /** A counterexample cancels what is left. */
  readonly stopOnFailure?: boolean | undefined;
}

export interface EngineStatus {
  readonly jobs: number;
  /** Jobs with a result, jobs that somebody has at this moment, and workers that were heard of lately. */
  readonly done: number;
  readonly running: number;
  readonly workers: number;
  readonly cancelled: boolean;
}

/** Where jobs come from and results go to. The same job may be handed out twice; its result counts once. */
export interface Engine {
  readonly plan: CampaignPlan;
  readonly version: string;
  /** The campaign's folder, if that is what its workers share. */
  readonly store?: Store;
  /** Hands out jobs until none is left to take. How many results of this worker stand. */
  serve(run: Runner, options?: ServeOptions): Promise<number>;
  status(): Promise<EngineStatus>;
  /** Every worker ends after its job, for good. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** Works for an engine in a watched thread of this process. */
export async function work(engine: Engine, options: ServeOptions & WatchOptions = {}): Promise<number> {
  const thread = new JobThread(engine.plan, engine.version, options);
  try {
    return await engine.serve(thread.run, options);
  } finally {
    await thread.close();
  }
}
