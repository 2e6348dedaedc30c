// What has to be shown, one condition at a time: under these assumptions, in this step, that.

import { headOf, type Term } from './language.ts';
import type { Claim, Step, System } from './system.ts';

export interface Condition {
  readonly system: System;
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

export function conditionsOf(system: System): Condition[] {
  const { read, steps, counts, counting, measure } = system;
  const claims = system.claims.filter(({ unstated }) => unstated.length === 0);
  const numbers = axioms(system);
  const statesOf = (some: readonly Claim[]) => some.flatMap(({ state }) => state.map((text) => read(text)));
  const invariant = [...statesOf(claims.filter(({ known }) => known.length === 0)), ...numbers];
  const initial = [...system.initial.map((text) => read(text)), ...numbers];
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
      system,
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
    const asked = { claim, name: `${name} ${claim}`, kind: 'state' as const, known, step: null };
    return { system, ...asked, assume, goal: read(goal) };
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
  const measured = claims.some(({ name }) => name === measure.claim) ? inside : [];
  const nearer = falls(measure.numbers);
  const all = [
    ...ofClaims,
    ...refusals.map((step) =>
      inStep('RefusalChangesNothing', step, 'step', 'changes nothing', step.read(unchanged(system))),
    ),
    ...measured.map((step) =>
      inStep(measure.claim, step, 'step', 'brings the end nearer', step.read(nearer)),
    ),
    ...measured
      .slice(0, 1)
      .map(() =>
        standing(measure.claim, 'every state has natural numbers for', invariant, natural(measure.numbers)),
      ),
    ...steps.flatMap((step) =>
      counts.map(({ head }) =>
        inStep(counting, step, 'state', `keeps ${head} the true number`, step.counted.get(head) as Term),
      ),
    ),
  ];
  const counted = (step: Step) => counts.some(({ head }) => step.effect.has(headOf(head).name));
  return all.filter(
    ({ claim, kind, step, goal }) =>
      kind === 'step' || step === null || speaksOf(goal, step) || (claim === counting && counted(step)),
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

const natural = (numbers: number): string =>
  Array.from({ length: numbers }, (_, i) => `m${i} >= 0`).join(' & ');

/** The action ends, or it is smaller in the first of the numbers that differs. */
function falls(numbers: number): string {
  let text = 'false';
  for (let i = numbers - 1; i >= 0; i--) text = `m${i}' < m${i} | m${i}' = m${i} & (${text})`;
  return `phase' = Idle | ${text}`;
}
