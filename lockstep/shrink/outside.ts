// Shrinks what a subject outside this process was found by: first by leaving out; then what is shorter is looked for where the specification says
// that something new is to be seen; then all shorter traces are tried, for what a program remembers cannot be seen.

import {
  ALIVE,
  type Domain,
  type Kinds,
  NotAlive,
  noneIfGone,
  type OpenSubject,
  type Patience,
} from '../domain.ts';
import { Judge, type JudgeOptions } from '../judge.ts';
import { fromList, OutsideLockstep, type Violation } from '../lockstep.ts';
import { Crew } from '../outside/crew.ts';
import { Tour } from '../outside/tour.ts';
import { Traces } from '../outside/traces.ts';
import { noProof, type Proof, scopeText } from './prove.ts';
import { keyOf, type Reduction, reduce } from './reduce.ts';
import { NotReproduced } from './runner.ts';
import type { ShrinkOptions, ShrinkResult } from './shrink.ts';

/** Opens the subject with room for a trace; `whole`: for a search. */
export type Opener<K extends Kinds> = (waiting: Patience & { whole?: boolean }) => Promise<OpenSubject<K>>;

/** A program answers a few thousand moves a second, or only a few: so many traces are tried at most. The time is for programs that are slower still. */
const MOST = 400;
const SECONDS = 300;
/** So many moves each of the two searches may send, if nothing else is said: a few seconds of a program. */
const MOVES = 20_000;
/** A search is bounded by the moves that it sends; only of a program that is slow, by this time. */
const SEARCH_SECONDS = 60;
/** Silence is taken for silence sooner than in a hunt, and what it says is asked again at the end. */
const PATIENCE_MS = 2000;

/** @throws NotReproduced, and Unavailable if the subject cannot run here. */
export async function shrinkOutside<K extends Kinds>(
  domain: Domain<K>,
  open: Opener<K>,
  violation: Violation<K>,
  size: K['size'],
  options: ShrinkOptions<K> = {},
): Promise<ShrinkResult<K>> {
  const { patience, signal } = options;
  const runner = new OutsideRunner(domain, open, size, { patience, signal });
  try {
    const again = await runner.reproduce(violation);
    const reduced = await runner.drive(reduce(domain, again));
    const confirmed = reduced.claim === ALIVE ? await runner.confirm(reduced.moves) : reduced;
    if (!confirmed)
      throw new NotReproduced('it answers again, only too late for the search of a shorter trace');
    const { violation: shrunk, proof } = await new Shortest(domain, open, size, options, runner).of(
      confirmed,
    );
    const slipped = shrunk.claim !== again.claim && !(await runner.breaks(shrunk.moves, again.claim));
    const kept = slipped ? await runner.drive(reduce(domain, again), again.claim) : null;
    const { executions } = runner;
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

/** Looks for what is shorter than a trace that fails, and says how far that was done. */
class Shortest<K extends Kinds> {
  readonly #domain: Domain<K>;
  readonly #open: Opener<K>;
  readonly #room: K['size'];
  readonly #options: ShrinkOptions<K>;
  readonly #runner: OutsideRunner<K>;
  /** Who names a budget of moves waits for it. */
  readonly #until: number;
  readonly #half: number;

  constructor(
    domain: Domain<K>,
    open: Opener<K>,
    room: K['size'],
    options: ShrinkOptions<K>,
    runner: OutsideRunner<K>,
  ) {
    this.#domain = domain;
    this.#open = open;
    this.#room = room;
    this.#options = options;
    this.#runner = runner;
    const seconds = options.situations === undefined ? SEARCH_SECONDS : Infinity;
    this.#until = performance.now() + seconds * 1000;
    this.#half = performance.now() + (seconds / 2) * 1000;
  }

  readonly #isOver = (): boolean =>
    performance.now() >= this.#until || (this.#options.signal?.aborted ?? false);

  /** The search for a shorter one leaves time to prove that there is none. */
  readonly #isHalfOver = (): boolean => performance.now() >= this.#half || this.#isOver();

  async of(violation: Violation<K>): Promise<{ violation: Violation<K>; proof: Proof<K> }> {
    const { shrinking } = this.#domain;
    const { situations = MOVES, patience = PATIENCE_MS, signal } = this.#options;
    const isWalked = shrinking && situations > 0 && !this.#runner.closes && violation.moves.length > 0;
    if (!isWalked || this.#isOver()) return { violation, proof: this.#leftOut(violation) };
    const open = () => this.#open({ patience: Math.min(patience, PATIENCE_MS), signal, whole: true });
    const crew = await Crew.open(open, this.#domain, this.#room).catch(noneIfGone);
    if (!crew) return { violation, proof: this.#leftOut(violation) };
    try {
      const [{ subject }] = crew.walkers;
      const followed = this.#domain.subjects?.followed?.(subject) ?? this.#domain;
      // What chooses for itself is in no situation that the specification knows before it was asked.
      if (followed.choices) return { violation, proof: this.#leftOut(violation) };
      return await this.#search(violation, crew, situations);
    } catch (error) {
      if (!signal?.aborted && !(error instanceof NotAlive)) throw error;
      return { violation, proof: this.#leftOut(violation) };
    } finally {
      await crew.close();
    }
  }

  async #search(
    start: Violation<K>,
    crew: Crew<K>,
    budget: number,
  ): Promise<{ violation: Violation<K>; proof: Proof<K> }> {
    let violation = start;
    let clearByTour = 0;
    const toured = await this.#tour(violation, crew, budget);
    if (crew.gone) throw crew.gone;
    const shorter = toured.found && (await this.#again(toured.found.moves, violation));
    if (shorter) violation = shorter;
    if (!toured.isCut && (!toured.found || shorter)) clearByTour = violation.moves.length - 1;
    const { size, moves, isNamed } = this.#within(violation);
    const traces = await new Traces(this.#domain, crew, {
      size: this.#room,
      moves,
      renaming: isNamed,
      longest: violation.moves.length - 1,
      budget,
      isOver: this.#isOver,
      progress: ({ clear, sent }) => this.#options.progress?.({ size, clear, tried: sent }),
    }).run();
    if (crew.gone) throw crew.gone;
    const found = traces.found && (await this.#again(traces.found, violation));
    if (found) violation = found;
    const shortest = violation.moves.length - 1;
    const { clear, traces: situations, sent: tried } = traces;
    const complete = clear >= shortest;
    const scope = scopeText(this.#domain.shrinking, size);
    const looked = `${situations} traces, ${tried} moves tried${scope}${isNamed ? ', up to names' : ''}`;
    const likely =
      clearByTour > clear
        ? `; nor up to ${clearByTour} if what the specification cannot tell apart is one`
        : '';
    const late = performance.now() >= this.#until ? `; stopped after ${SEARCH_SECONDS} s` : '';
    const text = complete
      ? `nothing shorter fails: ${looked}`
      : `none up to ${clear} moves: ${looked}${likely}${late}`;
    const proof = { complete, upTo: Math.min(clear, shortest), size, situations, tried, text };
    return { violation, proof };
  }

  #tour(violation: Violation<K>, crew: Crew<K>, budget: number) {
    const { size, moves } = this.#within(violation);
    return new Tour(this.#domain, crew, {
      size: this.#room,
      moves,
      longest: violation.moves.length - 1,
      budget,
      isOver: this.#isHalfOver,
      progress: ({ depth, tried }) => this.#options.progress?.({ size, clear: depth, tried }),
    }).run();
  }

  /** The scope of a trace, its moves, and whether the trace names things in the order of first use: only then others stand for it. */
  #within({ moves: trace }: Violation<K>) {
    const known = this.#domain.shrinking as NonNullable<Domain<K>['shrinking']>;
    const size = known.homes?.(trace).at(-1) ?? known.room(trace);
    const moves = [...known.moves(size), ...(known.beyond?.(size, trace) ?? [])];
    return { size, moves, isNamed: known.names !== undefined && (known.isRenamed?.(trace) ?? true) };
  }

  /** The shorter trace, as the runner sees it, too. */
  async #again(moves: readonly K['move'][], than: Violation<K>): Promise<Violation<K> | null> {
    if (moves.length >= than.moves.length) return null;
    const found = await this.#runner.confirm(moves);
    return found && found.moves.length < than.moves.length ? found : null;
  }

  #leftOut({ moves }: Violation<K>): Proof<K> {
    const tried = `${this.#runner.executions} traces were tried, shorter ones not searched for`;
    const text = this.#runner.isSpent
      ? `not every move was left out in turn: ${tried}`
      : `leaving out any one move mends it; ${tried}`;
    return { ...noProof(this.#domain.shrinking, moves), complete: false, text };
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

  /** It fails only when it is closed. */
  get closes(): boolean {
    return this.#closing;
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
    const key = keyOf(moves);
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
    }).catch((late: unknown) => {
      if (!(late instanceof NotAlive)) throw late;
      return this.#open(this.#waiting).catch((error: unknown) => {
        if (error instanceof NotAlive) throw new NotReproduced(`it does not start again: ${error.message}`);
        throw error;
      });
    });
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
