// The referee of one run: holds the views, compares with the specification, asks the claims, and says how a run ends.

import { type Chooser, IllegalChoice, type Move, type State, type TaskId } from '../../model/index.ts';
import type { Answer, Specification } from '../subjects/subject.ts';
import { complete, difference, everything, NONE, type Observed, type Size, View } from '../view/view.ts';
import { EQUALS_SPEC, type Failure, type Judge, LEGAL_CHOICE, observation, Views } from './judge.ts';

/** What a subject is held against: the LRU spec, the contract with the subject's own choices fed back, or the claims alone. */
export type Relation = 'lru' | 'contract' | 'claims';

/** A container is emptied of so many pages at the end of a run. */
const MOST_EMPTIED = 6;

/** What the contract leaves open, and so cannot be compared with it. */
const open = new Set(['lists', 'order', 'referenced', 'reclaims', 'failcnt']);

export class Referee {
  readonly #spec: Specification;
  readonly #judge: Judge;
  readonly #relation: Relation;
  readonly #fed: FedChooser;
  readonly #compared: Observed;
  #views = new Views({ containers: 0, tasks: 0, pages: 0 });
  #expected = new View(this.#views.before.size);
  moves: Move[] = [];
  answers: Answer[] = [];

  /** With relation `contract`, the specification must have been made with `fed` as its chooser. */
  constructor(judge: Judge, spec: Specification, relation: Relation, fed: FedChooser = new FedChooser()) {
    this.#judge = judge;
    this.#spec = spec;
    this.#relation = relation;
    this.#fed = fed;
    const { observed } = judge;
    const all = relation !== 'contract' && observed.size === everything.size;
    this.#compared = all
      ? everything
      : new Set([...observed].filter((what) => relation !== 'contract' || !open.has(what)));
  }

  begin(size: Size): void {
    if (!sameSize(this.#views.before.size, size)) {
      this.#views = new Views(size);
      this.#expected = new View(size);
    }
    this.moves = [];
    this.answers = [];
    this.#spec.reset();
    this.#spec.look(this.#expected);
  }

  /** Where the subject writes what it shows, before the first move and after each one. */
  get before(): View {
    return this.#views.before;
  }

  get after(): View {
    return this.#views.after;
  }

  /** The situation from which the next move is drawn: the specification's, or the subject's own where nothing is compared. */
  get situation(): View {
    return this.#relation === 'claims' ? this.#views.before : this.#expected;
  }

  /** Judges a move whose answer is in and whose view is in `after`. A broken claim says more than a difference, and so comes first. */
  step(move: Move, answer: Answer): Failure | null {
    this.answers.push(answer);
    const differs = this.#relation === 'claims' ? null : this.#compare(move, answer);
    if (this.#judge.observed.size < everything.size)
      complete(this.#views.after, this.#expected, this.#judge.observed);
    const claim = this.#judge.step(observation(this.#judge, this.#views, move, answer));
    this.#views.swap();
    return claim ?? differs;
  }

  #compare(move: Move, answer: Answer): Failure | null {
    const { observed } = this.#judge;
    this.#fed.feed(answer);
    let expected: Answer;
    try {
      expected = this.#spec.apply(move);
    } catch (error) {
      if (!(error instanceof IllegalChoice)) throw error;
      this.#judge.book(LEGAL_CHOICE, true);
      return { claim: LEGAL_CHOICE, witness: error.message };
    }
    if (this.#relation === 'contract') this.#judge.book(LEGAL_CHOICE, false);
    this.#spec.look(this.#expected);
    const differs =
      answersDiffer(answer, expected, observed, this.#relation === 'lru') ??
      difference(this.#views.after, this.#expected, this.#compared);
    this.#judge.book(EQUALS_SPEC, differs !== null);
    return differs === null ? null : { claim: EQUALS_SPEC, witness: differs };
  }

  /**
   * The moves that end a run (I14): every task exits, every container is asked to go, children before parents; and before, whenever pages are
   * all that holds it.
   */
  *closing(): Generator<Move> {
    const { tasks, containers } = this.situation.size;
    yield* this.#emptying();
    for (let t = 0; t < tasks; t++) {
      if (this.situation.container[t] === NONE) continue;
      yield ['exit', t];
      for (let c = 0; c < containers; c++) if (this.#ownsWithoutTasks(c)) yield ['rmdir', c];
    }
    for (let pass = 0; pass < containers; pass++) {
      for (let c = 0; c < containers; c++) if (this.situation.exists[c]) yield ['rmdir', c];
    }
  }

  /** The fullest container loses its tasks to another and then its pages one by one, and is asked to go each time: not before the last is gone. */
  *#emptying(): Generator<Move> {
    const { usage, exists } = this.situation;
    const { containers, tasks } = this.situation.size;
    let c = 0;
    for (let other = 1; other < containers; other++) if (usage[other] > usage[c]) c = other;
    const other = exists.subarray(0, containers).findIndex((there, slot) => there === 1 && slot !== c);
    if (containers === 0 || other < 0 || usage[c] === 0) return;
    for (let t = 0; t < tasks; t++) if (this.situation.container[t] === c) yield ['move', t, other];
    for (let page = 0; page < MOST_EMPTIED && this.#ownsWithoutTasks(c); page++) {
      yield ['rmdir', c];
      const { owner, pins } = this.situation;
      const p = owner.findIndex((slot, id) => slot === c && pins[id] === 0);
      if (p < 0) return;
      yield ['evict', p];
    }
  }

  #ownsWithoutTasks(c: number): boolean {
    const { owner, container } = this.situation;
    return owner.includes(c) && !container.includes(c);
  }

  /** Judges the end of a run: `before` the view before the closing moves, now the one after them. */
  end(before: View): Failure | null {
    const last: Move = this.moves.at(-1) ?? ['evict', 0];
    const answer: Answer = { outcome: 'ok', killed: [], reclaimed: [] };
    return this.#judge.end({
      ...observation(this.#judge, this.#views, last, answer),
      before,
      after: this.#views.before,
    });
  }
}

const sameSize = (a: Size, b: Size): boolean =>
  a.containers === b.containers && a.tasks === b.tasks && a.pages === b.pages;

/**
 * The chooser that replays what a subject did: at each question the pages it reclaimed that are legal now, or its next victim. What it did not do,
 * or did unasked, is an illegal choice or a difference.
 */
export class FedChooser implements Chooser {
  #reclaimed: number[] = [];
  #killed: number[] = [];

  feed({ killed, reclaimed }: Answer): void {
    this.#reclaimed = [...reclaimed];
    this.#killed = [...killed];
  }

  reclaim(state: State, _c: number, candidates: readonly number[]): { pages: number[]; state: State } {
    const pages = this.#reclaimed.filter((p) => candidates.includes(p));
    this.#reclaimed = this.#reclaimed.filter((p) => !pages.includes(p));
    return { pages, state };
  }

  victim(_state: State, c: number, candidates: readonly TaskId[]): TaskId {
    const next = this.#killed.shift();
    if (next === undefined) {
      throw new IllegalChoice(
        `container c${c} has nothing to reclaim, and no task of it was killed; legal are: ${candidates.map((t) => `t${t}`).join(' ')}`,
      );
    }
    return next;
  }
}

/** The first difference between two answers, in words, or null. In the contract the order of pages is nobody's business. */
export function answersDiffer(
  actual: Answer,
  spec: Answer,
  observed: Observed = everything,
  ordered = true,
): string | null {
  if (actual.outcome !== spec.outcome)
    return `the outcome is ${actual.outcome}, the specification says ${spec.outcome}`;
  const killed = observed.has('victims')
    ? listsDiffer('killed', 't', actual.killed, spec.killed, ordered)
    : null;
  if (killed !== null || !observed.has('reclaimed')) return killed;
  return listsDiffer('reclaimed', 'p', actual.reclaimed, spec.reclaimed, ordered);
}

function listsDiffer(
  what: string,
  letter: string,
  actual: readonly number[],
  spec: readonly number[],
  ordered: boolean,
): string | null {
  const [a, s] = ordered ? [actual, spec] : [sorted(actual), sorted(spec)];
  if (a.length === s.length && a.every((id, i) => id === s[i])) return null;
  const list = (ids: readonly number[]) => `[${ids.map((id) => letter + id).join(' ')}]`;
  return `${what} is ${list(actual)}, the specification says ${list(spec)}`;
}

const sorted = (ids: readonly number[]): number[] => [...ids].sort((x, y) => x - y);
