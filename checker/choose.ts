// The chooser that enumerates: one run of an effect for each combination of choices, the last choice turning fastest.

import type { Choose, Effect, Model } from './model.ts';

/** Thrown by the chooser at an illegal question; the caller adds the move and the state. */
export class BadChoice extends Error {
  override readonly name = 'BadChoice';
}

/**
 * An odometer whose wheels appear as the effect asks for them. Use: `begin()`, then `rewind(); effect(...); while (next()) ...`.
 * Given the same digits an effect must ask the same questions; anything else is a `BadChoice`.
 */
export class Chooser {
  readonly digits: number[] = [];
  readonly #counts: number[] = [];
  #at = 0;
  /** Wheels that must turn up again with the same count: those kept from the run before. */
  #kept = 0;
  /** Labels of the choices, gathered only if asked for. */
  labels: string[] | null = null;

  readonly choose: Choose = (count, label) => {
    const at = this.#at++;
    if (!Number.isInteger(count) || count < 1) {
      throw new BadChoice(
        `choose was asked to pick one of ${count} candidates (legal: a whole number, 1 or more)`,
      );
    }
    if (at === this.digits.length) {
      this.digits.push(0);
      this.#counts.push(count);
    } else if (this.#counts[at] !== count) {
      if (this.#counts[at] !== 0) {
        throw new BadChoice(
          `the effect is not deterministic: choice ${at} had ${this.#counts[at]} candidates, then ${count} after the same choices`,
        );
      }
      if (this.digits[at]! >= count)
        throw new BadChoice(
          `choice ${at} has ${count} candidates, the trace wants number ${this.digits[at]}`,
        );
      this.#counts[at] = count;
    }
    const digit = this.digits[at]!;
    if (this.labels !== null) this.labels.push(label === undefined ? '' : label(digit));
    return digit;
  };

  /** Forgets everything; or, given digits, sets the wheels to them (a replay). */
  begin(digits: readonly number[] = []): void {
    this.digits.length = 0;
    this.#counts.length = 0;
    for (const digit of digits) {
      this.digits.push(digit);
      this.#counts.push(0);
    }
    this.#at = 0;
    this.#kept = digits.length;
  }

  /** To be called after each run: refuses a run that asked fewer questions than its digits answer. */
  finish(): void {
    if (this.#at < this.#kept) {
      throw new BadChoice(
        `the effect is not deterministic: it asked for ${this.#at} choices, and for ${this.#kept} after the same choices before`,
      );
    }
  }

  /** Turns to the next combination; false when all have been. */
  next(): boolean {
    for (let at = this.digits.length - 1; at >= 0; at--) {
      const digit = this.digits[at]! + 1;
      if (digit < this.#counts[at]!) {
        this.digits[at] = digit;
        this.digits.length = at + 1;
        this.#counts.length = at + 1;
        this.#at = 0;
        this.#kept = at + 1;
        return true;
      }
    }
    return false;
  }
}

/** Every (move, choices) of a state in the order of the search; returns how many moves are refused. */
export function eachStep<State>(
  model: Model<State>,
  state: State,
  visit: (moveIndex: number, effect: Effect<State>, choices: readonly number[]) => void,
  chooser = new Chooser(),
): number {
  let refused = 0;
  model.moves.forEach((move, m) => {
    if (model.guard(state, move) !== null) {
      refused++;
      return;
    }
    chooser.begin();
    do visit(m, model.effect(state, move, chooser.choose), chooser.digits);
    while (chooser.next());
  });
  return refused;
}
