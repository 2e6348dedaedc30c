// A kernel, judged against the contract: what is needed for it, how it is opened, and what it has been seen to do.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroup, Facts, SessionOptions } from '../../../impl/linux/index.ts';
import { BrokerError, cacheFolder, NoGuest, probe, Session } from '../../../impl/linux/index.ts';
import {
  fromList,
  Judge,
  OutsideLockstep,
  type OutsideOptions,
  type Stumble,
  Unavailable,
} from '../../../lockstep/index.ts';
import { type ProfileName, profiles } from '../../../model/index.ts';
import { domainOf, type Rss } from '../../domain/index.ts';
import type { OutsideSubject } from '../subject.ts';
import { canaries, canariesFail, canarySize } from './canaries.ts';
import { factsOf, Recorder } from './record.ts';
import { optionsOf } from './regime.ts';
import { LinuxSubject } from './subject.ts';

export { RecordedSubject, readRecording } from './record.ts';
export { LinuxSubject } from './subject.ts';

export interface LinuxProbe {
  readonly ok: boolean;
  /** By name, what is not there; or that this kernel is not supported, and why. */
  readonly missing: readonly string[];
  readonly facts: Facts;
  readonly hierarchy: string | null;
  readonly compiler: string | null;
}

const passed = (release: string, cgroup: Cgroup) => join(cacheFolder(), 'passed', `${release}-${cgroup}`);

/**
 * What this machine has, and whether its kernel gives the answers of the canaries. Changes nothing that is not ours. `begin` is told where the memory
 * controller is, before the first group and task are made there.
 */
export async function probeLinux(
  options: SessionOptions = {},
  begin: (hierarchy: string) => void = () => {},
): Promise<LinuxProbe> {
  const { cgroup = 'v1' } = options;
  const found = await probe(cgroup);
  if (!found.ok) return found;
  begin(found.hierarchy ?? '');
  const missing: string[] = [];
  const before = passed(found.facts.release, cgroup);
  try {
    const differs = await canariesFail(options);
    if (differs && !existsSync(before)) missing.push(`a supported kernel (${differs})`);
    if (!differs) {
      mkdirSync(join(before, '..'), { recursive: true });
      writeFileSync(before, '');
    }
  } catch (error) {
    missing.push(`a broker that runs (${error instanceof Error ? error.message : error})`);
  }
  return { ...found, ok: missing.length === 0, missing };
}

/** The kernel that `impl` names as a subject, in the cgroup version of the profile. @throws Unavailable with everything that is missing */
export async function openLinux(
  impl: string,
  profile: ProfileName,
  { record, remark, signal }: OutsideOptions = {},
): Promise<OutsideSubject> {
  const options = optionsOf(impl, profile);
  const facts = options.kernel ? await factsOfGuest(options) : await factsHere(options, profile, remark);
  remark?.(factsText(facts));
  const stumble = await stumbleOf(options, profile);
  return LinuxSubject.open(
    options,
    record
      ? new Recorder(record, factsOf(facts, options.oom, options.kernel ? options.cgroup : undefined))
      : undefined,
    stumble,
    signal,
  );
}

async function factsHere(
  options: SessionOptions,
  profile: ProfileName,
  remark: OutsideOptions['remark'],
): Promise<Facts> {
  const { ok, missing, facts } = await probeLinux(options, (hierarchy) =>
    remark?.(
      `profile ${profile}: makes groups and tasks of its own below ${hierarchy}/firsttouch-*, kills no others, and removes them at the end`,
    ),
  );
  if (!ok) throw new Unavailable(`the kernel cannot be driven here, missing: ${missing.join(', ')}`);
  return facts;
}

/** A guest that starts says which kernel it is. One that does not cannot be judged: what it said last is the reason. */
export async function factsOfGuest(options: SessionOptions): Promise<Facts> {
  let session: Session;
  try {
    session = await Session.open(options);
  } catch (error) {
    if (error instanceof NoGuest)
      throw new Unavailable(`the guest cannot be started, missing: ${error.message}`);
    if (error instanceof BrokerError)
      throw new Unavailable(
        `${options.kernel} cannot be judged in cgroup ${options.cgroup}: ${error.message}`,
      );
    throw error;
  }
  try {
    return await session.facts();
  } finally {
    await session.close();
  }
}

/** The canaries as a first run, in a session of its own: what they show wrong is a violation with its trace. */
async function stumbleOf(options: SessionOptions, profile: ProfileName): Promise<Stumble<Rss> | null> {
  const subject = await LinuxSubject.open(options);
  try {
    const judge = new Judge(domainOf(profiles[profile], 'contract'), subject.observed);
    const moves = fromList<Rss>(canaries.map(({ move }) => move));
    return await new OutsideLockstep(subject, judge).run(canarySize, moves);
  } finally {
    await subject.close();
  }
}

/** One line for reports. */
export const factsText = ({ release, transparentHugePages, generations, swap }: Facts): string =>
  `Linux ${release}, transparent huge pages ${transparentHugePages}, multi-generational LRU ${generations}, swap ${swap}`;
