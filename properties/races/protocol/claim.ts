// How a claim over the protocol is written: a judgement, and a state or a step that is judged.

import type { Claim, Effect, Judgement, Move } from '../../../checker/index.ts';
import type { Detail, Watched } from './watched.ts';

export const notMet: Judgement = { met: false, violation: null };
export const met: Judgement = { met: true, violation: null };
export const metIf = (isMet: boolean): Judgement => (isMet ? met : notMet);
export const violated = (violation: string): Judgement => ({ met: true, violation });

/** The first violation; else met if some judgement was. */
export function ofEach<T>(items: readonly T[], judge: (item: T, at: number) => Judgement): Judgement {
  let all = notMet;
  for (const [at, item] of items.entries()) {
    const one = judge(item, at);
    if (one.violation !== null) return one;
    if (one.met) all = one;
  }
  return all;
}

export const stateClaim = (
  name: string,
  claim: string,
  judge: (state: Watched['machine']) => Judgement,
): Claim<Watched> => ({
  kind: 'state',
  name,
  claim,
  judge: ({ machine }) => judge(machine),
});

/** A claim over steps; a step that used freed memory is left to C3 and C4. */
export const stepClaim = (
  name: string,
  claim: string,
  judge: (before: Watched['machine'], detail: Detail, after: Watched['machine']) => Judgement,
): Claim<Watched> => ({
  kind: 'step',
  name,
  claim,
  judge: ({ machine }: Watched, _move: Move, { detail, state }: Effect<Watched>) =>
    (detail as Detail).misuse ? notMet : judge(machine, detail as Detail, state.machine),
});
