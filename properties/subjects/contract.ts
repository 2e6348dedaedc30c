// The contract as a specification: it leaves reclaim and victim open, and takes what the subject did where that was legal.

import { IllegalChoice, type Specification as Judging } from '../../lockstep/index.ts';
import * as model from '../../model/index.ts';
import type { Rss } from '../domain/kinds.ts';
import type { Answer } from '../view/answer.ts';
import type { View } from '../view/view.ts';
import { Specification } from './subject.ts';

export class Contract implements Judging<Rss> {
  readonly #fed = new FedChooser();
  readonly #spec: Specification;

  /** `Class`: the specification that ships, or one with a mistake. */
  constructor(profile: model.Profile, Class = Specification, root?: boolean) {
    this.#spec = new Class(profile, this.#fed, root);
  }

  reset(): void {
    this.#spec.reset();
  }

  apply(move: model.Move, told: Answer): Answer {
    this.#fed.feed(told);
    try {
      return this.#spec.apply(move);
    } catch (error) {
      throw error instanceof model.IllegalChoice ? new IllegalChoice(error.message) : error;
    }
  }

  look(view: View): View {
    return this.#spec.look(view);
  }
}

/**
 * The chooser that replays what a subject did: at each question the pages it reclaimed that are legal now, or its next victim. What it did not do,
 * or did unasked, is an illegal choice or a difference.
 */
export class FedChooser implements model.Chooser {
  #reclaimed: number[] = [];
  #killed: number[] = [];

  feed({ killed, reclaimed }: Answer): void {
    this.#reclaimed = [...reclaimed];
    this.#killed = [...killed];
  }

  reclaim(
    state: model.State,
    _c: number,
    candidates: readonly number[],
  ): { pages: number[]; state: model.State } {
    const pages = this.#reclaimed.filter((p) => candidates.includes(p));
    this.#reclaimed = this.#reclaimed.filter((p) => !pages.includes(p));
    return { pages, state };
  }

  victim(_state: model.State, c: number, candidates: readonly model.TaskId[]): model.TaskId {
    const next = this.#killed.shift();
    if (next === undefined) {
      throw new model.IllegalChoice(
        `container c${c} has nothing to reclaim, and no task of it was killed; legal are: ${candidates.map((t) => `t${t}`).join(' ')}`,
      );
    }
    return next;
  }
}
