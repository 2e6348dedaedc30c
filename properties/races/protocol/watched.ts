// What the checker explores of a protocol, what a claim learns of a step, and the rules that it follows.

import type * as shipped from '../../../model/protocol/index.ts';
import type { Effect, State, Step } from '../../../model/protocol/index.ts';
import type { History } from './history.ts';

/** What the checker explores: the machine, and every order of contract actions that could explain its history. */
export interface Watched {
  readonly machine: State;
  readonly history: History;
}

/** What a claim learns of a step. */
export interface Detail {
  readonly step: Step;
  readonly effect: Effect;
  /** The step used freed memory, in words; the machine stopped. */
  readonly misuse: { readonly of: 'record' | 'container'; readonly why: string } | null;
}

/** The rules of a protocol: the ones of `model/protocol`, or a mutated copy of them. */
export type Rules = Pick<typeof shipped, 'initial' | 'guard' | 'effect'>;

/** A guard that uses freed memory lets its step through: the step will use it too, and be the witness. */
export function guardOf(rules: Rules, machine: State, step: Step): string | null {
  try {
    return rules.guard(machine, step);
  } catch (error) {
    if (isMisuse(error)) return null;
    throw error;
  }
}

/** By name: a mutated copy of the protocol throws an error class of its own. */
export const isMisuse = (error: unknown): error is shipped.UseAfterFree =>
  error instanceof Error && error.name === 'UseAfterFree';
