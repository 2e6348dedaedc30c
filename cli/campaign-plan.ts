// What a campaign is about, from a file, a folder or a server; and what a worker must agree to before it works for it.

import { readFileSync } from 'node:fs';
import type { Engine } from '../campaign/engine.ts';
import { type CampaignPlan, decodePlan, implsOf } from '../campaign/plan.ts';
import { isOutside } from '../properties/subjects/known.ts';
import type { CampaignContext } from './campaign.ts';
import { UsageError } from './command.ts';
import { impl as implFlag } from './flags.ts';

/** All that is wrong, each with its place. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s+/g, ' ').replaceAll(/\s*\n/g, '; ');

export async function readPlan(file: string | undefined): Promise<CampaignPlan> {
  if (file === undefined) throw new UsageError('campaign start takes --plan FILE');
  let plan: CampaignPlan;
  try {
    plan = decodePlan(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : oneLine((error as Error).message);
    throw new UsageError(`--plan ${file}: ${why}`);
  }
  // A name with a slip of the pen would be taken for a command.
  for (const name of implsOf(plan)) {
    if (name.startsWith('mutant:')) continue;
    await Promise.resolve(implFlag().decode(name, 'impl', '')).catch((error: Error) => {
      throw new UsageError(`--plan ${file}: ${error.message.replace('--impl', 'impl')}`);
    });
  }
  return plan;
}

/** Opens what is there; with a version, only for work by that version. */
export async function openEngine({ flags }: CampaignContext, dir: string, version?: string): Promise<Engine> {
  if (flags.engine === 'redis') {
    const { serverOf } = await import('../campaign/server.ts');
    const { RedisEngine } = await import('../campaign/redis.ts');
    return RedisEngine.join(serverOf(process.env), { name: flags.name ?? 'campaign' }, version);
  }
  const { Store } = await import('../campaign/store.ts');
  const { LocalEngine } = await import('../campaign/local.ts');
  return new LocalEngine(Store.open(dir, version));
}

/** What a plan has a shell run. */
export const commandsOf = (plan: CampaignPlan): string[] =>
  implsOf(plan).filter((impl) => impl !== 'linux' && isOutside(impl));

/** A server says what is run, and a command of a shell can do anything: whoever works for it names the command, too. */
export function agree(plan: CampaignPlan, named: string | undefined): void {
  if (commandsOf(plan).every((command) => command === named)) return;
  throw new UsageError(
    'the campaign runs a command in a shell; give the same command as --impl to agree to that',
  );
}
