// Lockstep: subject and specification take the same moves, and after each one everything that can be seen must agree.

import {
  ALIVE,
  type Domain,
  type Kinds,
  NotAlive,
  type OutsideSubject,
  RunEnds,
  type Specification,
  type Subject,
} from './domain.ts';
import { type Failure, type Judge, STRUCTURE } from './judge.ts';
import { OnceOver } from './once-over.ts';
import { Referee } from './referee.ts';

/** A run that went wrong: the moves up to and including the one that shows it. */
export interface Violation<K extends Kinds> extends Failure {
  readonly moves: readonly K['move'][];
  /** What the subject answered to each move. */
  readonly answers: readonly K['answer'][];
  /** What it showed after the last one, as the domain draws it; what it does not show is as the specification has it. */
  readonly shown?: readonly string[];
}

export interface LockstepOptions<K extends Kinds> {
  /** Compare with the specification after every move; without it only the claims judge. */
  readonly compare?: boolean;
  /** Told of every move before it is made, so that a subject that hangs leaves a trace. */
  readonly before?: (move: K['move']) => void;
  /** What to hold the subject against, if not a new specification of the judge's domain. */
  readonly spec?: Specification<K> | undefined;
}

/** Where a run takes its moves from: the situation it is in, how many moves were made; null ends it. */
export type Next<K extends Kinds> = (situation: K['view'], made: number) => K['move'] | null;

export const fromList =
  <K extends Kinds>(moves: readonly K['move'][]): Next<K> =>
  (_situation, made) =>
    moves[made] ?? null;

/** Each number of a run becomes a move in the situation that it finds. */
export const fromRun = <K extends Kinds>(domain: Domain<K>, run: K['run']): Next<K> => {
  const { draws } = run;
  return (situation, made) => (made < draws.length ? domain.move(draws[made], situation, run, made) : null);
};

/** Drives a subject in this process. */
export class Lockstep<K extends Kinds> {
  readonly #subject: Subject<K>;
  readonly #judge: Judge<K>;
  readonly #referee: Referee<K>;
  readonly #before: ((move: K['move']) => void) | undefined;
  readonly #over: OnceOver<K>;

  constructor(subject: Subject<K>, judge: Judge<K>, options: LockstepOptions<K> = {}) {
    this.#subject = subject;
    this.#judge = judge;
    this.#referee = refereeOf(judge, options);
    this.#before = options.before;
    this.#over = new OnceOver(judge.domain);
  }

  /** One run from the initial state. The first violation, or null. Without `close` it stops after its last move (a replay). */
  run(size: K['size'], next: Next<K>, close = true, drawn?: K['run']): Violation<K> | null {
    const referee = this.#referee;
    referee.begin(size);
    const failure =
      this.#begin(drawn) ?? this.#drive(next) ?? this.#structure() ?? (close ? this.#close() : null);
    return failure && referee.violation(failure);
  }

  /** One run as it was drawn. */
  play(run: K['run']): Violation<K> | null {
    return this.run(run.size, fromRun(this.#judge.domain, run), true, run);
  }

  #begin(drawn: K['run'] | undefined): Failure | null {
    try {
      this.#subject.reset(drawn);
      this.#referee.before = this.#subject.look(this.#referee.before);
    } catch (error) {
      return this.#dead(error);
    }
    if (!this.#over.isOver) this.#over.look(this.#referee.before);
    return this.#referee.first();
  }

  #dead(error: unknown): Failure {
    this.#judge.book(ALIVE, true);
    return { claim: ALIVE, witness: `the implementation throws ${messageOf(error)}` };
  }

  #drive(next: Next<K>): Failure | null {
    for (let made = 0; ; made++) {
      const move = next(this.#referee.situation, made);
      if (move === null) return null;
      const failure = this.#step(move);
      if (failure) return failure;
    }
  }

  #step(move: K['move']): Failure | null {
    this.#referee.moves.push(move);
    this.#before?.(move);
    const over = this.#over.isOver ? null : this.#over;
    const { before } = this.#referee;
    over?.begin(move, before);
    let answer: K['answer'];
    let shown: K['view'];
    try {
      answer = this.#subject.apply(move);
      shown = this.#subject.look(this.#referee.spare);
    } catch (error) {
      return this.#dead(error);
    }
    if (this.#referee.moves.length === 1) refusePromises({ apply: answer, look: shown });
    over?.end(move, before, answer, shown);
    return this.#referee.step(move, answer, shown);
  }

  /** The subject's own walk over its structure, once a run. */
  #structure(): Failure | null {
    if (!this.#subject.verify) return null;
    let witness: string | null;
    try {
      witness = this.#subject.verify();
    } catch (error) {
      return this.#dead(error);
    }
    this.#judge.book(STRUCTURE, witness !== null);
    return witness === null ? null : { claim: STRUCTURE, witness };
  }

  #close(): Failure | null {
    const before = this.#referee.keep();
    for (const move of this.#referee.closing()) {
      const failure = this.#step(move);
      if (failure) return failure;
    }
    return this.#referee.end(before);
  }
}

/** Drives a subject outside this process: the same run, waiting for each answer. */
export class OutsideLockstep<K extends Kinds> {
  readonly #subject: OutsideSubject<K>;
  readonly #judge: Judge<K>;
  readonly #referee: Referee<K>;

  constructor(subject: OutsideSubject<K>, judge: Judge<K>, options: LockstepOptions<K> = {}) {
    this.#subject = subject;
    this.#judge = judge;
    this.#referee = refereeOf(judge, options);
  }

  /** The moves of the last run. */
  get moves(): readonly K['move'][] {
    return this.#referee.moves;
  }

  /** One run; it closes as the domain says, not at all, or by the closing moves of a recording. */
  async run(
    size: K['size'],
    next: Next<K>,
    close: boolean | readonly K['move'][] = true,
  ): Promise<Violation<K> | null> {
    const referee = this.#referee;
    referee.begin(size);
    let failure: Failure | null = null;
    try {
      failure =
        (await this.#begin(size)) ?? (await this.#drive(next)) ?? (close ? await this.#close(close) : null);
    } catch (error) {
      if (!(error instanceof RunEnds)) throw error;
    }
    return failure && referee.violation(failure);
  }

  async #begin(size: K['size']): Promise<Failure | null> {
    this.#referee.assume();
    try {
      await this.#subject.reset(size);
      return null;
    } catch (error) {
      return this.#dead(error);
    }
  }

  async #drive(next: Next<K>): Promise<Failure | null> {
    for (let made = 0; ; made++) {
      const move = next(this.#referee.situation, made);
      if (move === null) return null;
      const failure = await this.#step(move);
      if (failure) return failure;
    }
  }

  async #step(move: K['move']): Promise<Failure | null> {
    this.#referee.moves.push(move);
    let answer: K['answer'];
    let shown: K['view'];
    try {
      const { spare } = this.#referee;
      answer = await this.#subject.apply(move, spare);
      shown = this.#subject.look?.() ?? spare;
    } catch (error) {
      return this.#dead(error);
    }
    this.#judge.book(ALIVE, false);
    for (const claim of this.#subject.vouches ?? []) this.#judge.book(claim, false);
    return this.#referee.step(move, answer, shown);
  }

  #dead(error: unknown): Failure {
    if (!(error instanceof NotAlive)) throw error;
    this.#judge.book(error.claim, true);
    this.#referee.answeredInstead(error.answer);
    return { claim: error.claim, witness: error.message };
  }

  async #close(moves: true | readonly K['move'][]): Promise<Failure | null> {
    const before = this.#referee.keep();
    for (const move of moves === true ? this.#referee.closing() : moves) {
      const failure = await this.#step(move);
      if (failure) return failure;
    }
    return this.#referee.end(before);
  }
}

/** @throws TypeError if a subject of this process is one that is waited for; it is enough to look at its first answers. */
function refusePromises(answers: Readonly<Record<string, unknown>>): void {
  for (const [method, answer] of Object.entries(answers)) {
    if (!(answer instanceof Promise)) continue;
    // What comes of it does not matter any more.
    answer.catch(() => {});
    throw new TypeError(
      `the subject's ${method} returned a promise: a subject that is waited for is opened by subjects.openOutside`,
    );
  }
}

const refereeOf = <K extends Kinds>(
  judge: Judge<K>,
  { compare = true, spec }: LockstepOptions<K>,
): Referee<K> => new Referee(judge, spec ?? judge.domain.specification(), compare);

export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
