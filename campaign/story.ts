// A campaign as a story for a page: what was looked at, what was found, and what can be said in the end. Plain data.

import { merge, noTally, type Tally } from '../lockstep/index.ts';
import { type ProfileName, profileNames, profiles } from '../model/index.ts';
import type { Claim } from '../properties/claims/claim.ts';
import { claims } from '../properties/claims/index.ts';
import { parseCounterexample } from '../properties/trace/counterexample.ts';
import { encodeLink } from '../properties/trace/link.ts';
import { moveText, outsideScope } from '../properties/trace/move.ts';
import { mergeCoverage } from './coverage.ts';
import { type ClosedScope, type Looked, looked, statement } from './estimate.ts';
import type { JobFound, JobResult } from './result.ts';

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
}

export interface FindingStory {
  readonly claim: string;
  readonly witness: string;
  readonly profile: ProfileName;
  /** How many jobs found it, and by how many different traces: this one is the shortest. */
  readonly times: number;
  readonly traces: number;
  readonly moves: readonly string[];
  /** What opens it in the explorer; null if it has no trace, or one that no link holds. */
  readonly link: string | null;
}

export interface Story {
  readonly profiles: readonly ProfileStory[];
  /** From the first end of a job to the last. */
  readonly seconds: number;
  readonly findings: readonly FindingStory[];
}

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
      return own.length === 0 ? [] : [profileStory(profile, own, options)];
    }),
    seconds: ((inTime.at(-1)?.finished ?? from) - from) / 1000,
    findings: findingsOf(inTime),
  };
}

function profileStory(
  profile: ProfileName,
  results: readonly JobResult[],
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

type Told = Omit<FindingStory, 'times' | 'traces'>;

/** One finding a mistake, told by its shortest trace: what breaks the same claim at the same kind of move, in the same words but for names and numbers. */
function findingsOf(results: readonly JobResult[]): FindingStory[] {
  const mistakes = new Map<string, { times: number; readonly texts: Set<string>; shortest: Told }>();
  for (const { profile, found } of results) {
    for (const one of found) {
      const story = told(one, profile);
      const key = likenessOf(story);
      const known = mistakes.get(key) ?? { times: 0, texts: new Set<string>(), shortest: story };
      known.times++;
      known.texts.add(one.example ?? `${profile} ${one.witness}`);
      if (inOrder(story, known.shortest) < 0) known.shortest = story;
      mistakes.set(key, known);
    }
  }
  return [...mistakes.values()]
    .map(({ times, texts, shortest }) => ({ ...shortest, times, traces: texts.size }))
    .sort(inOrder);
}

const inOrder = (x: Told, y: Told): number =>
  x.moves.length - y.moves.length || compare(x.claim, y.claim) || compare(x.moves.join(), y.moves.join());

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const likenessOf = ({ claim, witness, moves }: Told): string =>
  [
    claim,
    moves.at(-1)?.split(' ')[0],
    witness.replaceAll(/\[[^\]]*\]/g, '[]').replaceAll(/[ctp]?\d+/g, '#'),
  ].join('\n');

function told({ claim, witness, example }: JobFound, profile: ProfileName): Told {
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
