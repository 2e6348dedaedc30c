// The judge of a run: asks every claim after every move and keeps the books (checked, met, reached).

import { type Claim, type Judged, MET, NOT_MET, type Reachable } from './claim.ts';
import { ALIVE, type Domain, type Kinds, type Observed } from './domain.ts';
import type { Count, Tally } from './tally.ts';

/** The claim that a subject answers and looks exactly like the specification. */
export const EQUALS_SPEC = 'EqualsSpec';
/** The claim that whatever a subject did was one of the specification's legal choices. */
export const LEGAL_CHOICE = 'LegalChoice';
/** The claim that a subject's structure is sound when it walks it itself. */
export const STRUCTURE = 'StructureIsSound';

export interface Failure {
  readonly claim: string;
  readonly witness: string;
}

interface Entry<Step> extends Count {
  readonly claim: Claim<Step>;
  readonly byDesign: NonNullable<Claim<Step>['byDesign']> | null;
  /** Of a claim about states: what it said of the state that the next step leaves; null: it was not asked yet. */
  last: Judged | null;
  readonly asked: number;
}

/** Who is asked of a step that shows something. */
interface Asked<Step> {
  readonly claims: readonly Entry<Step>[];
  /** Places of situations. */
  readonly reachables: readonly number[];
}

const ANYTHING = -1;

export interface JudgeOptions {
  /** Only these claims are asked; refuted ones, too. Left out: all that hold. */
  readonly only?: readonly string[] | undefined;
  /** Every claim is asked of every step, whatever it shows. */
  readonly thorough?: boolean;
  /** False: what the domain breaks by design is a violation like any other, for its counterexample is being replayed. */
  readonly excuse?: boolean;
}

export class Judge<K extends Kinds> {
  readonly domain: Domain<K>;
  readonly observed: Observed;
  readonly #steps: Entry<K['step']>[];
  readonly #runs: Entry<K['step']>[];
  readonly #all: Entry<K['step']>[];
  readonly #reachables: readonly Reachable<K['step']>[];
  readonly #holds: readonly ((step: K['step']) => boolean)[];
  readonly #reached: Float64Array;
  /** Rows for the report that the runner keeps itself: EqualsSpec and the like. */
  readonly #extra = new Map<string, Count>();
  moves = 0;
  readonly #asked = new Map<number, Asked<K['step']>>();
  thorough: boolean;
  /** Shown every step after it was judged. */
  watch: ((step: K['step']) => void) | null = null;

  /** `observed`: what the subject shows; all that there is, if left out. */
  constructor(
    domain: Domain<K>,
    observed?: Observed,
    { only, excuse = true, thorough = false }: JudgeOptions = {},
  ) {
    this.thorough = thorough;
    this.domain = domain;
    this.observed = observed ?? new Set(domain.observables);
    refuseTwins(domain);
    this.#all = chosen(domain, only)
      .filter(({ needs = [] }) => needs.every((need) => this.observed.has(need)))
      .map((claim) => ({
        claim,
        byDesign: (excuse && claim.byDesign) || null,
        last: null,
        asked: claim.asked ?? ANYTHING,
        ...nothing,
      }));
    this.#steps = this.#all.filter(({ claim }) => claim.kind !== 'run');
    this.#runs = this.#all.filter(({ claim }) => claim.kind === 'run');
    this.#reachables = domain.reachables ?? [];
    this.#holds = this.#reachables.map(
      (reachable) => reachable.inOrder?.() ?? ((step) => reachable.holds(step)),
    );
    this.#reached = new Float64Array(this.#reachables.length);
  }

  /** The subject shows all that there is to see. */
  get seesAll(): boolean {
    return this.observed.size === (this.domain.observables?.length ?? 0);
  }

  /** A run begins: nothing is known of its states. */
  begin(): void {
    for (const entry of this.#steps) entry.last = null;
  }

  /**
   * Judges one step by the claims of state and step that it gives something to look at. The first violation that is not by design, or null.
   * `changed`: what the specification has changed, of a step that was compared whole (`Specification.changed`).
   */
  step(step: K['step'], changed?: number): Failure | null {
    this.moves++;
    const { domain } = this;
    const bits = this.thorough || domain.shows === undefined ? ANYTHING : domain.shows(step, changed);
    const { claims, reachables } = this.#askedFor(bits);
    let failure: Failure | null = null;
    for (let i = 0; i < claims.length; i++) {
      const entry = claims[i];
      if (entry.last !== null && typeof entry.last !== 'string' && (entry.asked & bits) === 0) {
        if (entry.last === MET) entry.met++;
        continue;
      }
      const found = this.#ask(entry, step);
      failure ??= found;
    }
    for (let i = 0; i < reachables.length; i++) {
      if (this.#holds[reachables[i]](step)) this.#reached[reachables[i]]++;
    }
    this.watch?.(step);
    return failure;
  }

  /** Judges the end of a run. */
  end(step: K['step']): Failure | null {
    let failure: Failure | null = null;
    for (const entry of this.#runs) {
      entry.checked++;
      failure = failure ?? this.#ask(entry, step);
    }
    return failure;
  }

  #askedFor(bits: number): Asked<K['step']> {
    let asked = this.#asked.get(bits);
    if (asked === undefined) {
      // Claims about states are always there: it depends on what they said last whether they are asked.
      asked = {
        claims: this.#steps.filter(({ claim }) => claim.kind === 'state' || isAsked(claim, bits)),
        reachables: [...this.#reachables.keys()].filter((k) => isAsked(this.#reachables[k], bits)),
      };
      this.#asked.set(bits, asked);
    }
    return asked;
  }

  #ask(entry: Entry<K['step']>, step: K['step']): Failure | null {
    const judged = entry.claim.judge(step);
    if (entry.claim.kind === 'state') entry.last = judged;
    if (judged === NOT_MET) return null;
    entry.met++;
    if (judged === MET) return null;
    if (entry.byDesign?.covers(step)) {
      entry.known++;
      return null;
    }
    entry.violated++;
    return { claim: entry.claim.name, witness: judged };
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
      const looks = claim.kind === 'run' ? checked : this.moves;
      claims[claim.name] = { checked: looks, met, known, violated };
    }
    const reached = Object.fromEntries(this.#reachables.map(({ name }, i) => [name, this.#reached[i]]));
    return { runs, commands: this.moves, claims, reached };
  }
}

const isAsked = (
  { asked = ANYTHING, by = ANYTHING }: { asked?: number; by?: number },
  bits: number,
): boolean => (asked & bits) !== 0 && (by & bits) !== 0;

const nothing: Count = { checked: 0, met: 0, known: 0, violated: 0 };

/** @throws TypeError if two claims have one name: they would share a count */
function refuseTwins<K extends Kinds>({ name: domain, claims = [], refuted = [] }: Domain<K>): void {
  const names = new Set([EQUALS_SPEC, LEGAL_CHOICE, STRUCTURE, ALIVE]);
  for (const { name } of [...claims, ...refuted]) {
    if (names.has(name)) throw new TypeError(`${domain}: there are two claims called ${name}`);
    names.add(name);
  }
}

/** The claims that a judge asks, or a report is about. */
export function chosen<K extends Kinds>(
  { claims = [], refuted = [] }: Domain<K>,
  only?: readonly string[],
): readonly Claim<K['step']>[] {
  return only ? [...claims, ...refuted].filter(({ name }) => only.includes(name)) : claims;
}
