// The campaign command: a long hunt cut into jobs that any number of local worker processes share through a folder.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Store } from '../properties/campaign/store.ts';
import { type Context, define, HOLDS, UNKNOWN, UsageError, VIOLATED } from './command.ts';
import { json, oneOf, text, toggle, whole } from './flags.ts';

const flags = {
  dir: text('DIR', 'the folder that holds the campaign', 'campaign'),
  plan: text('FILE', 'start: the plan as JSON', 'none'),
  workers: whole('processes', 'start: how many worker processes', 1, { minimum: 1, maximum: 256 }),
  'stop-on-failure': toggle('a counterexample stops the other workers'),
  json,
};

const verbs = ['start', 'work', 'status', 'report', 'cancel'] as const;

export const command = define({
  name: 'campaign',
  summary: 'a long hunt in jobs that worker processes share: start, work, status, report, cancel',
  positional: { name: 'VERB', help: verbs.join(', '), min: 1, max: 1 },
  flags,
  details: `start makes the campaign, or goes on with it, and works it to its end. work adds a worker to one that is there.
A plan: {"profiles":["letter"],"impl":"controller","seed":1,"jobs":100,"batches":20,"scopes":[]}.`,
  run,
});

type Asked = Context<typeof flags>;

async function run(context: Asked): Promise<number> {
  const verb = oneOf(verbs, context.positionals[0], 'campaign');
  const { BadCampaign } = await import('../properties/campaign/store.ts');
  try {
    return await { start, work, status, report, cancel }[verb](context, context.flags.dir ?? 'campaign');
  } catch (error) {
    throw error instanceof BadCampaign ? new UsageError(error.message) : error;
  }
}

async function start(context: Asked, dir: string): Promise<number> {
  const { plan: file, workers } = context.flags;
  if (file === undefined) throw new UsageError('campaign start takes --plan FILE');
  const { decodePlan, programVersion } = await import('../properties/campaign/plan.ts');
  const { Store } = await import('../properties/campaign/store.ts');
  const plan = (() => {
    try {
      return decodePlan(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      throw new UsageError(`--plan ${file}: ${(error as Error).message}`);
    }
  })();
  const store = Store.start(dir, plan, programVersion());
  await Promise.all(Array.from({ length: workers }, () => keepWorking(context, store)));
  return report(context, dir);
}

/** A worker that dies is followed by another until all is done; a job that kills its workers is poisoned after a few. */
async function keepWorking(context: Asked, store: Store): Promise<void> {
  const bin = fileURLToPath(new URL('./firsttouch.mjs', import.meta.url));
  const args = [bin, 'campaign', 'work', '--dir', store.folder];
  if (context.flags['stop-on-failure']) args.push('--stop-on-failure');
  for (let status: number | null = null; status !== HOLDS && !context.signal.aborted; ) {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const stop = () => child.kill();
    context.signal.addEventListener('abort', stop, { once: true });
    status = await new Promise((resolve) => child.on('close', resolve));
    context.signal.removeEventListener('abort', stop);
    if (status !== null && status !== HOLDS) throw new Error(`a worker ended with ${status}`);
  }
}

async function work({ flags: given, signal, out }: Asked, dir: string): Promise<number> {
  const { programVersion } = await import('../properties/campaign/plan.ts');
  const { Store } = await import('../properties/campaign/store.ts');
  const { work: working } = await import('../properties/campaign/work.ts');
  const store = Store.open(dir, programVersion());
  const count = await working(store, { signal, stopOnFailure: given['stop-on-failure'] });
  out(`${count} jobs\n`);
  return HOLDS;
}

async function status({ flags: given, out }: Asked, dir: string): Promise<number> {
  const { Store } = await import('../properties/campaign/store.ts');
  const store = Store.open(dir);
  const [done, jobs] = [store.done().size, store.jobs.length];
  const { cancelled } = store;
  const words = `${done} of ${jobs} jobs done${cancelled ? ', cancelled' : ''}\n`;
  out(given.json ? `${JSON.stringify({ done, jobs, cancelled })}\n` : words);
  return HOLDS;
}

async function report({ flags: given, out }: Asked, dir: string): Promise<number> {
  const { Store } = await import('../properties/campaign/store.ts');
  const { reportOf, reportPage } = await import('../properties/campaign/report.ts');
  const told = reportOf(Store.open(dir));
  const page = join(dir, 'report.html');
  writeFileSync(page, reportPage(told));
  if (given.json) out(`${JSON.stringify(told)}\n`);
  else {
    out(
      `${told.verdict}: ${told.done} of ${told.jobs} jobs, ${told.poisoned} poisoned, ${told.found.length} found\n`,
    );
    for (const [name, tally] of Object.entries(told.profiles)) {
      out(`${name}: ${tally.runs} runs, ${tally.commands} commands\n`);
    }
    out(`page: ${page}\n`);
  }
  return { holds: HOLDS, violated: VIOLATED, unknown: UNKNOWN }[told.verdict];
}

async function cancel({ out }: Asked, dir: string): Promise<number> {
  const { Store } = await import('../properties/campaign/store.ts');
  Store.open(dir).cancel();
  out('cancelled\n');
  return HOLDS;
}
