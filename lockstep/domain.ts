// What a domain says of itself: moves, answers, views, how they are drawn and compared, what is claimed. The engine knows nothing else of it.

import type fc from 'fast-check';
import type { Claim, Reachable } from './claim.ts';

/** The types of a domain in one bundle, so that everything else takes one parameter. Moves are data. */
export interface Kinds {
  /** The names that domains of these kinds have. */
  readonly name: string;
  readonly move: unknown;
  /** What a subject answers to a move. */
  readonly answer: unknown;
  /** What an observer sees of a subject between moves. */
  readonly view: unknown;
  /** How large the world is that a run has. */
  readonly size: unknown;
  /** What a run is drawn as: a Run, and whatever else `move` wants to know. */
  readonly run: Run<unknown>;
  /** What a claim looks at: a Step, or what `observation` makes of one. */
  readonly step: unknown;
}

/** The kinds of a domain whose runs and steps are the usual ones. */
export interface Plain<Move, Answer, View, Size = null> extends Kinds {
  readonly name: string;
  readonly move: Move;
  readonly answer: Answer;
  readonly view: View;
  readonly size: Size;
  readonly run: Run<Size>;
  readonly step: Step<Move, Answer, View>;
}

/** A drawn run: its size and a number a move. What a number means depends on the situation it is used in. */
export interface Run<Size> {
  readonly size: Size;
  readonly draws: readonly number[];
}

/** One judged move: the views around it, and what the subject answered. A run claim sees the views before and after the closing moves. */
export interface Step<Move, Answer, View> {
  readonly before: View;
  readonly after: View;
  readonly move: Move;
  readonly answer: Answer;
}

/** Names of what a subject can show. What it does not show is not compared, and claims that need it are `not observed`. */
export type Observed = ReadonlySet<string>;

/** What is judged, in this process. */
export interface Subject<K extends Kinds> {
  /** Left out: all of the domain's observables. */
  readonly observed?: Observed;
  /** Back to the initial state; before a run that was drawn, which may hold more for the subject than moves. */
  reset(run?: K['run']): void;
  /** The answer is the caller's: the next move leaves it alone. */
  apply(move: K['move']): K['answer'];
  /** What can be seen now. It may be written into `into`, a view that nobody needs any more, and that then be returned. */
  look(into: K['view']): K['view'];
  /** The subject's own walk over its structure, made once a run: the first inconsistency, or null. */
  verify?(): string | null;
}

/** What is judged, outside this process: every answer is waited for, and comes with what is seen after it. */
export interface OutsideSubject<K extends Kinds> {
  readonly observed?: Observed;
  /** Claims that it judges itself after every move: it throws a NotAlive that names the one that is broken. */
  readonly vouches?: readonly string[];
  reset(size: K['size']): Promise<void>;
  /** What is seen after the move is written into `into`, unless there is a `look`. @throws NotAlive when it does not answer, or not in the protocol */
  apply(move: K['move'], into: K['view']): Promise<K['answer']>;
  /** What it showed with its last answer, where views are values. */
  look?(): K['view'];
  /** A move after which nobody looks. */
  act?(move: K['move']): Promise<K['answer']>;
  /** Runs that will be asked next, in this order, each from a reset: a subject that hears of them together answers sooner. */
  ahead?(runs: readonly (readonly Ahead<K>[])[]): void;
}

/** A move, and whether somebody looks after it: then it is asked for by `apply`, else by `act`. */
export interface Ahead<K extends Kinds> {
  readonly move: K['move'];
  readonly look: boolean;
}

/** A subject outside this process that is to be closed in the end. */
export interface OpenSubject<K extends Kinds> extends OutsideSubject<K> {
  /** What it did wrong when it was opened and asked a few moves to learn what it shows. It was then started anew. */
  readonly stumble?: Stumble<K> | null;
  /** What it has lost stays lost: after a violation it is opened anew. */
  readonly staysDamaged?: boolean;
  close(): Promise<void>;
}

/** Moves after which a subject does not answer any more, or not in the protocol. */
export interface Stumble<K extends Kinds> {
  readonly moves: readonly K['move'][];
  readonly witness: string;
  /** The claim that it broke, if it answers. */
  readonly claim?: string;
}

/** How subjects are opened: those of this process in each thread anew, those outside once. Both throw Unavailable with the reason. */
export interface Openers<K extends Kinds> {
  open(impl: string, size: K['size'] | undefined): Subject<K> | Promise<Subject<K>>;
  openOutside?(impl: string, size: K['size'] | undefined, options: OutsideOptions): Promise<OpenSubject<K>>;
  /** Is what has this name outside of this process? Left out: nothing is. */
  isOutside?(impl: string): boolean;
  /** The domain that an outside subject asks to be held against, if it is another. */
  followed?(subject: OutsideSubject<K>): Domain<K>;
}

/** How long a subject is waited for. */
export interface Patience {
  /** How long it may be silent when an answer is due, in ms: 10 s if left out. */
  readonly patience?: number | undefined;
  /** Ends a program at once; whoever waits for it is thrown the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface OutsideOptions extends Patience {
  /** Takes what it says besides its answers, a line at a time. */
  readonly remark?: ((line: string) => void) | undefined;
  /** A folder for recordings of what it answers. */
  readonly record?: string | undefined;
}

/** A module whose export (`domain`, if left out) is a domain, or a function that makes it of `args`: where worker threads find it. */
export interface Source {
  readonly module: string;
  readonly export?: string;
  readonly args?: unknown;
}

/** What a subject is held against. It looks like one; `told` is what the subject answered. */
export interface Specification<K extends Kinds> {
  /** Back to the initial state; `size`: of the run that begins. */
  reset(size?: K['size']): void;
  /** @throws IllegalChoice where the specification leaves a choice and the subject took none of the legal ones */
  apply(move: K['move'], told: K['answer']): K['answer'];
  look(into: K['view']): K['view'];
  /** All that it remembers, a value that nobody writes into, its own moves neither: with it a search goes back at once, without it by the moves. */
  state?: unknown;
  /** Bits of what the domain `shows`: all that the last move may have changed in the view. With it nobody looks for what changed. */
  readonly changed?: number;
}

/** The subject took a choice that the specification does not leave: the message says which, and what would be legal. */
export class IllegalChoice extends Error {
  override readonly name = 'IllegalChoice';
}

/** The claim that a subject answers at all, and in the protocol. */
export const ALIVE = 'ImplementationAlive';

/** From here on a subject outside this process cannot be judged in this run, for a reason that is known: the run ends, what was judged stands. */
export class RunEnds extends Error {
  override readonly name = 'RunEnds';
}

/** A subject outside this process did not answer, or not in the protocol, or broke a claim that it vouches for: what happened, in words. */
export class NotAlive extends Error {
  override readonly name = 'NotAlive';
  readonly claim: string;
  /** What is told in the trace where the answer would stand; undefined: there was none. */
  readonly answer: unknown;

  constructor(message: string, claim: string = ALIVE, answer?: unknown) {
    super(message);
    this.claim = claim;
    this.answer = answer;
  }
}

/** A subject that cannot run on this machine, or not in this domain: the reason. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** For who tells of a subject that does not start, or ends, as of any other violation. Any other error goes on. */
export function deathIn(error: unknown): NotAlive {
  if (error instanceof NotAlive) return error;
  throw error;
}

/** For who can do without a subject that does not start. Any other error goes on. */
export function noneIfGone(error: unknown): null {
  if (error instanceof NotAlive || error instanceof Unavailable) return null;
  throw error;
}

/** What decides how runs are drawn; a domain may know more options. */
export interface RunOptions<Size> {
  /** The longest run, in moves. */
  readonly length?: number | undefined;
  /** All runs in one size. */
  readonly size?: Size | undefined;
  /** For a subject outside this process, which is slow and need not know everything. */
  readonly outside?: boolean;
  /** What the subject shows, where it does not show everything. */
  readonly shown?: readonly string[];
  /** Numbers of moves that fast-check shrinks, instead of as many as were drawn. */
  readonly shrinks?: boolean;
}

/** Where traces that are likely are looked for, before anything is proved. */
export interface Stage<Size> {
  readonly size: Size;
  /** The longest traces that are looked at, if one of `length` moves is known (and `met` already in a stage): 0 passes on. */
  upTo(length: number, met: boolean): number;
  /** Is a trace of so many moves, found here, the one that others end as? */
  isEnough(length: number): boolean;
}

/** What shrinking wants to know of a domain. `moves` and `room` are enough for a proof; the rest makes it quicker and reach further. */
export interface Shrinking<K extends Kinds> {
  /** Every move of a size, simplest first: the search proves what it says of these. */
  moves(size: K['size']): readonly K['move'][];
  /** The smallest size that holds a trace. */
  room(moves: readonly K['move'][]): K['size'];
  sizeText?(size: K['size']): string;
  /** Traces that say the same with less, none longer: tried in turn. */
  simpler?(moves: readonly K['move'][]): Iterable<readonly K['move'][]>;
  /** The same trace under other names, the simplest first. */
  renamings?(moves: readonly K['move'][]): Iterable<readonly K['move'][]>;
  /**
   * The live object in which a subject keeps ALL that it remembers, its fields open; null if that cannot be seen: every trace is then looked at. What is
   * found to hide something (`#private` fields, variables of a function) is left out, and the proof says so.
   */
  memory?(subject: Subject<K>): object | null;
  /**
   * A view that is compared whole tells all of the specification's state that matters: after two that are equal all goes on alike. Left out: situations
   * with one memory are still two where the specification's `state` differs.
   */
  readonly stateIsSeen?: boolean;
  /** By kind, the numbers of a move whose things are all alike, so that traces that name them in the order of first use stand for all. */
  names?(move: K['move']): readonly (readonly number[])[];
  /** Does a trace name them in that order? */
  isRenamed?(moves: readonly K['move'][]): boolean;
  /** A coarser key of a memory, for the search that proves nothing but finds sooner; `fresh` is the memory of a new subject. */
  alike?(fresh: object, size: K['size']): (memory: object) => string;
  stages?(moves: readonly K['move'][]): readonly Stage<K['size']>[];
  /** The sizes in which a trace is proved the shortest, the one that says most first; its own, if left out. */
  homes?(moves: readonly K['move'][]): readonly K['size'][];
  /** Moves of the trace that the moves of a size leave out, to be searched, too. */
  beyond?(size: K['size'], moves: readonly K['move'][]): readonly K['move'][];
  /** How many moves of a trace are none of a size's. */
  foreign?(moves: readonly K['move'][], size: K['size']): number;
}

export interface Domain<K extends Kinds> {
  readonly name: K['name'];
  /** Left out: hunts work in this thread, and a subject that hangs hangs them. */
  readonly source?: Source;
  /** What a hunt judges is opened here, by its name. */
  readonly subjects?: Openers<K>;
  /** The largest size that runs have, and the one that outside subjects are asked for unless told otherwise. */
  readonly sizes?: { readonly largest: K['size']; readonly outside: K['size'] };
  /** A new specification, in its initial state. */
  specification(): Specification<K>;
  /**
   * The specification once more, faster, for subjects of this process: a hunt holds them against it. The specification itself plays one run
   * of a hundred whole, and every finding again; if it does not find it, the whole batch.
   */
  fastSpecification?(): Specification<K>;
  /** The specification leaves choices, and takes the subject's where it leaves one: LegalChoice is judged, too. */
  readonly choices?: boolean;
  /** A view to be written into. Left out: views are values, and each look returns a new one. */
  blank?(size: K['size']): K['view'];

  /** The runs of a hunt. Left out: up to 100 numbers each. */
  runs?(options: RunOptions<K['size']>): fc.Arbitrary<K['run']>;
  /** The move that a number means in a situation, after `made` others: small numbers mean simple moves. null ends the run. */
  move(draw: number, situation: K['view'], run: K['run'], made: number): K['move'] | null;
  /** The moves that end a run, each chosen in the situation that `situation` reads when it is asked for. */
  closing?(situation: () => K['view']): Iterable<K['move']>;
  /** A move in words. */
  text(move: K['move']): string;
  /** A view in lines of text: a violation keeps what its subject showed. */
  readonly picture?: (view: K['view']) => readonly string[];
  /** An answer in words, nothing where it is the usual one. Left out: as it prints. */
  answerText?(answer: K['answer']): string;

  /** Everything that a subject may show. Left out: views are shown whole or not at all. */
  readonly observables?: readonly string[];
  /** The first difference in words, among what is observed, or null. Left out: a deep comparison. */
  answersDiffer?(actual: K['answer'], expected: K['answer'], observed: Observed): string | null;
  viewsDiffer?(actual: K['view'], expected: K['view'], observed: Observed): string | null;
  /** The view with what its subject does not show written in as the specification has it. Needed if subjects show only a part. */
  complete?(actual: K['view'], expected: K['view'], observed: Observed): K['view'];

  /** Left out: traces are shrunk by leaving out moves, and nothing is proved. */
  readonly shrinking?: Shrinking<K>;

  readonly claims?: readonly Claim<K['step']>[];
  /**
   * What a step shows, in bits that claims name (`asked`). Left out: every claim is asked of every step. `changed`: what may be different in its views,
   * where that is known (`Specification.changed`).
   */
  shows?(step: K['step'], changed?: number): number;
  /** Claims that do not hold: judged only when they are asked for by name. */
  readonly refuted?: readonly Claim<K['step']>[];
  readonly reachables?: readonly Reachable<K['step']>[];
  /** What two violations of one mistake have in common, for a hunt that keeps going. Left out: the claim. */
  mistake?(violation: {
    readonly claim: string;
    readonly witness: string;
    readonly moves: readonly K['move'][];
  }): string;
  /** Who judges a claim that is none of these, for one who asks for it by name. */
  elsewhere?(name: string): string;
  /** What claims look at, if not a Step. */
  observation?(
    before: K['view'],
    after: K['view'],
    move: K['move'],
    answer: K['answer'],
    observed: Observed,
  ): K['step'];
}
