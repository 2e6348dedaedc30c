// What has to be shown, one condition at a time: under these assumptions, in this step, that.

import { headOf, type Term } from './language.ts';
import type { Claim, Step, System } from './system.ts';

export interface Condition {
  readonly claim: string;
  /** In words: `kill keeps FirstToucherOwns`. */
  readonly name: string;
  /** `state`: what every other condition rests on; `step`: what only its own claim needs. */
  readonly kind: 'state' | 'step';
  /** The profile breaks the claim by design: this need not hold. */
  readonly known: boolean;
  readonly step: Step | null;
  readonly assume: readonly Term[];
  readonly goal: Term;
}

/** Under this name it is reported that the counted numbers are the true ones. */
export const COUNTED = 'TrueNumbers';

export function conditionsOf(system: System): Condition[] {
  const { read, steps, claims, counts } = system;
  const counting = axioms(system);
  const statesOf = (some: readonly Claim[]) => some.flatMap(({ state }) => state.map((text) => read(text)));
  const invariant = [...statesOf(claims.filter(({ known }) => known.length === 0)), ...counting];
  const initial = [...system.initial.map((text) => read(text)), ...counting];
  /** What a profile breaks by design is for itself: no other claim rests on it. */
  const ownOf = (claim?: Claim) => (claim && claim.known.length > 0 ? statesOf([claim]) : []);
  const broken = new Map(
    claims.map((claim) => [claim.name, { known: claim.known.length > 0, own: ownOf(claim) }]),
  );
  const inStep = (
    claim: string,
    step: Step,
    kind: Condition['kind'],
    what: string,
    goal: Term,
  ): Condition => {
    const { known, own } = broken.get(claim) ?? { known: false, own: [] };
    return {
      claim,
      name: `${step.name} ${what}`,
      kind,
      known,
      step,
      assume: [...invariant, ...own, step.guard],
      goal,
    };
  };
  const standing = (claim: string, name: string, assume: readonly Term[], goal: string): Condition => {
    const known = broken.get(claim)?.known === true;
    return { claim, name: `${name} ${claim}`, kind: 'state', known, step: null, assume, goal: read(goal) };
  };
  const ofClaims = claims.flatMap(({ name, state, step: moves, follows }): Condition[] => [
    ...state.map((text) => standing(name, 'the beginning has', initial, text)),
    ...state.flatMap((text) =>
      steps.map((step) => inStep(name, step, 'state', `keeps ${name}`, step.read(text, true))),
    ),
    ...moves.flatMap((text) =>
      steps.map((step) => inStep(name, step, 'step', `does ${name}`, step.read(text))),
    ),
    ...follows.map((text) => standing(name, 'every state has', invariant, text)),
  ]);
  const refusals = steps.filter(({ action, ends }) => action !== null && ends !== null);
  const inside = steps.filter(({ action }) => action === null);
  const nearer = falls(system.measure);
  const all = [
    ...ofClaims,
    ...refusals.map((step) =>
      inStep('RefusalChangesNothing', step, 'step', 'changes nothing', step.read(unchanged(system))),
    ),
    ...inside.map((step) =>
      inStep('ChargeTerminates', step, 'step', 'brings the end nearer', step.read(nearer)),
    ),
    ...steps.flatMap((step) =>
      counts.map(({ head }) =>
        inStep(COUNTED, step, 'state', `keeps ${head} the true number`, step.counted.get(head) as Term),
      ),
    ),
  ];
  const counted = (step: Step) => counts.some(({ head }) => step.effect.has(headOf(head).name));
  return all.filter(
    ({ claim, kind, step, goal }) =>
      kind === 'step' || step === null || speaksOf(goal, step) || (claim === COUNTED && counted(step)),
  );
}

/** Some of what a claim says of the state after is changed by the step; otherwise it is assumed already, and there is nothing to show. */
function speaksOf(term: Term, step: Step): boolean {
  if (term.kind === 'quantifier') return speaksOf(term.body, step);
  if (term.kind === 'symbol' && term.primed && step.effect.has(term.name)) return true;
  return 'args' in term && term.args.some((arg) => speaksOf(arg, step));
}

/** What counting means, whatever is counted: no number is negative, and where there is one, the number is at least one. */
function axioms({ counts, read }: System): Term[] {
  return counts.flatMap(({ head, of }) => {
    const { name, args } = headOf(head);
    const letters = args.map((arg) => arg.name);
    const inside = `in_${name}(${[...letters, of].join(', ')})`;
    return [
      read(`all ${letters.join(' ')}: ${head} >= 0`),
      read(`all ${[...letters, of].join(' ')}: ${inside} => ${head} >= 1`),
    ];
  });
}

const unchanged = ({ vocabulary }: System): string =>
  [...vocabulary.symbols.values()]
    .map(({ name, args }) => {
      const letters = args.map((arg) => arg.name);
      const given = letters.length > 0 ? `(${letters.join(', ')})` : '';
      return `(all ${letters.join(' ')}: ${name}'${given} = ${name}${given})`;
    })
    .join(' & ');

/** The action ends, or it is smaller in the first of the numbers that differs. */
function falls(numbers: number): string {
  let text = 'false';
  for (let i = numbers - 1; i >= 0; i--) text = `m${i}' < m${i} | m${i}' = m${i} & (${text})`;
  return `phase' = Idle | ${text}`;
}
