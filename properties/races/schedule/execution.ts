// One execution of a scenario under the scheduler: threads advance one atomic operation at a time, by whom the schedule says.

import type { Handle } from '../../../impl/concurrent/layout.ts';
import type { Move } from '../../../model/index.ts';
import type { Answer } from '../../view/answer.ts';
import type { Call } from '../linearize/history.ts';
import { DataRaces } from './data-race.ts';
import { kinds, PLACE, PLACE_BITS, SLEEP, WAKE } from './gates.ts';
import { type Program, runThrough } from './program.ts';
import type { Scenario } from './scenarios.ts';

export const AWAKE = -1;

/** A logical thread: its moves, and the operation that it is in the middle of. */
class Thread {
  readonly moves: readonly Move[];
  readonly handle: Handle;
  next = 0;
  steps: Generator<number, number, void> | null = null;
  pending = 0;
  invoked = 0;
  /** The word it sleeps on, or AWAKE. */
  asleepOn = AWAKE;

  constructor(moves: readonly Move[], handle: Handle) {
    this.moves = moves;
    this.handle = handle;
  }
}

/** Rebuilt for every schedule: cheap, for the memory is copied from a picture taken after the setup. */
export class Execution {
  readonly #program: Program;
  readonly #picture: Int32Array;
  readonly memory: Int32Array;
  readonly #handles: Handle[];
  readonly #scenario: Scenario;
  readonly races: DataRaces | null;
  threads: Thread[] = [];
  #sleepers: number[] = [];
  calls: Call<Move, Answer>[] = [];
  #clock = 0;

  /** With `dataRaces`, each execution is followed for those too. */
  constructor(program: Program, scenario: Scenario, dataRaces = false) {
    const { layout } = program;
    const capacity = { ...scenario.size, workers: scenario.threads.length };
    this.#program = program;
    this.#scenario = scenario;
    this.memory = new Int32Array(layout.wordsFor(capacity));
    layout.format(this.memory, capacity);
    this.#handles = scenario.threads.map((_, i) => layout.handleOn(this.memory, i, 0));
    for (const move of scenario.setup) runThrough(program.perform(this.#handles[0], move));
    this.#picture = this.memory.slice();
    this.races = dataRaces ? new DataRaces(scenario.threads.length, this.memory.length) : null;
  }

  /** Back to the state after the setup. */
  start(): void {
    this.memory.set(this.#picture);
    this.threads = this.#scenario.threads.map((moves, i) => new Thread(moves, this.#handles[i]));
    this.#sleepers = [];
    this.calls = [];
    this.#clock = 0;
    this.races?.start();
    for (const thread of this.threads) this.#begin(thread);
  }

  /** Up to the operation's first stop: nothing shared is touched before it. */
  #begin(thread: Thread): void {
    const move = thread.moves[thread.next];
    thread.steps = null;
    if (!move) return;
    thread.steps = this.#program.perform(thread.handle, move);
    thread.invoked = 0;
    const { value } = thread.steps.next();
    thread.pending = value;
  }

  isDone(i: number): boolean {
    return this.threads[i].steps === null;
  }

  isEnabled(i: number): boolean {
    return this.threads[i].steps !== null && this.threads[i].asleepOn === AWAKE;
  }

  /** The thread is between two operations: to switch here preempts nobody. */
  isBetween(i: number): boolean {
    return this.threads[i].invoked === 0;
  }

  /** Thread i does its next atomic operation, and stops before the one after it. */
  step(i: number): void {
    const thread = this.threads[i];
    if (thread.invoked === 0) thread.invoked = ++this.#clock;
    if (this.races) this.races.thread = i;
    this.#program.watch.by = this.races;
    try {
      this.#advance(i, thread);
    } finally {
      this.#program.watch.by = null;
    }
  }

  #advance(i: number, thread: Thread): void {
    let { done, value } = (thread.steps as Generator<number, number, void>).next();
    while (!done && value >>> PLACE_BITS === WAKE >>> PLACE_BITS) {
      this.#wake(value & PLACE, this.#program.news.count);
      ({ done, value } = (thread.steps as Generator<number, number, void>).next());
    }
    if (done) this.#respond(i, value);
    else if (value >>> PLACE_BITS === SLEEP >>> PLACE_BITS) {
      thread.asleepOn = value & PLACE;
      this.#sleepers.push(i);
    } else thread.pending = value;
  }

  #wake(at: number, count: number): void {
    let left = count;
    this.#sleepers = this.#sleepers.filter((i) => {
      if (left === 0 || this.threads[i].asleepOn !== at) return true;
      left--;
      this.threads[i].asleepOn = AWAKE;
      this.threads[i].pending = (kinds.indexOf('wake') << PLACE_BITS) | at;
      return false;
    });
  }

  #respond(i: number, code: number): void {
    const thread = this.threads[i];
    const { killed, reclaimed } = thread.handle;
    this.calls.push({
      thread: i,
      input: thread.moves[thread.next],
      output: {
        outcome: this.#program.index.outcomeName(code),
        killed: [...killed],
        reclaimed: [...reclaimed],
      },
      invoked: thread.invoked,
      responded: ++this.#clock,
    });
    thread.next++;
    this.#begin(thread);
  }

  /** What thread i is about to do, and with the word as it is now. */
  pendingOf(i: number): { kind: string; word: string; at: number } {
    const { pending, handle } = this.threads[i];
    const at = pending & PLACE;
    return { kind: kinds[pending >>> PLACE_BITS], word: this.#program.layout.nameOf(handle, at), at };
  }
}
