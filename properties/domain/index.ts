// The RSS controller as a domain of lockstep/: a profile, and how closely a subject must follow the two-list policy.

import type { Claim, Domain, Observed, Openers, Source, Specification } from '../../lockstep/index.ts';
import { type Move, type Profile, type ProfileName, profiles } from '../../model/index.ts';
import { type Observing, shownBy, standingStill } from '../claims/asked.ts';
import type { Observation, Claim as Stated } from '../claims/claim.ts';
import { falseClaims } from '../claims/false.ts';
import { whereJudged } from '../claims/ids.ts';
import { claims } from '../claims/index.ts';
import { reachablesOf } from '../claims/reachable.ts';
import { closing } from '../draw/closing.ts';
import { moveFor } from '../draw/draw.ts';
import { type PortfolioOptions, portfolio, type Run } from '../draw/portfolio.ts';
import { shrinking } from '../shrinking/index.ts';
import { Contract } from '../subjects/contract.ts';
import { FastSpecification } from '../subjects/fast.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isOutside } from '../subjects/known.ts';
import { type OutsideSubject, Specification as Policy } from '../subjects/subject.ts';
import { moveText } from '../trace/move.ts';
import { type Answer, answersDiffer, answerText } from '../view/answer.ts';
import { pictureOf } from '../view/picture.ts';
import {
  complete,
  difference,
  everything,
  type Observable,
  observables,
  type Size,
  View,
} from '../view/view.ts';
import type { Rss } from './kinds.ts';

export type { Found, Judge, Plan, Rss, Violation } from './kinds.ts';

/** What a subject is held against: the LRU spec in everything, or the contract with the subject's own choices fed back. */
export type Relation = 'lru' | 'contract';

const known = { lru: new WeakMap<Profile, RssDomain>(), contract: new WeakMap<Profile, RssDomain>() };

/** The domain of a profile. */
export function domainOf(profile: Profile, relation: Relation = 'lru'): RssDomain {
  let domain = known[relation].get(profile);
  if (!domain) known[relation].set(profile, (domain = new RssDomain(profile, relation)));
  return domain;
}

/** Where threads find it. */
export const domainNamed = (profile: ProfileName): RssDomain => domainOf(profiles[profile]);

/** The largest run of the portfolio, for subjects that need to know. */
export const LARGEST: Size = { containers: 8, tasks: 12, pages: 48 };

/** What a program outside is asked for, unless --scope says otherwise. */
export const OUTSIDE: Size = { containers: 3, tasks: 4, pages: 8 };

/** Two violations of one claim at a move of one kind, whose witnesses differ in ids and numbers only, are one mistake. */
export const mistakeIn = ({
  claim,
  witness,
  moves,
}: {
  claim: string;
  witness: string;
  moves: readonly Move[];
}): string => `${claim} ${moves.at(-1)?.[0]} ${witness.replaceAll(/ is .*|[0-9]+/g, '')}`;

const openersOf = (profile: Profile): Openers<Rss> => ({
  open: (impl, size = LARGEST) => openSubject(impl, profile.name, size),
  openOutside: (impl, size = OUTSIDE, options) =>
    openOutside(impl, profile.name, { ...size, limit: size.pages + 1 }, { ...options, trusting: true }),
  isOutside,
  followed: (subject) => domainOf(profile, (subject as OutsideSubject).relation),
});

/** What the contract leaves open, and so cannot be compared with it. */
const open = new Set<string>(['lists', 'order', 'referenced', 'reclaims', 'failcnt']);

export class RssDomain implements Domain<Rss> {
  readonly name: ProfileName;
  readonly source: Source;
  readonly subjects: Openers<Rss>;
  readonly sizes = { largest: LARGEST, outside: OUTSIDE };
  readonly profile: Profile;
  readonly choices: boolean;
  readonly observables = observables;
  readonly claims: readonly Claim<Observation>[];
  readonly refuted: readonly Claim<Observation>[];
  readonly reachables;
  readonly text = moveText;
  readonly picture = pictureOf;
  readonly answerText = answerText;
  readonly mistake = mistakeIn;
  readonly closing = closing;
  readonly complete = complete;
  readonly shrinking: (typeof shrinking)['flat'];
  readonly elsewhere = whereJudged;
  readonly fastSpecification?: () => Specification<Rss>;
  readonly #step: Observing;

  constructor(profile: Profile, relation: Relation) {
    const of = (claim: Stated): Claim<Observation> => ({
      ...claim,
      never: claim.notApplicable?.(profile) ?? null,
      byDesign: claim.known?.(profile) ?? null,
    });
    this.name = profile.name;
    this.source = { module: import.meta.url, export: 'domainNamed', args: profile.name };
    this.subjects = openersOf(profile);
    this.profile = profile;
    this.shrinking = shrinking[profile.hierarchy];
    this.choices = relation === 'contract';
    if (!this.choices) this.fastSpecification = () => new FastSpecification(profile);
    this.claims = claims.map(of);
    this.refuted = falseClaims.map(of);
    this.reachables = reachablesOf(profile);
    this.#step = standingStill(profile, everything, new View({ containers: 0, tasks: 0, pages: 0 }));
  }

  specification(): Specification<Rss> {
    return this.choices ? new Contract(this.profile) : new Policy(this.profile);
  }

  shows(step: Observation, changed?: number): number {
    return shownBy(step, changed);
  }

  blank(size: Size): View {
    return new View(size);
  }

  /** Trees are drawn in nested profiles, for subjects that show who is whose parent. */
  runs(options: PortfolioOptions & { readonly outside?: boolean; readonly shown?: readonly string[] }) {
    const { outside, shown } = options;
    const tree = (shown ?? (outside ? [] : ['parent'])).includes('parent') ? { tree: this.profile } : {};
    return portfolio({ ...options, ...tree, ...(outside ? { exotic: false } : {}) });
  }

  move(draw: number, situation: View, run: Run, made: number): Move {
    return moveFor(draw, situation, run.style, made);
  }

  answersDiffer(actual: Answer, expected: Answer, observed: Observed): string | null {
    return answersDiffer(actual, expected, observed, !this.choices);
  }

  viewsDiffer(actual: View, expected: View, observed: Observed): string | null {
    return difference(actual, expected, this.#compared(observed));
  }

  #compared(observed: Observed): ReadonlySet<Observable> {
    if (!this.choices && observed.size === everything.size) return everything;
    return new Set(observables.filter((what) => observed.has(what) && !(this.choices && open.has(what))));
  }

  /** The same object each time. */
  observation(before: View, after: View, move: Move, answer: Answer, observed: Observed): Observation {
    const step = this.#step;
    step.observed = observed as ReadonlySet<Observable>;
    step.before = before;
    step.after = after;
    step.move = move;
    step.outcome = answer.outcome;
    step.killed = answer.killed;
    step.reclaimed = answer.reclaimed;
    return step;
  }
}
