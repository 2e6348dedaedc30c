// Proves the claims of a profile, for any number of tasks, pages and containers: every condition put to z3, told claim by claim.

import type { ProfileName } from '../model/index.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import { type Picture, pictureOf } from './picture.ts';
import { goalName, groups, problem } from './smt.ts';
import type { Solver } from './solver.ts';
import { type Claim, type System, systemsOf } from './system.ts';

export type ProofVerdict = 'proved' | 'refuted' | 'unknown';

export interface ClaimProof {
  readonly id: string;
  readonly name: string;
  readonly verdict: ProofVerdict | 'not stated';
  readonly conditions: number;
  readonly seconds: number;
  /** Refuted: the step and what is wrong; otherwise why it is not proved; null: proved. */
  readonly witness: string | null;
  readonly picture: Picture | null;
  /** The profile breaks it by design: refuted as expected. */
  readonly known: boolean;
}

export interface Proof {
  readonly verdict: ProofVerdict;
  readonly profile: ProfileName;
  readonly seconds: number;
  readonly solver: string;
  readonly conditions: number;
  readonly claims: readonly ClaimProof[];
}

export interface ProofOptions {
  /** Only these claims, by name; the invariant that they rest on is proved in any case. */
  readonly claims?: readonly string[];
  /** Milliseconds from now; what is not asked by then is unknown. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, all: number) => void;
  /** The specification, if it is not the profile's own: a changed one. */
  readonly systems?: readonly System[];
}

/** The conditions that a proof of these claims (of all, if none are named) asks. */
export const conditionsFor = (systems: readonly System[], claims?: readonly string[]): Condition[] =>
  systems
    .flatMap(conditionsOf)
    .filter(({ claim, kind }) => kind === 'state' || (claims?.includes(claim) ?? true));

/** No condition takes longer than this on a quiet machine by far; what does is unknown. */
const PATIENCE = 20_000;

export interface Tried {
  readonly condition: Condition;
  readonly found: 'unsat' | 'sat' | 'unknown' | 'not asked';
  readonly seconds: number;
}

/** Each condition with its answer, in an order in which the solver is quick. After `left()` milliseconds nothing is asked. */
export async function* tryAll(
  conditions: readonly Condition[],
  solver: Solver,
  left: () => number = () => Infinity,
): AsyncGenerator<Tried> {
  for (const group of groups(conditions).values()) {
    const text = problem(group);
    for (const [i, condition] of group.entries()) {
      const from = performance.now();
      const milliseconds = Math.ceil(Math.min(PATIENCE, left()));
      const found =
        milliseconds > 0 ? (await solver.ask(text, goalName(i), milliseconds)).found : 'not asked';
      yield { condition, found, seconds: (performance.now() - from) / 1000 };
    }
  }
}

/** The first two states, if any, in which a claim fails. */
export async function refutation(system: System, claim: string, solver: Solver): Promise<Picture | null> {
  const own = conditionsOf(system).filter((condition) => condition.claim === claim);
  for await (const { condition, found } of tryAll(own, solver)) {
    const picture = found === 'unsat' ? null : await pictureOf(condition, solver);
    if (picture) return picture;
  }
  return null;
}

export async function prove(
  profile: ProfileName,
  solver: Solver,
  options: ProofOptions = {},
): Promise<Proof> {
  const systems = options.systems ?? systemsOf(profile);
  const started = performance.now();
  const chosen = (name: string) => options.claims === undefined || options.claims.includes(name);
  const asked = conditionsFor(systems, options.claims);
  const left = () =>
    options.signal?.aborted ? 0 : (options.milliseconds ?? Infinity) - (performance.now() - started);
  const tried: Tried[] = [];
  for await (const one of tryAll(asked, solver, left)) {
    tried.push(one);
    options.progress?.(tried.length, asked.length);
  }
  const told: ClaimProof[] = [];
  for (const { claims } of systems) {
    const broken = claims.find(
      ({ name, known }) =>
        known.length === 0 && failures(tried, name).some(({ condition }) => condition.kind === 'state'),
    );
    for (const claim of claims)
      if (claim.id === '-' || chosen(claim.name)) told.push(await tell(claim, solver, tried, broken?.name));
  }
  for (const claim of absent(systems, profile, options.claims))
    told.push(await tell(claim, solver, tried, undefined));
  return {
    verdict: verdictOf(told, options.claims ?? []),
    profile,
    seconds: (performance.now() - started) / 1000,
    solver: solver.version,
    conditions: asked.length,
    claims: told,
  };
}

/** Claims that were asked for and that the profile does not have. */
const absent = (systems: readonly System[], profile: ProfileName, named: readonly string[] = []) =>
  named
    .filter((wanted) => !systems.some(({ claims }) => claims.some(({ name }) => name === wanted)))
    .map((name) => ({ id: '', name, known: [], unstated: [`profile ${profile} does not have it`] }));

const failures = (tried: readonly Tried[], name: string) =>
  tried.filter(({ condition, found }) => condition.claim === name && found !== 'unsat');

/** Refuted only if there are two states that anybody can look at; a claim that rests on one that fails is not proved. */
async function tell(
  { id, name, known: [known], unstated: [unstated] }: Pick<Claim, 'id' | 'name' | 'known' | 'unstated'>,
  solver: Solver,
  tried: readonly Tried[],
  broken: string | undefined,
): Promise<ClaimProof> {
  const own = tried.filter(({ condition }) => condition.claim === name);
  const seconds = own.reduce((sum, one) => sum + one.seconds, 0);
  const base = { id, name, conditions: own.length, seconds, picture: null, known: known !== undefined };
  if (unstated !== undefined) return { ...base, verdict: 'not stated', witness: unstated };
  const failed = failures(tried, name);
  for (const { condition } of failed.filter(({ found }) => found === 'sat').slice(0, 3)) {
    const picture = await pictureOf(condition, solver);
    if (picture === null) continue;
    const why = known === undefined ? '' : ` (by design: ${known})`;
    return { ...base, verdict: 'refuted', witness: `${picture.title} breaks it${why}`, picture };
  }
  const [first] = failed;
  if (first) {
    const whys = {
      unknown: 'z3 does not know',
      sat: 'z3 has a model, but none in a small scope',
      'not asked': 'cut off',
    };
    return { ...base, verdict: 'unknown', witness: `${first.condition.name}: ${whys[first.found as 'sat']}` };
  }
  if (known !== undefined)
    return { ...base, verdict: 'unknown', witness: `by design it should be refuted: ${known}` };
  if (broken !== undefined && broken !== name)
    return { ...base, verdict: 'unknown', witness: `it rests on ${broken}` };
  return { ...base, verdict: 'proved', witness: null };
}

/** A claim that was asked for by name and is not stated leaves the answer open. */
function verdictOf(claims: readonly ClaimProof[], named: readonly string[]): ProofVerdict {
  const judged = claims.filter(
    ({ verdict, known }) => verdict !== 'not stated' && !(known && verdict === 'refuted'),
  );
  if (judged.some(({ verdict }) => verdict === 'refuted')) return 'refuted';
  const open = claims.some(({ name, verdict }) => verdict === 'not stated' && named.includes(name));
  return !open && judged.every(({ verdict }) => verdict === 'proved') ? 'proved' : 'unknown';
}
