// For fast-check's own people: runs as an arbitrary, a predicate for fc.property, commands for fc.modelRun and its kin.

import fc from 'fast-check';
import type { Domain, Kinds, RunOptions, Specification, Subject } from './domain.ts';
import { drawn } from './draw.ts';
import { movesUpTo } from './hunt/batch.ts';
import type { Judge } from './judge.ts';
import { Lockstep, type LockstepOptions } from './lockstep.ts';
import { Referee } from './referee.ts';
import { failureText } from './text.ts';

/** Runs of a domain, which shrink to few moves and print as the moves that the specification is given. */
export const runs = <K extends Kinds>(
  domain: Domain<K>,
  options: RunOptions<K['size']> = {},
): fc.Arbitrary<K['run']> =>
  drawn(domain, { ...options, shrinks: true }).map((run) => {
    const named = { ...run };
    const moves = () => movesUpTo(domain, run, Infinity, false).map((move) => domain.text(move));
    Object.defineProperty(named, fc.toStringMethod, { value: () => `[${moves().join('; ')}]` });
    return named;
  });

/**
 * A predicate for fc.property(runs(domain), ...): the subject takes the run, and the judge (which keeps count of what was checked and met)
 * finds no violation. It throws the violation in words, and leaves seed and path to fast-check.
 */
export function holds<K extends Kinds>(
  subject: Subject<K>,
  judge: Judge<K>,
  options: LockstepOptions<K> = {},
): (run: K['run']) => void {
  const lockstep = new Lockstep(subject, judge, options);
  return (run) => {
    const violation = lockstep.play(run);
    if (violation) throw new Error(failureText(judge.domain, violation));
  };
}

/** What commands take for the real system: a subject, or one whose answers are waited for. */
export interface Real<K extends Kinds> {
  apply(move: K['move'], into: K['view']): K['answer'] | Promise<K['answer']>;
  look?(into: K['view']): K['view'];
}

/** What commands take for the model: the specification, the judge and the run so far. */
export class Play<K extends Kinds> {
  readonly run: K['run'];
  readonly referee: Referee<K>;

  /** `run`: its size (and whatever else the domain wants to know of one) goes for every command; its numbers are not used. */
  constructor(judge: Judge<K>, run: K['run'], spec: Specification<K> = judge.domain.specification()) {
    this.run = run;
    this.referee = new Referee(judge, spec, true);
    this.referee.begin(run.size);
    this.referee.assume();
  }
}

/** One move, for fc.modelRun, fc.asyncModelRun and fc.scheduledModelRun alike: what it is shows when it is its turn. */
export interface Command<K extends Kinds> {
  check(play: Readonly<Play<K>>): boolean & Promise<boolean>;
  // biome-ignore lint/suspicious/noConfusingVoidType: fast-check's sync command returns void, its async one a promise.
  run(play: Play<K>, real: Real<K>): void & Promise<void>;
  toString(): string;
}

class Drawn<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #draw: number;
  #text: string;

  constructor(domain: Domain<K>, draw: number) {
    this.#domain = domain;
    this.#draw = draw;
    this.#text = `draw ${draw}`;
  }

  /** What it became in one run says nothing of the next. */
  [fc.cloneMethod](): Drawn<K> {
    return new Drawn(this.#domain, this.#draw);
  }

  #move({ referee, run }: Readonly<Play<K>>): K['move'] | null {
    return this.#domain.move(this.#draw, referee.situation, run, referee.moves.length);
  }

  check(play: Readonly<Play<K>>): boolean {
    return this.#move(play) !== null;
  }

  run(play: Play<K>, real: Real<K>): void | Promise<void> {
    const { referee } = play;
    const move = this.#move(play) as K['move'];
    this.#text = this.#domain.text(move);
    referee.moves.push(move);
    const { spare } = referee;
    const judge = (answer: K['answer']): void => {
      const failure = referee.step(move, answer, real.look?.(spare) ?? spare);
      const { moves, answers } = referee;
      if (failure) throw new Error(failureText(this.#domain, { ...failure, moves, answers }));
    };
    const answer = real.apply(move, spare);
    return answer instanceof Promise ? answer.then(judge) : judge(answer);
  }

  toString(): string {
    return this.#text;
  }
}

/** Commands of a domain: `fc.modelRun(() => ({ model: new Play(judge, run), real: subject }), commands)`. */
export const commands = <K extends Kinds>(
  domain: Domain<K>,
  constraints: { readonly maxCommands?: number } = {},
): fc.Arbitrary<Iterable<Command<K>>> =>
  fc.commands(
    [
      fc
        .nat({ max: 2 ** 30 - 1 })
        .map((draw) => new Drawn(domain, draw) as unknown as fc.Command<Play<K>, Real<K>>),
    ],
    { maxCommands: 100, size: 'max', ...constraints },
  ) as unknown as fc.Arbitrary<Iterable<Command<K>>>;
