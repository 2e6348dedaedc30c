// A campaign's plan, decoded by a Schema, and the jobs that it is cut into, each named by its content.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { type ProfileName, profileNames } from '../../model/index.ts';

const Whole = (minimum: number, maximum: number) =>
  Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }));

const ScopeSchema = Schema.Struct({
  containers: Whole(1, 64),
  tasks: Whole(1, 64),
  pages: Whole(1, 16),
  limit: Whole(0, 65535),
});

export const PlanSchema = Schema.Struct({
  profiles: Schema.Array(Schema.Literals(profileNames)).check(Schema.isMinLength(1)),
  /** An implementation of this process: controller, lru, concurrent or mutant:NAME. */
  impl: Schema.String.check(Schema.isPattern(/^(controller|lru|concurrent|mutant:[a-z0-9.-]+)$/)),
  seed: Whole(0, 0xffffffff),
  /** Jobs of random runs in each profile, and batches (of 25 runs) in each job. */
  jobs: Whole(0, 1_000_000),
  batches: Whole(1, 10_000),
  /** The longest run, in moves. */
  length: Schema.optionalKey(Whole(1, 100_000)),
  /** Scopes that the model checker closes, in each profile. */
  scopes: Schema.Array(ScopeSchema),
});

export type CampaignPlan = typeof PlanSchema.Type;

export const decodePlan = Schema.decodeUnknownSync(PlanSchema, { onExcessProperty: 'error' });

export interface RandomJob {
  readonly kind: 'random';
  readonly profile: ProfileName;
  readonly first: number;
}

export interface ScopeJob {
  readonly kind: 'scope';
  readonly profile: ProfileName;
  readonly scope: CampaignPlan['scopes'][number];
}

export type Job = (RandomJob | ScopeJob) & { readonly name: string };

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 20);

/** The jobs of a plan. The name holds all that decides the answer, the program's version included, and nothing else. */
export function jobsOf(plan: CampaignPlan, version: string): Job[] {
  const { impl, seed, batches, length } = plan;
  const jobs: Job[] = [];
  for (const profile of plan.profiles) {
    for (const scope of plan.scopes) {
      const { containers, tasks, pages, limit } = scope;
      const key = ['scope', version, profile, containers, tasks, pages, limit];
      jobs.push({ kind: 'scope', profile, scope, name: digest(JSON.stringify(key)) });
    }
    for (let k = 0; k < plan.jobs; k++) {
      const first = k * batches;
      const key = ['random', version, impl, seed, batches, length ?? null, profile, first];
      jobs.push({ kind: 'random', profile, first, name: digest(JSON.stringify(key)) });
    }
  }
  return [...new Map(jobs.map((job) => [job.name, job])).values()];
}

/** The program's version: a digest of every source that decides an answer. */
export function programVersion(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const hash = createHash('sha256');
  for (const room of ['checker', 'impl', 'model', 'properties']) {
    const names = readdirSync(join(root, room), { recursive: true }).map(String).sort();
    for (const name of names.filter((n) => n.endsWith('.ts'))) {
      hash.update(`${room}/${name}\0`).update(readFileSync(join(root, room, name)));
    }
  }
  return hash.digest('hex').slice(0, 20);
}
