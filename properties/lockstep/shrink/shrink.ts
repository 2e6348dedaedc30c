// Shrinking: first fast, by leaving things out; then for sure, by looking at everything that is shorter. The result says how far the proof goes.

import { setImmediate } from 'node:timers/promises';
import type { Patience } from '../../../lockstep/index.ts';
import type { ProfileName, Scope } from '../../../model/index.ts';
import type { Violation } from '../../domain/index.ts';
import type { Subject } from '../../subjects/subject.ts';
import { scopeOf } from '../../trace/move.ts';
import { textOf } from './moves.ts';
import { noProof, type Proof, type ProofOptions, Prover } from './prove.ts';
import { reduce } from './reduce.ts';
import { Runner } from './runner.ts';

export type { Proof } from './prove.ts';
export { NotReproduced, roomFor } from './runner.ts';

/** What one search of a proof may meet, if nothing else is said: some seconds. */
export const SITUATIONS = 30_000;

export interface ShrinkOptions extends Patience, Partial<Omit<ProofOptions, 'signal'>> {
  /** Only this claim counts, and nothing is compared: for what the specification itself does, by design of a profile or against a false claim. */
  readonly claim?: string;
}

export interface ShrinkResult {
  readonly violation: Violation;
  /** The trace breaks another claim than was found broken, and not that one: then this one does, shrunk, but not proved to be the shortest. */
  readonly kept: Violation | null;
  /** The smallest scope that holds the trace. */
  readonly scope: Scope;
  /** The moves, one a line; the same for every trace that one bug was found by. */
  readonly text: string;
  /** Traces that the fast phase ran. */
  readonly executions: number;
  readonly proof: Proof;
}

/** Shrinks one violation. @throws NotReproduced */
export const shrink = (
  make: () => Subject,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): ShrinkResult => new Shrinker(make, profile, options).shrink(violation);

/** The same, letting others have their turn meanwhile: signals are heard, and the search can be told of. */
export async function shrinkInTurns(
  make: () => Subject,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): Promise<ShrinkResult> {
  const turns = new Shrinker(make, profile, options).turns(violation);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
    await setImmediate();
  }
}

/** For several violations of one subject: what was searched for one need not be searched again for the next. */
export class Shrinker {
  readonly #make: () => Subject;
  readonly #profile: ProfileName;
  readonly #claim: string | undefined;
  readonly #prover: Prover | null;

  constructor(make: () => Subject, profile: ProfileName, options: ShrinkOptions = {}) {
    const { claim, situations = SITUATIONS } = options;
    this.#make = make;
    this.#profile = profile;
    this.#claim = claim;
    const proves = claim === undefined && situations > 0;
    this.#prover = proves ? new Prover(make, profile, { ...options, situations }) : null;
  }

  /** @throws NotReproduced */
  shrink(original: Violation): ShrinkResult {
    const turns = this.turns(original);
    for (;;) {
      const turn = turns.next();
      if (turn.done) return turn.value;
    }
  }

  /** The same, turn by turn. */
  *turns(original: Violation): Generator<void, ShrinkResult> {
    const runner = new Runner(this.#make, this.#profile, this.#claim);
    const again = runner.reproduce(original);
    const fast = runner.drive(reduce(again));
    const { executions } = runner;
    const { violation, proof } =
      this.#prover && fast.moves.length > 0
        ? yield* this.#prover.shortest(fast, (moves) => runner.run(moves))
        : { violation: fast, proof: noProof(fast.moves) };
    const { claim, moves } = violation;
    const slipped = claim !== again.claim && !runner.breaks(moves, again.claim);
    const kept = slipped ? runner.drive(reduce(again), again.claim) : null;
    return { violation, kept, scope: scopeOf(moves), text: textOf(moves), executions, proof };
  }
}
