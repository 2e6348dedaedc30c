// The worker processes of campaign start: one that dies is followed by another, until all is done.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Store } from '../campaign/store.ts';
import { BadCampaign } from '../campaign/store.ts';
import { summaryOf } from '../campaign/summary.ts';
import type { CampaignContext } from './campaign.ts';
import { commandsOf } from './campaign-plan.ts';
import { HOLDS, INTERRUPTED, USAGE } from './command.ts';

const PROGRESS_MS = 1000;
/** A worker that dies at once is not followed at once. */
const AGAIN_MS = 200;

export async function keepWorking(context: CampaignContext, store: Store): Promise<void> {
  const told = () => {
    const { counted, commands, found } = summaryOf(store);
    const note = `${counted.length} of ${store.jobs.length} jobs${found > 0 ? `, ${found} found` : ''}`;
    context.progress.report(commands, 'commands', undefined, note);
  };
  told();
  const telling = setInterval(told, PROGRESS_MS);
  try {
    if (context.flags.engine === 'redis') await onServer(context, store);
    else await crew(context, store, context.signal);
  } finally {
    clearInterval(telling);
    context.progress.clear();
  }
}

/** The crew works for the server, this process takes what comes onto its disk. */
async function onServer(context: CampaignContext, store: Store): Promise<void> {
  const { serverOf } = await import('../campaign/server.ts');
  const { RedisEngine } = await import('../campaign/redis.ts');
  const { coordinate } = await import('../campaign/coordinate.ts');
  const { name = 'campaign', 'stop-on-failure': stopOnFailure } = context.flags;
  const engine = await RedisEngine.start(serverOf(process.env), { name }, store.plan, store.version);
  const over = new AbortController();
  const stop = () => over.abort();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const coordinated = coordinate(engine, store, { signal: over.signal, stopOnFailure });
    const crewed = crew(context, store, over.signal).catch((error) => {
      stop();
      throw error;
    });
    await Promise.all([coordinated.finally(stop), crewed]);
  } finally {
    await engine.close();
  }
}

async function crew(context: CampaignContext, store: Store, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const all = AbortSignal.any([signal, failed.signal]);
  const one = () =>
    keepOne(argsOf(context, store), all).catch((error) => {
      failed.abort();
      throw error;
    });
  const ends = await Promise.allSettled(Array.from({ length: context.flags.workers }, one));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function argsOf({ flags }: CampaignContext, store: Store): string[] {
  const bin = fileURLToPath(new URL('./firsttouch.mjs', import.meta.url));
  const args = [bin, 'campaign', 'work', '--dir', store.folder, '--engine', flags.engine];
  if (flags.engine === 'redis') {
    if (flags.name !== undefined) args.push('--name', flags.name);
    // Who starts a campaign has agreed to what its plan runs.
    const [command] = commandsOf(store.plan);
    if (command !== undefined) args.push('--impl', command);
  }
  if (flags['stop-on-failure']) args.push('--stop-on-failure');
  return args;
}

/** A worker that dies is followed by another; a job that kills its workers is poisoned after a few. */
async function keepOne(args: readonly string[], signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const { status, said } = await runOne(args, signal);
    if (status === HOLDS || status === INTERRUPTED || signal.aborted) return;
    // What it could not use is the campaign, not its job: another one would say the same.
    if (status === USAGE) throw new BadCampaign(said.trim().replace(/^firsttouch:?\s*/, ''));
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

function runOne(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-2000);
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      signal.removeEventListener('abort', stop);
      resolve({ status, said });
    });
  });
}
