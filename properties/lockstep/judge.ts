// The judge of a run: compares views after every move, asks every claim, and keeps the books (checked, met, reached).

import type { Move, Profile } from '../../model/index.ts';
import { type Claim, MET, type Observation } from '../claims/claim.ts';
import { falseClaims } from '../claims/false.ts';
import { claims as allClaims } from '../claims/index.ts';
import { type Reachable, reachablesOf } from '../claims/reachable.ts';
import type { Answer } from '../subjects/subject.ts';
import { type Observed, type Size, View } from '../view/view.ts';
import type { Count, Tally } from './tally.ts';

export type Verdict =
  | 'holds'
  | 'violated'
  | 'vacuous'
  | 'not observed'
  | 'not applicable'
  | 'known violation';

/** The claim that a subject answers and looks exactly like the LRU spec; judged before all others. */
export const EQUALS_SPEC = 'EqualsSpec';
/** The claim that whatever a subject did was one of the contract's legal choices. */
export const LEGAL_CHOICE = 'LegalChoice';
/** The claim that an implementation answers at all, and in the protocol. */
export const ALIVE = 'ImplementationAlive';

export interface Failure {
  readonly claim: string;
  readonly witness: string;
}

interface Entry extends Count {
  readonly claim: Claim;
  readonly byDesign: ReturnType<NonNullable<Claim['known']>>;
}

export interface ClaimReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly checked: number;
  readonly met: number;
  readonly reason?: string;
}

export class Judge {
  readonly profile: Profile;
  readonly observed: Observed;
  readonly #steps: Entry[];
  readonly #runs: Entry[];
  readonly #all: Entry[];
  readonly #reachables: readonly Reachable[];
  readonly #reached: Float64Array;
  /** Rows for the report that the runner keeps itself: EqualsSpec and the like. */
  readonly #extra = new Map<string, Count>();
  commands = 0;
  /** Shown every step after it was judged. */
  watch: ((step: Observation) => void) | null = null;

  /** With `excuse` false, what a profile breaks by design is a violation like any other: its counterexample is being replayed. */
  constructor(profile: Profile, observed: Observed, only?: readonly string[], excuse = true) {
    this.profile = profile;
    this.observed = observed;
    this.#all = chosen(only)
      .filter(({ needs }) => needs.every((need) => observed.has(need)))
      .map((claim) => ({ claim, byDesign: (excuse && claim.known?.(profile)) || null, ...nothing }));
    this.#steps = this.#all.filter(({ claim }) => claim.kind !== 'run');
    this.#runs = this.#all.filter(({ claim }) => claim.kind === 'run');
    this.#reachables = reachablesOf(profile);
    this.#reached = new Float64Array(this.#reachables.length);
  }

  /** Judges one step by every claim of state and step. The first violation that is not known of the profile, or null. */
  step(observation: Observation): Failure | null {
    this.commands++;
    const failure = this.#ask(this.#steps, observation);
    for (let i = 0; i < this.#reachables.length; i++) {
      if (this.#reachables[i].holds(observation)) this.#reached[i]++;
    }
    this.watch?.(observation);
    return failure;
  }

  /** Judges the end of a run. */
  end(observation: Observation): Failure | null {
    return this.#ask(this.#runs, observation);
  }

  #ask(entries: readonly Entry[], observation: Observation): Failure | null {
    let failure: Failure | null = null;
    for (const entry of entries) {
      const judged = entry.claim.judge(observation);
      entry.checked++;
      if (judged === MET) entry.met++;
      if (typeof judged !== 'string') continue;
      entry.met++;
      if (entry.byDesign?.covers(observation)) {
        entry.known++;
        continue;
      }
      entry.violated++;
      failure ??= { claim: entry.claim.name, witness: judged };
    }
    return failure;
  }

  /** Books one look of a claim that the runner judges itself. */
  book(name: string, violated: boolean): void {
    let row = this.#extra.get(name);
    if (!row) this.#extra.set(name, (row = { ...nothing }));
    row.checked++;
    row.met++;
    if (violated) row.violated++;
  }

  tally(runs = 0): Tally {
    const claims: Record<string, Count> = Object.fromEntries(this.#extra);
    for (const { claim, checked, met, known, violated } of this.#all) {
      claims[claim.name] = { checked, met, known, violated };
    }
    const reached = Object.fromEntries(this.#reachables.map(({ name }, i) => [name, this.#reached[i]]));
    return { runs, commands: this.commands, claims, reached };
  }

  reports(): ClaimReport[] {
    return claimReports(this.profile, this.observed, this.tally());
  }

  reached(): Reached[] {
    return reachedReports(this.profile, this.tally());
  }
}

const nothing: Count = { checked: 0, met: 0, known: 0, violated: 0 };

const chosen = (only?: readonly string[]): readonly Claim[] =>
  only ? [...allClaims, ...falseClaims].filter(({ name }) => only.includes(name)) : allClaims;

/** What the counts say of each claim: first what the runner judged itself, then the claims in their order. */
export function claimReports(
  profile: Profile,
  observed: Observed,
  tally: Tally,
  only?: readonly string[],
): ClaimReport[] {
  const named = new Set(allClaims.map(({ name }) => name));
  const own = Object.entries(tally.claims)
    .filter(([name]) => !named.has(name))
    .map(
      ([name, { checked, met, violated }]): ClaimReport => ({
        name,
        verdict: violated > 0 ? 'violated' : 'holds',
        checked,
        met,
      }),
    );
  return [...own, ...chosen(only).map((claim) => reportOf(claim, profile, observed, tally))];
}

function reportOf(claim: Claim, profile: Profile, observed: Observed, tally: Tally): ClaimReport {
  const { checked, met, known, violated } = tally.claims[claim.name] ?? nothing;
  const row = { name: claim.name, checked, met };
  const missing = claim.needs.filter((need) => !observed.has(need));
  if (missing.length > 0)
    return { ...row, verdict: 'not observed', reason: `does not show ${missing.join(', ')}` };
  if (violated > 0) return { ...row, verdict: 'violated' };
  if (known > 0) return { ...row, verdict: 'known violation', reason: claim.known?.(profile)?.why ?? '' };
  if (met > 0) return { ...row, verdict: 'holds' };
  const reason = claim.notApplicable?.(profile) ?? null;
  return reason ? { ...row, verdict: 'not applicable', reason } : { ...row, verdict: 'vacuous' };
}

export interface Reached {
  readonly name: string;
  readonly count: number;
  readonly floor: number;
}

/** What was reached, with the floor for as many commands as were judged; a short run is given room for bad luck. */
export function reachedReports(profile: Profile, tally: Tally, exotic = true): Reached[] {
  const drawn = reachablesOf(profile).filter((reachable) => exotic || !reachable.exotic);
  return drawn.map(({ name, floor }) => {
    const expected = (floor * tally.commands) / 100_000;
    const least = Math.max(0, Math.floor(expected - 3 * Math.sqrt(expected)));
    return { name, count: tally.reached[name] ?? 0, floor: least };
  });
}

/** Two views that change places: what was `after` is `before` of the next step. */
export class Views {
  before: View;
  after: View;

  constructor(size: Size) {
    this.before = new View(size);
    this.after = new View(size);
  }

  swap(): void {
    [this.before, this.after] = [this.after, this.before];
  }
}

export const observation = (judge: Judge, views: Views, move: Move, answer: Answer): Observation => ({
  profile: judge.profile,
  observed: judge.observed,
  before: views.before,
  after: views.after,
  move,
  outcome: answer.outcome,
  killed: answer.killed,
  reclaimed: answer.reclaimed,
});
