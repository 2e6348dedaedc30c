// Runs traces on a subject of this process, one after the other; one that hangs is made anew.

import { guarded, NO_ANSWER } from '../../../checker/guard.ts';
import { ALIVE, EQUALS_SPEC, fromList, Judge, Lockstep, STRUCTURE } from '../../../lockstep/index.ts';
import { type Move, type ProfileName, profiles, type Scope } from '../../../model/index.ts';
import { domainOf, type Rss, type Violation } from '../../domain/index.ts';
import type { Subject } from '../../subjects/subject.ts';
import { scopeOf } from '../../trace/move.ts';
import type { Size } from '../../view/view.ts';
import { keyOf } from './moves.ts';
import type { Reduction } from './reduce.ts';

/** The trace does not fail when it is run again: the subject decides by something that is not in its moves. */
export class NotReproduced extends Error {
  override readonly name = 'NotReproduced';
}

const SLICE_MS = 150;
const STUCK_MS = 2000;

export class Runner {
  readonly #make: () => Subject;
  readonly #profile: ProfileName;
  readonly #claim: string | undefined;
  #lockstep: Lockstep<Rss>;
  #close = false;
  /** Null: as little as each trace needs. */
  #room: Size | null = null;
  #moves: Move[] = [];
  readonly #known = new Map<string, Violation | null>();
  executions = 0;

  /** With `claim`, only that counts. */
  constructor(make: () => Subject, profile: ProfileName, claim?: string) {
    this.#make = make;
    this.#profile = profile;
    this.#claim = claim;
    this.#lockstep = this.#fresh();
  }

  #fresh(): Lockstep<Rss> {
    const profile = profiles[this.#profile];
    const subject = this.#make();
    const only = this.#claim;
    const asked = only === undefined ? {} : { only: [only], excuse: false };
    return new Lockstep(subject, new Judge(domainOf(profile), subject.observed, asked), {
      compare: only === undefined,
      before: (move) => this.#moves.push(move),
    });
  }

  /**
   * The violation, run again; what only the closing moves show is closed from then on, and what only shows in more room than the trace needs
   * is given that. @throws NotReproduced
   */
  reproduce(violation: Violation & { readonly size?: Size }): Violation {
    for (const room of violation.size ? [null, violation.size] : [null]) {
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

  run(moves: readonly Move[]): Violation | null {
    return guarded(
      STUCK_MS,
      () => this.#execute(moves),
      () => this.#hung(),
    );
  }

  #execute(moves: readonly Move[]): Violation | null {
    this.executions++;
    this.#moves = [];
    return this.#lockstep.run(this.#room ?? roomFor(moves), fromList(moves), this.#close);
  }

  #hung(): Violation {
    this.#lockstep = this.#fresh();
    return { claim: ALIVE, witness: NO_ANSWER, moves: [...this.#moves], answers: [] };
  }

  /** Answers a reduction until it has its result. With `claim`, a trace that breaks another one does not count. */
  drive(reduction: Reduction, claim?: string): Violation {
    const counts = (found: Violation | null) =>
      found && (claim === undefined || found.claim === claim) ? found : null;
    let step = reduction.next();
    while (!step.done) {
      const until = performance.now() + SLICE_MS;
      step = guarded(
        SLICE_MS + STUCK_MS,
        () => {
          while (!step.done && performance.now() < until)
            step = reduction.next(counts(this.#recall(step.value)));
          return step;
        },
        () => {
          const hung = this.#hung();
          this.#known.set(keyOf(step.value as readonly Move[]), hung);
          return reduction.next(counts(hung));
        },
      );
    }
    return step.value;
  }

  #recall(moves: readonly Move[]): Violation | null {
    const key = keyOf(moves);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const violation = this.#execute(moves);
    this.#known.set(key, violation);
    return violation;
  }

  /** Does the trace break this claim, too, besides the one that is told of? One step may break many. */
  breaks(moves: readonly Move[], claim: string): boolean {
    if (claim === ALIVE || claim === STRUCTURE) return false;
    const profile = profiles[this.#profile];
    const subject = this.#make();
    const compare = claim === EQUALS_SPEC;
    const asked = { only: compare ? [] : [claim], excuse: false };
    const judge = new Judge(domainOf(profile), subject.observed, asked);
    const lockstep = new Lockstep(subject, judge, { compare });
    const found = guarded(
      STUCK_MS,
      () => lockstep.run(this.#room ?? roomFor(moves), fromList(moves), this.#close),
      () => null,
    );
    return found?.claim === claim;
  }
}

/** The smallest scope with at least one of each that holds the moves. */
export const roomFor = (moves: readonly Move[]): Scope => {
  const { containers, tasks, pages, limit } = scopeOf(moves);
  return { containers: Math.max(containers, 1), tasks: Math.max(tasks, 1), pages: Math.max(pages, 1), limit };
};
