// A campaign's state in a folder: a file a result, written aside and linked under the job's name, so that the first one stands.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { profileNames } from '../../model/index.ts';
import { type CampaignPlan, type Job, jobsOf, PlanSchema, programVersion } from './plan.ts';

const Count = Schema.Number;
const TallySchema = Schema.Struct({
  runs: Count,
  commands: Count,
  claims: Schema.Record(
    Schema.String,
    Schema.Struct({ checked: Count, met: Count, known: Count, violated: Count }),
  ),
  reached: Schema.Record(Schema.String, Count),
});

const Finding = Schema.Struct({ claim: Schema.String, witness: Schema.String, batch: Count, run: Count });

export const ResultSchema = Schema.Struct({
  job: Schema.String,
  profile: Schema.Literals(profileNames),
  /** poisoned: it took its worker with it too often. */
  state: Schema.Literals(['done', 'poisoned']),
  tally: TallySchema,
  states: Count,
  /** Of a scope: what the checker said. */
  verdict: Schema.NullOr(Schema.Literals(['holds', 'violated', 'unknown'])),
  found: Schema.Array(Finding),
  finished: Count,
});

export type JobResult = typeof ResultSchema.Type;

const StateSchema = Schema.Struct({ version: Schema.String, plan: PlanSchema });
const Claimed = Schema.Struct({ pid: Count, host: Schema.String });
const decodeState = Schema.decodeUnknownSync(StateSchema, { onExcessProperty: 'error' });
const decodeResult = Schema.decodeUnknownSync(ResultSchema, { onExcessProperty: 'error' });
const decodeClaim = Schema.decodeUnknownSync(Claimed);

/** The folder cannot be used: it holds no campaign, another one, or one of another version. */
export class BadCampaign extends Error {
  override name = 'BadCampaign';
}

/** Starts of a job after which it counts as poisoned. */
export const MOST_STARTS = 5;
/** A claim of another machine is given up after this long without a result. */
const LEASE_MS = 10 * 60_000;

const FOLDERS = ['results', 'claims', 'starts', 'findings'] as const;

export class Store {
  readonly folder: string;
  readonly plan: CampaignPlan;
  readonly version: string;
  readonly jobs: readonly Job[];

  private constructor(folder: string, plan: CampaignPlan, version: string) {
    this.folder = folder;
    this.plan = plan;
    this.version = version;
    this.jobs = jobsOf(plan, version);
  }

  /** Begins a campaign, or goes on with the same one. @throws BadCampaign */
  static start(folder: string, plan: CampaignPlan, version = programVersion()): Store {
    for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true });
    putIfAbsent(join(folder, 'plan.json'), JSON.stringify({ version, plan }));
    const store = Store.open(folder, version);
    if (JSON.stringify(store.plan) !== JSON.stringify(plan)) {
      throw new BadCampaign(`${folder} holds a campaign with another plan`);
    }
    return store;
  }

  /** Opens a campaign; with a version, only for work by that version. @throws BadCampaign */
  static open(folder: string, version?: string): Store {
    let state: typeof StateSchema.Type;
    try {
      state = decodeState(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')));
    } catch {
      throw new BadCampaign(`${folder} holds no campaign that can be read; campaign start makes one`);
    }
    if (version !== undefined && version !== state.version) {
      throw new BadCampaign(`the campaign is of version ${state.version}, this program is ${version}`);
    }
    return new Store(folder, state.plan, state.version);
  }

  /** True if this result stands; false if there was one already, which then stands. */
  put(result: JobResult): boolean {
    return putIfAbsent(this.#path('results', `${result.job}.json`), JSON.stringify(result));
  }

  has(job: string): boolean {
    return existsSync(this.#path('results', `${job}.json`));
  }

  /** Names of the jobs of this plan that have a result. */
  done(): Set<string> {
    const names = new Set(readdirSync(this.#path('results')).map((file) => file.replace(/\.json$/, '')));
    return new Set(this.jobs.map(({ name }) => name).filter((name) => names.has(name)));
  }

  results(): JobResult[] {
    const read = (name: string) => readFileSync(this.#path('results', `${name}.json`), 'utf8');
    return [...this.done()].map((name) => decodeResult(JSON.parse(read(name))));
  }

  /** Takes a job for this process unless another that lives has it. Two that race may both work: only one result stands. */
  claim(job: string): boolean {
    const file = this.#path('claims', job);
    const mine = JSON.stringify({ pid: process.pid, host: hostname() });
    if (putIfAbsent(file, mine)) return true;
    if (isHeld(file)) return false;
    rmSync(file, { force: true });
    return putIfAbsent(file, mine);
  }

  release(job: string): void {
    rmSync(this.#path('claims', job), { force: true });
  }

  /** Books a start of a job; how many there were. */
  started(job: string): number {
    const file = this.#path('starts', job);
    const at = openSync(file, 'a');
    writeSync(at, '.');
    closeSync(at);
    return statSync(file).size;
  }

  cancel(): void {
    writeFileSync(this.#path('cancelled'), '');
  }

  get cancelled(): boolean {
    return existsSync(this.#path('cancelled'));
  }

  #path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }
}

/** A hard link fails if the name is taken, and the file under it is whole. */
function putIfAbsent(file: string, text: string): boolean {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  writeFileSync(aside, text, { flag: 'wx' });
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isHeld(file: string): boolean {
  try {
    const { pid, host } = decodeClaim(JSON.parse(readFileSync(file, 'utf8')));
    if (host !== hostname()) return Date.now() - statSync(file).mtimeMs < LEASE_MS;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
