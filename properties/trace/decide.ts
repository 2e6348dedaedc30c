// A chooser that follows decisions written down before: which pages a reclaim takes, whom the OOM killer picks; the two lists decide the rest.

import { type Chooser, lru, type State } from '../../model/index.ts';

/** One free choice: the pages to reclaim, or the one victim; null leaves it to the two-list policy. */
export type Decision = readonly number[] | null;

/** A move's choices in the order they came up; what is missing at the end is left to the policy. */
export type Decisions = readonly Decision[];

export interface Question {
  readonly kind: 'reclaim' | 'victim';
  readonly container: number;
  readonly candidates: readonly number[];
}

/** Thrown in the middle of an effect when a choice comes up that nobody has decided. The state is as before: effects only return. */
export class Undecided extends Error {
  override name = 'Undecided';
  readonly question: Question;

  constructor(question: Question) {
    super(`nobody has decided the ${question.kind} of container ${question.container}`);
    this.question = question;
  }
}

/** Calls `ask` at every choice that has a candidate; its answer decides. */
export function choosing(ask: (question: Question) => Decision): Chooser {
  return {
    reclaim(state, container, candidates) {
      if (candidates.length === 0) return lru.reclaim(state, container, candidates);
      const pages = ask({ kind: 'reclaim', container, candidates });
      return pages ? takeOff(state, pages) : lru.reclaim(state, container, candidates);
    },
    victim(state, container, candidates) {
      const victim = ask({ kind: 'victim', container, candidates });
      return victim ? victim[0] : lru.victim(state, container, candidates);
    },
  };
}

/** The contract's reclaim moves no page but those it takes. */
const takeOff = (state: State, pages: readonly number[]) => ({ pages, state });

/** Follows the decisions; after the last the policy decides, or (`ask`) Undecided is thrown. */
export function following(decisions: Decisions, after: 'policy' | 'ask'): Chooser {
  let at = 0;
  return choosing((question) => {
    if (at < decisions.length) return decisions[at++];
    if (after === 'ask') throw new Undecided(question);
    return null;
  });
}
