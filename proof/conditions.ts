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
  const claims = system.claims.filter(({ unstated }) => unstated.length === 0);
  const numbers = axioms(system);
  const readAll = (texts: readonly string[]) => [...texts.map((text) => system.read(text)), ...numbers];
  const sound = claims.filter(({ known }) => known.length === 0);
  const invariant = readAll(sound.flatMap(({ state }) => state));
  const initial = readAll(system.initial);
  return claims.flatMap((claim) => {
    // What a profile breaks by design is for itself: no other claim rests on it.
    const own = sound.includes(claim) ? [] : claim.state.map((text) => system.read(text));
    return conditionsOfClaim(system, claim, initial, [...invariant, ...own]);
  });
}

/** What must have a model, or everything follows: the beginning, and the invariant. The goal is false, so a picture shows that it has one. */
export function foundations(system: System): Condition[] {
  const numbers = axioms(system);
  const invariant = system.claims.filter(({ known, unstated }) => known.length + unstated.length === 0);
  const lines = {
    'the lines under `initial`': system.initial,
    'the invariant': invariant.flatMap(({ state }) => state),
  };
  return Object.entries(lines).map(([name, texts]) => ({
    ...{ system, claim: '-', name, kind: 'state', known: false, step: null },
    assume: [...texts.map((text) => system.read(text)), ...numbers],
    goal: system.read('false'),
  }));
}

function conditionsOfClaim(
  system: System,
  { name: claim, known, state, step: moves, follows }: Claim,
  initial: readonly Term[],
  invariant: readonly Term[],
): Condition[] {
  const { steps, counting } = system;
  const base = { system, claim, known: known.length > 0 };
  const standing = (name: string, assume: readonly Term[], text: string): Condition => {
    return { ...base, name: `${name} ${claim}`, kind: 'state', step: null, assume, goal: system.read(text) };
  };
  const inStep = (step: Step, kind: Condition['kind'], what: string, goal: Term): Condition => {
    return { ...base, name: `${step.name} ${what}`, kind, step, assume: [...invariant, step.guard], goal };
  };
  const kept = steps.flatMap((step) =>
    state
      .map((text) => step.read(text, true))
      .filter((goal) => speaksOf(goal, step))
      .map((goal) => inStep(step, 'state', `keeps ${claim}`, goal)),
  );
  const done = steps.flatMap((step) =>
    moves.map((text) => inStep(step, 'step', `does ${claim}`, step.read(text))),
  );
  const counted = (claim === counting ? steps : []).flatMap((step) =>
    [...step.counted]
      .filter(([head, goal]) => step.effect.has(headOf(head).name) || speaksOf(goal, step))
      .map(([head, goal]) => inStep(step, 'state', `keeps ${head} the true number`, goal)),
  );
  return [
    ...state.map((text) => standing('the beginning has', initial, text)),
    ...kept,
    ...done,
    ...follows.map((text) => standing('every state has', invariant, text)),
    ...counted,
  ];
}

/** Some of what a claim says of the state after is changed by the step; otherwise it is assumed already, and there is nothing to show. */
const speaksOf = ({ kind, name, args }: Term, step: Step): boolean =>
  (kind === 'after' && step.effect.has(name)) || args.some((arg) => speaksOf(arg, step));

/** What counting means, whatever is counted: no number is negative, and where there is one, the number is at least one. */
const axioms = ({ counts, read }: System): Term[] =>
  counts.flatMap(({ head, set, by, of }) => {
    const letters = by.map(({ name }) => name).join(' ');
    return [read(`all ${letters}: ${head} >= 0`), read(`all ${letters} ${of.name}: ${set} => ${head} >= 1`)];
  });
