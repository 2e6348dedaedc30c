// A campaign as a story for a page: what came when, how much had been seen by then, what was found, and what can be said in the end. Plain data.

import { merge, noTally, type Tally } from '../lockstep/index.ts';
import { type ProfileName, profileNames, profiles } from '../model/index.ts';
import type { Claim } from '../properties/claims/claim.ts';
import { claims } from '../properties/claims/index.ts';
import { parseCounterexample } from '../properties/trace/counterexample.ts';
import { encodeLink } from '../properties/trace/link.ts';
import { moveText, outsideScope } from '../properties/trace/move.ts';
import { mergeCoverage, noCoverage } from './coverage.ts';
import { type ClosedScope, type Looked, looked, statement, unseen } from './estimate.ts';
import type { JobFound, JobResult } from './result.ts';
import { Collector } from './sample.ts';

/** A point of a profile's curve: after so many commands, so much had been seen. */
interface Point {
  readonly commands: number;
  readonly seconds: number;
  readonly states: number;
  readonly paths: number;
  readonly branches: number;
  /** The estimate, then, that a step ends in a new state. */
  readonly unseen: number;
}

interface ClaimMet {
  readonly name: string;
  readonly met: number;
  readonly checked: number;
  readonly violated: number;
  readonly known: number;
  /** Why it cannot be met in this profile. */
  readonly reason: string | null;
}

export interface ProfileStory {
  readonly profile: ProfileName;
  readonly runs: number;
  readonly commands: number;
  readonly claims: readonly ClaimMet[];
  readonly looked: Looked;
  readonly statement: readonly string[];
  readonly curve: readonly Point[];
}

/** How far all of it was: by the clock, from the first end of a job to the last. */
export interface Moment {
  readonly seconds: number;
  readonly jobs: number;
  readonly commands: number;
  /** Commands a second since the moment before. */
  readonly rate: number;
}

export interface FindingStory {
  readonly claim: string;
  readonly witness: string;
  readonly profile: ProfileName;
  /** How many jobs found the same text. */
  readonly times: number;
  readonly moves: readonly string[];
  /** What opens it in the explorer; null if it has no trace, or one that no link holds. */
  readonly link: string | null;
}

export interface Story {
  readonly profiles: readonly ProfileStory[];
  readonly moments: readonly Moment[];
  readonly findings: readonly FindingStory[];
}

/** Points of a curve: more would not be seen. */
const POINTS = 240;

interface StoryOptions {
  /** Of the branches, in the order of their counters. */
  readonly branches: readonly string[];
  readonly closed: (result: JobResult) => ClosedScope | null;
}

/** Results in any order: the story sorts them by when they ended, and by name. */
export function storyOf(results: readonly JobResult[], options: StoryOptions): Story {
  const inTime = [...results].sort((x, y) => x.finished - y.finished || (x.job < y.job ? -1 : 1));
  const from = inTime.length === 0 ? 0 : inTime[0].finished;
  return {
    profiles: profileNames.flatMap((profile) => {
      const own = inTime.filter((result) => result.profile === profile);
      return own.length === 0 ? [] : [profileStory(profile, own, from, options)];
    }),
    moments: momentsOf(inTime, from),
    findings: findingsOf(inTime),
  };
}

function profileStory(
  profile: ProfileName,
  results: readonly JobResult[],
  from: number,
  { branches, closed }: StoryOptions,
): ProfileStory {
  const tally = results.map((result) => result.tally).reduce(merge, noTally);
  const scopes = results.flatMap((result) => closed(result) ?? []);
  const all = looked(mergeCoverage(results.flatMap(({ coverage }) => coverage ?? [])), scopes, branches);
  return {
    profile,
    runs: tally.runs,
    commands: tally.commands,
    claims: tally.commands === 0 ? [] : claims.map((claim) => metOf(claim, profile, tally)),
    looked: all,
    statement: all.runs === 0 && scopes.length === 0 ? [] : statement(all),
    curve: curveOf(results, from),
  };
}

function metOf(claim: Claim, profile: ProfileName, tally: Tally): ClaimMet {
  const { met, checked, violated, known } = tally.claims[claim.name] ?? {
    met: 0,
    checked: 0,
    violated: 0,
    known: 0,
  };
  const reason = met > 0 ? null : (claim.notApplicable?.(profiles[profile]) ?? null);
  return { name: claim.name, met, checked, violated, known, reason };
}

/** Every so many results a point, the last one always. */
function curveOf(results: readonly JobResult[], from: number): Point[] {
  const random = results.filter(({ coverage }) => coverage !== undefined);
  const every = Math.max(1, Math.ceil(random.length / POINTS));
  const states = new Collector();
  const paths = new Collector();
  const branches: boolean[] = [];
  let [commands, steps, runs] = [0, 0, 0];
  return random.flatMap(({ coverage = noCoverage, tally, finished }, i) => {
    states.add(coverage.states);
    paths.add(coverage.paths);
    coverage.branches.forEach((count, k) => {
      branches[k] ||= count > 0;
    });
    commands += tally.commands;
    steps += coverage.steps;
    runs += coverage.runs;
    if (i % every !== every - 1 && i !== random.length - 1) return [];
    return [
      {
        commands,
        seconds: (finished - from) / 1000,
        states: states.distinct,
        paths: paths.distinct,
        branches: branches.filter(Boolean).length,
        unseen: unseen(states.level, states.values(), runs, steps).step.value,
      },
    ];
  });
}

/** Fewer jobs would make the rate a matter of luck. */
const JOBS_A_STRETCH = 6;

/** Equal stretches of time, so that the rate is one. */
function momentsOf(results: readonly JobResult[], from: number): Moment[] {
  const last = results.at(-1)?.finished ?? from;
  const count = Math.max(1, Math.min(POINTS / 4, Math.ceil(results.length / JOBS_A_STRETCH)));
  const width = (last - from) / count / 1000;
  let [jobs, commands, at] = [0, 0, 0];
  return Array.from({ length: count + 1 }, (_, k) => {
    const seconds = width * k;
    const before = commands;
    while (at < results.length && (results[at].finished - from) / 1000 <= seconds + 1e-9) {
      commands += results[at++].tally.commands;
      jobs++;
    }
    return { seconds, jobs, commands, rate: k === 0 || width === 0 ? 0 : (commands - before) / width };
  });
}

/** The same text is the same finding, however many jobs came upon it. */
function findingsOf(results: readonly JobResult[]): FindingStory[] {
  const byText = new Map<string, FindingStory & { times: number }>();
  for (const { profile, found } of results) {
    for (const one of found) {
      const key = one.example ?? `${profile} ${one.claim} ${one.witness}`;
      const known = byText.get(key);
      if (known) known.times++;
      else byText.set(key, { ...told(one, profile), times: 1 });
    }
  }
  return [...byText.values()].sort((x, y) => x.moves.length - y.moves.length || (x.claim < y.claim ? -1 : 1));
}

function told({ claim, witness, example }: JobFound, profile: ProfileName): Omit<FindingStory, 'times'> {
  if (example === undefined) return { claim, witness, profile, moves: [], link: null };
  const { moves, scope, ...rest } = parseCounterexample(example, 'a counterexample of a result');
  const fits = moves.every((move) => outsideScope(move, scope) === null);
  const turns = moves.map((move) => ({ move, decisions: [] }));
  return {
    claim,
    witness,
    profile: rest.profile,
    moves: moves.map(moveText),
    link: fits ? linkOf({ profile: rest.profile, start: 'nothing', scope, turns }) : null,
  };
}

/** A limit that no link holds, or a trace that the specification cannot play: the file says more. */
function linkOf(linked: Parameters<typeof encodeLink>[0]): string | null {
  try {
    return encodeLink(linked);
  } catch {
    return null;
  }
}
