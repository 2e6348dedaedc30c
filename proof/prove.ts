// Proves the claims of a profile, for any number of tasks, pages and containers: every condition put to z3, told claim by claim.

import type { ProfileName } from '../model/index.ts';
import { type Condition, conditionsOf, foundations } from './conditions.ts';
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

export async function prove(
  profile: ProfileName,
  solver: Solver,
  options: ProofOptions = {},
): Promise<Proof> {
  const { systems = systemsOf(profile), claims: wanted } = options;
  const started = performance.now();
  const asked = conditionsFor(systems, wanted);
  const left = () =>
    options.signal?.aborted ? 0 : (options.milliseconds ?? Infinity) - (performance.now() - started);
  const tried: Tried[] = [];
  for await (const one of tryAll(asked, solver, left)) {
    tried.push(one);
    options.progress?.(tried.length, asked.length);
  }
  const claims: ClaimProof[] = [];
  for (const system of systems) {
    const fails = new Set(
      tried
        .filter(({ condition: { kind, known }, found }) => kind === 'state' && !known && found !== 'unsat')
        .map(({ condition }) => condition.claim),
    );
    const broken = system.claims.find(({ name }) => fails.has(name));
    const isAsked = (name: string) => asked.some(({ claim }) => claim === name);
    const told = system.claims.filter(({ id, name, unstated }) =>
      id === '-' ? isAsked(name) || unstated.length > 0 : (wanted?.includes(name) ?? true),
    );
    const hollow = left() > 0 ? await contradiction(system, solver, left) : null;
    const rests = { broken: broken?.name, hollow };
    for (const claim of told) claims.push(await judged(claim, solver, tried, rests, left));
  }
  return {
    verdict: verdictOf(claims, wanted ?? []),
    profile,
    seconds: (performance.now() - started) / 1000,
    solver: solver.version,
    conditions: asked.length,
    claims,
  };
}

/** Which foundation has no model in a small world, so that everything follows from it; null: none. */
async function contradiction(system: System, solver: Solver, left: () => number): Promise<string | null> {
  for (const condition of foundations(system))
    if ((await pictureOf(condition, solver, left)) === null)
      return left() <= 0
        ? WHYS['not asked']
        : `${condition.name}: no small world has all of it, and from a contradiction everything follows`;
  return null;
}

/** What is wrong with what every proof rests on: a claim that fails, or a contradiction, from which everything follows. */
interface Rests {
  readonly broken: string | undefined;
  readonly hollow: string | null;
}

async function judged(
  claim: Claim,
  solver: Solver,
  tried: readonly Tried[],
  rests: Rests,
  left: () => number,
): Promise<ClaimProof> {
  const { id, name, known } = claim;
  const own = tried.filter(({ condition }) => condition.claim === name);
  const failed = own.filter(({ found }) => found !== 'unsat');
  let picture: Picture | null = null;
  for (const { condition, found } of failed.slice(0, 3))
    if (found === 'sat') picture ??= await pictureOf(condition, solver, left);
  const seconds = own.reduce((sum, one) => sum + one.seconds, 0);
  const base = { id, name, conditions: own.length, seconds, picture, known: known.length > 0 };
  return { ...base, ...verdictFrom(claim, failed, picture, rests, left() <= 0) };
}

const WHYS = {
  unknown: 'z3 does not know',
  sat: 'z3 says that it can fail, but no small world shows how: it may take more tasks, pages or containers',
  cut: 'z3 says that it can fail; cut off before a small world showed how',
  'not asked': 'cut off',
  unsat: '',
};

/** Refuted only if there are two states that anybody can look at; a claim that rests on one that fails is not proved. */
function verdictFrom(
  { name, known: [known], unstated: [unstated] }: Claim,
  [first]: readonly Tried[],
  picture: Picture | null,
  { broken, hollow }: Rests,
  isCut: boolean,
): Pick<ClaimProof, 'verdict' | 'witness'> {
  const design = known === undefined ? '' : ` (by design: ${known})`;
  if (unstated !== undefined) return { verdict: 'not stated', witness: unstated };
  if (picture !== null) return { verdict: 'refuted', witness: `${picture.title} breaks it${design}` };
  const why = first
    ? `${first.condition.name}: ${WHYS[first.found === 'sat' && isCut ? 'cut' : first.found]}`
    : known !== undefined
      ? `by design it should be refuted: ${known}`
      : broken !== undefined && broken !== name
        ? `it rests on ${broken}`
        : hollow;
  return { verdict: why === null ? 'proved' : 'unknown', witness: why };
}

/** A claim that was asked for by name and is not stated, or is not there, leaves the answer open. */
function verdictOf(claims: readonly ClaimProof[], named: readonly string[]): ProofVerdict {
  const judged = claims.filter(({ name, verdict, known }) =>
    verdict === 'not stated' ? named.includes(name) : !(known && verdict === 'refuted'),
  );
  if (judged.some(({ verdict }) => verdict === 'refuted')) return 'refuted';
  const all = named.every((one) => claims.some(({ name }) => name === one));
  return all && judged.every(({ verdict }) => verdict === 'proved') ? 'proved' : 'unknown';
}
