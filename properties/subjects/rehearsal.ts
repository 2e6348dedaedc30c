// A dry run of the line protocol: the greeting, a move of each kind, a reset, how fast. What is right is for `verify`; this asks what is understood.

import { NotAlive } from '../../lockstep/index.ts';
import { initial, lru, type Move, type Profile, type State, step } from '../../model/index.ts';
import { claims } from '../claims/index.ts';
import { OUTSIDE } from '../domain/index.ts';
import { moveText } from '../trace/move.ts';
import { answersDiffer } from '../view/answer.ts';
import { difference, type Observable, observables, View, viewOfState } from '../view/view.ts';
import { isNotBuilt, type OpenOptions, ProgramSubject } from './program.ts';

/** Every kind of move, each with its effect; refusals; a limit that no double holds; a reclaim and a kill. */
const moves: readonly Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['mkdir', 1],
  ['rmdir', 2],
  ['spawn', 0, 0],
  ['touch', 0, 0],
  ['touch', 0, 0],
  ['fork', 0, 1],
  ['move', 1, 1],
  ['touch', 1, 1],
  ['pin', 0, 1],
  ['touch', 0, 1],
  ['pin', 0, 1],
  ['unpin', 0, 1],
  ['copy', 0, 1, 2],
  ['unmap', 0, 2],
  ['evict', 1],
  ['setLimit', 1, 2n ** 62n],
  ['setLimit', 1, 2n ** 63n],
  ['setLimit', 0, 1],
  ['touch', 0, 3],
  ['pin', 0, 3],
  ['touch', 0, 4],
  ['exit', 1],
  ['rmdir', 1],
];

/** Where something is left to build, the moves above may be refused for want of it. Each of these has an effect after what any program has first. */
const beginning: readonly Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['spawn', 0, 0],
  ['touch', 0, 0],
];
const single: readonly Move[] = [
  ['rmdir', 1],
  ['fork', 0, 1],
  ['exit', 0],
  ['move', 0, 1],
  ['unmap', 0, 0],
  ['copy', 0, 0, 1],
  ['pin', 0, 0],
  ['unpin', 0, 0],
  ['setLimit', 0, 5],
  ['evict', 0],
];

export interface Rehearsal {
  /** Its answer to the greeting; null: it gave none that can be read. */
  readonly greeting: string | null;
  readonly moves: readonly { readonly move: string; readonly outcome: string | null }[];
  readonly notBuilt: readonly string[];
  readonly observed: readonly Observable[];
  /** What it does not show, and the claims that cannot be judged for it. */
  readonly missing: readonly { readonly observable: Observable; readonly claims: readonly string[] }[];
  readonly movesPerSecond: number | null;
  /** Where it did other than the contract first; null: nowhere. */
  readonly differs: string | null;
  /** Each with the line that was sent and the line that came. */
  readonly complaints: readonly string[];
}

const SPEED_MS = 300;

/** Opens the program and plays it all. @throws Skipped if it declines the profile */
export async function rehearse(command: string, profile: Profile, options: OpenOptions): Promise<Rehearsal> {
  const scope = { ...OUTSIDE, limit: OUTSIDE.pages + 1 };
  let subject: ProgramSubject;
  try {
    subject = await ProgramSubject.open(command, profile, scope, options);
  } catch (error) {
    if (!(error instanceof NotAlive)) throw error;
    const nothing = {
      moves: [],
      notBuilt: [],
      observed: [],
      missing: [],
      movesPerSecond: null,
      differs: null,
    };
    return { ...nothing, greeting: null, complaints: [error.message] };
  }
  try {
    const { greeting, observed } = subject;
    const stage = new Stage(subject, profile);
    if (subject.stumble) stage.complain(subject.stumble.witness);
    await stage.reset();
    for (const move of moves) if (stage.isOpen) await stage.make(move);
    if (stage.isOpen) await stage.reset();
    // What it was is forgotten.
    if (stage.isOpen) await stage.make(['mkdir', 2]);
    if (stage.isOpen && stage.notBuilt.size > 0) await stage.eachAlone();
    const isFlat = profile.hierarchy === 'flat';
    const missing = observables.filter((what) => !observed.has(what) && !(isFlat && what === 'parent'));
    return {
      greeting,
      moves: stage.made,
      notBuilt: [...stage.notBuilt],
      observed: [...observed],
      missing: missing.map((observable) => ({ observable, claims: needing(observable) })),
      movesPerSecond: stage.complaints.length === 0 ? await stage.speed() : null,
      differs: stage.differs,
      complaints: stage.complaints,
    };
  } finally {
    await subject.close();
  }
}

const needing = (what: Observable): string[] =>
  claims.filter(({ needs }) => needs.includes(what)).map(({ name }) => name);

/** A run with the specification beside it. */
class Stage {
  readonly made: { readonly move: string; readonly outcome: string | null }[] = [];
  readonly notBuilt = new Set<string>();
  readonly complaints: string[] = [];
  differs: string | null = null;
  isOpen = true;
  readonly #subject: ProgramSubject;
  readonly #profile: Profile;
  readonly #seen = new View(OUTSIDE);
  readonly #spec = new View(OUTSIDE);
  #state: State;

  constructor(subject: ProgramSubject, profile: Profile) {
    this.#subject = subject;
    this.#profile = profile;
    this.#state = initial(profile);
  }

  complain(what: string): void {
    if (!this.complaints.includes(what)) this.complaints.push(what);
  }

  async reset(): Promise<void> {
    this.#state = initial(this.#profile);
    await this.#subject.reset(OUTSIDE).catch((error) => this.#caught(error));
  }

  async make(move: Move): Promise<void> {
    const expected = step(this.#state, move, lru);
    try {
      const answer = await this.#subject.apply(move, this.#seen);
      this.made.push({ move: moveText(move), outcome: answer.outcome });
      // A program with another policy is not to be told what it reclaims; one with something left to build has gone other ways.
      if (this.#subject.relation !== 'lru' || this.notBuilt.size > 0) return;
      this.#state = expected.state;
      const differs =
        answersDiffer(answer, expected, this.#subject.observed) ??
        difference(this.#seen, viewOfState(expected.state, this.#spec), this.#subject.observed);
      if (differs !== null) this.differs ??= `${moveText(move)}: ${differs}`;
    } catch (error) {
      this.made.push({ move: moveText(move), outcome: null });
      if (isNotBuilt(error)) this.notBuilt.add(error.what);
      else this.#caught(error);
    }
  }

  /** What is not built: each move after the few that are there first. It is not told of as a move that was made. */
  async eachAlone(): Promise<void> {
    const { length } = this.made;
    for (const move of single) {
      if (!this.isOpen) break;
      await this.reset();
      for (const one of [...beginning, move]) if (this.isOpen) await this.make(one);
    }
    if (this.isOpen) await this.reset();
    this.made.length = length;
    // In the order of the contract's table.
    const order = single.map(([name]) => name as string);
    const all = [...this.notBuilt].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    this.notBuilt.clear();
    for (const what of all) this.notBuilt.add(what);
  }

  /** After a line that cannot be read comes the next one; a program that is silent or gone says no more. */
  #caught(error: unknown): void {
    if (!(error instanceof NotAlive)) throw error;
    this.complain(error.message);
    this.isOpen = !/: (it ended|it cannot be started|no answer in|its line passes) /.test(error.message);
  }

  /** Moves a second, views read and all. */
  async speed(): Promise<number> {
    const from = performance.now();
    let made = 0;
    for (; performance.now() - from < SPEED_MS; made++) await this.#subject.apply(['rmdir', 0], this.#seen);
    return Math.round((made * 1000) / (performance.now() - from));
  }
}
