// The slow and obvious way, to judge the fast one by: every order that respects real time is tried, with nothing remembered.

import type { History, Sequential } from '../properties/races/linearize/history.ts';

/** Is there an order? Exponential: for a handful of operations. */
export function linearizableByForce<S, I, O>(
  history: History<I, O>,
  object: Sequential<S, I, O>,
  state: S,
): boolean {
  if (history.length === 0) return object.mayEnd?.(state) ?? true;
  return history.some((call) => {
    const others = history.filter((other) => other !== call);
    if (others.some((other) => other.responded < call.invoked)) return false;
    const after = object.step(state, call.input, call.output);
    return after !== null && linearizableByForce(others, object, after);
  });
}
