// Lockstep: subject and specification take the same moves, and after each one everything that can be seen must agree.

import { lru, type Move, type Profile } from '../../model/index.ts';
import { moveFor, type Style } from '../draw/draw.ts';
import { type Answer, type OutsideSubject, Specification, type Subject } from '../subjects/subject.ts';
import { type Size, View } from '../view/view.ts';
import { ALIVE, type Failure, type Judge } from './judge.ts';
import { FedChooser, Referee } from './referee.ts';

/** A run that went wrong: the moves up to and including the one that shows it. */
export interface Violation extends Failure {
  readonly moves: readonly Move[];
  /** What the subject answered to each move. */
  readonly answers: readonly Answer[];
}

export interface LockstepOptions {
  /** Compare with the specification after every move; without it only the claims judge. */
  readonly compare?: boolean;
  /** Told of every move before it is made, so that a subject that hangs leaves a trace. */
  readonly before?: (move: Move) => void;
}

/** Where a run takes its moves from: the situation it is in, how many moves were made; null ends it. */
export type Next = (seen: View, made: number) => Move | null;

export const fromList =
  (moves: readonly Move[]): Next =>
  (_seen, made) =>
    moves[made] ?? null;

export const fromDraws =
  (draws: readonly number[], style: Style): Next =>
  (seen, made) =>
    made < draws.length ? moveFor(draws[made], seen, style) : null;

/** The claim that the subject's structure is sound when it walks it itself. */
export const STRUCTURE = 'StructureIsSound';

/** Drives a subject in this process. */
export class Lockstep {
  readonly #subject: Subject;
  readonly #judge: Judge;
  readonly #referee: Referee;
  readonly #before: ((move: Move) => void) | undefined;

  constructor(subject: Subject, spec: Specification, judge: Judge, options: LockstepOptions = {}) {
    this.#subject = subject;
    this.#judge = judge;
    this.#referee = new Referee(judge, spec, (options.compare ?? true) ? 'lru' : 'claims');
    this.#before = options.before;
  }

  /** One run from the initial state. The first violation, or null. Without `close` it stops after its last move (a replay). */
  run(size: Size, next: Next, close = true): Violation | null {
    const referee = this.#referee;
    referee.begin(size);
    const failure = this.#begin() ?? this.#drive(next) ?? this.#structure() ?? (close ? this.#close() : null);
    return failure && { ...failure, moves: referee.moves, answers: referee.answers };
  }

  #begin(): Failure | null {
    try {
      this.#subject.reset();
      this.#subject.look(this.#referee.before);
      return null;
    } catch (error) {
      return this.#dead(error);
    }
  }

  #dead(error: unknown): Failure {
    this.#judge.book(ALIVE, true);
    return { claim: ALIVE, witness: `the implementation throws ${messageOf(error)}` };
  }

  #drive(next: Next): Failure | null {
    for (let made = 0; ; made++) {
      const move = next(this.#referee.situation, made);
      if (move === null) return null;
      const failure = this.#step(move);
      if (failure) return failure;
    }
  }

  #step(move: Move): Failure | null {
    this.#referee.moves.push(move);
    this.#before?.(move);
    let answer: Answer;
    try {
      answer = this.#subject.apply(move);
      this.#subject.look(this.#referee.after);
    } catch (error) {
      return this.#dead(error);
    }
    return this.#referee.step(move, answer);
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
    const before = new View(this.#referee.before.size).copyFrom(this.#referee.before);
    for (const move of this.#referee.closing()) {
      const failure = this.#step(move);
      if (failure) return failure;
    }
    return this.#referee.end(before);
  }
}

/** Drives a subject outside this process: the same run, waiting for each answer. */
export class OutsideLockstep {
  readonly #subject: OutsideSubject;
  readonly #judge: Judge;
  readonly #referee: Referee;

  /** For a subject held against the contract, `spec` is made with the referee's `fed` chooser. */
  constructor(subject: OutsideSubject, judge: Judge, referee: Referee) {
    this.#subject = subject;
    this.#judge = judge;
    this.#referee = referee;
  }

  /** One run; it closes as the referee says, not at all, or by the closing moves of a recording. */
  async run(size: Size, next: Next, close: boolean | readonly Move[] = true): Promise<Violation | null> {
    const referee = this.#referee;
    referee.begin(size);
    const failure =
      (await this.#begin(size)) ?? (await this.#drive(next)) ?? (close ? await this.#close(close) : null);
    return failure && { ...failure, moves: referee.moves, answers: referee.answers };
  }

  async #begin(size: Size): Promise<Failure | null> {
    this.#referee.before.copyFrom(this.#referee.situation);
    try {
      await this.#subject.reset(size);
      return null;
    } catch (error) {
      return this.#dead(error);
    }
  }

  async #drive(next: Next): Promise<Failure | null> {
    for (let made = 0; ; made++) {
      const move = next(this.#referee.situation, made);
      if (move === null) return null;
      const failure = await this.#step(move);
      if (failure) return failure;
    }
  }

  async #step(move: Move): Promise<Failure | null> {
    this.#referee.moves.push(move);
    let answer: Answer;
    try {
      answer = await this.#subject.apply(move, this.#referee.after);
    } catch (error) {
      return this.#dead(error);
    }
    this.#judge.book(ALIVE, false);
    return this.#referee.step(move, answer);
  }

  #dead(error: unknown): Failure {
    if (!(error instanceof NotAlive)) throw error;
    this.#judge.book(ALIVE, true);
    return { claim: ALIVE, witness: error.message };
  }

  async #close(moves: true | readonly Move[]): Promise<Failure | null> {
    const before = new View(this.#referee.before.size).copyFrom(this.#referee.before);
    for (const move of moves === true ? this.#referee.closing() : moves) {
      const failure = await this.#step(move);
      if (failure) return failure;
    }
    return this.#referee.end(before);
  }
}

/** The lockstep of an outside subject with what it says it follows: the LRU spec, or the contract with its own choices fed back. */
export function outsideLockstep(subject: OutsideSubject, profile: Profile, judge: Judge): OutsideLockstep {
  const fed = new FedChooser();
  const spec = new Specification(profile, subject.relation === 'contract' ? fed : lru);
  return new OutsideLockstep(subject, judge, new Referee(judge, spec, subject.relation, fed));
}

/** A subject outside this process did not answer, or not in the protocol: what happened, in words. */
export class NotAlive extends Error {
  override readonly name = 'NotAlive';
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
