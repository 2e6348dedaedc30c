// Shrinks what any implementation was found by: those of this process with a proof, those outside of it by leaving out alone.

import { ALIVE, fromList, Judge, NotAlive, OutsideLockstep, type Patience } from '../../../lockstep/index.ts';
import { type Move, type ProfileName, profiles, type Scope } from '../../../model/index.ts';
import { domainOf, type Rss, type Violation } from '../../domain/index.ts';
import { ControllerSubject } from '../../subjects/controller.ts';
import { openOutside, openSubject } from '../../subjects/implementation.ts';
import { isLinux, isOutside } from '../../subjects/known.ts';
import { loadController } from '../../subjects/load.ts';
import type { OutsideSubject } from '../../subjects/subject.ts';
import { scopeOf } from '../../trace/move.ts';
import { keyOf, textOf } from './moves.ts';
import { type Reduction, reduce } from './reduce.ts';
import { NotReproduced, roomFor, type ShrinkOptions, type ShrinkResult, shrinkInTurns } from './shrink.ts';

/** @throws NotReproduced, and Unavailable if the implementation cannot run here. */
export async function shrinkOn(
  impl: string,
  profile: ProfileName,
  violation: Violation,
  options: ShrinkOptions = {},
): Promise<ShrinkResult> {
  if (isOutside(impl)) return shrinkOutside(impl, profile, violation, options);
  if (impl === 'controller') {
    // The controller as it is on disk, with its private names made plain: the search must see all that it remembers.
    const Class = await loadController(null);
    return shrinkInTurns(() => new ControllerSubject(profile, undefined, Class), profile, violation, options);
  }
  const subject = await openSubject(impl, profile, roomFor(violation.moves));
  return shrinkInTurns(() => subject, profile, violation, options);
}

/** A program answers a few thousand moves a second, or only a few: so many traces are tried at most. The time is for programs that are slower still. */
const MOST = 400;
const SECONDS = 300;
/** Silence is taken for silence sooner than in a hunt, and what it says is asked again at the end. */
const PATIENCE_MS = 2000;

async function shrinkOutside(
  impl: string,
  profileName: ProfileName,
  violation: Violation,
  waiting: Patience,
): Promise<ShrinkResult> {
  const runner = new OutsideRunner(impl, profileName, roomFor(violation.moves), waiting);
  try {
    const again = await runner.reproduce(violation);
    const reduced = await runner.drive(reduce(again));
    const shrunk = reduced.claim === ALIVE ? await runner.confirm(reduced.moves) : reduced;
    if (!shrunk) throw new NotReproduced('it answers again, only too late for the search of a shorter trace');
    const slipped = shrunk.claim !== again.claim && !(await runner.breaks(shrunk.moves, again.claim));
    const kept = slipped ? await runner.drive(reduce(again), again.claim) : null;
    const scope = scopeOf(shrunk.moves);
    const { executions } = runner;
    const tried = `${executions} traces were tried, shorter ones not searched for`;
    const text = runner.isSpent
      ? `not every move was left out in turn: ${tried}`
      : `leaving out any one move mends it; ${tried}`;
    const proof = { complete: false, upTo: 0, scope, situations: 0, tried: 0, text };
    return { violation: shrunk, kept, scope, text: textOf(shrunk.moves), executions, proof };
  } finally {
    await runner.close();
  }
}

/** Runs traces on a program, and starts it anew after each that ends it or silences it. */
class OutsideRunner {
  readonly #impl: string;
  readonly #profile: ProfileName;
  readonly #room: Scope;
  readonly #waiting: Patience;
  readonly #until = performance.now() + SECONDS * 1000;
  readonly #known = new Map<string, Violation | null>();
  #subject: OutsideSubject | null = null;
  #lockstep: OutsideLockstep<Rss> | null = null;
  #closing = false;
  executions = 0;

  constructor(impl: string, profile: ProfileName, room: Scope, waiting: Patience) {
    this.#waiting = waiting;
    this.#impl = impl;
    this.#profile = profile;
    this.#room = room;
  }

  get isSpent(): boolean {
    const isLate = performance.now() >= this.#until || (this.#waiting.signal?.aborted ?? false);
    return isLate || this.executions >= MOST;
  }

  /** The violation, run again; what only the closing moves show is closed from then on. @throws NotReproduced */
  async reproduce({ claim, moves }: Violation): Promise<Violation> {
    for (const closing of [false, true]) {
      this.#closing = closing;
      this.#known.clear();
      const again = await this.run(moves);
      if (again) return again;
    }
    if (this.#waiting.signal?.aborted) throw new NotReproduced('interrupted');
    throw new NotReproduced(`the trace that broke ${claim} does not fail again`);
  }

  async run(moves: readonly Move[]): Promise<Violation | null> {
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
  async drive(reduction: Reduction, claim?: string): Promise<Violation> {
    let step = reduction.next();
    while (!step.done) {
      const found = await this.run(step.value);
      step = reduction.next(found && (claim === undefined || found.claim === claim) ? found : null);
    }
    return step.value;
  }

  /** Does the trace break this claim, too, besides the one that is told of? */
  async breaks(moves: readonly Move[], claim: string): Promise<boolean> {
    if (claim === ALIVE) return false;
    this.#lockstep ??= await this.#start(undefined);
    if (!this.#subject) return false;
    const { observed, relation } = this.#subject;
    const judge = new Judge(domainOf(profiles[this.#profile], relation), observed, {
      only: [claim],
      excuse: false,
    });
    const lockstep = new OutsideLockstep(this.#subject, judge);
    const found = await lockstep.run(this.#room, fromList(moves), this.#closing);
    return found?.claim === claim;
  }

  /** Is it silent also when it has all the time of a hunt? */
  async confirm(moves: readonly Move[]): Promise<Violation | null> {
    await this.close();
    return this.#execute(moves);
  }

  async #execute(moves: readonly Move[], patience?: number): Promise<Violation | null> {
    try {
      this.#lockstep ??= await this.#start(patience);
      const found = await this.#lockstep.run(this.#room, fromList(moves), this.#closing);
      // What a kernel has lost stays lost: the next trace must not pay for it.
      if (found && (found.claim === ALIVE || isLinux(this.#impl))) await this.close();
      return found;
    } catch (error) {
      if (this.#waiting.signal?.aborted) return null;
      throw error;
    }
  }

  async #start(patience: number | undefined): Promise<OutsideLockstep<Rss>> {
    const profile = profiles[this.#profile];
    this.#subject = await this.#open(patience).catch(() =>
      this.#open(undefined).catch((error: unknown) => {
        if (error instanceof NotAlive) throw new NotReproduced(`it does not start again: ${error.message}`);
        throw error;
      }),
    );
    const { observed, relation } = this.#subject;
    return new OutsideLockstep(this.#subject, new Judge(domainOf(profile, relation), observed));
  }

  /** On a busy machine a program may need longer to start than it has for an answer. */
  #open(patience: number | undefined): Promise<OutsideSubject> {
    const waiting = patience === undefined ? this.#waiting : { ...this.#waiting, patience };
    return openOutside(this.#impl, this.#profile, this.#room, waiting);
  }

  async close(): Promise<void> {
    const subject = this.#subject;
    this.#subject = this.#lockstep = null;
    await subject?.close();
  }
}
