// A campaign's plan, decoded by a Schema, and the jobs that it is cut into, each named by its content.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { type ProfileName, profileNames } from '../model/index.ts';
import { mutantNamed, mutants } from '../mutants/index.ts';
import { digest } from './digest.ts';

const Whole = (minimum: number, maximum: number) =>
  Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }));

/** As --impl takes it: a name, mutant:ID, or the command of a program. */
const Impl = Schema.String.check(Schema.isPattern(/^[^\0\n]{1,4096}$/));

const ScopeSchema = Schema.Struct({
  containers: Whole(1, 64),
  tasks: Whole(1, 64),
  pages: Whole(1, 16),
  limit: Whole(0, 65535),
  /** What is searched: contract if left out. The protocol has one profile, letter. */
  model: Schema.optionalKey(Schema.Literals(['contract', 'lru', 'protocol'])),
  /** Of the model lru: judge this implementation on every reachable step. */
  impl: Schema.optionalKey(Impl),
});

const MutantsSchema = Schema.Struct({
  /** By id or name; none: all of the catalogue. */
  ids: Schema.Array(Schema.String),
  /** Independent hunts of each, the most runs of a hunt, and how many findings are shrunk. */
  seeds: Whole(1, 10_000),
  runs: Whole(1, 1_000_000),
  shrink: Whole(0, 1000),
});

export const PlanSchema = Schema.Struct({
  profiles: Schema.Array(Schema.Literals(profileNames)).check(Schema.isMinLength(1)),
  impl: Impl,
  seed: Whole(0, 0xffffffff),
  /** Jobs of random runs in each profile, and batches (of 25 runs) in each job. */
  jobs: Whole(0, 1_000_000),
  batches: Whole(1, 10_000),
  /** The longest run, in moves. */
  length: Schema.optionalKey(Whole(1, 100_000)),
  /** Scopes that the model checker closes, in each profile. */
  scopes: Schema.Array(ScopeSchema),
  /** The table of mutants, a job each. */
  mutants: Schema.optionalKey(MutantsSchema),
  /** What a job may take: longer is a strike. And the most MiB of a scope's tables. */
  seconds: Schema.optionalKey(Whole(1, 604_800)),
  memory: Schema.optionalKey(Whole(16, 1_048_576)),
});

export type CampaignPlan = typeof PlanSchema.Type;

/** The implementations that a plan judges. */
export const implsOf = (plan: CampaignPlan): string[] => [
  plan.impl,
  ...plan.scopes.flatMap(({ impl }) => impl ?? []),
];

const decode = Schema.decodeUnknownSync(PlanSchema, { onExcessProperty: 'error', errors: 'all' });

/** @throws Error that says all that is wrong with a plan, and what would be legal. */
export function decodePlan(value: unknown): CampaignPlan {
  const plan = decode(value);
  const ids = plan.mutants?.ids ?? [];
  const named = implsOf(plan).flatMap((impl) =>
    impl.startsWith('mutant:') ? [impl.slice('mutant:'.length)] : [],
  );
  const wrong = [
    ...ids
      .filter((id) => !mutantNamed(id))
      .map((id) => `there is no mutant ${id}; no ids at all are all of them`),
    ...named.filter((id) => !mutantNamed(id)).map((id) => `there is no mutant ${id}`),
    ...plan.scopes.flatMap(({ impl, model }, i) =>
      impl !== undefined && model !== 'lru'
        ? [`the impl of a scope goes with its model lru, at ["scopes"][${i}]`]
        : [],
    ),
  ];
  if (wrong.length > 0) throw new RangeError(wrong.join('; '));
  return plan;
}

/** The same plan is the same text, however it was written down. */
export const planText = (plan: CampaignPlan): string => JSON.stringify(sorted(plan));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

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

export interface MutantJob {
  readonly kind: 'mutant';
  readonly profile: ProfileName;
  readonly id: string;
}

export type Job = (RandomJob | ScopeJob | MutantJob) & { readonly name: string };

/** What is left of a digest in the name of a job, and of a version. */
const NAME_LENGTH = 20;

/** The jobs of a plan. The name holds all that decides the answer, the program's version included, and nothing else. */
export function jobsOf(plan: CampaignPlan, version: string): Job[] {
  const jobs = new Map<string, Job>();
  for (const [key, job] of keyedJobs(plan, version)) {
    if (!jobs.has(key)) jobs.set(key, { ...job, name: digest(key, NAME_LENGTH) });
  }
  return [...jobs.values()];
}

/** How many they are, without ten thousand digests. */
export const countOfJobs = (plan: CampaignPlan, version: string): number =>
  new Set(Array.from(keyedJobs(plan, version), ([key]) => key)).size;

type Nameless = RandomJob | ScopeJob | MutantJob;

function* keyedJobs(plan: CampaignPlan, version: string): Generator<[key: string, job: Nameless]> {
  const { impl, seed, jobs, batches, length } = plan;
  yield* mutantJobs(plan, version);
  for (const profile of plan.profiles) {
    for (const scope of plan.scopes) {
      const { containers, tasks, pages, limit, model = 'contract', impl: judged = null } = scope;
      if (model === 'protocol' && profile !== 'letter') continue;
      const key = keyOf('scope', version, profile, containers, tasks, pages, limit, model, judged);
      yield [key, { kind: 'scope', profile, scope }];
    }
    for (let k = 0; k < jobs; k++) {
      const first = k * batches;
      const key = keyOf('random', version, impl, seed, batches, length ?? null, profile, first);
      yield [key, { kind: 'random', profile, first }];
    }
  }
}

const keyOf = (...parts: unknown[]): string => JSON.stringify(parts);

function* mutantJobs({ mutants: asked }: CampaignPlan, version: string): Generator<[string, Nameless]> {
  if (!asked) return;
  const { ids, seeds, runs, shrink } = asked;
  const wanted = ids.length === 0 ? mutants : ids.flatMap((id) => mutantNamed(id) ?? []);
  for (const { id, profile = 'letter' } of wanted) {
    yield [keyOf('mutant', version, id, seeds, runs, shrink), { kind: 'mutant', profile, id }];
  }
}

/** The program's version: a digest of every source that decides an answer. */
export function programVersion(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  for (const room of ['campaign', 'checker', 'impl', 'lockstep', 'model', 'mutants', 'properties']) {
    const names = readdirSync(join(root, room), { recursive: true }).map(String).sort();
    for (const name of names.filter((n) => /\.(ts|txt)$/.test(n))) {
      hash.update(`${room}/${name}\0`).update(readFileSync(join(root, room, name)));
    }
  }
  return hash.digest('hex').slice(0, NAME_LENGTH);
}
