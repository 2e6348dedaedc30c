// A campaign's ledger in a folder: a file a result, written aside and linked under the job's name, so that the first one stands.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import {
  type Counterexample,
  counterexampleText,
  parseCounterexample,
} from '../properties/trace/counterexample.ts';
import { makeFolder } from '../properties/trace/folder.ts';
import { digest } from './digest.ts';
import { type CampaignPlan, type Job, jobsOf, PlanSchema, planText, programVersion } from './plan.ts';
import { decodeResult, type JobResult } from './result.ts';

const StateSchema = Schema.Struct({ version: Schema.String, plan: PlanSchema });
export type CampaignState = typeof StateSchema.Type;
export const decodeState = Schema.decodeUnknownSync(StateSchema, { onExcessProperty: 'error' });

/** The campaign cannot be used: there is none, it is another one, or one of another version. */
export class BadCampaign extends Error {
  override name = 'BadCampaign';
}

const FOLDERS = ['results', 'claims', 'starts', 'findings', 'notes', 'traces'] as const;

export class Store {
  readonly folder: string;
  readonly plan: CampaignPlan;
  readonly version: string;
  #jobs: readonly Job[] | undefined;

  private constructor(folder: string, plan: CampaignPlan, version: string) {
    this.folder = folder;
    this.plan = plan;
    this.version = version;
  }

  /** Made when they are asked for: ten thousand names take a while. */
  get jobs(): readonly Job[] {
    return (this.#jobs ??= jobsOf(this.plan, this.version));
  }

  /** Begins a campaign, or goes on with the same one. @throws BadCampaign */
  static start(folder: string, plan: CampaignPlan, version = programVersion()): Store {
    try {
      for (const name of FOLDERS) makeFolder(join(folder, name));
      putIfAbsent(join(folder, 'plan.json'), JSON.stringify({ version, plan }));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new BadCampaign(`${folder} cannot be used as a campaign's folder (${code})`);
    }
    const store = Store.open(folder, version);
    if (planText(store.plan) !== planText(plan)) {
      throw new BadCampaign(`${folder} holds a campaign with another plan; another folder begins a new one`);
    }
    return store;
  }

  /** Opens a campaign; with a version, only for work by that version. @throws BadCampaign */
  static open(folder: string, version?: string): Store {
    let state: CampaignState;
    try {
      state = decodeState(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')));
    } catch (error) {
      const { code = 'ENOENT' } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') throw new BadCampaign(`${join(folder, 'plan.json')} cannot be read (${code})`);
      throw new BadCampaign(`${folder} holds no campaign that can be read; campaign start makes one`);
    }
    if (version !== undefined && version !== state.version) {
      throw new BadCampaign(
        `${folder} holds a campaign of version ${state.version}, this program is ${version}; another folder begins a new one`,
      );
    }
    return new Store(folder, state.plan, state.version);
  }

  /**
   * True if this result stands; false if there was one already, which then stands. What it found is on file before it is,
   * and both are on the disk when this returns.
   */
  put(result: JobResult): boolean {
    for (const { example } of result.found) if (example !== undefined) this.#keep(example);
    if (result.trace !== undefined) putIfAbsent(this.#path('traces', `${result.job}.json`), result.trace);
    return putIfAbsent(this.#path('results', `${result.job}.json`), JSON.stringify(result));
  }

  /** Keeps a counterexample of a job that has no result yet, before it is shrunk. */
  note(job: string, example: string): void {
    putIfAbsent(this.#path('notes', `${job}.${digest(example, 12)}.json`), example);
  }

  /** Of all the results: the counterexamples of jobs that never came to one of their own: found, and not shrunk. */
  notes(results: readonly JobResult[]): { readonly job: string; readonly example: Counterexample }[] {
    const done = new Set(results.flatMap(({ job, state }) => (state === 'done' ? [job] : [])));
    return readdirSync(this.#path('notes'))
      .filter((file) => file.endsWith('.json') && !done.has(file.split('.')[0]))
      .sort()
      .map((file) => {
        const at = this.#path('notes', file);
        return { job: file.split('.')[0], example: parseCounterexample(readFileSync(at, 'utf8'), at) };
      });
  }

  has(job: string): boolean {
    return existsSync(this.#path('results', `${job}.json`));
  }

  /** Names of the jobs of this plan that have a result. */
  done(): Set<string> {
    const names = new Set(readdirSync(this.#path('results')).map((file) => file.replace(/\.json$/, '')));
    return new Set(this.jobs.map(({ name }) => name).filter((name) => names.has(name)));
  }

  result(job: string): JobResult {
    return this.read(job, decodeResult);
  }

  /** As much of a result as `decode` takes. @throws BadCampaign */
  read<T>(job: string, decode: (value: unknown) => T): T {
    const file = this.#path('results', `${job}.json`);
    try {
      return decode(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      const why = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ');
      throw new BadCampaign(`${file} is no result (${why}); remove it and its job is done again`);
    }
  }

  results(): JobResult[] {
    return [...this.done()].map((job) => this.result(job));
  }

  cancel(): void {
    writeFileSync(this.#path('cancelled'), '');
  }

  get cancelled(): boolean {
    return existsSync(this.#path('cancelled'));
  }

  /** The same counterexample is the same file, whoever found it and however often. */
  #keep(text: string): void {
    const example = parseCounterexample(text, 'a counterexample of a result');
    const whole = counterexampleText(example);
    putIfAbsent(this.#path('findings', `${example.mistake}.${digest(whole, 12)}.json`), whole);
  }

  #path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }
}

/** A hard link fails if the name is taken, and the file under it is whole and on the disk. */
export function putIfAbsent(file: string, text: string): boolean {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const at = openSync(aside, 'wx');
    writeFileSync(at, text);
    fsyncSync(at);
    closeSync(at);
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
