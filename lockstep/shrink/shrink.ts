// Shrinking: first fast, by leaving things out; then for sure, by looking at everything that is shorter. The result says how far the proof goes.

import { setImmediate } from 'node:timers/promises';
import type { Domain, Kinds, Patience, Subject } from '../domain.ts';
import type { Violation } from '../lockstep.ts';
import { noProof, type Proof, type ProofOptions, Prover } from './prove.ts';
import { Runner } from './runner.ts';

export type { Proof } from './prove.ts';

/** What one search of a proof may meet, if nothing else is said: some seconds. */
export const SITUATIONS = 30_000;

export interface ShrinkOptions<K extends Kinds> extends Patience, Partial<Omit<ProofOptions<K>, 'signal'>> {
  /** Only this claim counts, and nothing is compared: what the specification itself does, by design or against a refuted claim. */
  readonly claim?: string;
}

export interface ShrinkResult<K extends Kinds> {
  readonly violation: Violation<K>;
  /** The trace breaks another claim than was found broken, and not that one: then this one breaks it, shrunk, but not proved the shortest. */
  readonly kept: Violation<K> | null;
  /** The smallest size that holds the trace. */
  readonly size: K['size'] | undefined;
  /** The moves, one a line; the same for every trace that one bug was found by. */
  readonly text: string;
  /** Traces that the fast phase ran. */
  readonly executions: number;
  readonly proof: Proof<K>;
}

/** Shrinks one violation, letting others have their turn meanwhile: signals are heard, and the search can be told of. @throws NotReproduced */
export async function shrink<K extends Kinds>(
  domain: Domain<K>,
  make: () => Subject<K>,
  violation: Violation<K>,
  options: ShrinkOptions<K> = {},
): Promise<ShrinkResult<K>> {
  const turns = new Shrinker(domain, make, options).turns(violation);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
    await setImmediate();
  }
}

/** For several violations of one subject: what was searched for one need not be searched again for the next. */
export class Shrinker<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #make: () => Subject<K>;
  readonly #claim: string | undefined;
  readonly #prover: Prover<K> | null;

  /** `make` gives a new subject each time, or one and the same, which is then reset. */
  constructor(domain: Domain<K>, make: () => Subject<K>, options: ShrinkOptions<K> = {}) {
    const { claim, situations = SITUATIONS } = options;
    const { shrinking } = domain;
    this.#domain = domain;
    this.#make = make;
    this.#claim = claim;
    const proves = claim === undefined && situations > 0 && shrinking !== undefined;
    this.#prover = proves ? new Prover(domain, shrinking, make, { ...options, situations }) : null;
  }

  /** @throws NotReproduced */
  shrink(original: Violation<K>): ShrinkResult<K> {
    const turns = this.turns(original);
    for (;;) {
      const turn = turns.next();
      if (turn.done) return turn.value;
    }
  }

  /** The same, turn by turn. */
  *turns(original: Violation<K>): Generator<void, ShrinkResult<K>> {
    const runner = new Runner(this.#domain, this.#make, this.#claim);
    const again = runner.reproduce(original);
    const fast = runner.reduced(again);
    const { executions } = runner;
    const { shrinking } = this.#domain;
    const { violation, proof } =
      this.#prover && fast.moves.length > 0
        ? yield* this.#prover.shortest(fast, (moves) => runner.run(moves))
        : { violation: fast, proof: noProof(shrinking, fast.moves) };
    const { claim, moves } = violation;
    const slipped = claim !== again.claim && !runner.breaks(moves, again.claim);
    const kept = slipped ? runner.reduced(again, again.claim) : null;
    const text = moves.map((move) => this.#domain.text(move)).join('\n');
    return { violation, kept, size: shrinking?.room(moves), text, executions, proof };
  }
}
