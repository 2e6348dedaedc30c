// The judge of a run: compares views after every move, asks every claim, and keeps the books (checked, met, reached).

import type { Move, Profile } from '../model/index.ts';
import { type Claim, MET, type Observation } from './claim.ts';
import { claims as allClaims } from './claims.ts';
import { type Reachable, reachablesOf } from './reachable.ts';
import type { Answer } from './subject.ts';
import { type Observed, type Size, View } from './view.ts';

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

interface Entry {
  readonly claim: Claim;
  readonly observed: boolean;
  readonly notApplicable: string | null;
  readonly known: ReturnType<NonNullable<Claim['known']>>;
  checked: number;
  met: number;
  knownViolations: number;
  violated: boolean;
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
  /** Extra rows for the report that the lockstep keeps itself: EqualsSpec and the like. */
  readonly #extra = new Map<string, { checked: number; met: number; violated: boolean }>();
  commands = 0;

  constructor(profile: Profile, observed: Observed, only?: readonly string[]) {
    this.profile = profile;
    this.observed = observed;
    const wanted = only ? allClaims.filter(({ name }) => only.includes(name)) : allClaims;
    this.#all = wanted.map((claim) => ({
      claim,
      observed: claim.needs.every((need) => observed.has(need)),
      notApplicable: claim.notApplicable?.(profile) ?? null,
      known: claim.known?.(profile) ?? null,
      checked: 0,
      met: 0,
      knownViolations: 0,
      violated: false,
    }));
    this.#steps = this.#all.filter(({ claim, observed }) => observed && claim.kind !== 'run');
    this.#runs = this.#all.filter(({ claim, observed }) => observed && claim.kind === 'run');
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
      if (entry.known?.covers(observation)) {
        entry.knownViolations++;
        continue;
      }
      entry.violated = true;
      failure ??= { claim: entry.claim.name, witness: judged };
    }
    return failure;
  }

  /** Books one look of a claim that the runner judges itself. */
  book(name: string, violated: boolean): void {
    const row = this.#extra.get(name) ?? { checked: 0, met: 0, violated: false };
    row.checked++;
    row.met++;
    row.violated ||= violated;
    this.#extra.set(name, row);
  }

  reports(): ClaimReport[] {
    const own = [...this.#extra].map(
      ([name, { checked, met, violated }]): ClaimReport => ({
        name,
        verdict: violated ? 'violated' : 'holds',
        checked,
        met,
      }),
    );
    return [...own, ...this.#all.map(reportOf)];
  }

  /** What was reached, with the floor for as many commands as were judged. */
  reached(): { name: string; count: number; floor: number }[] {
    return this.#reachables.map(({ name, floor }, i) => ({
      name,
      count: this.#reached[i],
      floor: Math.floor((floor * this.commands) / 100_000),
    }));
  }
}

function reportOf({
  claim,
  observed,
  notApplicable,
  known,
  checked,
  met,
  knownViolations,
  violated,
}: Entry): ClaimReport {
  const row = { name: claim.name, checked, met };
  if (!observed) return { ...row, verdict: 'not observed', reason: `needs ${claim.needs.join(', ')}` };
  if (violated) return { ...row, verdict: 'violated' };
  if (knownViolations > 0) return { ...row, verdict: 'known violation', reason: known?.why ?? '' };
  if (met > 0) return { ...row, verdict: 'holds' };
  return notApplicable
    ? { ...row, verdict: 'not applicable', reason: notApplicable }
    : { ...row, verdict: 'vacuous' };
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
