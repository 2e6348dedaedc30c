// Lockstep: subject and specification take the same moves, and after each one everything that can be seen must agree.

import type { Move } from '../model/index.ts';
import { moveFor, type Style } from './draw.ts';
import { ALIVE, EQUALS_SPEC, type Failure, type Judge, observation, Views } from './judge.ts';
import type { Answer, Specification, Subject } from './subject.ts';
import { difference, NONE, type Size, View } from './view.ts';

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

export class Lockstep {
  readonly #subject: Subject;
  readonly #spec: Specification;
  readonly #judge: Judge;
  readonly #compare: boolean;
  readonly #before: (move: Move) => void;
  #views = new Views({ containers: 0, tasks: 0, pages: 0 });
  #seen = new View(this.#views.before.size);
  #moves: Move[] = [];
  #answers: Answer[] = [];

  constructor(subject: Subject, spec: Specification, judge: Judge, options: LockstepOptions = {}) {
    this.#subject = subject;
    this.#spec = spec;
    this.#judge = judge;
    this.#compare = options.compare ?? true;
    this.#before = options.before ?? (() => {});
  }

  /** One run from the initial state. The first violation, or null. */
  run(size: Size, next: Next): Violation | null {
    this.#begin(size);
    const failure = this.#drive(next) ?? this.#structure() ?? this.#leaks();
    return failure && { ...failure, moves: this.#moves, answers: this.#answers };
  }

  #begin(size: Size): void {
    const { before } = this.#views;
    if (!sameSize(before.size, size)) {
      this.#views = new Views(size);
      this.#seen = new View(size);
    }
    this.#moves = [];
    this.#answers = [];
    this.#subject.reset();
    this.#spec.reset();
    this.#subject.look(this.#views.before);
  }

  #drive(next: Next): Failure | null {
    for (let made = 0; ; made++) {
      const move = next(this.#views.before, made);
      if (move === null) return null;
      const failure = this.#step(move);
      if (failure) return failure;
    }
  }

  #step(move: Move): Failure | null {
    this.#moves.push(move);
    this.#before(move);
    let answer: Answer;
    try {
      const { outcome, killed, reclaimed } = this.#subject.apply(move);
      answer = { outcome, killed: [...killed], reclaimed: [...reclaimed] };
      this.#subject.look(this.#views.after);
    } catch (error) {
      return { claim: ALIVE, witness: `the implementation throws ${messageOf(error)}` };
    }
    this.#answers.push(answer);
    const differs = this.#compare ? this.#compareStep(move, answer) : null;
    // A claim names the rule that is broken; that the two differ is said only if no claim says more.
    const claim = this.#judge.step(observation(this.#judge, this.#views, move, answer));
    this.#views.swap();
    return claim ?? differs;
  }

  #compareStep(move: Move, answer: Answer): Failure | null {
    const expected = this.#spec.apply(move);
    const differs = answersDiffer(answer, expected) ?? this.#viewsDiffer();
    this.#judge.book(EQUALS_SPEC, differs !== null);
    return differs === null ? null : { claim: EQUALS_SPEC, witness: differs };
  }

  #viewsDiffer(): string | null {
    this.#spec.look(this.#seen);
    return difference(this.#views.after, this.#seen, this.#subject.observed);
  }

  /** The subject's own walk over its structure, once a run. */
  #structure(): Failure | null {
    const witness = this.#subject.verify?.() ?? null;
    return witness === null ? null : { claim: STRUCTURE, witness };
  }

  /** The end of the run: every task exits, every container is asked to go (I14). */
  #leaks(): Failure | null {
    const { before, after } = this.#views;
    const end = new View(before.size).copyFrom(before);
    for (let t = 0; t < before.size.tasks; t++) {
      if (before.container[t] === NONE) continue;
      const failure = this.#step(['exit', t]);
      if (failure) return failure;
    }
    for (let pass = 0; pass < before.size.containers; pass++) {
      for (let c = 0; c < before.size.containers; c++) {
        if (!this.#views.before.exists[c]) continue;
        const failure = this.#step(['rmdir', c]);
        if (failure) return failure;
      }
    }
    after.copyFrom(this.#views.before);
    const last: Move = this.#moves.at(-1) ?? ['evict', 0];
    const answer: Answer = { outcome: 'ok', killed: [], reclaimed: [] };
    return this.#judge.end({
      ...observation(this.#judge, this.#views, last, answer),
      before: end,
      after: this.#views.before,
    });
  }
}

/** The claim that the subject's structure is sound when it walks it itself. */
export const STRUCTURE = 'StructureIsSound';

const sameSize = (a: Size, b: Size): boolean =>
  a.containers === b.containers && a.tasks === b.tasks && a.pages === b.pages;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** The first difference between two answers, in words, or null. */
export function answersDiffer(actual: Answer, spec: Answer): string | null {
  if (actual.outcome !== spec.outcome)
    return `the outcome is ${actual.outcome}, the specification says ${spec.outcome}`;
  return (
    listsDiffer('killed', 't', actual.killed, spec.killed) ??
    listsDiffer('reclaimed', 'p', actual.reclaimed, spec.reclaimed)
  );
}

function listsDiffer(
  what: string,
  letter: string,
  a: readonly number[],
  s: readonly number[],
): string | null {
  if (a.length === s.length && a.every((id, i) => id === s[i])) return null;
  const list = (ids: readonly number[]) => `[${ids.map((id) => letter + id).join(' ')}]`;
  return `${what} are ${list(a)}, the specification says ${list(s)}`;
}
