// Tries a general mutant of the controller or of the specification: a few runs in every profile first, for most fall at once, then more and more.

import { fileURLToPath } from 'node:url';
import { guarded, within } from '../checker/guard.ts';
import { ALIVE, fromList, Judge, Lockstep, messageOf } from '../lockstep/index.ts';
import { type ProfileName, profileNames, profiles } from '../model/index.ts';
import type { Found } from '../properties/domain/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { type ControllerClass, loadController, loadModel } from '../properties/subjects/load.ts';
import type { Mutant } from '../properties/subjects/mutant.ts';
import { editsOf } from '../properties/subjects/plant.ts';
import { Specification, type Subject } from '../properties/subjects/subject.ts';
import { filesOf, nameOf, readCounterexample } from '../properties/trace/counterexample.ts';
import { everything } from '../properties/view/view.ts';
import { tryExamples, tryModel } from './model-trial.ts';
import { type TrialOptions, trial } from './trial.ts';

/** Seed and runs in each profile, one stage after the other. */
const STAGES: readonly (readonly [seed: number, runs: number])[] = [
  [0, 8],
  [1, 50],
  [2, 200],
];
/** The claims alone have less to go by, and are asked only in passing. */
const OF_CLAIMS = 25;
/** Milliseconds of silence that are looked into, and that are believed when the trace is made again. */
const SILENT = 1000;
const PATIENCE = 3000;

/** By whom a mutant was noticed, in how many runs; by nobody: it lives. */
export interface Verdict {
  readonly id: string;
  readonly by: readonly string[];
  readonly runs: number;
}

export async function verdictOn(mutant: Mutant): Promise<Verdict> {
  const judge = mutant.id.startsWith('G') ? ofController : ofModel;
  try {
    return { id: mutant.id, ...(await judge(mutant)) };
  } catch (error) {
    return { id: mutant.id, by: [`does not load: ${messageOf(error).split('\n')[0]}`], runs: 0 };
  }
}

type Judged = Omit<Verdict, 'id'>;

async function ofController(mutant: Mutant): Promise<Judged> {
  const Class: ControllerClass = await loadController(mutant);
  const [by, runs] = staged(STAGES, (profile, seed, most) => {
    const make = () => new ControllerSubject(profile, undefined, Class);
    return noticed(make, { profile, seed, runs: most });
  });
  const noticer =
    by ??
    savedTraces((profile) => new ControllerSubject(profile, undefined, Class)) ??
    (await tryExamples(mutant));
  return { by: noticer ? [noticer] : [], runs };
}

async function ofModel(mutant: Mutant): Promise<Judged> {
  if (editsOf(mutant)[0].file === 'model/file.ts') {
    const red = await tryExamples(mutant);
    return { by: red ? [red] : [], runs: 1 };
  }
  const { profiles: own, lru, ...model } = await loadModel(mutant);
  // On both sides: what the controller is held against, and what the claims judge.
  const mutated = (profile: ProfileName) => new Specification(own[profile], lru, undefined, model);
  const [lockstep, runs] = staged(STAGES, (profile, seed, most) => {
    const spec = () => mutated(profile);
    return noticed(() => new ControllerSubject(profile), { profile, seed, runs: most, spec });
  });
  const [claim] = staged([[0, OF_CLAIMS]], (profile, seed, most) => {
    const spec = () => mutated(profile);
    return noticed(spec, { profile, seed, runs: most, spec, compare: false });
  });
  const by = [...(lockstep ? ['lockstep'] : []), ...(claim ? [`claims: ${claim}`] : [])];
  if (by.length > 0) return { by, runs };
  const saved = savedTraces((profile) => new ControllerSubject(profile), mutated);
  if (saved) return { by: [saved], runs };
  const { counts, checker } = await tryModel(mutant);
  const judged = [...(counts ? [`counts: ${counts}`] : []), ...(checker ? [`checker: ${checker}`] : [])];
  const red = judged.length === 0 ? await tryExamples(mutant) : null;
  return { by: red ? [red] : judged, runs };
}

function staged(
  stages: typeof STAGES,
  hunt: (profile: ProfileName, seed: number, runs: number) => [by: string | null, runs: number],
): [by: string | null, runs: number] {
  let all = 0;
  for (const [seed, most] of stages) {
    for (const profile of profileNames) {
      const [by, runs] = hunt(profile, seed, most);
      all += runs;
      if (by) return [by, all];
    }
  }
  return [null, all];
}

/** The saved traces that must hold: those that random runs seldom come to are among them. */
function savedTraces(
  make: (profile: ProfileName) => Subject,
  spec = (profile: ProfileName) => new Specification(profiles[profile]),
): string | null {
  for (const file of filesOf(fileURLToPath(new URL('../counterexamples', import.meta.url)))) {
    const { expect, subject, profile, moves, scope } = readCounterexample(file);
    if (expect !== 'holds' || subject !== 'controller') continue;
    const judge = new Judge(domainOf(profiles[profile]), everything);
    const again = () =>
      new Lockstep(make(profile), judge, { spec: spec(profile) }).run(scope, fromList(moves));
    try {
      if (within(PATIENCE, again)) return `saved trace: ${nameOf(file)}`;
    } catch (error) {
      return `saved trace: ${nameOf(file)}: ${messageOf(error)}`;
    }
  }
  return null;
}

/** What throws outside of a subject is a specification that refuses to go on. */
function noticed(make: () => Subject, options: TrialOptions): [by: string | null, runs: number] {
  try {
    const { patience = SILENT } = options;
    const { found, runs } = trial(make, { ...options, patience });
    if (!found) return [null, runs];
    const isSure = found.claim !== ALIVE || patience > SILENT;
    if (isSure || isSilent(make, options, found)) return [found.claim, runs];
    return noticed(make, { ...options, patience: 10 * PATIENCE });
  } catch (error) {
    return [messageOf(error), 1];
  }
}

/** A busy machine is no mutant that hangs: the trace is made again, alone. */
function isSilent(make: () => Subject, { profile, spec }: TrialOptions, { moves, size }: Found): boolean {
  const again = () => {
    const subject = make();
    const judge = new Judge(domainOf(profiles[profile]), subject.observed);
    const lockstep = new Lockstep(subject, judge, { spec: spec?.() });
    return lockstep.run(size, fromList(moves), false) !== null;
  };
  return guarded(PATIENCE, again, () => true);
}
