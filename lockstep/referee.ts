// The referee of one run: keeps the views, compares with the specification, asks the claims, and says how a run ends.

import { isDeepStrictEqual } from 'node:util';
import { type Domain, IllegalChoice, type Kinds, type Observed, type Specification } from './domain.ts';
import { EQUALS_SPEC, type Failure, type Judge, LEGAL_CHOICE } from './judge.ts';

export class Referee<K extends Kinds> {
  readonly judge: Judge<K>;
  readonly #domain: Domain<K>;
  readonly #spec: Specification<K>;
  readonly #compares: boolean;
  readonly #seesAll: boolean;
  #size: K['size'] | undefined;
  #expected: K['view'] = undefined;
  /** What was seen before the move under way, and a view that nobody needs any more: what is seen after it. */
  before: K['view'] = undefined;
  #spare: K['view'] = undefined;
  #kept: K['view'] = undefined;
  /** The view that an earlier run had kept. */
  #reserve: K['view'] = undefined;
  moves: K['move'][] = [];
  answers: K['answer'][] = [];
  /** Moves after which something was seen. */
  #seen = 0;

  constructor(judge: Judge<K>, spec: Specification<K>, compares: boolean) {
    this.judge = judge;
    this.#domain = judge.domain;
    this.#spec = spec;
    this.#compares = compares;
    this.#seesAll = judge.seesAll;
  }

  begin(size: K['size']): void {
    if (this.#size === undefined || (size !== this.#size && !isDeepStrictEqual(size, this.#size))) {
      this.#size = size;
      this.before = this.#blank();
      this.#spare = this.#blank();
      this.#expected = this.#blank();
      this.#kept = undefined;
      this.#reserve = undefined;
    }
    this.moves = [];
    this.answers = [];
    this.#seen = 0;
    if (this.#kept !== this.before) this.#reserve ??= this.#kept;
    this.#kept = undefined;
    this.judge.begin();
    this.#spec.reset(size);
    this.#expected = this.#spec.look(this.#expected);
  }

  /** Judges what a subject shows before its first move. */
  first(): Failure | null {
    if (!this.#compares) return null;
    const { judge } = this;
    const differs = differenceOf(this.#domain, 'view', this.before, this.#expected, judge.observed);
    if (differs === null) return null;
    judge.book(EQUALS_SPEC, true);
    return { claim: EQUALS_SPEC, witness: `after the reset ${differs}` };
  }

  /** Nothing was seen yet of a subject that shows itself only with its answers: it begins as the specification does. */
  assume(): void {
    this.before = this.#spec.look(this.before);
  }

  #blank(): K['view'] {
    return this.#domain.blank?.(this.#size as K['size']);
  }

  /** Where a subject may write what it shows. */
  get spare(): K['view'] {
    return this.#spare;
  }

  /** The situation from which the next move is drawn: the specification's, or the subject's own where nothing is compared. */
  get situation(): K['view'] {
    return this.#compares ? this.#expected : this.before;
  }

  /** Judges a move whose answer is in. A broken claim says more than a difference, and so comes first. */
  step(move: K['move'], answer: K['answer'], shown: K['view']): Failure | null {
    this.answers.push(answer);
    this.#seen++;
    const differs = this.#compares ? this.#compare(move, answer, shown) : null;
    const after = this.#seesAll ? shown : this.#whole(shown);
    // Of the first move nobody knows what it changed: what was seen before it was not compared.
    const knows = this.#compares && this.#seesAll && differs === null && this.answers.length > 1;
    const changed = knows ? this.#spec.changed : undefined;
    const claim = this.judge.step(this.#observation(this.before, after, move, answer), changed);
    this.#spare = this.before === this.#kept ? this.#unused() : this.before;
    this.before = after;
    return claim ?? differs;
  }

  #unused(): K['view'] {
    const view = this.#reserve ?? this.#blank();
    this.#reserve = undefined;
    return view;
  }

  #whole(shown: K['view']): K['view'] {
    const { complete } = this.#domain;
    return complete ? complete(shown, this.#expected, this.judge.observed) : shown;
  }

  #observation(before: K['view'], after: K['view'], move: K['move'], answer: K['answer']): K['step'] {
    const domain = this.#domain;
    return domain.observation
      ? domain.observation(before, after, move, answer, this.judge.observed)
      : { before, after, move, answer };
  }

  /** To the last move came something else than an answer: it is told, and not judged. */
  answeredInstead(answer: K['answer'] | undefined): void {
    if (answer !== undefined && this.answers.length < this.moves.length) this.answers.push(answer);
  }

  #compare(move: K['move'], answer: K['answer'], shown: K['view']): Failure | null {
    const { judge } = this;
    const domain = this.#domain;
    let expected: K['answer'];
    try {
      expected = this.#spec.apply(move, answer);
    } catch (error) {
      if (!(error instanceof IllegalChoice)) throw error;
      judge.book(LEGAL_CHOICE, true);
      return { claim: LEGAL_CHOICE, witness: error.message };
    }
    if (domain.choices) judge.book(LEGAL_CHOICE, false);
    this.#expected = this.#spec.look(this.#expected);
    const differs =
      differenceOf(domain, 'answer', answer, expected, judge.observed) ??
      differenceOf(domain, 'view', shown, this.#expected, judge.observed);
    judge.book(EQUALS_SPEC, differs !== null);
    return differs === null ? null : { claim: EQUALS_SPEC, witness: differs };
  }

  /** A failure with the run that it ends. */
  violation(failure: Failure) {
    const { moves, answers } = this;
    const { picture } = this.#domain;
    const isSeen = picture !== undefined && moves.length > 0 && this.#seen === moves.length;
    return { ...failure, moves, answers, ...(isSeen ? { shown: picture(this.before) } : {}) };
  }

  /** The moves that end a run. */
  closing(): Iterable<K['move']> {
    return this.#domain.closing?.(() => this.situation) ?? [];
  }

  /** The view of now, kept: no later move writes into it. */
  keep(): K['view'] {
    this.#kept = this.before;
    return this.before;
  }

  /** Judges the end of a run: `before` the view before the closing moves, now the one after them. A run of no moves says nothing. */
  end(before: K['view']): Failure | null {
    if (this.moves.length === 0) return null;
    const [move, answer] = [this.moves.at(-1), this.answers.at(-1)];
    return this.judge.end(this.#observation(before, this.before, move, answer));
  }
}

/** How two answers or two views differ, in words, or null. */
export function differenceOf<K extends Kinds>(
  domain: Domain<K>,
  what: 'answer' | 'view',
  actual: unknown,
  expected: unknown,
  observed: Observed,
): string | null {
  if (what === 'answer' && domain.answersDiffer) return domain.answersDiffer(actual, expected, observed);
  if (what === 'view' && domain.viewsDiffer) return domain.viewsDiffer(actual, expected, observed);
  return deepDifference(`the ${what}`, actual, expected);
}

function deepDifference(what: string, actual: unknown, expected: unknown): string | null {
  if (isDeepStrictEqual(actual, expected)) return null;
  return `${what} is ${textOf(actual)}, the specification says ${textOf(expected)}`;
}

/** JSON, with what JSON leaves out or takes for something else. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part === undefined || (typeof part === 'number' && !Number.isFinite(part))) return String(part);
    if (part instanceof Map || part instanceof Set) return [...part];
    return part;
  }) ?? String(value);
