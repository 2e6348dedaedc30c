// The running kernel, judged against the contract: what is needed of it, how it is opened, and what it has been seen to do.

import type { Facts } from '../../../impl/linux/index.ts';
import { probe, type SessionOptions } from '../../../impl/linux/index.ts';
import { Unavailable } from '../../../lockstep/index.ts';
import type { OutsideSubject } from '../subject.ts';
import { canariesFail } from './canaries.ts';
import { factsOf, Recorder } from './record.ts';
import { LinuxSubject } from './subject.ts';

export { RecordedSubject, readRecording } from './record.ts';
export { LinuxSubject } from './subject.ts';

export interface LinuxProbe {
  readonly ok: boolean;
  /** By name, what is not there; or that this kernel is not supported, and why. */
  readonly missing: readonly string[];
  readonly facts: Facts;
}

export interface LinuxOptions extends SessionOptions {
  /** Runs are written to this folder, with all that the kernel answered. */
  readonly record?: string;
  /** Takes a line that says which kernel it is. */
  readonly remark?: (line: string) => void;
}

/** What this machine has, and whether its kernel gives the answers of the canaries. Changes nothing that is not ours. */
export async function probeLinux(): Promise<LinuxProbe> {
  const found = await probe();
  if (!found.ok) return found;
  const missing: string[] = [];
  try {
    const differs = await canariesFail();
    if (differs) missing.push(`a supported kernel (${differs})`);
  } catch (error) {
    missing.push(`a broker that runs (${error instanceof Error ? error.message : error})`);
  }
  return { ...found, ok: missing.length === 0, missing };
}

/** The kernel as a subject. @throws Unavailable with everything that is missing */
export async function openLinux({ record, remark, ...options }: LinuxOptions = {}): Promise<OutsideSubject> {
  const { ok, missing, facts } = await probeLinux();
  if (!ok) throw new Unavailable(`the kernel cannot be driven here, missing: ${missing.join(', ')}`);
  remark?.(factsText(facts));
  return LinuxSubject.open(options, record ? new Recorder(record, factsOf(facts, options.oom)) : undefined);
}

/** One line for reports. */
export const factsText = ({ release, transparentHugePages, generations, swap }: Facts): string =>
  `Linux ${release}, transparent huge pages ${transparentHugePages}, multi-generational LRU ${generations}, swap ${swap}`;
