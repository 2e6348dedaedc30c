// The campaign command: a long hunt cut into jobs that any number of workers share, through a folder or through a server.

import { join } from 'node:path';
import { type Context, define, EXIT, HOLDS, UsageError } from './command.ts';
import { choice, json, oneOf, text, toggle, whole } from './flags.ts';

const flags = {
  dir: text('DIR', 'the folder that holds the campaign, and its results', 'campaign'),
  plan: text('FILE', 'start: the plan as JSON', 'none'),
  engine: choice(
    ['local', 'redis'],
    'processes that share the folder, or machines that share a server',
    'local',
  ),
  name: text('NAME', 'the campaign on the server', 'campaign'),
  workers: whole('processes', 'start: how many worker processes', 1, { minimum: 0, maximum: 256 }),
  impl: text('COMMAND', 'work --engine redis: agree that the campaign runs this command here', 'none'),
  'stop-on-failure': toggle('the first counterexample stops the other workers'),
  json,
};

export type CampaignContext = Context<typeof flags>;

const verbs = ['start', 'work', 'status', 'report', 'cancel'] as const;

export const command = define({
  name: 'campaign',
  summary: 'a long hunt in jobs that workers share: start, work, status, report, cancel',
  positional: { name: 'VERB', help: verbs.join(', '), min: 1, max: 1 },
  flags,
  details: `start makes the campaign, or goes on with it, and works it to its end. work adds a worker to one that is there.
A plan, of which docs/campaigns.md tells more:
  {"profiles": ["letter"], "impl": "controller", "seed": 1, "jobs": 100,
   "batches": 20, "scopes": []}

The server is the one that FIRSTTOUCH_REDIS names (redis://USER:PASSWORD@HOST:PORT/DB), or redis://127.0.0.1:6379;
FIRSTTOUCH_REDIS_PASSWORD may hold the password alone. Neither is ever printed.`,
  run,
});

const verbOf = (word: string) => oneOf(verbs, word, '', `campaign has no verb ${word}`);

async function run(context: CampaignContext): Promise<number> {
  const verb = verbOf(context.positionals[0]);
  const { name = 'campaign', dir = 'campaign' } = context.flags;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new UsageError('--name: a campaign on a server has a name of letters, digits, - and _, 64 at most');
  }
  const { BadCampaign } = await import('../campaign/store.ts');
  const { BadServer } = await import('../campaign/environment.ts');
  try {
    return await { start, work, status, report, cancel }[verb](context, dir);
  } catch (error) {
    const usable = error instanceof BadCampaign || error instanceof BadServer;
    throw usable ? new UsageError((error as Error).message) : error;
  } finally {
    context.progress.clear();
  }
}

async function start(context: CampaignContext, dir: string): Promise<number> {
  const { keepWorking } = await import('./campaign-workers.ts');
  const { readPlan } = await import('./campaign-plan.ts');
  const { programVersion } = await import('../campaign/plan.ts');
  const { Store } = await import('../campaign/store.ts');
  const { engine, workers } = context.flags;
  if (engine === 'local' && workers === 0) throw new UsageError('--workers 0 goes with --engine redis alone');
  const plan = await readPlan(context.flags.plan);
  const version = programVersion();
  const store = Store.start(dir, plan, version);
  await keepWorking(context, store);
  return report(context, dir);
}

async function work(context: CampaignContext, dir: string): Promise<number> {
  const { programVersion } = await import('../campaign/plan.ts');
  const { work: working } = await import('../campaign/engine.ts');
  const { openEngine, agree } = await import('./campaign-plan.ts');
  const engine = await openEngine(context, dir, programVersion());
  try {
    if (context.flags.engine === 'redis') agree(engine.plan, context.flags.impl);
    const { signal } = context;
    const count = await working(engine, { signal, stopOnFailure: context.flags['stop-on-failure'] });
    context.out(`${count} jobs\n`);
    return HOLDS;
  } finally {
    await engine.close();
  }
}

async function status(context: CampaignContext, dir: string): Promise<number> {
  const { statusText, statusOf } = await import('./campaign-status.ts');
  const told = await statusOf(context, dir);
  context.out(context.flags.json ? `${JSON.stringify(told)}\n` : `${statusText(told)}\n`);
  return HOLDS;
}

async function report(context: CampaignContext, dir: string): Promise<number> {
  const { Store } = await import('../campaign/store.ts');
  const { ledgerOf, reportOf, storyOfLedger } = await import('../campaign/report.ts');
  const { reportText } = await import('./campaign-status.ts');
  const { pages, write } = await import('./pages.ts');
  const ledger = ledgerOf(Store.open(dir));
  const told = reportOf(ledger);
  const story = await storyOfLedger(ledger);
  const page = join(dir, 'report.html');
  const { campaignPage, explorerPage } = await pages();
  await write(page, await campaignPage(told, story));
  if (story.findings.length > 0) await write(join(dir, 'explorer.html'), await explorerPage());
  if (context.flags.json) {
    const looked = story.profiles.map(({ profile, looked: all }) => ({ profile, ...all }));
    context.out(`${JSON.stringify({ ...told, looked })}\n`);
  } else {
    const statements = story.profiles.flatMap(({ profile, statement }) =>
      statement.map((line) => `${profile}: ${line}\n`),
    );
    context.out(`${reportText(told, dir)}${statements.join('')}page: ${page}\n`);
  }
  return EXIT[told.verdict];
}

async function cancel(context: CampaignContext, dir: string): Promise<number> {
  const { openEngine } = await import('./campaign-plan.ts');
  const engine = await openEngine(context, dir);
  try {
    await engine.cancel();
  } finally {
    await engine.close();
  }
  context.out('cancelled\n');
  return HOLDS;
}
