// Runs traces on a subject of this process, one after the other; one that hangs is made anew.

import { ALIVE, type Domain, type Kinds, type Subject } from '../domain.ts';
import { guarded, NO_ANSWER } from '../guard.ts';
import { EQUALS_SPEC, Judge, STRUCTURE } from '../judge.ts';
import { fromList, Lockstep, type Violation } from '../lockstep.ts';
import { keyOf, type Reduction, reduce } from './reduce.ts';

/** The trace does not fail when it is run again: the subject decides by something that is not in its moves. */
export class NotReproduced extends Error {
  override readonly name = 'NotReproduced';
}

const SLICE_MS = 150;
const STUCK_MS = 2000;
/** So long is a subject waited for that is known to hang; what comes of it is tried again in earnest. */
const HUNG_MS = 250;

export class Runner<K extends Kinds> {
  readonly #make: () => Subject<K>;
  readonly #domain: Domain<K>;
  readonly #claim: string | undefined;
  #lockstep: Lockstep<K>;
  #close = false;
  #stuckAfter = STUCK_MS;
  /** Null: as little as each trace needs. */
  #room: { readonly of: K['size'] } | null = null;
  #moves: K['move'][] = [];
  readonly #known = new Map<string, Violation<K> | null>();
  executions = 0;

  /** With `claim`, only that counts. */
  constructor(domain: Domain<K>, make: () => Subject<K>, claim?: string) {
    this.#domain = domain;
    this.#make = make;
    this.#claim = claim;
    this.#lockstep = this.#fresh();
  }

  #fresh(): Lockstep<K> {
    const subject = this.#make();
    const only = this.#claim;
    const asked = only === undefined ? {} : { only: [only], excuse: false };
    return new Lockstep(subject, new Judge(this.#domain, subject.observed, asked), {
      compare: only === undefined,
      before: (move) => this.#moves.push(move),
    });
  }

  /**
   * The violation, run again; what only the closing moves show is closed from then on, and what only shows in more room than the trace needs
   * is given that. @throws NotReproduced
   */
  reproduce(violation: Violation<K> & { readonly size?: K['size'] }): Violation<K> {
    for (const room of violation.size ? [null, { of: violation.size }] : [null]) {
      for (const close of [false, true]) {
        this.#room = room;
        this.#close = close;
        this.#known.clear();
        const again = this.run(violation.moves);
        if (again) return again;
      }
    }
    throw new NotReproduced(
      `the trace of ${violation.moves.length} moves that broke ${violation.claim} does not fail again`,
    );
  }

  run(moves: readonly K['move'][]): Violation<K> | null {
    return guarded(
      STUCK_MS,
      () => this.#execute(moves),
      () => this.#hung(),
    );
  }

  #execute(moves: readonly K['move'][]): Violation<K> | null {
    this.executions++;
    this.#moves = [];
    return this.#lockstep.run(this.#roomFor(moves), fromList(moves), this.#close);
  }

  #hung(): Violation<K> {
    this.#lockstep = this.#fresh();
    return { claim: ALIVE, witness: NO_ANSWER, moves: [...this.#moves], answers: [] };
  }

  /** The violation with what can be left out left out. */
  reduced(violation: Violation<K>, claim?: string): Violation<K> {
    if (violation.claim === ALIVE) {
      this.#stuckAfter = HUNG_MS;
      const quick = this.drive(reduce(this.#domain, violation), claim);
      this.#stuckAfter = STUCK_MS;
      this.#known.clear();
      const again = this.run(quick.moves);
      if (again?.claim === quick.claim && again.moves.length === quick.moves.length) return again;
    }
    return this.drive(reduce(this.#domain, violation), claim);
  }

  /** Answers a reduction until it has its result. With `claim`, a trace that breaks another one does not count. */
  drive(reduction: Reduction<K>, claim?: string): Violation<K> {
    const counts = (found: Violation<K> | null) =>
      found && (claim === undefined || found.claim === claim) ? found : null;
    let step = reduction.next();
    while (!step.done) {
      const until = performance.now() + SLICE_MS;
      step = guarded(
        SLICE_MS + this.#stuckAfter,
        () => {
          while (!step.done && performance.now() < until)
            step = reduction.next(counts(this.#recall(step.value)));
          return step;
        },
        () => {
          const hung = this.#hung();
          this.#known.set(keyOf(step.value as readonly K['move'][]), hung);
          return reduction.next(counts(hung));
        },
      );
    }
    return step.value;
  }

  #recall(moves: readonly K['move'][]): Violation<K> | null {
    const key = keyOf(moves);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const violation = this.#execute(moves);
    this.#known.set(key, violation);
    return violation;
  }

  /** Does the trace break this claim, too, besides the one that is told of? One step may break many. */
  breaks(moves: readonly K['move'][], claim: string): boolean {
    if (claim === ALIVE || claim === STRUCTURE) return false;
    const subject = this.#make();
    const compare = claim === EQUALS_SPEC;
    const asked = { only: compare ? [] : [claim], excuse: false };
    const judge = new Judge(this.#domain, subject.observed, asked);
    const lockstep = new Lockstep(subject, judge, { compare });
    const found = guarded(
      STUCK_MS,
      () => lockstep.run(this.#roomFor(moves), fromList(moves), this.#close),
      () => null,
    );
    return found?.claim === claim;
  }

  #roomFor(moves: readonly K['move'][]): K['size'] {
    return this.#room ? this.#room.of : this.#domain.shrinking?.room(moves);
  }
}
