// The kernel as a subject: its choices (what it reclaims, whom it kills) are fed back to the contract, which says whether they were legal.

import { BrokerError, type Seen, Session, type SessionOptions } from '../../../impl/linux/index.ts';
import { NotAlive, RunEnds, type Stumble } from '../../../lockstep/index.ts';
import type { Move } from '../../../model/index.ts';
import type { Rss } from '../../domain/kinds.ts';
import { moveText } from '../../trace/move.ts';
import type { Answer } from '../../view/answer.ts';
import type { Observed, Size, View } from '../../view/view.ts';
import type { OutsideSubject } from '../subject.ts';
import { BOOKS, EVENTS, FORKS, GONE, LARGEST, PEAK, QUIET, WOKEN } from './claims.ts';
import { belowIn, KernelContradiction, kernelShows, kernelShowsTrees, viewOfKernel } from './seen.ts';

/** Told of every new world, and of every move with what the kernel showed after it. */
export interface Witness {
  begin(size: Size): void;
  saw(move: Move, seen: Seen): void;
  end(): void;
}

/** A run's end is waited for: so many runs of a session, and every so many later ones, for a removed group lives on for some 100 ms. */
const PATIENT_RUNS = 3;
const PATIENT_EVERY = 8;
const GROUP_DIES_MS = 3_000;

export class LinuxSubject implements OutsideSubject {
  readonly name: string = 'linux';
  readonly observed: Observed;
  readonly relation = 'contract';
  readonly staysDamaged = true;
  readonly vouches: readonly string[];
  readonly stumble: Stumble<Rss> | null;
  readonly #session: Session;
  readonly #witness: Witness | undefined;
  readonly #signal: AbortSignal | undefined;
  /** In a guest nobody else makes groups, and v1 can be asked how many there are. */
  readonly #countsGroups: boolean;
  readonly #ownKiller: boolean;
  readonly #isV2: boolean;
  /** What was seen before this move. */
  #before: Seen | null = null;
  #runs = 0;
  /** Removed groups that lived on when the session began, and when a patient run began: what earlier runs have left is not this one's. */
  #fewest = 0;
  #undead = 0;
  /** The limit that each group had before this move (v2: the highest so far), and how often it was out of memory before this move. */
  #limits = new Map<number, number>();
  #ooms = new Map<number, number>();
  #members = new Map<number, number>();

  static async open(
    options: SessionOptions = {},
    witness?: Witness,
    stumble: Stumble<Rss> | null = null,
    signal?: AbortSignal,
  ): Promise<LinuxSubject> {
    const session = await Session.open(options);
    const subject = new LinuxSubject(session, options, witness, stumble, signal);
    subject.#fewest = await session.dying(0, 0);
    return subject;
  }

  private constructor(
    session: Session,
    { kernel, cgroup, oom, nested }: SessionOptions,
    witness: Witness | undefined,
    stumble: Stumble<Rss> | null,
    signal: AbortSignal | undefined,
  ) {
    this.#session = session;
    this.#witness = witness;
    this.#signal = signal;
    this.stumble = stumble;
    this.observed = nested ? kernelShowsTrees : kernelShows;
    this.#ownKiller = oom === 'kernel';
    this.#isV2 = cgroup === 'v2';
    this.#countsGroups = kernel !== undefined || cgroup === 'v2';
    this.vouches = [
      ...[BOOKS, QUIET, PEAK],
      ...(this.#isV2 ? [EVENTS, FORKS] : [WOKEN]),
      ...(oom === 'kernel' ? [LARGEST] : []),
      ...(this.#countsGroups ? [GONE] : []),
    ];
  }

  /** The broker's process, or its guest's keeper. */
  get pid(): number {
    return this.#session.pid;
  }

  async reset(size: Size): Promise<void> {
    this.#witness?.begin(size);
    this.#runs++;
    this.#before = null;
    this.#limits.clear();
    this.#ooms.clear();
    this.#members.clear();
    await this.#session.reset(size).catch(asNotAlive('reset'));
    if (this.#countsGroups && this.#isPatient)
      this.#undead = await this.#session.dying(this.#fewest, GROUP_DIES_MS).catch(asNotAlive('reset'));
  }

  async apply(move: Move, view: View): Promise<Answer> {
    this.#signal?.throwIfAborted();
    const text = moveText(move);
    const seen = await this.#session.apply(move).catch(asNotAlive(text));
    this.#witness?.saw(move, seen);
    const [found] = seen.found ?? [];
    if (found) throw new NotAlive(`after ${text}: ${found[1]}`, found[0]);
    const answer = this.#explainKills(move, seen, show(move, seen, view));
    this.#before = seen;
    this.#judgeBooks(text, seen, answer);
    if (move[0] === 'rmdir' && answer.outcome === 'ok' && seen.groups.length === 1) await this.#bury(text);
    return answer;
  }

  /**
   * The kernel's own killer does not tell what it reclaimed before it struck, where only its victims mapped it: all that could be reclaimed, or it
   * had no reason. What a victim had locked and others map is reclaimed or not while the victim dies, and a second task may be killed meanwhile
   * (docs/linux.md): nothing can be said of a run after that.
   */
  #explainKills(move: Move, seen: Seen, answer: Answer): Answer {
    const { killed, reclaimed } = answer;
    const before = this.#before;
    if (!this.#ownKiller || killed.length === 0 || !before) return answer;
    const isBelow = belowIn(before, this.#refuser(move, seen, before));
    const hadLocked = (t: number) => before.tasks.some(([id, , locked]) => id === t && locked.length > 0);
    if (killed.slice(0, -1).some(hadLocked))
      throw new RunEnds('a second task was killed while the first, with what it had locked, was dying');
    const unseen: number[] = [];
    for (const [p, owner] of before.pages) {
      const mappers = before.tasks.filter(([, pages]) => pages.includes(p));
      const locking = mappers.filter(([, , locked]) => locked.includes(p));
      const left = mappers.filter(([t]) => !killed.includes(t));
      if (mappers.length > 1 && locking.some(([t]) => killed.includes(t)))
        throw new RunEnds('a victim had locked what others map');
      if (isBelow(owner) && left.length === 0 && locking.length === 0 && !reclaimed.includes(p))
        unseen.push(p);
    }
    return { ...answer, reclaimed: [...unseen, ...reclaimed] };
  }

  /** Where memory ran out: the highest group on the path that says so since the last move; of a limit, the group that it was written to. */
  #refuser(move: Move, seen: Seen, before: Seen): number {
    if (move[0] === 'setLimit') return Number(move[1]);
    const [home = -1] = before.groups.find(([, , , , , , , tasks]) => tasks.includes(Number(move[1]))) ?? [];
    let highest = home;
    for (const [c, , ooms] of seen.books ?? []) {
      if (ooms > (this.#ooms.get(c) ?? 0) && belowIn(before, c)(highest)) highest = c;
    }
    return highest;
  }

  get #isPatient(): boolean {
    return this.#runs <= PATIENT_RUNS || this.#runs % PATIENT_EVERY === 0;
  }

  #judgeBooks(text: string, seen: Seen, { killed }: Answer): void {
    const { books = [], groups } = seen;
    for (const [c, , ooms, peak] of books) {
      const limit = groups.find(([id]) => id === c)?.[2] ?? 0;
      const most = Math.max(limit, this.#limits.get(c) ?? 0);
      // v1 tells the peak of this move, and its limit is the one before or after it; v2 that of all.
      this.#limits.set(c, this.#isV2 ? most : limit);
      if (peak > most)
        throw new NotAlive(
          `after ${text}: c${c} had ${peak} pages at its peak, and a limit of ${most}`,
          PEAK,
        );
      const risen = ooms - (this.#ooms.get(c) ?? 0);
      // v1 tells an out of memory to all groups below, too.
      if (this.#isV2 && risen > 0 && killed.length === 0 && this.#hadMembers(belowIn(seen, c)))
        throw new NotAlive(
          `after ${text}: c${c} was out of memory ${risen} times, and nobody was killed`,
          EVENTS,
        );
    }
    this.#limits = new Map(books.map(([c]) => [c, this.#limits.get(c) ?? 0]));
    this.#ooms = new Map(books.map(([c, , ooms]) => [c, ooms]));
    this.#members = new Map(groups.map(([c, , , , , , , tasks]) => [c, tasks.length]));
  }

  #hadMembers(isBelow: (c: number) => boolean): boolean {
    return [...this.#members].some(([c, tasks]) => tasks > 0 && isBelow(c));
  }

  /** After the last group of a run: the kernel must have forgotten all of them, after a while. */
  async #bury(text: string): Promise<void> {
    if (!this.#countsGroups || !this.#isPatient) return;
    const left = await this.#session.dying(this.#undead, GROUP_DIES_MS).catch(asNotAlive(text));
    const more = left - this.#undead;
    if (more <= 0) return;
    throw new NotAlive(`after ${text}: ${more} removed groups live on after ${GROUP_DIES_MS / 1000} s`, GONE);
  }

  close(): Promise<void> {
    this.#witness?.end();
    return this.#session.close();
  }
}

/** Fills the view with what the kernel showed after a move. @throws NotAlive if its books contradict each other */
export function show(move: Move, seen: Seen, view: View): Answer {
  try {
    viewOfKernel(seen, view);
  } catch (error) {
    if (error instanceof KernelContradiction)
      throw new NotAlive(`after ${moveText(move)}: ${error.message}`, error.claim);
    throw error;
  }
  return answerOf(seen);
}

const asNotAlive = (what: string) => (error: unknown) => {
  if (error instanceof BrokerError) throw new NotAlive(`on ${what}: ${error.message}`);
  throw error;
};

export const answerOf = ({ outcome, events }: Pick<Seen, 'outcome' | 'events'>): Answer => ({
  outcome,
  killed: events.filter(([kind]) => kind === 'killed').map(([, t]) => t),
  reclaimed: events.filter(([kind]) => kind === 'reclaimed').map(([, p]) => p),
});
