// Shrinks what a subject outside this process was found by: by leaving out alone, for it answers too slowly to be searched.

import { ALIVE, type Domain, type Kinds, NotAlive, type OpenSubject, type Patience } from '../domain.ts';
import { Judge, type JudgeOptions } from '../judge.ts';
import { fromList, OutsideLockstep, type Violation } from '../lockstep.ts';
import { noProof } from './prove.ts';
import { keyOf, type Reduction, reduce } from './reduce.ts';
import { NotReproduced } from './runner.ts';
import type { ShrinkResult } from './shrink.ts';

/** Opens the subject with room for a trace. */
export type Opener<K extends Kinds> = (waiting: Patience) => Promise<OpenSubject<K>>;

/** A program answers a few thousand moves a second, or only a few: so many traces are tried at most. The time is for programs that are slower still. */
const MOST = 400;
const SECONDS = 300;
/** Silence is taken for silence sooner than in a hunt, and what it says is asked again at the end. */
const PATIENCE_MS = 2000;

/** @throws NotReproduced, and Unavailable if the subject cannot run here. */
export async function shrinkOutside<K extends Kinds>(
  domain: Domain<K>,
  open: Opener<K>,
  violation: Violation<K>,
  size: K['size'],
  waiting: Patience = {},
): Promise<ShrinkResult<K>> {
  const runner = new OutsideRunner(domain, open, size, waiting);
  try {
    const again = await runner.reproduce(violation);
    const reduced = await runner.drive(reduce(domain, again));
    const shrunk = reduced.claim === ALIVE ? await runner.confirm(reduced.moves) : reduced;
    if (!shrunk) throw new NotReproduced('it answers again, only too late for the search of a shorter trace');
    const slipped = shrunk.claim !== again.claim && !(await runner.breaks(shrunk.moves, again.claim));
    const kept = slipped ? await runner.drive(reduce(domain, again), again.claim) : null;
    const { executions } = runner;
    const tried = `${executions} traces were tried, shorter ones not searched for`;
    const text = runner.isSpent
      ? `not every move was left out in turn: ${tried}`
      : `leaving out any one move mends it; ${tried}`;
    const proof = { ...noProof(domain.shrinking, shrunk.moves), complete: false, text };
    return {
      violation: shrunk,
      kept,
      size: proof.size,
      text: shrunk.moves.map((move) => domain.text(move)).join('\n'),
      executions,
      proof,
    };
  } finally {
    await runner.close();
  }
}

/** Runs traces on a program, and starts it anew after each that ends it or silences it. */
class OutsideRunner<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #open: Opener<K>;
  readonly #room: K['size'];
  readonly #waiting: Patience;
  readonly #until = performance.now() + SECONDS * 1000;
  readonly #known = new Map<string, Violation<K> | null>();
  #subject: OpenSubject<K> | null = null;
  #lockstep: OutsideLockstep<K> | null = null;
  #closing = false;
  executions = 0;

  constructor(domain: Domain<K>, open: Opener<K>, room: K['size'], waiting: Patience) {
    this.#waiting = waiting;
    this.#domain = domain;
    this.#open = open;
    this.#room = room;
  }

  get isSpent(): boolean {
    const isLate = performance.now() >= this.#until || (this.#waiting.signal?.aborted ?? false);
    return isLate || this.executions >= MOST;
  }

  /** The violation, run again; what only the closing moves show is closed from then on. @throws NotReproduced */
  async reproduce({ claim, moves }: Violation<K>): Promise<Violation<K>> {
    for (const closing of [false, true]) {
      this.#closing = closing;
      this.#known.clear();
      const again = await this.run(moves);
      if (again) return again;
    }
    if (this.#waiting.signal?.aborted) throw new NotReproduced('interrupted');
    throw new NotReproduced(`the trace that broke ${claim} does not fail again`);
  }

  async run(moves: readonly K['move'][]): Promise<Violation<K> | null> {
    const key = keyOf(this.#domain, moves);
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    if (this.isSpent) return null;
    this.executions++;
    const { patience = PATIENCE_MS } = this.#waiting;
    const found = await this.#execute(moves, Math.min(patience, PATIENCE_MS));
    this.#known.set(key, found);
    return found;
  }

  /** Answers a reduction until it has its result. With `claim`, a trace that breaks another one does not count. */
  async drive(reduction: Reduction<K>, claim?: string): Promise<Violation<K>> {
    let step = reduction.next();
    while (!step.done) {
      const found = await this.run(step.value);
      step = reduction.next(found && (claim === undefined || found.claim === claim) ? found : null);
    }
    return step.value;
  }

  /** Does the trace break this claim, too, besides the one that is told of? */
  async breaks(moves: readonly K['move'][], claim: string): Promise<boolean> {
    if (claim === ALIVE) return false;
    this.#lockstep ??= await this.#start(undefined);
    if (!this.#subject) return false;
    const judge = this.#judgeOf(this.#subject, { only: [claim], excuse: false });
    const lockstep = new OutsideLockstep(this.#subject, judge);
    const found = await lockstep.run(this.#room, fromList(moves), this.#closing);
    return found?.claim === claim;
  }

  /** Is it silent also when it has all the time of a hunt? */
  async confirm(moves: readonly K['move'][]): Promise<Violation<K> | null> {
    await this.close();
    return this.#execute(moves);
  }

  async #execute(moves: readonly K['move'][], patience?: number): Promise<Violation<K> | null> {
    try {
      this.#lockstep ??= await this.#start(patience);
      const found = await this.#lockstep.run(this.#room, fromList(moves), this.#closing);
      // The next trace must not pay for what this one has lost.
      if (found && (found.claim === ALIVE || this.#subject?.staysDamaged)) await this.close();
      return found;
    } catch (error) {
      if (this.#waiting.signal?.aborted) return null;
      throw error;
    }
  }

  async #start(patience: number | undefined): Promise<OutsideLockstep<K>> {
    // On a busy machine a program may need longer to start than it has for an answer.
    this.#subject = await this.#open({
      ...this.#waiting,
      patience: patience ?? this.#waiting.patience,
    }).catch(() =>
      this.#open(this.#waiting).catch((error: unknown) => {
        if (error instanceof NotAlive) throw new NotReproduced(`it does not start again: ${error.message}`);
        throw error;
      }),
    );
    return new OutsideLockstep(this.#subject, this.#judgeOf(this.#subject));
  }

  #judgeOf(subject: OpenSubject<K>, options: JudgeOptions = {}): Judge<K> {
    const domain = this.#domain.subjects?.followed?.(subject) ?? this.#domain;
    return new Judge(domain, subject.observed, options);
  }

  async close(): Promise<void> {
    const subject = this.#subject;
    this.#subject = this.#lockstep = null;
    await subject?.close();
  }
}
